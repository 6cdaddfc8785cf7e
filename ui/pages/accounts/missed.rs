//! What webhooks missed, by day, and when a poll recovered it; what Meta says of the account as a whole.

use crate::{
    clock::clock,
    format,
    live::live,
    parts::{Icon, IconView},
};
use heliograph_model::{
    Account, AccountEvent, Channel, DAY, GapDay, Timestamp,
    call::{ListAccountEvents, ListGaps},
};
use leptos::prelude::*;

/// The gap finder's days, folded away unless something was missed lately.
#[component]
pub fn Missed(account: Memo<Account>) -> impl IntoView {
    let (id, polled) = account.with_untracked(|a| (a.id, a.channel != Channel::WhatsApp));
    // Where nothing is polled, nobody can tell what was missed.
    let days = live(move || polled.then_some(ListGaps { account: id }));
    let any = move || days.with(|d| d.is_some_and(|d| !d.is_empty()));
    let lately = Memo::new(move |_| {
        let now = clock().now();
        days.with(|d| d.is_some_and(|d| d.iter().any(|day| day.missed > 0 && day.day.until(now) < 2 * DAY)))
    });
    let summary = move || days.with(|d| summarize(d.map_or(&[], Vec::as_slice)));
    let rows = move || {
        let now = clock().now();
        days.with(|d| d.map(|d| d.iter().map(|day| row(day, now)).collect_view()))
    };
    move || {
        any().then(|| {
            view! {
                <details class="permissions fold missed" data-test="missed">
                    <summary class:warn=move || lately.get()>
                        <IconView icon=Icon::Forward />
                        {summary}
                    </summary>
                    <ul class="days">{rows}</ul>
                </details>
            }
            .into_any()
        })
    }
}

fn row(day: &GapDay, now: Timestamp) -> impl IntoView + use<> {
    // A day of the gap finder is a day of UTC: its noon lies in the day that people mean almost everywhere.
    let name = format::day(day.day.plus(DAY / 2), now);
    let (icon, tone) = if day.missed > 0 { (Icon::Retry, "warn") } else { (Icon::Check, "good") };
    let words = told(day, |at| format::moment(at, now));
    view! {
        <li class=format!("day {tone}")>
            <IconView icon />
            <span class="day-name">{name}</span>
            <span class="figures">{words}</span>
        </li>
    }
}

/// "Webhooks missed 3 of 412; recovered by poll at 14:02".
fn told(day: &GapDay, moment: impl Fn(Timestamp) -> String) -> String {
    let all = day.by_webhook + day.missed;
    match (day.missed, day.recovered_at) {
        (0, _) => format!("{} by webhook, none missed", format::plural(all.into(), "message", "messages")),
        (missed, Some(at)) => {
            format!("Webhooks missed {missed} of {all}; recovered by poll at {}", moment(at))
        }
        (missed, None) => format!("Webhooks missed {missed} of {all}; recovered by poll"),
    }
}

fn summarize(days: &[GapDay]) -> String {
    let (missed, all) =
        days.iter().fold((0, 0), |(m, a), day| (m + day.missed, a + day.missed + day.by_webhook));
    let span = format::plural(days.len() as u64, "day", "days");
    if missed == 0 {
        format!("Webhooks missed nothing in {span}")
    } else {
        format!("Webhooks missed {missed} of {all} in {span}; all were recovered")
    }
}

/// What Meta said of the account, newest first.
#[component]
pub fn News(account: Memo<Account>) -> impl IntoView {
    let id = account.with_untracked(|a| a.id);
    let news = live(move || Some(ListAccountEvents { account: id }));
    let count = Memo::new(move |_| news.with(|n| n.map_or(0, Vec::len)));
    let one = |event: &AccountEvent, now: Timestamp| {
        let (icon, tone) = if event.grave { (Icon::Alert, "bad") } else { (Icon::Check, "plain") };
        view! {
            <li class=format!("day {tone}")>
                <IconView icon />
                <span class="day-name" data-tip=format::full(event.at)>{format::moment(event.at, now)}</span>
                <span>{event.words.clone()}</span>
            </li>
        }
        .into_any()
    };
    let rows = move || {
        let now = clock().now();
        news.with(|n| n.map(|n| n.iter().map(|event| one(event, now)).collect_view()))
    };
    move || {
        (count.get() > 0).then(|| {
            view! {
                <details class="permissions fold news" data-test="news">
                    <summary>
                        <IconView icon=Icon::Forward />
                        {move || format!("{} from Meta about this account", format::plural(count.get() as u64, "message", "messages"))}
                    </summary>
                    <ul class="days">{rows}</ul>
                </details>
            }
            .into_any()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64, by_webhook: u32, missed: u32) -> GapDay {
        GapDay {
            day: Timestamp(n * DAY),
            by_webhook,
            missed,
            recovered_at: (missed > 0).then_some(Timestamp(n * DAY + 5)),
        }
    }

    #[test]
    fn a_day_says_how_many_were_missed_and_when_they_were_recovered() {
        let told = |d: &GapDay| told(d, |_| "14:02".into());
        assert_eq!(told(&day(3, 409, 3)), "Webhooks missed 3 of 412; recovered by poll at 14:02");
        assert_eq!(told(&day(3, 1, 0)), "1 message by webhook, none missed");
        assert_eq!(
            summarize(&[day(3, 409, 3), day(2, 10, 0)]),
            "Webhooks missed 3 of 422 in 2 days; all were recovered"
        );
        assert_eq!(summarize(&[day(3, 9, 0)]), "Webhooks missed nothing in 1 day");
    }
}
