//! Which lines the palette shows, and in which order: what was used of late first, what fits best first.

use super::{
    entries::{Entry, Group},
    fuzzy::fit,
};
use crate::kept;

/// A line with its heading and the letters that were meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub entry: Entry,
    pub heading: Option<Group>,
    pub at: Vec<usize>,
}

const NAME: &str = "palette";
/// How many ids are kept, and how many of them are shown before anything is typed.
const KEPT: usize = 12;
const SHOWN: usize = 4;
/// A fit from here on is letters that stand together.
const TOGETHER: i32 = 70;

/// The ids used of late, newest first.
#[must_use]
pub fn recent() -> Vec<String> {
    kept::get(NAME).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// Puts `id` in front. People and searches of one day are not commands of the next.
pub fn remember(id: &str) {
    if id.starts_with("person-") || id == "search-for" {
        return;
    }
    let mut ids = recent();
    ids.retain(|old| old != id);
    ids.insert(0, id.to_owned());
    ids.truncate(KEPT);
    if let Ok(json) = serde_json::to_string(&ids) {
        kept::set(NAME, &json);
    }
}

/// The lines for `query`, with the `people` that fit it.
#[must_use]
pub fn rank(all: &[Entry], people: &[Entry], query: &str, late: &[String]) -> Vec<Ranked> {
    if query.trim().is_empty() { untyped(all, late) } else { typed(all, people, query.trim(), late) }
}

fn untyped(all: &[Entry], late: &[String]) -> Vec<Ranked> {
    let of_late: Vec<&Entry> =
        late.iter().filter_map(|id| all.iter().find(|e| e.id == *id)).take(SHOWN).collect();
    let line =
        |entry: &Entry, heading| Ranked { entry: entry.clone(), heading: Some(heading), at: Vec::new() };
    let rest = all.iter().filter(|e| of_late.iter().all(|l| l.id != e.id));
    of_late.iter().map(|e| line(e, Group::Recent)).chain(rest.map(|e| line(e, e.group))).collect()
}

fn typed(all: &[Entry], people: &[Entry], query: &str, late: &[String]) -> Vec<Ranked> {
    let mut fits: Vec<(i32, Ranked)> = all.iter().filter_map(|e| fitting(e, query, late)).collect();
    fits.sort_by_key(|(score, _)| -score);
    let (good, loose): (Vec<_>, Vec<_>) = fits.into_iter().partition(|(score, _)| *score >= TOGETHER);
    let people = people.iter().map(|entry| Ranked {
        entry: entry.clone(),
        heading: Some(Group::People),
        at: fit(query, &entry.label).map(|f| f.at).unwrap_or_default(),
    });
    let search = Ranked { entry: Entry::search(query), heading: Some(Group::Search), at: Vec::new() };
    let lines = |list: Vec<(i32, Ranked)>, heading| {
        list.into_iter().map(move |(_, line)| Ranked { heading: Some(heading), ..line })
    };
    lines(good, Group::Best).chain(people).chain(lines(loose, Group::Loose)).chain([search]).collect()
}

fn fitting(entry: &Entry, query: &str, late: &[String]) -> Option<(i32, Ranked)> {
    let bonus = late
        .iter()
        .position(|id| *id == entry.id)
        .and_then(|place| i32::try_from(KEPT.saturating_sub(place)).ok())
        .unwrap_or(0);
    let (score, at) = match fit(query, &entry.label) {
        Some(found) => (found.score, found.at),
        None => {
            // The words behind the label count too, a little less.
            let whole = format!("{} {}", entry.label, entry.about);
            let found = fit(query, &whole)?;
            let length = entry.label.chars().count();
            (found.score - 20, found.at.into_iter().filter(|i| *i < length).collect())
        }
    };
    Some((score + bonus, Ranked { entry: entry.clone(), heading: None, at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::Icon;
    use std::sync::Arc;

    fn line(id: &str, group: Group, label: &str, about: &str) -> Entry {
        Entry {
            id: id.into(),
            group,
            icon: Icon::Inbox,
            label: label.into(),
            about: about.into(),
            key: String::new(),
            face: None,
            run: Arc::new(|| ()),
        }
    }

    fn some() -> Vec<Entry> {
        vec![
            line("reply", Group::Actions, "Write a reply", ""),
            line("inbox", Group::Go, "Inbox", ""),
            line("settings", Group::Go, "Settings", ""),
            line("door", Group::Go, "Webhook door", "Settings"),
            line("dark", Group::Appearance, "Theme: dark", ""),
        ]
    }

    fn ids(lines: &[Ranked]) -> Vec<&str> {
        lines.iter().map(|l| l.entry.id.as_str()).collect()
    }

    #[test]
    fn before_anything_is_typed_what_was_used_of_late_stands_first() {
        let late = ["dark".to_owned(), "gone".to_owned(), "inbox".to_owned()];
        let lines = rank(&some(), &[], " ", &late);
        assert_eq!(ids(&lines), ["dark", "inbox", "reply", "settings", "door"]);
        assert_eq!(lines[0].heading, Some(Group::Recent));
        assert_eq!(lines[2].heading, Some(Group::Actions));
    }

    #[test]
    fn the_better_fit_stands_first_then_people_then_the_search() {
        let people = [line("person-7", Group::People, "Seth Ings", "")];
        let lines = rank(&some(), &people, "set", &[]);
        assert_eq!(ids(&lines), ["settings", "door", "person-7", "search-for"]);
        assert_eq!(lines[0].at, [0, 1, 2]);
        assert!(lines[1].at.is_empty(), "it fitted behind the label");
    }

    #[test]
    fn of_two_that_fit_alike_the_one_used_of_late_stands_first() {
        let all = vec![
            line("light", Group::Appearance, "Theme: light", ""),
            line("dark1", Group::Appearance, "Theme: night", ""),
        ];
        assert_eq!(ids(&rank(&all, &[], "theme", &["dark1".to_owned()]))[0], "dark1");
        assert_eq!(ids(&rank(&all, &[], "theme", &[]))[0], "light");
    }
}
