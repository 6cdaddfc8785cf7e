//! Where a sign-in landed: what Meta wrote into the address the person came back on (graph-api a.2 to a.4). The
//! same for a browser that returns by itself, a window that is watched, and an address that is pasted.

use crate::vault::Secret;
use url::{Url, form_urlencoded};

/// The longest address that is read, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// What Meta gave.
#[derive(Debug, Clone)]
pub enum Gift {
    /// To be exchanged once.
    Code(Secret),
    /// The token itself.
    Token(Secret),
    /// Nothing, and why, in Meta's words.
    Refused(String),
}

/// An address somebody came back on.
#[derive(Debug, Clone)]
pub struct Landing {
    /// `None` = a bare code, which carries none.
    pub state: Option<String>,
    pub gift: Gift,
}

impl Landing {
    /// Reads a whole address, its query or fragment alone, or a bare code; `None` = it is none of them.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        if let Ok(url) = Url::parse(text)
            && matches!(url.scheme(), "http" | "https")
        {
            return Self::of(&format!("{}&{}", url.query().unwrap_or(""), url.fragment().unwrap_or("")));
        }
        if text.contains('=') {
            let words = text.split_once(['?', '#']).map_or(text, |(_, words)| words);
            return Self::of(&words.replace('#', "&"));
        }
        // Instagram appends "#_" to what it gives (graph-api a.4).
        let code = text.trim_end_matches("#_");
        let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        (code.len() >= 16 && code.chars().all(shaped))
            .then(|| Self { state: None, gift: Gift::Code(Secret::new(code)) })
    }

    fn of(pairs: &str) -> Option<Self> {
        let field = |name: &str| {
            let found = form_urlencoded::parse(pairs.as_bytes()).find(|(k, v)| k == name && !v.is_empty());
            found.map(|(_, value)| value.into_owned())
        };
        let gift = if let Some(code) = field("code") {
            Gift::Code(Secret::new(code.trim_end_matches("#_")))
        } else if let Some(token) = field("access_token") {
            Gift::Token(Secret::new(token))
        } else {
            let kind = field("error").or_else(|| field("error_code"))?;
            let told = field("error_description").or_else(|| field("error_message"));
            let told = told.or_else(|| field("error_reason")).unwrap_or(kind);
            Gift::Refused(told.chars().filter(|c| !c.is_control()).take(200).collect())
        };
        Some(Self { state: field("state"), gift })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, String) {
        let Some(landing) = Landing::read(text) else { return (None, "nothing".into()) };
        let gift = match landing.gift {
            Gift::Code(code) => format!("code {}", code.reveal()),
            Gift::Token(token) => format!("token {}", token.reveal()),
            Gift::Refused(why) => format!("refused {why}"),
        };
        (landing.state, gift)
    }

    #[test]
    fn what_a_person_may_bring_back_is_read() {
        let some = |state: &str, gift: &str| (Some(state.to_owned()), gift.to_owned());
        for whole in [
            "https://localhost/signed-in?code=AQBx-1_2&state=s1#_",
            "  https://localhost/signed-in?code=AQBx-1_2&state=s1#_\n",
            "https://localhost/signed-in?state=s1&code=AQBx-1_2%23_",
            "?code=AQBx-1_2&state=s1#_",
            "code=AQBx-1_2&state=s1",
        ] {
            assert_eq!(read(whole), some("s1", "code AQBx-1_2"), "{whole}");
        }
        assert_eq!(read("AQBxAQBxAQBxAQBx-_#_"), (None, "code AQBxAQBxAQBxAQBx-_".into()));
        let window =
            "https://www.facebook.com/connect/login_success.html#access_token=EAAG&expires_in=5&state=s1";
        assert_eq!(read(window), some("s1", "token EAAG"));
        let refused = "http://localhost:1/x?error=access_denied&error_reason=user_denied&error_description=Permissions+error&state=s1";
        assert_eq!(read(refused), some("s1", "refused Permissions error"));
        assert_eq!(read("?error_code=1349048&error_message=Can%27t+load+URL").1, "refused Can't load URL");
    }

    #[test]
    fn what_is_nothing_of_the_kind_is_nothing() {
        for text in [
            "",
            "hello there",
            "short",
            "https://www.instagram.com/",
            "mailto:code=1",
            "a b=c",
            "äöüäöüäöüäöüäöü",
        ] {
            assert_eq!(read(text).1, "nothing", "{text}");
        }
        assert!(Landing::read(&"x".repeat(LONGEST + 1)).is_none());
    }
}
