//! Finds a few typed letters in a line: whole words before beginnings, beginnings before scattered letters.

/// How well a line fits, and which of its characters were meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fit {
    pub score: i32,
    /// Indices of characters, rising.
    pub at: Vec<usize>,
}

/// Fits every word of `query` into `line`; `None` when one does not. No query fits everything.
#[must_use]
pub fn fit(query: &str, line: &str) -> Option<Fit> {
    let line: Vec<char> = fold(line);
    let mut whole = Fit::default();
    for word in query.split_whitespace() {
        let found = one(&fold(word), &line)?;
        whole.score += found.score;
        whole.at.extend(found.at);
    }
    whole.at.sort_unstable();
    whole.at.dedup();
    Some(whole)
}

/// Lower case, one character for one, so that indices stay true.
fn fold(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

fn begins_word(line: &[char], at: usize) -> bool {
    at == 0 || line.get(at - 1).is_some_and(|c| !c.is_alphanumeric())
}

fn one(word: &[char], line: &[char]) -> Option<Fit> {
    if word.is_empty() {
        return Some(Fit::default());
    }
    let together = (0..(line.len() + 1).saturating_sub(word.len()))
        .filter(|start| line[*start..*start + word.len()] == *word)
        .map(|start| Fit {
            score: 100 + if begins_word(line, start) { 60 } else { 0 } - clamp(start) + clamp(word.len()) * 2
                - clamp(line.len()) / 8,
            at: (start..start + word.len()).collect(),
        })
        .max_by_key(|fit| fit.score);
    together.or_else(|| scattered(word, line))
}

/// Letters in order with gaps, from the best place to begin.
fn scattered(word: &[char], line: &[char]) -> Option<Fit> {
    let starts = (0..line.len()).filter(|i| line[*i] == word[0]);
    starts
        .filter_map(|start| {
            let mut at = vec![start];
            let mut score = if begins_word(line, start) { 40 } else { 0 };
            for letter in &word[1..] {
                let last = at[at.len() - 1];
                let rest = last + 1..line.len();
                // The beginning of a word is likelier meant than a letter inside one.
                let next = if line.get(last + 1) == Some(letter) {
                    last + 1
                } else {
                    rest.clone()
                        .find(|i| line[*i] == *letter && begins_word(line, *i))
                        .or_else(|| rest.clone().find(|i| line[*i] == *letter))?
                };
                score += if next == last + 1 {
                    8
                } else if begins_word(line, next) {
                    12
                } else {
                    -6
                };
                at.push(next);
            }
            Some(Fit { score: score - clamp(line.len()) / 8, at })
        })
        // Letters strewn over a line are chance, not a match.
        .filter(|fit| fit.score > 0)
        .max_by_key(|fit| fit.score)
}

fn clamp(n: usize) -> i32 {
    i32::try_from(n.min(60)).unwrap_or(60)
}

/// Cuts a line into pieces that were meant and pieces that were not.
#[must_use]
pub fn pieces(line: &str, at: &[usize]) -> Vec<(String, bool)> {
    let mut out: Vec<(String, bool)> = Vec::new();
    for (i, c) in line.chars().enumerate() {
        let hit = at.binary_search(&i).is_ok();
        match out.last_mut() {
            Some((text, was)) if *was == hit => text.push(c),
            _ => out.push((c.to_string(), hit)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, lines: &[&'a str]) -> Option<&'a str> {
        lines
            .iter()
            .filter_map(|l| fit(query, l).map(|f| (f.score, *l)))
            .max_by_key(|(score, _)| *score)
            .map(|(_, l)| l)
    }

    #[test]
    fn what_begins_a_word_comes_before_what_lies_inside() {
        let lines =
            ["Settings", "Unread", "Mark unread", "Theme: dark", "Waiting for a reply", "Write a reply"];
        assert_eq!(best("set", &lines), Some("Settings"));
        assert_eq!(best("unr", &lines), Some("Unread"));
        assert_eq!(best("dark", &lines), Some("Theme: dark"));
        assert_eq!(best("td", &lines), Some("Theme: dark"), "initials");
        assert_eq!(best("reply write", &lines), Some("Write a reply"), "words in any order");
        assert_eq!(best("zzz", &lines), None);
    }

    #[test]
    fn chance_letters_do_not_fit() {
        assert_eq!(fit("xgs", "Mark everything as read, settings"), None);
        assert_eq!(fit("gai", "Waiting for a reply"), None);
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert_eq!(fit("  ", "Settings"), Some(Fit::default()));
    }

    #[test]
    fn the_meant_letters_are_marked() {
        let at = fit("дар", "Дарья Соколова").map(|f| f.at).unwrap_or_default();
        let cut = pieces("Дарья Соколова", &at);
        assert_eq!(cut, [("Дар".to_owned(), true), ("ья Соколова".to_owned(), false)]);
        assert_eq!(pieces("abc", &[]), [("abc".to_owned(), false)]);
    }
}
