//! Cutting text into words for searching: the same for the index, the query and the snippet, so that what
//! matches is also what is marked. Case, accents, Arabic vowel signs and letter forms are folded; scripts
//! written without spaces are cut into overlapping pairs, so that any part of a sentence is found.

use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters of a word that count; the rest of a longer one (a token in a link) is left away.
const LONGEST: usize = 40;

/// A word and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub folded: String,
    /// Bytes of the text.
    pub at: Range<usize>,
    /// Part of a run without spaces: pairs of neighbours overlap.
    pub run: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    /// Written without spaces.
    Run,
    /// A word by itself.
    Picture,
    /// Half of a flag.
    Flag,
    /// Belongs to what stands before it and says nothing.
    Silent,
    Gap,
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' | 'a'..='z' | 'A'..='Z' => Kind::Letter,
        '\0'..='\u{7f}' => Kind::Gap,
        // Zero-width joiners, variation selectors, skin tones, direction marks, soft hyphen, Arabic tatweel.
        '\u{200b}'..='\u{200f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{ad}'
        | '\u{640}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{e0020}'..='\u{e007f}'
        | '\u{20e3}' => Kind::Silent,
        '\u{1f1e6}'..='\u{1f1ff}' => Kind::Flag,
        '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{2300}'..='\u{23ff}'
        | '\u{1f000}'..='\u{1faff}' => Kind::Picture,
        // Thai and Lao, Myanmar, Khmer; kana and bopomofo, ideographs, half-width kana.
        '\u{e01}'..='\u{edf}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17d3}' if !c.is_numeric() => {
            Kind::Run
        }
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30fa}'
        | '\u{30fc}'..='\u{312f}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Run,
        _ if c.is_alphanumeric() || is_combining_mark(c) => Kind::Letter,
        _ => Kind::Gap,
    }
}

/// The words of `text` in order.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let end = |chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>| {
            chars.peek().map_or(text.len(), |(at, _)| *at)
        };
        match kind(c) {
            Kind::Gap | Kind::Silent => {}
            Kind::Picture => {
                words.push(Word { folded: c.to_string(), at: start..end(&mut chars), run: false })
            }
            Kind::Flag => {
                let mut folded = c.to_string();
                if let Some((_, other)) = chars.next_if(|(_, c)| kind(*c) == Kind::Flag) {
                    folded.push(other);
                }
                words.push(Word { folded, at: start..end(&mut chars), run: false });
            }
            Kind::Letter => {
                let mut folded = String::new();
                let mut length = 0;
                fold(c, &mut folded);
                while let Some((_, c)) =
                    chars.next_if(|(_, c)| matches!(kind(*c), Kind::Letter | Kind::Silent))
                {
                    length += 1;
                    if length < LONGEST && kind(c) == Kind::Letter {
                        fold(c, &mut folded);
                    }
                }
                if !folded.is_empty() {
                    words.push(Word { folded, at: start..end(&mut chars), run: false });
                }
            }
            Kind::Run => {
                let mut run = vec![(start, c)];
                while let Some(next) = chars.next_if(|(_, c)| matches!(kind(*c), Kind::Run | Kind::Silent)) {
                    if kind(next.1) == Kind::Run {
                        run.push(next);
                    }
                }
                let last = end(&mut chars);
                for n in 0..run.len() {
                    let mut folded = String::new();
                    fold_run(run[n].1, &mut folded);
                    if let Some((_, c)) = run.get(n + 1) {
                        fold_run(*c, &mut folded);
                    }
                    words.push(Word {
                        folded,
                        at: run[n].0..run.get(n + 2).map_or(last, |(at, _)| *at),
                        run: true,
                    });
                }
            }
        }
    }
    words
}

