//! Sensible ends of a snooze, in the clock of this machine.

use crate::format;
use heliograph_model::{DAY, HOUR, Timestamp};
use js_sys::Date;
use wasm_bindgen::JsValue;

/// The choices at `now`, with their words, soonest first.
#[must_use]
pub fn choices(now: Timestamp) -> Vec<(&'static str, Timestamp)> {
    #[allow(clippy::cast_precision_loss)]
    let here = Date::new(&JsValue::from_f64(now.0 as f64));
    let hour = here.get_hours();
    let weekday = here.get_day();
    let mut all = vec![("In an hour", now.plus(HOUR)), ("In three hours", now.plus(3 * HOUR))];
    if hour < 17 {
        all.push(("This evening", at(&here, 0, 18)));
    }
    all.push(("Tomorrow morning", at(&here, 1, 9)));
    let (monday, saturday) = days_ahead(weekday);
    if saturday > 1 {
        all.push(("Saturday morning", at(&here, saturday, 10)));
    }
    if monday > 1 {
        all.push(("Monday morning", at(&here, monday, 9)));
    }
    all.push(("In two weeks", at(&here, 14, 9)));
    all
}

/// Days until the next Monday and the next Saturday; `weekday` 0 is Sunday.
const fn days_ahead(weekday: u32) -> (i32, i32) {
    let weekday = weekday as i32;
    ((8 - weekday - 1) % 7 + 1, (6 - weekday + 6) % 7 + 1)
}

/// `days` from the day of `here`, at a full hour; right across changes of the clock.
fn at(here: &Date, days: i32, hour: i32) -> Timestamp {
    let year = here.get_full_year();
    let (month, day) = (here.get_month().cast_signed(), here.get_date().cast_signed());
    let then = Date::new_with_year_month_day_hr_min(year, month, day + days, hour, 0);
    #[allow(clippy::cast_possible_truncation)]
    Timestamp(then.get_time() as i64)
}

/// When a snooze ends, in few words: a weekday alone would be unclear beyond a week.
#[must_use]
pub fn words(until: Timestamp, now: Timestamp) -> String {
    if now.until(until) < 6 * DAY {
        format::moment(until, now)
    } else {
        format!("{}, {}", format::date(until), format::time(until))
    }
}

/// A moment from a field for date and time ("2026-11-25T17:30"); `None` = it is not whole.
#[must_use]
pub fn from_field(text: &str) -> Option<Timestamp> {
    let ms = Date::new(&JsValue::from_str(text)).get_time();
    #[allow(clippy::cast_possible_truncation)]
    (!ms.is_nan()).then_some(Timestamp(ms as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monday_and_saturday_are_always_ahead() {
        // Sunday, Monday, Friday, Saturday.
        assert_eq!(days_ahead(0), (1, 6));
        assert_eq!(days_ahead(1), (7, 5));
        assert_eq!(days_ahead(5), (3, 1));
        assert_eq!(days_ahead(6), (2, 7));
    }
}
