//! Who may see the inbox over HTTP: a browser with the cookie that a one-time link gave it, or a
//! program with the bearer token. Keys are compared by their hashes, in constant time; only hashes
//! are kept.

use crate::{
    model::{DAY, Timestamp},
    vault::Secret,
};
use axum::http::{HeaderMap, Method, Uri, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};
use subtle::ConstantTimeEq;

/// Unused links that stay good; a new one retires the oldest.
const LINKS: usize = 8;
/// Browsers that stay signed in; a new one retires the oldest.
const BROWSERS: usize = 50;
/// How long a browser stays signed in, in milliseconds.
const STAY: i64 = 90 * DAY;

type Hash = [u8; 32];

fn hash(key: &str) -> Hash {
    Sha256::digest(key.as_bytes()).into()
}

/// A key of 256 random bits.
fn new_key() -> Secret {
    Secret::new(hex::encode(rand::random::<[u8; 32]>()))
}

/// The keys and their rules for one listener.
pub struct Gate {
    at: SocketAddr,
    /// Names besides loopback and plain addresses under which a proxy may lead here.
    names: Vec<String>,
    bearers: Vec<Hash>,
    cookie: String,
    kept: Mutex<Kept>,
    file: PathBuf,
}

#[derive(Default)]
struct Kept {
    links: VecDeque<Hash>,
    browsers: VecDeque<Browser>,
}

/// A signed-in browser, as it is kept over restarts.
#[derive(Serialize, Deserialize)]
struct Browser {
    key: Hash,
    since: Timestamp,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    Browser,
    Program,
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnedAway {
    /// The name it asked for is not ours: a rebound name leads here.
    WrongHost,
    /// Another site's page sent it.
    OtherSite,
    /// No cookie and no token, or not ours.
    Unknown,
}

impl Gate {
    /// A gate for the listener at `at`. Signed-in browsers are kept in `file`, hashed.
    #[must_use]
    pub fn new(at: SocketAddr, names: Vec<String>, bearers: &[Secret], file: PathBuf) -> Self {
        let browsers = std::fs::read(&file).ok().and_then(|json| serde_json::from_slice(&json).ok());
        Self {
            at,
            names: names.into_iter().map(|n| n.to_ascii_lowercase()).collect(),
            bearers: bearers.iter().map(|b| hash(b.reveal())).collect(),
            // Cookies of one computer are shared by all its ports, hence the port in the name.
            cookie: format!("heliograph_{}", at.port()),
            kept: Mutex::new(Kept { links: VecDeque::new(), browsers: browsers.unwrap_or_default() }),
            file,
        }
    }

    /// A new one-time link.
    #[must_use]
    pub fn link(&self) -> String {
        let key = new_key();
        let mut kept = self.kept();
        if kept.links.len() == LINKS {
            kept.links.pop_front();
        }
        kept.links.push_back(hash(key.reveal()));
        format!("http://{}/open?key={}", self.reachable(), key.reveal())
    }

    /// Where a browser of this computer reaches us.
    #[must_use]
    pub fn reachable(&self) -> SocketAddr {
        reachable(self.at)
    }

    /// Uses up the link with `key` and answers the `Set-Cookie` of the browser that did.
    pub fn open(&self, key: &str, now: Timestamp) -> Option<String> {
        let asked = hash(key);
        let mut kept = self.kept();
        let before = kept.links.len();
        kept.links.retain(|link| !bool::from(link.ct_eq(&asked)));
        if kept.links.len() == before {
            return None;
        }
        let key = new_key();
        kept.browsers.retain(|b| b.since.until(now) < STAY);
        if kept.browsers.len() == BROWSERS {
            kept.browsers.pop_front();
        }
        kept.browsers.push_back(Browser { key: hash(key.reveal()), since: now });
        if let Err(error) = serde_json::to_vec(&kept.browsers)
            .map_err(std::io::Error::from)
            .and_then(|json| super::private::write(&self.file, &json))
        {
            tracing::warn!(%error, "signed-in browsers could not be kept; they end with this process");
        }
        let secure = if self.at.ip().is_loopback() { "" } else { "; Secure" };
        let age = STAY / 1000;
        Some(format!(
            "{}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}",
            self.cookie,
            key.reveal()
        ))
    }

    /// Judges a request.
    ///
    /// # Errors
    /// Why it is turned away.
    pub fn admit(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Visitor, TurnedAway> {
        let host = self.host(uri, headers).ok_or(TurnedAway::WrongHost)?;
        if let Some(token) = bearer(headers) {
            let asked = hash(token);
            // Every one is compared, so that the time says nothing.
            let found = self.bearers.iter().fold(false, |found, b| bool::from(b.ct_eq(&asked)) | found);
            return if found { Ok(Visitor::Program) } else { Err(TurnedAway::Unknown) };
        }
        if method != Method::GET && method != Method::HEAD && !from_here(&host, headers) {
            return Err(TurnedAway::OtherSite);
        }
        if self.knows_cookie(headers, now) { Ok(Visitor::Browser) } else { Err(TurnedAway::Unknown) }
    }

    /// The host asked for, when it is one of ours. A page of a stranger's domain that was rebound to
    /// our address asks for the stranger's name.
    #[must_use]
    pub fn host(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let host = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(header::HOST)?.to_str().ok()?,
        }
        .to_ascii_lowercase();
        let name = without_port(&host);
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let ours = match address {
            // On loopback only loopback is meant; beyond it, an address cannot be rebound.
            Ok(ip) => ip.is_loopback() || !self.at.ip().is_loopback(),
            Err(_) => name == "localhost" || self.names.iter().any(|n| n == name),
        };
        ours.then_some(host)
    }

    fn knows_cookie(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        let Some(asked) = self.cookie_of(headers).map(hash) else {
            return false;
        };
        let kept = self.kept();
        kept.browsers
            .iter()
            .filter(|b| b.since.until(now) < STAY)
            .fold(false, |found, b| bool::from(b.key.ct_eq(&asked)) | found)
    }

    fn cookie_of<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(self.cookie.as_str())?.strip_prefix('='))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `at`, or loopback at its port when it stands for every address of this computer.
#[must_use]
pub fn reachable(at: SocketAddr) -> SocketAddr {
    match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => ([127, 0, 0, 1], at.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, at.port()).into(),
        _ => at,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether our own page sent it: browsers name the origin of everything that is not a plain visit.
fn from_here(host: &str, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|o| o.to_str().ok()) else {
        return headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    };
    origin
        .split_once("://")
        .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host))
}

fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => &host[..colon],
        _ => host,
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
