//! How long calls take: each name with how often, how long in all, and the longest. Since the start.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What the calls of one name took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    pub times: u32,
    pub all: Duration,
    pub longest: Duration,
}

/// The book of all calls.
#[derive(Debug, Default)]
pub struct Speed(Mutex<HashMap<&'static str, Spent>>);

impl Speed {
    /// A call of that name took so long.
    pub(super) fn note(&self, name: &'static str, took: Duration) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = book.entry(name).or_default();
        spent.times = spent.times.saturating_add(1);
        spent.all += took;
        spent.longest = spent.longest.max(took);
    }

    /// The names whose longest call took longest, `most` of them.
    pub(super) fn slowest(&self, most: usize) -> Vec<(&'static str, Spent)> {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = book.iter().map(|(name, spent)| (*name, *spent)).collect();
        all.sort_by_key(|(name, spent)| (std::cmp::Reverse(spent.longest), *name));
        all.truncate(most);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_come_first_with_what_they_took() {
        let speed = Speed::default();
        for (name, ms) in [("A", 3), ("B", 9), ("A", 1), ("C", 2)] {
            speed.note(name, Duration::from_millis(ms));
        }
        let slowest = speed.slowest(2);
        assert_eq!(slowest.iter().map(|(n, _)| *n).collect::<Vec<_>>(), ["B", "A"]);
        assert_eq!((slowest[1].1.times, slowest[1].1.all), (2, Duration::from_millis(4)));
    }
}
