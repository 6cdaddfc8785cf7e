//! What speaks for two contacts being one person: what they are known by, and what they wrote of themselves. Pure; a
//! person at the desk decides.

/// Digits of a phone number that are compared: enough to tell numbers apart, and the same with and without the
/// country's code.
const DIGITS: usize = 9;
/// Traces taken from one text.
const MOST: usize = 8;

/// Something a person can be recognised by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trace {
    /// The last digits of a phone number.
    Phone(String),
    Mail(String),
    /// An Instagram user name.
    Instagram(String),
    /// A picture's hash and a name.
    Face(String),
}

impl Trace {
    /// As it is stored.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Phone(value) => format!("phone:{value}"),
            Self::Mail(value) => format!("mail:{value}"),
            Self::Instagram(value) => format!("instagram:{value}"),
            Self::Face(value) => format!("face:{value}"),
        }
    }

    /// The trace of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let (kind, value) = key.split_once(':')?;
        let value = value.to_owned();
        Some(match kind {
            "phone" => Self::Phone(value),
            "mail" => Self::Mail(value),
            "instagram" => Self::Instagram(value),
            "face" => Self::Face(value),
            _ => return None,
        })
    }
}

/// How two contacts came to share a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Both are known by it.
    Known,
    /// One is known by it, the other wrote it.
    KnownAndWritten,
    /// Both wrote it.
    Written,
}

/// Why two who share a trace might be one person, in words; `None` = that says nothing.
#[must_use]
pub fn reason(trace: &Trace, shared: Shared) -> Option<String> {
    use Shared::{Known, KnownAndWritten, Written};
    match (trace, shared) {
        (Trace::Phone(digits), Known) => Some(format!("The same phone number, ending in {}", end(digits))),
        (Trace::Phone(digits), KnownAndWritten) => {
            Some(format!("One has the phone number ending in {}, the other wrote it", end(digits)))
        }
        (Trace::Mail(mail), _) => Some(format!("Both wrote the e-mail address {mail}")),
        (Trace::Instagram(name), Known) => Some(format!("The same Instagram name, @{name}")),
        (Trace::Instagram(name), KnownAndWritten) => {
            Some(format!("One is @{name} on Instagram, the other wrote that name"))
        }
        (Trace::Face(_), Known) => Some("The same name and the same picture".into()),
        // Two who mention a shop's number or name have only the shop in common.
        (Trace::Phone(_) | Trace::Instagram(_), Written) | (Trace::Face(_), _) => None,
    }
}

/// The last four digits.
fn end(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(4)..).unwrap_or(digits)
}

/// What somebody wrote of themselves, or of another: addresses, numbers, user names.
#[must_use]
pub fn told_in(text: &str) -> Vec<Trace> {
    let mut traces = Vec::new();
    if text.contains('@') || text.contains("instagram.com/") {
        let cut = |c: char| c.is_whitespace() || "<>(),;\"'!?“”„»«".contains(c);
        for word in text.split(cut).map(|word| word.trim_matches(['.', ':', '*', '_', '/'])) {
            traces.extend(mail(word).or_else(|| user_name(word)));
        }
    }
    let separates = |c: char| " -/.()+\u{a0}\u{202f}".contains(c);
    let mut digits = String::new();
    let mut gap = 0;
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            gap = 0;
        } else if !digits.is_empty() && separates(c) && gap < 2 {
            gap += 1;
        } else {
            traces.extend(number(&digits));
            digits.clear();
            gap = 0;
        }
    }
    traces.sort_unstable();
    traces.dedup();
    traces.truncate(MOST);
    traces
}

fn number(digits: &str) -> Option<Trace> {
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    (DIGITS..=15).contains(&digits.len()).then(|| Trace::Phone(digits[digits.len() - DIGITS..].to_owned()))
}

fn mail(word: &str) -> Option<Trace> {
    let (local, domain) = word.split_once('@')?;
    let is_word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let (_, top) = domain.rsplit_once('.')?;
    let whole = is_word(local, "._%+-") && is_word(domain, ".-") && top.len() > 1;
    whole.then(|| Trace::Mail(word.to_lowercase()))
}

fn user_name(word: &str) -> Option<Trace> {
    let name = match word.split_once("instagram.com/") {
        Some((_, path)) => path.split(['/', '?', '#']).next()?,
        None => word.strip_prefix('@')?,
    };
    let page = ["p", "reel", "reels", "stories", "explore", "tv"].contains(&name);
    let is_name = (3..=30).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    (is_name && !page).then(|| Trace::Instagram(name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        told_in(text).iter().map(Trace::key).collect()
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        for text in ["+49 155 501-2345 6", "call 0155 50123456 please", "(0155) 501.234.56", "4915550123456"]
        {
            assert_eq!(keys(text), ["phone:550123456"], "{text}");
        }
        assert!(keys("order 20316, size 38, 2026-11-25 at 14:02").is_empty(), "no number of a phone");
        assert_eq!(keys("0155 50123456 or 0155 50123457").len(), 2);
    }

    #[test]
    fn addresses_and_user_names_are_found_in_sentences() {
        assert_eq!(keys("write to Anna.K@Example.com, thanks!"), ["mail:anna.k@example.com"]);
        assert_eq!(keys("I am @anna.k_ on Instagram."), ["instagram:anna.k"]);
        assert_eq!(keys("https://www.instagram.com/anna.k/?hl=en"), ["instagram:anna.k"]);
        assert!(keys("https://instagram.com/p/Cx12 and a@b and @ no").is_empty());
    }

    #[test]
    fn what_both_only_mention_says_nothing_unless_it_is_an_address() {
        let (phone, name) = (Trace::Phone("550123456".into()), Trace::Instagram("saltwind".into()));
        assert_eq!(reason(&phone, Shared::Written), None);
        assert_eq!(reason(&name, Shared::Written), None);
        assert!(reason(&Trace::Mail("a@b.c".into()), Shared::Written).is_some());
        assert_eq!(reason(&phone, Shared::Known).unwrap(), "The same phone number, ending in 3456");
    }

    #[test]
    fn a_trace_survives_being_stored() {
        for trace in [Trace::Phone("1".into()), Trace::Mail("a:b@c.de".into()), Trace::Face("h a b".into())] {
            assert_eq!(Trace::from_key(&trace.key()), Some(trace));
        }
        assert_eq!(Trace::from_key("shoe:44"), None);
    }
}
