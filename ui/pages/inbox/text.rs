//! What is in a text: links that may be opened, emoji standing alone, and parts that fit a channel. Pure.

use heliograph_model::TextLimit;

/// A stretch of text, perhaps a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub text: String,
    pub link: Option<String>,
}

/// Cuts a text at its links. Only whole addresses with a scheme, `www.` or a mail address count; what a
/// sentence puts after them stays outside.
#[must_use]
pub fn stretches(text: &str) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    let mut plain = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim_end();
        let lead = trimmed.len()
            - trimmed.trim_start_matches(['(', '[', '<', '"', '\'', '«', '“', '„', '「', '（']).len();
        let (before, rest) = trimmed.split_at(lead);
        let (body, after) = rest.split_at(link_end(rest));
        match href(body) {
            Some(link) => {
                plain.push_str(before);
                if !plain.is_empty() {
                    out.push(Stretch { text: std::mem::take(&mut plain), link: None });
                }
                out.push(Stretch { text: body.into(), link: Some(link) });
                plain.push_str(after);
                plain.push_str(&word[trimmed.len()..]);
            }
            None => plain.push_str(word),
        }
    }
    if !plain.is_empty() {
        out.push(Stretch { text: plain, link: None });
    }
    out
}

/// Where a link that begins `text` ends: without closing punctuation, unless a bracket was opened inside.
fn link_end(text: &str) -> usize {
    let mut end = text.len();
    while let Some(last) = text[..end].chars().next_back() {
        let inside = &text[..end];
        let closes = match last {
            ')' => inside.matches(')').count() > inside.matches('(').count(),
            ']' => inside.matches(']').count() > inside.matches('[').count(),
            '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '>' | '»' | '”' | '…' | '。' | '、' | '，'
            | '！' | '？' | '」' | '）' => true,
            _ => false,
        };
        if !closes {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

fn href(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let host_after = |start: usize| {
        let host = word.get(start..)?.split(['/', '?', '#']).next()?;
        let host = host.rsplit('@').next()?.split(':').next()?;
        (host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains(".."))
            .then_some(())
    };
    if word.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    {
        return None;
    }
    if lower.starts_with("https://") {
        host_after(8).map(|()| word.into())
    } else if lower.starts_with("http://") {
        host_after(7).map(|()| word.into())
    } else if lower.starts_with("www.") {
        host_after(4).map(|()| format!("https://{word}"))
    } else {
        let (name, host) = word.split_once('@')?;
        let mailish =
            |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || "._%+-".contains(c));
        let good = mailish(name)
            && mailish(host)
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.');
        good.then(|| format!("mailto:{word}"))
    }
}

/// One to three emoji and nothing else: shown large.
#[must_use]
pub fn only_emoji(text: &str) -> bool {
    let mut n = 0;
    for c in text.trim().chars() {
        match u32::from(c) {
            // Joiners, variation selectors, skin tones, tags.
            0x200D | 0xFE0F | 0x1F3FB..=0x1F3FF | 0xE0020..=0xE007F => {}
            0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2300..=0x23FF => n += 1,
            _ => return false,
        }
    }
    (1..=6).contains(&n) && text.trim().chars().count() <= 16
}

/// Cuts a text into as few parts as fit `limit`, at paragraphs, else sentences, else words. No character
/// is lost but the white space at the cuts, and none that belong together are torn apart.
#[must_use]
pub fn split(text: &str, limit: TextLimit) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if limit.used(rest) <= limit.max() {
            parts.push(rest.into());
            break;
        }
        let most = fitting(rest, limit);
        let cut = best_cut(&rest[..most]).unwrap_or(most);
        let (part, after) = rest.split_at(cut);
        let part = part.trim_end();
        if !part.is_empty() {
            parts.push(part.into());
        }
        rest = after.trim_start();
    }
    parts
}

/// The longest beginning in bytes that fits and does not tear a character from what belongs to it; at least one.
fn fitting(text: &str, limit: TextLimit) -> usize {
    let mut used = 0;
    let mut whole = 0;
    let mut joined = false;
    for (at, c) in text.char_indices() {
        let belongs = joined || extends(c);
        if !belongs {
            whole = at;
        }
        joined = c == '\u{200D}';
        used += match limit {
            TextLimit::Bytes(_) => c.len_utf8(),
            TextLimit::Chars(_) => 1,
        };
        if used > limit.max() {
            // One cluster longer than the limit itself is torn rather than never sent.
            return if whole > 0 { whole } else { at.max(text.chars().next().map_or(1, char::len_utf8)) };
        }
    }
    text.len()
}

