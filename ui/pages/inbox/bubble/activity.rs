//! Lines between bubbles: what happened without being said, each in one calm sentence.

use crate::{
    clock::clock,
    format,
    pages::inbox::lines::{Happened, What},
    parts::{Icon, IconView},
};
use heliograph_model::{Activity, CallOutcome, Timestamp};
use leptos::prelude::*;

/// One happening, or several of one minute folded into a line that opens.
#[component]
pub fn ActivityLine(line: ArcRwSignal<What>) -> impl IntoView {
    let happened = Memo::new(move |_| match line.get() {
        What::Activity(happened) => happened,
        _ => Vec::new(),
    });
    let open = RwSignal::new(false);
    let inside = move || {
        let all = happened.get();
        match (all.as_slice(), open.get()) {
            ([], _) => ().into_any(),
            ([one], _) => one_line(one),
            ([.., last], false) => {
                let more = all.len() - 1;
                view! {
                    {one_line(last)}
                    <button type="button" class="link" aria-expanded="false" data-test="activity-more" on:click=move |_| open.set(true)>
                        {format!("and {more} more")}
                    </button>
                }
                .into_any()
            }
            (all, true) => view! {
                {all.iter().map(one_line).collect_view()}
                <button type="button" class="link" aria-expanded="true" on:click=move |_| open.set(false)>"Fold"</button>
            }
            .into_any(),
        }
    };
    view! { <div class="activity-line" class:open=move || open.get() role="note" data-test="activity">{inside}</div> }
        .into_any()
}

fn one_line(one: &Happened) -> AnyView {
    let (icon, words) = sentence(&one.activity, clock().peek());
    view! {
        <span class="activity" data-tip=format::full(one.at)>
            <IconView icon />
            <span dir="auto">{words}</span>
            <time class="figures">{format::time(one.at)}</time>
        </span>
    }
    .into_any()
}

/// The sentence and its icon.
#[must_use]
pub fn sentence(activity: &Activity, now: Timestamp) -> (Icon, String) {
    let named = |with: &str, name: &str, without: &str| {
        if name.is_empty() { without.to_owned() } else { format!("{with}{name}") }
    };
    match activity {
        Activity::CameFrom { referral } => {
            let what = if referral.ad { "an ad" } else { "a link" };
            let title =
                [&referral.title, &referral.text, &referral.reference].into_iter().find(|s| !s.is_empty());
            let words = title.map_or_else(
                || format!("They came through {what}"),
                |title| format!("They came through {what}: {title}"),
            );
            (if referral.ad { Icon::Ad } else { Icon::Link }, words)
        }
        Activity::Tapped { title } => (Icon::Tap, named("They tapped ", title, "They tapped a button")),
        Activity::OptIn { allowed: true } => (Icon::Check, "They allowed messages from this account".into()),
        Activity::OptIn { allowed: false } => {
            (Icon::Stop, "They no longer want messages from this account".into())
        }
        Activity::Call { outcome, by_them, seconds } => (Icon::Call, call(*outcome, *by_them, *seconds)),
        Activity::HandedOver { to } => {
            (Icon::HandOver, named("Another app answers now: ", to, "Another app answers now"))
        }
        Activity::TakenOver => (Icon::HandOver, "This account is answered from here again".into()),
        Activity::HandOverAsked => (Icon::HandOver, "Another app asks to answer".into()),
        Activity::NumberChanged { to } => {
            let digits = !to.is_empty() && to.bytes().all(|b| b.is_ascii_digit());
            let to = if digits { format!("+{to}") } else { to.clone() };
            (
                Icon::Phone,
                named("They have a new number, and replies go there: ", &to, "They have a new number"),
            )
        }
        Activity::IdentityChanged => {
            (Icon::Shield, "Their security code changed: a new phone, or WhatsApp installed anew".into())
        }
        Activity::Group { what } => {
            (Icon::Accounts, named("Group: ", &what.replace('_', " "), "The group changed"))
        }
        Activity::Feedback { words } => {
            (Icon::Reaction, named("Their feedback on a reply: ", words, "They rated a reply"))
        }
        Activity::Assigned { to } => (Icon::Person, named("Assigned to ", to, "Assigned to nobody")),
        Activity::Snoozed { until: Some(until) } => {
            (Icon::Clock, format!("Snoozed until {}", format::moment(*until, now)))
        }
        Activity::Snoozed { until: None } => (Icon::Clock, "Snoozed until they write".into()),
        Activity::Woke { they_wrote: true } => (Icon::Bell, "Back from snooze, since they wrote".into()),
        Activity::Woke { they_wrote: false } => (Icon::Bell, "Back from snooze".into()),
        Activity::Resolved => (Icon::Check, "Resolved".into()),
        Activity::Reopened { they_wrote: true } => (Icon::Retry, "Open again, since they wrote".into()),
        Activity::NotSent => (Icon::Alert, "Open again, since a reply was not sent".into()),
        Activity::Reopened { they_wrote: false } => (Icon::Retry, "Opened again".into()),
        Activity::Pending => (Icon::Pause, "Marked as pending".into()),
        Activity::Labelled { label, on: true } => (Icon::Label, format!("Label added: {label}")),
        Activity::Labelled { label, on: false } => (Icon::Label, format!("Label removed: {label}")),
        Activity::Blocked { on: true } => (Icon::Stop, "Blocked".into()),
        Activity::Blocked { on: false } => (Icon::Stop, "No longer blocked".into()),
        Activity::Spam { on: true } => (Icon::Stop, "Marked as spam".into()),
        Activity::Spam { on: false } => (Icon::Stop, "No spam after all".into()),
        Activity::Merged { with } => {
            (Icon::Person, named("Found to be the same person as ", with, "Merged with another contact"))
        }
        Activity::Other { name } => (Icon::Info, named("From Meta: ", name, "Something new from Meta")),
    }
}

