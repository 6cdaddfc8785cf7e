//! Times, counts and countdowns in words. What depends on the viewer's locale goes through the browser's
//! `Intl`; everything else is plain arithmetic, tested without a browser.

use heliograph_model::{DAY, HOUR, MINUTE, ReplyWindow, Timestamp};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static MADE: RefCell<HashMap<&'static str, Function>> = RefCell::new(HashMap::new());
}

/// Formats with the `Intl` options written as `name:value,…`; a formatter is made once.
fn intl(options: &'static str, at: Timestamp) -> String {
    let format = MADE.with_borrow_mut(|made| {
        made.entry(options)
            .or_insert_with(|| {
                let wanted = Object::new();
                for (name, value) in options.split(',').filter_map(|o| o.split_once(':')) {
                    let _ = Reflect::set(&wanted, &name.into(), &value.into());
                }
                Intl::DateTimeFormat::new(&Array::new(), &wanted).format()
            })
            .clone()
    });
    #[allow(clippy::cast_precision_loss)]
    let date = Date::new(&JsValue::from_f64(at.0 as f64));
    format.call1(&JsValue::NULL, &date).ok().and_then(|s| s.as_string()).unwrap_or_default()
}

/// "German" for `de`, "English (United States)" for `en_US`; the code itself where nobody knows it.
#[must_use]
pub fn language(code: &str) -> String {
    let name = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let names: Function = Reflect::get(&intl, &"DisplayNames".into()).ok()?.dyn_into().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &"language".into()).ok()?;
        let names = Reflect::construct(&names, &Array::of2(&JsValue::UNDEFINED, &options)).ok()?;
        let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
        of.call1(&names, &code.replace('_', "-").into()).ok()?.as_string()
    };
    name().unwrap_or_else(|| code.to_owned())
}

/// "14:02" in the viewer's way.
#[must_use]
pub fn time(at: Timestamp) -> String {
    intl("hour:numeric,minute:2-digit", at)
}

/// "Tuesday, 4 March 2025 at 14:02".
#[must_use]
pub fn full(at: Timestamp) -> String {
    intl("dateStyle:full,timeStyle:short", at)
}

/// "4 Mar 2025".
#[must_use]
pub fn date(at: Timestamp) -> String {
    intl("dateStyle:medium", at)
}

/// The viewer's calendar day, counted from 1970; two times on one day give one number.
#[must_use]
pub fn local_day(at: Timestamp) -> i64 {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    let offset = Date::new(&JsValue::from_f64(at.0 as f64)).get_timezone_offset() as i64;
    (at.0 - offset * MINUTE).div_euclid(DAY)
}

/// How a list row tells the time: the hour today, the weekday this week, else the date.
#[must_use]
pub fn short(at: Timestamp, now: Timestamp) -> String {
    match local_day(now) - local_day(at) {
        0 => time(at),
        1 => "Yesterday".into(),
        2..=6 => intl("weekday:short", at),
        _ if year(at) == year(now) => intl("day:numeric,month:short", at),
        _ => intl("dateStyle:short", at),
    }
}

/// The label of a day separator.
#[must_use]
pub fn day(at: Timestamp, now: Timestamp) -> String {
    match local_day(now) - local_day(at) {
        0 => "Today".into(),
        1 => "Yesterday".into(),
        2..=6 => intl("weekday:long", at),
        _ if year(at) == year(now) => intl("weekday:long,day:numeric,month:long", at),
        _ => intl("dateStyle:long", at),
    }
}

/// A moment that may be on another day: "18:20", "Tue 18:20".
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    if local_day(at) == local_day(now) {
        time(at)
    } else {
        intl("weekday:short,hour:numeric,minute:2-digit", at)
    }
}

fn year(at: Timestamp) -> u32 {
    #[allow(clippy::cast_precision_loss)]
    Date::new(&JsValue::from_f64(at.0 as f64)).get_full_year()
}

/// "0:12" or "1:02:03": how long a sound or a call is, or where in it one is.
#[must_use]
pub fn duration(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = seconds.max(0.0).round() as u64;
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// How near the end of a reply window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// More than six hours.
    Far,
    /// Six hours to one.
    Near,
    /// Less than an hour.
    Close,
    Closed,
    /// The person never wrote.
    Never,
}

impl Nearness {
    /// Of a window at `now`.
    #[must_use]
    pub fn of(window: ReplyWindow, now: Timestamp) -> Self {
        match window.ended_at().map(|end| now.until(end)) {
            None => Self::Never,
            Some(left) if left <= 0 => Self::Closed,
            Some(left) if left < HOUR => Self::Close,
            Some(left) if left <= 6 * HOUR => Self::Near,
            Some(_) => Self::Far,
        }
    }

    /// The style class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Far => "far",
            Self::Near => "near",
            Self::Close => "close",
            Self::Closed | Self::Never => "closed",
        }
    }
}

/// What is left, shortly, rounded down so that nobody relies on time that is gone: "18 h", "42 min".
#[must_use]
pub fn left_short(ms: i64) -> String {
    match ms {
        i64::MIN..=0 => "closed".into(),
        1..MINUTE => "< 1 min".into(),
        MINUTE..HOUR => format!("{} min", ms / MINUTE),
        HOUR..DAY => format!("{} h", ms / HOUR),
        _ => format!("{} d", ms / DAY),
    }
}

