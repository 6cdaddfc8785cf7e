//! Where in the app we are. The address bar holds it, so back, forward, reload and links work alike
//! in the window and in a browser.

use heliograph_model::{AccountId, ConversationId, MessageId};
use leptos::{ev, prelude::*};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Route {
    #[default]
    Inbox,
    /// A thread, perhaps at a message that a search or a notification points to.
    Conversation {
        id: ConversationId,
        message: Option<MessageId>,
    },
    Search {
        words: String,
    },
    Accounts,
    /// The accounts page with the connect dialog open; for `account` again, or for a new one.
    Connect {
        account: Option<AccountId>,
    },
    Settings,
    Diagnostics,
}

impl Route {
    /// A thread at its newest message.
    #[must_use]
    pub const fn thread(id: ConversationId) -> Self {
        Self::Conversation { id, message: None }
    }

    /// The conversation on screen, if one is.
    #[must_use]
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Conversation { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether the inbox page shows it.
    #[must_use]
    pub const fn in_inbox(&self) -> bool {
        matches!(self, Self::Inbox | Self::Conversation { .. })
    }

    /// Its address.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Inbox => "/".into(),
            Self::Conversation { id, message: None } => format!("/c/{id}"),
            Self::Conversation { id, message: Some(m) } => format!("/c/{id}?m={m}"),
            Self::Search { words } if words.is_empty() => "/search".into(),
            Self::Search { words } => format!("/search?q={}", encode(words)),
            Self::Accounts => "/accounts".into(),
            Self::Connect { account: None } => "/accounts?connect=1".into(),
            Self::Connect { account: Some(id) } => format!("/accounts?connect=1&account={id}"),
            Self::Settings => "/settings".into(),
            Self::Diagnostics => "/diagnostics".into(),
        }
    }

    /// The place at an address; an unknown one is the inbox.
    #[must_use]
    pub fn parse(path: &str, query: &str) -> Self {
        let query = query.trim_start_matches('?');
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(decode))
        };
        let mut parts = path.split('/').filter(|p| !p.is_empty());
        match (parts.next(), parts.next()) {
            (Some("c"), Some(id)) => match id.parse() {
                Ok(id) => Self::Conversation {
                    id: ConversationId(id),
                    message: value("m").and_then(|m| m.parse().ok()).map(MessageId),
                },
                Err(_) => Self::Inbox,
            },
            (Some("search"), _) => Self::Search { words: value("q").unwrap_or_default() },
            (Some("accounts"), _) if value("connect").is_some() => {
                Self::Connect { account: value("account").and_then(|a| a.parse().ok()).map(AccountId) }
            }
            (Some("accounts"), _) => Self::Accounts,
            (Some("settings"), _) => Self::Settings,
            (Some("diagnostics"), _) => Self::Diagnostics,
            _ => Self::Inbox,
        }
    }
}

/// Percent-encodes everything but unreserved characters.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let mut ahead = bytes.clone();
                match (hex(ahead.next()), hex(ahead.next())) {
                    (Some(high), Some(low)) => {
                        out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                        bytes = ahead;
                    }
                    _ => out.push(b'%'),
                }
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The place we are at; changes the address when told to go.
#[derive(Clone, Copy)]
pub struct Router(RwSignal<Route>);

impl Router {
    /// Reads the address and follows back and forward, and clicks on our own links.
    #[must_use]
    pub fn start() -> Self {
        let router = Self(RwSignal::new(address()));
        let back = window_event_listener(ev::popstate, move |_| router.0.set(address()));
        let click = window_event_listener(ev::click, move |e| router.follow(&e));
        on_cleanup(move || {
            back.remove();
            click.remove();
        });
        HERE.set(Some(router));
        router
    }

    /// Where we are; reactive.
    #[must_use]
    pub fn at(self) -> Route {
        self.0.get()
    }

    /// Where we are; not reactive.
    #[must_use]
    pub fn peek(self) -> Route {
        self.0.get_untracked()
    }

    /// Goes there; `Back` returns.
    pub fn go(self, to: Route) {
        self.change(to, false);
    }

    /// Goes there in place of where we are.
    pub fn replace(self, to: Route) {
        self.change(to, true);
    }

    fn change(self, to: Route, replace: bool) {
        if self.peek() == to {
            return;
        }
        if let Ok(history) = window().history() {
            let path = to.path();
            let _ = if replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(&path))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(&path))
            };
        }
        self.0.set(to);
    }

    /// Keeps a plain click on one of our own links inside the app.
    fn follow(self, e: &web_sys::MouseEvent) {
        if e.default_prevented() || e.button() != 0 || e.ctrl_key() || e.meta_key() || e.shift_key() {
            return;
        }
        let link = e
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
            .and_then(|t| t.closest("a[href^='/']").ok().flatten());
        if let Some(href) = link.and_then(|l| l.get_attribute("href")) {
            e.prevent_default();
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            self.go(Route::parse(path, query));
        }
    }
}

fn address() -> Route {
    let location = window().location();
    Route::parse(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default())
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Router>> = const { Cell::new(None) };
}

/// The router of this window.
#[must_use]
pub fn router() -> Router {
    HERE.get().unwrap_or_else(Router::start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_comes_back_from_its_address() {
        for place in [
            Route::Inbox,
            Route::thread(ConversationId(7)),
            Route::Conversation { id: ConversationId(7), message: Some(MessageId(9)) },
            Route::Search { words: "from:ana grüße & 100% 日本".into() },
            Route::Accounts,
            Route::Connect { account: None },
            Route::Connect { account: Some(AccountId(3)) },
            Route::Settings,
            Route::Diagnostics,
        ] {
            let address = place.path();
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            assert_eq!(Route::parse(path, query), place, "{address}");
        }
    }

    #[test]
    fn a_strange_address_is_the_inbox() {
        for path in ["/c/abc", "/nowhere", "//", "/c"] {
            assert_eq!(Route::parse(path, ""), Route::Inbox, "{path}");
        }
        assert_eq!(Route::parse("/search", "?q=%zz%"), Route::Search { words: "%zz%".into() });
    }
}
