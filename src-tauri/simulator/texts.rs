//! What people write to a small shop and what it answers: sentences by language and topic with blanks that
//! are filled from one number, so that a million messages differ and none is stored.

mod arabic;
mod english;
mod french;
mod german;
mod italian;
mod japanese;
mod portuguese;
mod spanish;
mod turkish;

use crate::people::Language;
use crate::random::{Chance, mix2};

/// A subject with what is asked, answered and asked again.
struct Topic {
    ask: &'static [&'static str],
    answer: &'static [&'static str],
    again: &'static [&'static str],
}

/// One language.
struct Speech {
    hello: &'static [&'static str],
    topics: &'static [Topic],
    thanks: &'static [&'static str],
    /// A word or a picture sign.
    short: &'static [&'static str],
    /// Whole paragraphs.
    long: &'static [&'static str],
    /// How the shop ends.
    close: &'static [&'static str],
    items: &'static [&'static str],
    cities: &'static [&'static str],
    days: &'static [&'static str],
}

const fn speech(language: Language) -> &'static Speech {
    match language {
        Language::English => &english::SPEECH,
        Language::German => &german::SPEECH,
        Language::Spanish => &spanish::SPEECH,
        Language::French => &french::SPEECH,
        Language::Italian => &italian::SPEECH,
        Language::Portuguese => &portuguese::SPEECH,
        Language::Arabic => &arabic::SPEECH,
        Language::Japanese => &japanese::SPEECH,
        Language::Turkish => &turkish::SPEECH,
    }
}

/// The `index`th message of the dialogue `hash`, spoken by the shop or by the person.
#[must_use]
pub fn line(language: Language, hash: u64, index: u32, from_us: bool) -> String {
    let speech = speech(language);
    let topic = topic(speech, hash, index);
    let mut chance = Chance::new(mix2(hash, u64::from(index) + 100));
    let roll = chance.below(100);
    let text = if from_us {
        match roll {
            0..78 => chance.pick(topic.answer).to_owned(),
            78..93 => chance.pick(speech.close).to_owned(),
            _ => format!("{} {}", chance.pick(topic.answer), chance.pick(speech.close)),
        }
    } else if index == 0 {
        match roll {
            0..55 => format!("{} {}", chance.pick(speech.hello), chance.pick(topic.ask)),
            55..64 => chance.pick(speech.long).to_owned(),
            64..72 => chance.pick(speech.hello).to_owned(),
            _ => chance.pick(topic.ask).to_owned(),
        }
    } else {
        match roll {
            0..36 => chance.pick(topic.again).to_owned(),
            36..64 => chance.pick(topic.ask).to_owned(),
            64..80 => chance.pick(speech.thanks).to_owned(),
            80..95 => chance.pick(speech.short).to_owned(),
            _ => chance.pick(speech.long).to_owned(),
        }
    };
    fill(&text, speech, &mut chance)
}

/// What a person writes after the shop answered.
#[must_use]
pub fn reaction(language: Language, hash: u64, index: u32) -> String {
    let speech = speech(language);
    let mut chance = Chance::new(mix2(hash, u64::from(index) + 7));
    let text = match chance.below(10) {
        0..4 => chance.pick(speech.thanks),
        4..8 => chance.pick(topic(speech, hash, index).again),
        _ => chance.pick(speech.short),
    };
    fill(text, speech, &mut chance)
}

/// A subject holds for six messages.
fn topic(speech: &'static Speech, hash: u64, index: u32) -> &'static Topic {
    let at = mix2(hash, u64::from(index / 6)) % speech.topics.len() as u64;
    &speech.topics[at as usize]
}

fn fill(text: &str, speech: &Speech, chance: &mut Chance) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((blank, after)) = after.split_once('}') else {
            break;
        };
        match blank {
            "order" => filled.push_str(&format!("SW-{}", chance.between(20_000, 89_999))),
            "item" => filled.push_str(chance.pick(speech.items)),
            "city" => filled.push_str(chance.pick(speech.cities)),
            "day" => filled.push_str(chance.pick(speech.days)),
            "size" => filled.push_str(chance.pick(&["XS", "S", "M", "L", "XL", "38", "40", "42"])),
            "price" => filled.push_str(&format!("{} €", chance.between(9, 140))),
            "n" => filled.push_str(&chance.between(2, 9).to_string()),
            "hour" => filled.push_str(&format!(
                "{}:{}",
                chance.between(14, 19),
                chance.pick(&["00", "15", "30", "45"])
            )),
            _ => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_language_speaks_in_many_lines_and_leaves_no_blank() {
        for hash in 0..400 {
            let language = crate::people::language(hash);
            let lines: HashSet<String> = (0..40).map(|i| line(language, hash, i, i % 3 == 1)).collect();
            assert!(lines.len() > 15, "{language:?} repeats itself");
            assert!(lines.iter().all(|l| !l.is_empty() && !l.contains(['{', '}'])));
            assert!(lines.iter().all(|l| l.len() <= 1000), "{language:?} is too long for Instagram");
        }
    }
}
