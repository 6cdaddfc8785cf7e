//! Whether and until when something may leave: one place asks the window, the account's rights and what the person at
//! the desk has accepted.

use super::{
    Desk,
    problems::{gone, reading},
};
use crate::{
    model::{
        Allowance, Channel, Code, Conversation, ConversationId, HOUR, Means, Problem, Settings, Timestamp,
    },
    store::{accounts, conversations, settings, templates},
};

/// What is known before something is queued.
pub(super) struct Ground {
    pub row: Conversation,
    pub settings: Settings,
    pub means: Means,
    pub now: Timestamp,
}

/// Until when it may leave, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leave {
    pub before: Timestamp,
    pub human_agent: bool,
}

impl Ground {
    /// Reads it for a conversation.
    pub(super) async fn of(desk: &Desk, conversation: ConversationId) -> Result<Self, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let row = conversations::get(&mut conn, conversation).await.map_err(reading)?.ok_or_else(gone)?;
        let settings = settings::get(&mut conn).await.map_err(reading)?;
        let health = accounts::get(&mut conn, row.account).await.map_err(reading)?.map(|a| a.account.health);
        let means = Means {
            human_agent: health.is_none_or(|h| !h.lacks_human_agent),
            templates: templates::any(&mut conn, row.account).await.map_err(reading)?,
        };
        Ok(Self { row, settings, means, now: desk.clock.now() })
    }

    /// Whether a reply may leave at `at`; `human_agent` = the person asks for that way where it is needed.
    pub(super) fn leave(&self, at: Timestamp, human_agent: bool) -> Result<Leave, Problem> {
        let later = at > self.now;
        match self.row.window.allowance(self.row.channel, at, self.means) {
            Allowance::Reply { until } => Ok(Leave { before: until, human_agent: false }),
            Allowance::HumanAgent { until, .. } if human_agent => {
                if !self.settings.sending.knows_human_agent {
                    return Err(Problem::new(
                        Code::NotAllowed,
                        "Accept first what a human agent may write after the reply window: support only, no promotion.",
                    ));
                }
                Ok(Leave { before: until, human_agent: true })
            }
            _ if later => Err(Problem::new(
                Code::WindowClosed,
                "The reply window will be closed at that time. Choose an earlier one.",
            )),
            Allowance::HumanAgent { .. } => Err(Problem::new(
                Code::WindowClosed,
                "The 24-hour reply window is closed. You may still answer as a human agent.",
            )),
            Allowance::Template => Err(Problem::new(
                Code::WindowClosed,
                "The reply window is closed. Only a template can be sent until the person writes.",
            )),
            Allowance::Nothing => Err(Problem::new(Code::WindowClosed, closed(self.row.channel))),
        }
    }

    /// When a reply without a chosen time leaves: after the time to undo it, but never for that reason too late.
    pub(super) fn due(&self, leave: Leave) -> Timestamp {
        self.held().min(leave.before.plus(-2_000)).max(self.now)
    }

    /// The end of the time to undo.
    pub(super) fn held(&self) -> Timestamp {
        self.now.plus(i64::from(self.settings.sending.undo_seconds) * 1_000)
    }

    /// A time somebody chose, in words why not.
    pub(super) fn chosen(&self, at: Timestamp) -> Result<(), Problem> {
        if at <= self.now {
            return Err(Problem::new(Code::BadRequest, "This time is past. Choose a later one."));
        }
        if self.now.until(at) > 366 * 24 * HOUR {
            return Err(Problem::new(Code::BadRequest, "A reply can wait for a year at most."));
        }
        Ok(())
    }
}

fn closed(channel: Channel) -> String {
    format!(
        "The reply window is closed: {} takes replies within 24 hours of the person's last message. Only they can open \
         it again.",
        channel.name()
    )
}
