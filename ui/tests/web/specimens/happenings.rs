//! Lines between bubbles: every one there is.

use super::{FUTURE, Specimen, ours, specimen};
use crate::coverage;
use heliograph_model::{Activity, CallOutcome, Content, DeliveryStatus, Referral};

pub fn happenings() -> Vec<Specimen> {
    let referral = |ad, title: &str| Referral { ad, title: title.into(), ..Referral::default() };
    let call = |outcome, by_them, seconds| Activity::Call { outcome, by_them, seconds };
    let text = |words: &str| words.to_owned();
    let activities = vec![
        Activity::CameFrom { referral: referral(true, "Handmade lamps") },
        Activity::CameFrom { referral: referral(false, "") },
        Activity::Tapped { title: text("Get started") },
        Activity::OptIn { allowed: true },
        Activity::OptIn { allowed: false },
        call(CallOutcome::Ringing, true, None),
        call(CallOutcome::Answered, false, None),
        call(CallOutcome::Missed, true, None),
        call(CallOutcome::Declined, true, None),
        call(CallOutcome::Ended, false, Some(75)),
        call(CallOutcome::Permission, true, None),
        Activity::HandedOver { to: text("Shop robot") },
        Activity::TakenOver,
        Activity::HandOverAsked,
        Activity::NumberChanged { to: text("351912345678") },
        Activity::IdentityChanged,
        Activity::Group { what: text("member_joined") },
        Activity::Feedback { words: text("Good") },
        Activity::Assigned { to: text("Mira") },
        Activity::Assigned { to: String::new() },
        Activity::Snoozed { until: Some(FUTURE) },
        Activity::Snoozed { until: None },
        Activity::Woke { they_wrote: true },
        Activity::Woke { they_wrote: false },
        Activity::Resolved,
        Activity::Reopened { they_wrote: true },
        Activity::Reopened { they_wrote: false },
        Activity::NotSent,
        Activity::Pending,
        Activity::Labelled { label: text("VIP"), on: true },
        Activity::Labelled { label: text("VIP"), on: false },
        Activity::Blocked { on: true },
        Activity::Blocked { on: false },
        Activity::Spam { on: true },
        Activity::Spam { on: false },
        Activity::Merged { with: text("@ines") },
        Activity::Other { name: text("account_linking") },
    ];
    activities
        .into_iter()
        .map(|activity| {
            let name = match &activity {
                Activity::Call { outcome, .. } => coverage::call(outcome).0,
                other => coverage::activity(other).0,
            };
            specimen(name, Content::Activity { activity }, |m| ours(m, DeliveryStatus::Received))
        })
        .collect()
}