fn call(outcome: CallOutcome, by_them: bool, seconds: Option<u32>) -> String {
    let who = if by_them { "They called" } else { "You called" };
    match outcome {
        CallOutcome::Ringing => format!("{who}: ringing"),
        CallOutcome::Answered => format!("{who}: answered"),
        CallOutcome::Missed if by_them => "Missed call".to_owned(),
        CallOutcome::Missed => "They did not take your call".to_owned(),
        CallOutcome::Declined => format!("{who}: declined"),
        CallOutcome::Ended => match seconds {
            Some(n) => format!("{who}: {}", format::duration(f64::from(n))),
            None => format!("{who}: ended"),
        },
        CallOutcome::Permission if by_them => "They answered whether they may be called".to_owned(),
        CallOutcome::Permission => "They were asked whether they may be called".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::Referral;

    fn said(activity: &Activity) -> String {
        sentence(activity, Timestamp(0)).1
    }

    #[test]
    fn a_happening_without_a_name_is_still_a_sentence() {
        let nothing = String::new();
        for activity in [
            Activity::CameFrom { referral: Referral::default() },
            Activity::Tapped { title: nothing.clone() },
            Activity::HandedOver { to: nothing.clone() },
            Activity::NumberChanged { to: nothing.clone() },
            Activity::Group { what: nothing.clone() },
            Activity::Feedback { words: nothing.clone() },
            Activity::Assigned { to: nothing.clone() },
            Activity::Merged { with: nothing.clone() },
            Activity::Other { name: nothing },
        ] {
            let words = said(&activity);
            assert!(!words.is_empty() && !words.ends_with([' ', ':']), "{words:?}");
        }
    }

    #[test]
    fn a_call_says_who_called_and_how_long() {
        let call = |outcome, by_them, seconds| said(&Activity::Call { outcome, by_them, seconds });
        assert_eq!(call(CallOutcome::Missed, true, None), "Missed call");
        assert_eq!(call(CallOutcome::Ended, true, Some(75)), "They called: 1:15");
        assert_eq!(call(CallOutcome::Declined, false, None), "You called: declined");
    }
}
