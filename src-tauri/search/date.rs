//! Days as people type them.

use crate::model::Timestamp;
use jiff::{ToSpan, Zoned, civil::Date, civil::Weekday, tz::TimeZone};

/// The first moment of what `text` names and the first moment after it, in `zone`. `None` = no date.
pub(super) fn days(text: &str, now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let text = text.to_lowercase();
    let today = moment(now, zone)?.date();
    let (first, end) = match text.as_str() {
        "today" => (today, today.tomorrow().ok()?),
        "yesterday" => (today.yesterday().ok()?, today),
        _ => named(&text, today).or_else(|| ago(&text, today)).or_else(|| written(&text))?,
    };
    Some((start(first, zone)?, start(end, zone)?))
}

fn moment(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone.clone()))
}

fn start(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let start = day.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(Timestamp(start.timestamp().as_millisecond()))
}

/// "monday": the last one that is over.
fn named(text: &str, today: Date) -> Option<(Date, Date)> {
    let day = match text {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    let first = today.nth_weekday(-1, day).ok()?;
    Some((first, first.tomorrow().ok()?))
}

/// "7d", "2w", "3m", "1y": the day that long ago.
fn ago(text: &str, today: Date) -> Option<(Date, Date)> {
    let unit = text.chars().last()?;
    let n: i64 = text[..text.len() - unit.len_utf8()].parse().ok().filter(|n| (0..10_000).contains(n))?;
    let first = match unit {
        'd' => today.checked_sub(n.days()),
        'w' => today.checked_sub(n.weeks()),
        'm' => today.checked_sub(n.months()),
        'y' => today.checked_sub(n.years()),
        _ => return None,
    }
    .ok()?;
    Some((first, first.tomorrow().ok()?))
}

/// "2026-11-20", "2026/11/20", "20.11.2026", "2026-11", "2026".
fn written(text: &str) -> Option<(Date, Date)> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| -> Option<i16> {
        (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let small = |part: &str| number(part, 1..=2).and_then(|n| i8::try_from(n).ok());
    match parts.as_slice() {
        [year] => {
            let first = Date::new(number(year, 4..=4)?, 1, 1).ok()?;
            Some((first, first.checked_add(1.year()).ok()?))
        }
        [year, month] => {
            let first = Date::new(number(year, 4..=4)?, small(month)?, 1).ok()?;
            Some((first, first.checked_add(1.month()).ok()?))
        }
        [a, month, b] => {
            let (year, day) = if a.len() == 4 { (a, b) } else { (b, a) };
            let first = Date::new(number(year, 4..=4)?, small(month)?, small(day)?).ok()?;
            Some((first, first.tomorrow().ok()?))
        }
        _ => None,
    }
}
