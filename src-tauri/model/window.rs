//! How long a reply may leave, and what may leave after that (graph-api c.1, g.1). Pure: time and rights come in, an
//! answer comes out; the composer, the chips and the engine ask the same function.

use crate::{Channel, DAY, Timestamp};
use serde::{Deserialize, Serialize};

/// A human agent may answer this long after the person's last event (graph-api c.1).
const HUMAN_AGENT: i64 = 7 * DAY;

/// Until when a free reply is allowed: 24 hours from the last event of theirs, 72 from an ad on WhatsApp. A reply of
/// ours never opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct ReplyWindow {
    /// `None` = the person never wrote, so it never opened.
    pub closes_at: Option<Timestamp>,
    /// An ad opened it: 72 hours instead of 24.
    #[serde(default)]
    pub by_ad: bool,
    /// Meta called it closed then, and they have not written since. Meta's word wins over our clock.
    #[serde(default)]
    pub refused_at: Option<Timestamp>,
}

/// What an account may do beside a free reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Means {
    /// The Meta app has the feature *Human Agent*, as far as is known.
    pub human_agent: bool,
    /// There are approved templates.
    pub templates: bool,
}

/// What may leave right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "allowed", rename_all = "snake_case")]
pub enum Allowance {
    /// Anything.
    Reply { until: Timestamp },
    /// What a person writes as an answer to them, marked so; `templates` beside it.
    HumanAgent { until: Timestamp, templates: bool },
    /// Only a template.
    Template,
    /// Nothing, until they write.
    Nothing,
}

impl ReplyWindow {
    /// Whether a free reply may leave at `now`.
    #[must_use]
    pub fn is_open(self, now: Timestamp) -> bool {
        self.refused_at.is_none() && self.closes_at.is_some_and(|end| now < end)
    }

    /// When a free reply stopped being allowed; `None` = it never was.
    #[must_use]
    pub fn ended_at(self) -> Option<Timestamp> {
        match (self.refused_at, self.closes_at) {
            (Some(refused), Some(end)) => Some(refused.min(end)),
            (_, end) => end,
        }
    }

    /// Until when a human agent may answer; `None` = this channel has no such thing, or they never wrote.
    #[must_use]
    pub fn human_agent_until(self, channel: Channel) -> Option<Timestamp> {
        // On these channels the window always closes a day after the last event of theirs.
        (channel != Channel::WhatsApp)
            .then(|| self.closes_at.map(|end| end.plus(HUMAN_AGENT - DAY)))
            .flatten()
    }

    /// What may leave at `now`. Instagram has no templates (graph-api h).
    #[must_use]
    pub fn allowance(self, channel: Channel, now: Timestamp, means: Means) -> Allowance {
        if self.is_open(now)
            && let Some(until) = self.closes_at
        {
            return Allowance::Reply { until };
        }
        let templates = match channel {
            // Offered even when none is known yet: they may only not have been read.
            Channel::WhatsApp => true,
            Channel::Messenger => means.templates,
            Channel::Instagram => false,
        };
        match self.human_agent_until(channel) {
            Some(until) if means.human_agent && now < until => Allowance::HumanAgent { until, templates },
            _ if templates => Allowance::Template,
            _ => Allowance::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn windows() -> impl Strategy<Value = ReplyWindow> {
        let time = || 0..20 * DAY;
        (proptest::option::of(time()), any::<bool>(), proptest::option::of(time())).prop_map(
            |(closes, by_ad, refused)| ReplyWindow {
                closes_at: closes.map(Timestamp),
                by_ad,
                refused_at: refused.map(Timestamp),
            },
        )
    }

    fn rank(allowed: Allowance) -> u8 {
        match allowed {
            Allowance::Reply { .. } => 3,
            Allowance::HumanAgent { .. } => 2,
            Allowance::Template => 1,
            Allowance::Nothing => 0,
        }
    }

    proptest! {
        #[test]
        fn time_only_ever_takes_away(
            window in windows(), channel in 0..3_usize, human_agent: bool, templates: bool,
            now in 0..30 * DAY, later in 0..10 * DAY,
        ) {
            let channel = Channel::ALL[channel];
            let means = Means { human_agent, templates };
            let first = window.allowance(channel, Timestamp(now), means);
            let then = window.allowance(channel, Timestamp(now + later), means);
            prop_assert!(rank(then) <= rank(first), "{first:?} then {then:?}");
        }

        #[test]
        fn what_is_allowed_until_a_moment_is_not_allowed_at_it(
            window in windows(), channel in 0..3_usize, human_agent: bool, templates: bool, now in 0..30 * DAY,
        ) {
            let channel = Channel::ALL[channel];
            let means = Means { human_agent, templates };
            let allowed = window.allowance(channel, Timestamp(now), means);
            match allowed {
                Allowance::Reply { until } | Allowance::HumanAgent { until, .. } => {
                    prop_assert!(Timestamp(now) < until);
                    prop_assert!(rank(window.allowance(channel, until, means)) < rank(allowed));
                    prop_assert_eq!(window.allowance(channel, until.plus(-1), means), allowed);
                }
                Allowance::Template | Allowance::Nothing => {}
            }
        }

        #[test]
        fn each_channel_allows_only_what_it_has(
            window in windows(), human_agent: bool, templates: bool, now in 0..30 * DAY,
        ) {
            let means = Means { human_agent, templates };
            let at = |channel| window.allowance(channel, Timestamp(now), means);
            // 3 = reply, 2 = human agent, 1 = template, 0 = nothing: see `rank`.
            prop_assert!([1, 3].contains(&rank(at(Channel::WhatsApp))));
            prop_assert!([0, 2, 3].contains(&rank(at(Channel::Instagram))));
            let no_templates = Means { templates: false, ..means };
            prop_assert_eq!(
                at(Channel::Instagram),
                window.allowance(Channel::Instagram, Timestamp(now), no_templates)
            );
            prop_assert!(human_agent || rank(at(Channel::Messenger)) != 2);
            // Meta's refusal wins: no free reply, whatever the clock says.
            if window.refused_at.is_some() || window.closes_at.is_none() {
                prop_assert!(Channel::ALL.iter().all(|c| rank(at(*c)) < 3));
            }
        }
    }

    #[test]
    fn after_a_day_a_human_agent_and_after_seven_nobody() {
        let window = ReplyWindow { closes_at: Some(Timestamp(DAY)), ..ReplyWindow::default() };
        let means = Means { human_agent: true, templates: false };
        let at = |now| window.allowance(Channel::Instagram, Timestamp(now), means);
        assert_eq!(at(DAY - 1), Allowance::Reply { until: Timestamp(DAY) });
        assert_eq!(at(DAY), Allowance::HumanAgent { until: Timestamp(7 * DAY), templates: false });
        assert_eq!(at(7 * DAY), Allowance::Nothing);
    }
}
