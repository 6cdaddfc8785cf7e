//! A term: what it asks of the index, and where it stands in a text.

use crate::model::Piece;
use crate::store::words::{Word, words};

/// Characters around a match.
const SNIPPET: usize = 160;

/// One thing to look for: a word, or words that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    words: Vec<String>,
    /// The last word may go on.
    open: bool,
}

impl Term {
    /// The term for a piece of what was typed; `None` when it has no words. With `open`, words that begin like
    /// its last one match too.
    #[must_use]
    pub fn new(text: &str, open: bool) -> Option<Self> {
        let mut cut = words(text);
        let mut open = open;
        // The last character of a run stands alone in the cut. Alone it means every pair that begins with it;
        // after a pair it says nothing new.
        if let Some(last) = cut.last().filter(|word| word.run && word.folded.chars().count() == 1) {
            let pair = cut.len() > 1 && cut[cut.len() - 2].run && cut[cut.len() - 2].at.end == last.at.end;
            if pair {
                cut.pop();
                open = false;
            } else {
                open = true;
            }
        }
        let words: Vec<String> = cut.into_iter().map(|word| word.folded).collect();
        (!words.is_empty()).then_some(Self { words, open })
    }

    /// The same with words that begin like its last one.
    pub(super) fn opened(mut self) -> Self {
        self.open = true;
        self
    }

    /// As the index is asked: words are letters, digits and pictures, never quotation marks.
    pub(super) fn expression(&self) -> String {
        format!("\"{}\"{}", self.words.join(" "), if self.open { " *" } else { "" })
    }

    /// Where it stands in `text`, cut into words: the first and the last of them.
    fn find(&self, text: &[Word], from: usize) -> Option<(usize, usize)> {
        let n = self.words.len();
        (from..=text.len().checked_sub(n)?).find_map(|at| {
            let here = self.words.iter().zip(&text[at..at + n]).enumerate().all(|(k, (word, found))| {
                if self.open && k + 1 == n {
                    found.folded.starts_with(word.as_str())
                } else {
                    found.folded == *word
                }
            });
            here.then_some((at, at + n - 1))
        })
    }
}

/// The text around the first match, cut into plain and matching pieces, as one line.
#[must_use]
pub fn snippet(text: &str, terms: &[Term]) -> Vec<Piece> {
    let cut = words(text);
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for term in terms {
        let mut from = 0;
        while let Some((first, last)) = term.find(&cut, from) {
            let start = cut[first].at.start;
            let mut end = cut[last].at.end;
            // One typed character of a run marks one, not the pair that it begins.
            if cut[last].run && term.open && first == last {
                end = text[start..].chars().next().map_or(end, |c| start + c.len_utf8());
            }
            hits.push((start, end));
            from = first + 1;
        }
    }
    hits.sort_unstable();
    let (start, end) = window(text, hits.first().copied());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |part: &str, hit: bool| {
        let part: String = part.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        if !part.is_empty() {
            pieces.push(Piece { text: part, hit });
        }
    };
    if start > 0 {
        push("…", false);
    }
    let mut at = start;
    for (from, to) in hits {
        let (from, to) = (from.max(at), to.min(end));
        if from >= to {
            continue;
        }
        push(&text[at..from], false);
        push(&text[from..to], true);
        at = to;
    }
    push(&text[at..end], false);
    if end < text.len() {
        push("…", false);
    }
    pieces
}

/// The bytes of a stretch of [`SNIPPET`] characters with the first hit near its beginning.
fn window(text: &str, hit: Option<(usize, usize)>) -> (usize, usize) {
    if text.char_indices().nth(SNIPPET).is_none() {
        return (0, text.len());
    }
    let hit = hit.map_or(0, |(start, _)| start);
    let before = text[..hit].char_indices().rev().take(SNIPPET / 4).last().map_or(hit, |(at, _)| at);
    // Not in the middle of a word, if one begins soon.
    let start = match text[before..hit].find(char::is_whitespace) {
        Some(gap) if before > 0 => {
            before + gap + text[before + gap..].chars().next().map_or(0, char::len_utf8)
        }
        _ => before,
    };
    let start = if hit <= SNIPPET / 4 { 0 } else { start };
    let end = text[start..].char_indices().nth(SNIPPET).map_or(text.len(), |(at, _)| start + at);
    (start, end.max(start))
}
