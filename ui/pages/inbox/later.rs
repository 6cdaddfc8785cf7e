//! Send later: sensible times within what may still leave, or one picked by hand.

use crate::{
    clock::clock,
    format,
    parts::{Button, Dialog, Icon, MenuItem, Tone},
};
use heliograph_model::{DAY, HOUR, MINUTE, Timestamp};
use leptos::{html, prelude::*};
use wasm_bindgen::JsValue;

/// A time to choose, with its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub words: &'static str,
    pub at: Timestamp,
}

/// Sensible times after `now`; `at_hour(days, hour)` is that hour of the day so many days ahead, where the viewer is,
/// and `weekday` today's (0 = Sunday).
#[must_use]
pub fn choices(now: Timestamp, weekday: u32, at_hour: impl Fn(i64, u32) -> Timestamp) -> Vec<Choice> {
    let to_monday = i64::from((8 - weekday) % 7);
    let monday = if to_monday == 0 { 7 } else { to_monday };
    let mut all = vec![
        Choice { words: "In an hour", at: now.plus(HOUR) },
        Choice { words: "This evening", at: at_hour(0, 18) },
        Choice { words: "Tomorrow morning", at: at_hour(1, 9) },
    ];
    if monday > 1 {
        all.push(Choice { words: "Monday morning", at: at_hour(monday, 9) });
    }
    all.retain(|c| now.plus(15 * MINUTE) < c.at);
    all.sort_by_key(|c| c.at);
    all
}

/// The times that may be chosen from here, as far as `end` allows.
#[must_use]
pub fn here(end: Option<Timestamp>) -> Vec<Choice> {
    let now = clock().peek();
    let date = date_of(now);
    let mut all = choices(now, date.get_day(), |days, hour| {
        let day = date_of(now.plus(days * DAY));
        day.set_hours(hour);
        day.set_minutes(0);
        day.set_seconds(0);
        day.set_milliseconds(0);
        of_date(&day)
    });
    all.retain(|c| end.is_none_or(|end| c.at < end));
    all
}

/// The lines of a menu that gives a time to `pick`; the last one opens the dialog.
#[must_use]
pub fn items(end: Option<Timestamp>, pick: Callback<Timestamp>, asking: RwSignal<bool>) -> Vec<MenuItem> {
    let now = clock().peek();
    let mut lines: Vec<MenuItem> = here(end)
        .into_iter()
        .map(|choice| {
            MenuItem::new(choice.words, move || pick.run(choice.at))
                .icon(Icon::Clock)
                .aside(format::moment(choice.at, now))
        })
        .collect();
    lines.push(MenuItem::new("Another time…", move || asking.set(true)).icon(Icon::Clock));
    lines
}

/// Asks for a time by hand.
#[component]
pub fn TimeDialog(
    open: RwSignal<bool>,
    /// Nothing may leave after this.
    #[prop(into)]
    end: Signal<Option<Timestamp>>,
    pick: Callback<Timestamp>,
) -> impl IntoView {
    view! {
        <Dialog open title="Send later" class="narrow" test="send-at">
            <TimeForm open end pick />
        </Dialog>
    }
    .into_any()
}

#[component]
fn TimeForm(
    open: RwSignal<bool>,
    end: Signal<Option<Timestamp>>,
    pick: Callback<Timestamp>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let now = clock().peek();
    let begin = written(now.plus(HOUR));
    let chosen = RwSignal::new(Some(now.plus(HOUR)));
    let typed = move |_| {
        let value = input.get_untracked().map(|i| i.value()).unwrap_or_default();
        chosen.set(read(&value));
    };
    let complaint = move || match (chosen.get(), end.get()) {
        (None, _) => Some("Choose a day and a time.".to_owned()),
        (Some(at), _) if at <= clock().peek() => Some("This time is past.".into()),
        (Some(at), Some(end)) if end <= at => Some(format!(
            "The reply window ends {}: it would not leave any more.",
            format::moment(end, clock().peek())
        )),
        _ => None,
    };
    let bad = Memo::new(move |_| complaint().is_some());
    let go = Callback::new(move |()| {
        if let Some(at) = chosen.get_untracked().filter(|_| !bad.get_untracked()) {
            open.set(false);
            pick.run(at);
        }
    });
    view! {
        <div class="time-form">
            <input
                node_ref=input
                class="time-field"
                type="datetime-local"
                aria-label="Day and time"
                prop:value=begin
                min=written(now)
                data-test="send-at-time"
                on:input=typed
                on:keydown=move |e| {
                    if e.key() == "Enter" {
                        e.prevent_default();
                        go.run(());
                    }
                }
            />
            <p class="time-complaint" role="status">{complaint}</p>
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| open.set(false)) />
                <Button label="Schedule" tone=Tone::Primary disabled=bad on_press=go test="send-at-go" />
            </div>
        </div>
    }
    .into_any()
}

fn date_of(at: Timestamp) -> js_sys::Date {
    #[allow(clippy::cast_precision_loss)]
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

fn of_date(date: &js_sys::Date) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp(date.get_time() as i64)
}

/// A moment as the browser's field writes it: local, to the minute.
fn written(at: Timestamp) -> String {
    let d = date_of(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        d.get_full_year(),
        d.get_month() + 1,
        d.get_date(),
        d.get_hours(),
        d.get_minutes()
    )
}

fn read(text: &str) -> Option<Timestamp> {
    let date = js_sys::Date::new(&JsValue::from_str(text));
    (!text.is_empty() && !date.get_time().is_nan()).then(|| of_date(&date))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Midnight of a Thursday, in a world without time zones.
    const MIDNIGHT: Timestamp = Timestamp(1_780_012_800_000 / DAY * DAY);

    fn at(hour: i64, weekday: u32) -> Vec<(&'static str, i64)> {
        let now = MIDNIGHT.plus(hour * HOUR);
        let choices = choices(now, weekday, |days, hour| MIDNIGHT.plus(days * DAY + i64::from(hour) * HOUR));
        choices.into_iter().map(|c| (c.words, MIDNIGHT.until(c.at) / HOUR)).collect()
    }

    #[test]
    fn the_times_offered_are_ahead_in_order_and_monday_is_never_tomorrow() {
        assert_eq!(
            at(10, 4),
            [
                ("In an hour", 11),
                ("This evening", 18),
                ("Tomorrow morning", 33),
                ("Monday morning", 4 * 24 + 9)
            ]
        );
        assert_eq!(at(20, 0), [("In an hour", 21), ("Tomorrow morning", 33)], "on a Sunday evening");
        assert_eq!(at(20, 1)[2], ("Monday morning", 7 * 24 + 9), "on a Monday the next one");
    }
}