/// What is left, with minutes once they matter: "18 h", "4 h 12 min", "42 min".
#[must_use]
pub fn left(ms: i64) -> String {
    if (HOUR..=6 * HOUR).contains(&ms) && ms % HOUR >= MINUTE {
        format!("{} h {} min", ms / HOUR, ms % HOUR / MINUTE)
    } else {
        left_short(ms)
    }
}

/// How long ago: "just now", "12 s ago", "5 min ago", "3 h ago", "2 d ago".
#[must_use]
pub fn ago(ms: i64) -> String {
    match ms {
        i64::MIN..5_000 => "just now".into(),
        5_000..MINUTE => format!("{} s ago", ms / 1000),
        MINUTE..HOUR => format!("{} min ago", ms / MINUTE),
        HOUR..DAY => format!("{} h ago", ms / HOUR),
        _ => format!("{} d ago", ms / DAY),
    }
}

/// "1 reply", "2 replies".
#[must_use]
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A count with thin groups of three: "1 204".
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A count for a badge: never wider than four characters.
#[must_use]
pub fn badge(n: u32) -> String {
    match n {
        0..=999 => n.to_string(),
        1_000..=99_999 => format!("{}k", n / 1000),
        _ => "99k+".into(),
    }
}

/// Bytes for people, decimal as the systems show them: "1.2 GB".
#[must_use]
pub fn bytes(n: u64) -> String {
    let mut value = n;
    let mut tenths = 0;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 1000 {
            return if unit == "B" || value >= 100 {
                format!("{value} {unit}")
            } else {
                format!("{value}.{tenths} {unit}")
            };
        }
        tenths = value % 1000 / 100;
        value /= 1000;
    }
    format!("{value}.{tenths} TB")
}

/// Up to two letters for a person without a picture.
#[must_use]
pub fn initials(name: &str) -> String {
    let letters = |word: &str| word.chars().find(|c| c.is_alphabetic());
    let mut words = name.split_whitespace().filter_map(letters);
    let first = words.next();
    let last = words.next_back();
    match (first, last) {
        // One ideograph or syllable block already fills the circle.
        (Some(a), _) if u32::from(a) >= 0x2E80 => a.to_string(),
        (Some(a), Some(b)) => a.to_uppercase().chain(b.to_uppercase()).collect(),
        (Some(a), None) => a.to_uppercase().collect(),
        _ => "#".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_turns_amber_at_six_hours_red_at_one_and_then_locks() {
        let now = Timestamp(1_000 * DAY);
        let at = |left: i64| {
            Nearness::of(ReplyWindow { closes_at: Some(now.plus(left)), ..ReplyWindow::default() }, now)
        };
        assert_eq!(at(6 * HOUR + 1), Nearness::Far);
        assert_eq!(at(6 * HOUR), Nearness::Near);
        assert_eq!(at(HOUR), Nearness::Near);
        assert_eq!(at(HOUR - 1), Nearness::Close);
        assert_eq!(at(1), Nearness::Close);
        assert_eq!(at(0), Nearness::Closed);
        assert_eq!(Nearness::of(ReplyWindow::default(), now), Nearness::Never);
    }

    #[test]
    fn what_is_left_never_promises_more_than_there_is() {
        assert_eq!(left(23 * HOUR + 59 * MINUTE), "23 h");
        assert_eq!(left(4 * HOUR + 12 * MINUTE + 59_000), "4 h 12 min");
        assert_eq!(left(4 * HOUR), "4 h");
        assert_eq!(left(HOUR - 1), "59 min");
        assert_eq!(left(59_999), "< 1 min");
        assert_eq!(left(0), "closed");
        assert_eq!(left_short(4 * HOUR + 12 * MINUTE), "4 h");
    }

    #[test]
    fn figures_are_grouped_and_badges_stay_narrow() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204), "1\u{202f}204");
        assert_eq!(count(1_000_000), "1\u{202f}000\u{202f}000");
        assert_eq!(badge(1_204), "1k");
        assert_eq!(badge(123_456), "99k+");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250), "1.2 kB");
        assert_eq!(bytes(123_456_789), "123 MB");
        assert_eq!(plural(1, "reply", "replies"), "1 reply");
        assert_eq!(plural(2, "reply", "replies"), "2 replies");
    }

    #[test]
    fn lengths_are_told_as_on_a_clock() {
        assert_eq!(duration(0.2), "0:00");
        assert_eq!(duration(12.4), "0:12");
        assert_eq!(duration(754.0), "12:34");
        assert_eq!(duration(3_723.0), "1:02:03");
    }

    #[test]
    fn initials_suit_every_script() {
        assert_eq!(initials("Sheena Nicholson"), "SN");
        assert_eq!(initials("ana"), "A");
        assert_eq!(initials("Juan Carlos de la Cruz"), "JC");
        assert_eq!(initials("田中 太郎"), "田");
        assert_eq!(initials("محمد علي"), "مع");
        assert_eq!(initials("+1 650 555"), "#");
        assert_eq!(initials("🌸 mia"), "M");
    }
}