/// Whether a character belongs to the one before it.
const fn extends(c: char) -> bool {
    matches!(
        c as u32,
        0x0300..=0x036F | 0x0591..=0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F | 0x0900..=0x0903 | 0x093A..=0x094F
            | 0x0E31 | 0x0E34..=0x0E3A | 0x0E47..=0x0E4E | 0x200D | 0x20D0..=0x20FF | 0xFE00..=0xFE0F
            | 0x1F3FB..=0x1F3FF | 0xE0020..=0xE007F
    )
}

/// The last good place to cut, not before half of it.
fn best_cut(text: &str) -> Option<usize> {
    let half = text.len() / 2;
    let after = |found: Option<(usize, usize)>| found.map(|(at, len)| at + len).filter(|cut| *cut >= half);
    let space = text.char_indices().rfind(|(_, c)| c.is_whitespace()).map(|(at, c)| (at, c.len_utf8()));
    let sentence = text
        .char_indices()
        .rfind(|(at, c)| {
            let ends = matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟');
            let wide = matches!(c, '。' | '！' | '？');
            ends && (wide || text[at + c.len_utf8()..].starts_with(char::is_whitespace))
        })
        .map(|(at, c)| (at, c.len_utf8()));
    after(text.rfind("\n\n").map(|at| (at, 2)))
        .or_else(|| after(text.rfind('\n').map(|at| (at, 1))))
        .or_else(|| after(sentence))
        .or_else(|| after(space))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        stretches(text).into_iter().filter_map(|s| s.link).collect()
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        assert_eq!(links("See https://a.example/b?c=1. Bye"), ["https://a.example/b?c=1"]);
        assert_eq!(links("(http://a.example/x_(y))"), ["http://a.example/x_(y)"]);
        assert_eq!(links("www.a.example, really"), ["https://www.a.example"]);
        assert_eq!(links("write to ana@b.example!"), ["mailto:ana@b.example"]);
        assert_eq!(links("「https://a.example/日本」"), ["https://a.example/日本"]);
    }

    #[test]
    fn what_is_no_address_stays_text() {
        for text in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://",
            "http://localhost",
            "@ana",
            "a@b",
            "www.",
            "1.5",
            "https://a.example\u{202e}moc.live",
            "data:text/html,x",
        ] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn cutting_at_links_loses_nothing() {
        for text in ["", " ", "a https://b.example/ c\n d@e.example  ", "(www.x.example)\n\n", "  x"] {
            assert_eq!(stretches(text).into_iter().map(|s| s.text).collect::<String>(), text);
        }
    }

    #[test]
    fn emoji_alone_are_large() {
        for text in ["👍", "😍😍", "👩‍👩‍👧", "❤️", " 👋🏽 "] {
            assert!(only_emoji(text), "{text}");
        }
        for text in ["", "ok 👍", "1", "a", "👍👍👍👍👍👍👍"] {
            assert!(!only_emoji(text), "{text}");
        }
    }

    #[test]
    fn a_text_that_fits_is_one_part() {
        assert_eq!(split(" hello ", TextLimit::Chars(5)), ["hello"]);
        assert!(split("  \n ", TextLimit::Chars(5)).is_empty());
    }

    #[test]
    fn parts_fit_and_cut_at_sentences_then_words() {
        assert_eq!(split("One two. Three four", TextLimit::Chars(12)), ["One two.", "Three four"]);
        assert_eq!(split("aaaa bbbb cccc", TextLimit::Chars(10)), ["aaaa bbbb", "cccc"]);
        assert_eq!(split("abcdefghij", TextLimit::Chars(4)), ["abcd", "efgh", "ij"]);
        assert_eq!(split("first\n\nsecond part", TextLimit::Chars(14)), ["first", "second part"]);
    }

    #[test]
    fn bytes_count_as_instagram_counts_them_and_emoji_stay_whole() {
        let text = "é".repeat(700);
        let parts = split(&text, TextLimit::Bytes(1000));
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|p| p.len() <= 1000));
        assert_eq!(parts.concat(), text);
        // Four people joined by joiners, 25 bytes each: never cut inside.
        let family = "👨‍👩‍👧‍👦".repeat(5);
        for part in split(&family, TextLimit::Bytes(60)) {
            assert_eq!(part.len() % 25, 0);
        }
    }

    #[test]
    fn a_cluster_longer_than_the_limit_still_leaves() {
        let family = "👨‍👩‍👧‍👦";
        let parts = split(family, TextLimit::Bytes(10));
        assert_eq!(parts.concat(), family);
        assert!(parts.iter().all(|p| p.len() <= 10));
        // Bounded even for nonsense limits.
        assert_eq!(split("ab", TextLimit::Chars(1)), ["a", "b"]);
    }
}
