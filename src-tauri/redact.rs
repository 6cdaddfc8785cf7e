//! Takes out of a text what tells something of people, of accounts or of this computer. What stands for an id is the
//! same everywhere in one bundle, and another in the next.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
};

/// A run of digits from this length on may be an id or a telephone number.
const DIGITS: usize = 5;
/// A run of letters and digits from this length on may be a token or a hash.
const RUN: usize = 20;
/// Shorter names would take harmless words apart.
const SHORTEST_NAME: usize = 3;

/// What is known to be private, and what stands for it.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Longest first, in lower case.
    known: Vec<(String, String)>,
    ids: HashMap<String, String>,
}

impl Redactor {
    /// Words that must not stay: a name, a handle, an id, a folder. `stands` is written in their place.
    pub fn know(&mut self, words: &str, stands: &str) {
        let words = words.trim().to_lowercase();
        if words.chars().count() >= SHORTEST_NAME && !self.known.iter().any(|(w, _)| *w == words) {
            self.known.push((words, stands.to_owned()));
            self.known.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
    }

    /// The text without anything private.
    pub fn clean(&mut self, text: &str) -> String {
        let lines: Vec<String> = text.lines().map(|line| self.line(line)).collect();
        lines.join("\n")
    }

    fn line(&mut self, line: &str) -> String {
        let line = without_quotes(&self.without_known(line));
        let line = without_paths(&line);
        self.without_runs(&line)
    }

    fn without_known(&self, line: &str) -> String {
        // Lower case may have another length: only where it has not is a place in one a place in the other.
        let low = line.to_lowercase();
        let line = if low.len() == line.len() { line } else { low.as_str() };
        let mut clean = String::with_capacity(line.len());
        let mut from = 0;
        // In one go: what stands for something is not taken apart again.
        while let Some((at, words, stands)) = self.next(&low, from) {
            clean.push_str(line.get(from..at).unwrap_or_default());
            clean.push_str(stands);
            from = at + words.len();
        }
        clean.push_str(line.get(from..).unwrap_or_default());
        clean
    }

    /// The first known words from there on; of several at one place the longest.
    fn next(&self, low: &str, from: usize) -> Option<(usize, &str, &str)> {
        let rest = low.get(from..)?;
        let found = self.known.iter().filter_map(|(words, stands)| {
            Some((from + rest.find(words.as_str())?, words.as_str(), stands.as_str()))
        });
        found.min_by_key(|(at, words, _)| (*at, std::cmp::Reverse(words.len())))
    }

    /// Numbers become ids of this bundle; addresses and what looks like a token go.
    fn without_runs(&mut self, line: &str) -> String {
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(start) = rest.find(part_of_run) {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find(|c| !part_of_run(c)).unwrap_or(rest.len());
            let run = &rest[..end];
            rest = &rest[end..];
            out.push_str(&self.run(run));
        }
        out.push_str(rest);
        out
    }

    fn run(&mut self, run: &str) -> String {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let letters = run.chars().filter(|c| c.is_alphabetic()).count();
        let place = run.trim_end_matches(['.', ':']);
        let at = place.parse().map(|at: SocketAddr| at.ip()).or_else(|_| place.parse::<IpAddr>());
        match at {
            // Everybody's own computer.
            Ok(ip) if ip.is_loopback() || ip.is_unspecified() => return run.into(),
            Ok(_) => return "<address>".into(),
            Err(_) => {}
        }
        if run.contains('@') {
            return "<address>".into();
        }
        // A number, also one written in groups: a telephone's.
        if digits >= DIGITS && letters <= digits / 4 {
            let next = self.ids.len() + 1;
            return self.ids.entry(run.to_owned()).or_insert_with(|| format!("<id {next}>")).clone();
        }
        if run.chars().count() >= RUN && digits > 0 && !run.contains("::") {
            return "<secret>".into();
        }
        run.to_owned()
    }
}

/// What may stand inside an id, a token, an address or a telephone number.
fn part_of_run(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '_' | '-' | '.' | '+' | '/' | '=' | '%' | ':')
}