/// A letter without its case, accent and form.
fn fold(c: char, to: &mut String) {
    if c.is_ascii() {
        to.push(c.to_ascii_lowercase());
        return;
    }
    // Hangul syllables stay whole.
    if ('\u{ac00}'..='\u{d7a3}').contains(&c) {
        to.push(c);
        return;
    }
    for c in c.to_lowercase().nfkd() {
        match c {
            'ß' => to.push_str("ss"),
            'æ' => to.push_str("ae"),
            'œ' => to.push_str("oe"),
            'þ' => to.push_str("th"),
            'ø' => to.push('o'),
            'đ' | 'ð' => to.push('d'),
            'ł' => to.push('l'),
            'ı' => to.push('i'),
            'ς' => to.push('σ'),
            'ة' => to.push('ه'),
            'ى' | 'ی' => to.push('ي'),
            'ک' => to.push('ك'),
            '٠'..='٩' => push_digit(c, '٠', to),
            '۰'..='۹' => push_digit(c, '۰', to),
            // Marks of the scripts in which people leave them away; Indic vowel signs are letters.
            '\u{300}'..='\u{8ff}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
                if is_combining_mark(c) => {}
            c if c.is_alphanumeric() || is_combining_mark(c) => to.push(c),
            _ => {}
        }
    }
}

fn push_digit(c: char, zero: char, to: &mut String) {
    to.extend(char::from_digit((c as u32).wrapping_sub(zero as u32), 10));
}

/// Katakana as hiragana, wide and narrow forms as one; voicing marks stay, since they tell words apart.
fn fold_run(c: char, to: &mut String) {
    // A voicing mark by itself is a space and the mark in Unicode's eyes; here it is the mark.
    let c = match c {
        '\u{309b}' => '\u{3099}',
        '\u{309c}' => '\u{309a}',
        c => c,
    };
    for c in std::iter::once(c).nfkc().filter(|c| !c.is_whitespace()) {
        match c {
            'ァ'..='ヶ' => to.extend(char::from_u32(c as u32 - 0x60)),
            c => to.push(c),
        }
    }
}

/// The words of `text` for the index: folded, with spaces between.
#[must_use]
pub fn index_text(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + 8);
    for word in words(text) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word.folded);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.folded).collect()
    }

    #[test]
    fn words_lose_case_accents_and_forms() {
        assert_eq!(folded("Straße, GRÜSSE!"), ["strasse", "grusse"]);
        assert_eq!(folded("Crème brûlée"), ["creme", "brulee"]);
        assert_eq!(folded("Łódź Øre İstanbul"), ["lodz", "ore", "istanbul"]);
        assert_eq!(folded("مُحَمَّد إلى المدرسة ٢٥"), ["محمد", "الي", "المدرسه", "25"]);
        assert_eq!(folded("नमस्ते दुनिया"), ["नमस्ते", "दुनिया"]);
        assert_eq!(folded("ＦＵＬＬ　ｗｉｄｔｈ"), ["full", "width"]);
    }

    #[test]
    fn scripts_without_spaces_become_pairs() {
        assert_eq!(folded("東京都"), ["東京", "京都", "都"]);
        assert_eq!(folded("私はRustが好き"), ["私は", "は", "rust", "が好", "好き", "き"]);
        assert_eq!(folded("カメラ"), folded("かめら"));
        assert_eq!(folded("ｶﾒﾗ"), folded("カメラ"));
        assert_ne!(folded("バス"), folded("ハス"));
        assert_eq!(
            folded("は゛"),
            ["は\u{3099}", "\u{3099}"],
            "a mark that stands alone is a mark, and no space"
        );
        assert_eq!(folded("ที่")[0], "ที");
    }

    #[test]
    fn pictures_are_words() {
        assert_eq!(folded("thanks🎉🎉 👍🏽"), ["thanks", "🎉", "🎉", "👍"]);
        assert_eq!(folded("🇩🇪🇫🇷"), ["🇩🇪", "🇫🇷"]);
        assert_eq!(folded("❤️"), ["❤"]);
    }

    #[test]
    fn a_link_is_its_parts() {
        assert_eq!(folded("https://shop.example/a-b?c=1"), ["https", "shop", "example", "a", "b", "c", "1"]);
    }

    proptest! {
        #[test]
        fn every_word_stands_where_it_says_and_survives_its_own_cutting(text in "\\PC{0,60}") {
            for word in words(&text) {
                prop_assert!(text.get(word.at.clone()).is_some_and(|part| !part.is_empty()));
                prop_assert!(!word.folded.contains(' ') && !word.folded.is_empty());
                prop_assert!(word.folded.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric()));
            }
        }
    }
}