/// Whatever stands in quotes was somebody's.
fn without_quotes(line: &str) -> String {
    const PAIRS: [(char, char); 4] = [('"', '"'), ('“', '”'), ('‘', '’'), ('`', '`')];
    let mut out = line.to_owned();
    for (open, close) in PAIRS {
        let mut clean = String::with_capacity(out.len());
        let mut rest = out.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            clean.push_str(before);
            clean.push(open);
            let Some((_, behind)) = after.split_once(close) else {
                // It was cut off before it closed.
                clean.push('…');
                rest = "";
                break;
            };
            clean.push('…');
            clean.push(close);
            rest = behind;
        }
        clean.push_str(rest);
        out = clean;
    }
    out
}

/// A path names the computer's user, and folders that somebody named.
fn without_paths(line: &str) -> String {
    let is_path = |word: &str| {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '\\' | '~'));
        let slashes = word.matches('/').count() + word.matches('\\').count();
        word.starts_with('/') && slashes > 1
            || word.starts_with("~/")
            || word.contains(":\\")
            || word.starts_with("\\\\")
    };
    let words: Vec<String> = line
        .split(' ')
        .map(|word| {
            let (name, value) = word.split_once('=').map_or(("", word), |(name, value)| (name, value));
            match (is_path(value), name) {
                (false, _) => word.to_owned(),
                (true, "") => "<path>".into(),
                (true, name) => format!("{name}=<path>"),
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Redactor::default().clean(text)
    }

    #[test]
    fn numbers_become_ids_that_are_the_same_everywhere_in_a_bundle() {
        let mut redactor = Redactor::default();
        assert_eq!(redactor.clean("17841400000000001 wrote to 7000000000005000"), "<id 1> wrote to <id 2>");
        assert_eq!(redactor.clean("7000000000005000 again"), "<id 2> again");
        assert_eq!(redactor.clean("account=3 in 4210 ms, 99.5 %"), "account=3 in 4210 ms, 99.5 %");
    }

    #[test]
    fn telephones_addresses_tokens_and_quotes_go() {
        for private in [
            "+4915123456789",
            "+49-151-23456789",
            "ana@example.org",
            "@ana.lima",
            "EAAGm0PX4ZCpsBAKZCZBZA7",
            "m_dGVzdF9tZXNzYWdlX2lkXzE2",
            "wamid.HBgLMTY1MDU1NTAwMDAVAgASGBQ",
        ] {
            let cleaned = clean(&format!("a call failed for {private}: 3 tries"));
            assert!(!cleaned.contains(private) && cleaned.ends_with("3 tries"), "{cleaned}");
        }
        assert_eq!(
            clean(r#"invalid type: string "Ana Lima", expected u32"#),
            r#"invalid type: string "…", expected u32"#
        );
        assert_eq!(clean(r#"cut off "Ana Li"#), "cut off \"…");
        assert_eq!(clean("the view “VIP people” is gone"), "the view “…” is gone");
    }

    #[test]
    fn paths_go_and_versions_and_words_stay() {
        assert_eq!(clean("path=/home/ana/.local/share/x.db is full"), "path=<path> is full");
        assert_eq!(clean(r"C:\Users\Ana\AppData is full"), "<path> is full");
        let harmless =
            "the webhook door listens at 127.0.0.1:8787, version 0.1.0, engine::answers::diagnostics::inside";
        assert_eq!(clean(harmless), harmless);
    }

    #[test]
    fn known_words_go_however_they_are_written() {
        let mut redactor = Redactor::default();
        redactor.know("Jasper's Market", "account-1");
        redactor.know("Grüße & Co", "account-2");
        redactor.know("a", "nothing");
        redactor.know("Account", "account-3");
        let cleaned = redactor.clean("JASPER'S MARKET and grüße & co call a cab on ACCOUNT");
        assert_eq!(cleaned, "account-1 and account-2 call a cab on account-3");
    }
}
