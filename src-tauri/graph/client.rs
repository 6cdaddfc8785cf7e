//! How calls reach Meta: one pooled client, tokens in a header, no redirects, and every answer read the
//! same way: an error object is an error whatever the HTTP status says (graph-api 0, k.1).

use super::{Doing, Error, Lane, Pace, Priority, Refusal, Usage, codes::Class, signature, usage};
use crate::{
    clock::Clock,
    config::Hosts,
    model::{Channel, Login, MINUTE, MetaAccountId},
    vault::Secret,
};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;
use url::Url;

/// Largest answer that is read, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer.
const READ: Duration = Duration::from_secs(20);
/// A whole call.
const TOTAL: Duration = Duration::from_secs(60);
/// A call that brings a file.
const UPLOAD: Duration = Duration::from_secs(15 * 60);

/// Meta's API; cheap to clone.
#[derive(Debug, Clone)]
pub struct Graph(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: Client,
    hosts: Hosts,
    clock: Clock,
}

/// Which of Meta's hosts a call goes to (graph-api a.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Facebook,
    Instagram,
    /// Token exchange of Instagram Login; without a version.
    InstagramApi,
}

/// What a call carries.
pub(crate) enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
    /// A file among its fields.
    Multipart(Box<reqwest::multipart::Form>),
}

/// One call. It may carry secrets, so it does not print.
pub(crate) struct Call<'a> {
    pub method: Method,
    pub host: Host,
    /// Segments after the version; ids are escaped.
    pub path: Vec<&'a str>,
    pub query: Vec<(&'static str, String)>,
    pub body: Body,
    pub doing: Doing,
}

impl<'a> Call<'a> {
    /// A read.
    pub fn get<const N: usize>(host: Host, path: [&'a str; N]) -> Self {
        let (method, path) = (Method::GET, path.to_vec());
        Self { method, host, path, query: Vec::new(), body: Body::None, doing: Doing::Asking }
    }

    /// A removal, which may be repeated.
    pub fn delete<const N: usize>(host: Host, path: [&'a str; N]) -> Self {
        Self { method: Method::DELETE, ..Self::get(host, path) }
    }

    /// A write; `doing` says whether a lost answer matters.
    pub fn post<const N: usize>(host: Host, path: [&'a str; N], body: Body, doing: Doing) -> Self {
        Self { method: Method::POST, body, doing, ..Self::get(host, path) }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With a parameter that may be absent.
    #[must_use]
    pub fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// What lets an account be called.
#[derive(Debug, Clone)]
pub struct Access {
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    /// The Page an Instagram account is reached through.
    pub page_id: Option<String>,
    pub waba_id: Option<String>,
    /// Further ids that this business was seen under (graph-api a.4).
    pub own_ids: Vec<String>,
    pub token: Secret,
    /// Proves every call when known.
    pub app_secret: Option<Secret>,
    /// The app of that secret.
    pub app_id: Option<String>,
}

impl Graph {
    /// A client for `hosts`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(hosts: Hosts) -> Result<Self, Error> {
        let here = ["http://127.", "http://localhost", "http://[::1]"];
        let http = if here.iter().any(|start| hosts.facebook.starts_with(start)) {
            // A simulator is on this computer; no proxy knows the way.
            Client::builder().no_proxy()
        } else {
            Client::builder()
        };
        let http = http
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(TOTAL)
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_keepalive(Duration::from_secs(30))
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Heliograph/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::Setup)?;
        Ok(Self(Arc::new(Inner { http, hosts, clock: Clock::system() })))
    }

    /// The same with another clock, which ages of tokens are counted from and calls are paced by.
    #[must_use]
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self(Arc::new(Inner { http: self.0.http.clone(), hosts: self.0.hosts.clone(), clock }))
    }

    /// An account's calls, paced together: open it once and share it.
    #[must_use]
    pub fn as_account(&self, access: Access) -> Account {
        let proof =
            access.app_secret.as_ref().map(|secret| Secret::new(signature::proof(secret, &access.token)));
        Account {
            graph: self.clone(),
            access,
            proof,
            pace: Pace::by(self.0.clock.clone()),
            own: OnceCell::new(),
            modesty: AtomicU8::new(0),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether a folder of Messenger's threads is one of message requests.
    pub(super) fn holds_requests(&self, folder: &str) -> bool {
        self.0.hosts.request_folders.iter().any(|f| f.eq_ignore_ascii_case(folder))
    }

    /// The origin of `host`, without a trailing slash.
    pub(crate) fn origin(&self, host: Host) -> &str {
        match host {
            Host::Facebook => &self.0.hosts.facebook,
            Host::Instagram => &self.0.hosts.instagram,
            Host::InstagramApi => &self.0.hosts.instagram_api,
        }
    }

    fn url(&self, call: &Call<'_>) -> Result<Url, Error> {
        let origin = self.origin(call.host);
        let mut url = Url::parse(origin).map_err(|_| Error::Address)?;
        {
            let mut path = url.path_segments_mut().map_err(|()| Error::Address)?;
            path.pop_if_empty();
            // Token calls of Instagram have no version (graph-api a.4).
            let unversioned = call.host == Host::InstagramApi
                || matches!(call.path.first(), Some(&"access_token" | &"refresh_access_token"));
            if !unversioned {
                path.push(&self.0.hosts.version);
            }
            path.extend(&call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query.iter().map(|(k, v)| (*k, v.as_str())));
        }
        Ok(url)
    }

    /// Makes a call without pacing; with it come the usage headers, if the answer had any.
    pub(crate) async fn exchange(
        &self,
        call: Call<'_>,
        token: Option<&Secret>,
    ) -> (Result<Value, Error>, Option<Usage>) {
        let doing = call.doing;
        let url = match self.url(&call) {
            Ok(url) => url,
            Err(e) => return (Err(e), None),
        };
        let mut request = self.0.http.request(call.method, url);
        if let Some(token) = token {
            request = request.bearer_auth(token.reveal());
        }
        request = match call.body {
            Body::None => request,
            Body::Json(json) => request.json(&json),
            Body::Form(form) => request.form(&form),
            Body::Multipart(form) => request.timeout(UPLOAD).multipart(*form),
        };
        // A URL may carry an id or a secret: no error keeps one.
        let response = match request.send().await.map_err(reqwest::Error::without_url) {
            Ok(response) => response,
            Err(e) if e.is_builder() => return (Err(Error::Address), None),
            Err(e) if e.is_connect() => return (Err(Error::Offline(e)), None),
            Err(cause) => return (Err(Error::Lost { cause, doing }), None),
        };
        let usage = usage::of(response.headers());
        (answer(response, doing).await, usage)
    }

    /// Makes a call with a token that is not an account's yet.
    pub(crate) async fn ask(&self, call: Call<'_>, token: Option<&Secret>) -> Result<Value, Error> {
        self.exchange(call, token).await.0
    }
}

/// Reads an answer: Meta's error, Meta's JSON, or neither.
async fn answer(mut response: Response, doing: Doing) -> Result<Value, Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await.map_err(reqwest::Error::without_url) {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Error::Unreadable { doing }),
            Ok(None) => break,
            Err(cause) => return Err(Error::Lost { cause, doing }),
        }
    }
    let json = super::delivery::json(&body).ok();
    if let Some(mut refusal) = json.as_ref().and_then(Refusal::of) {
        refusal.status = status;
        return Err(Error::Refused { refusal: Box::new(refusal), doing, wait: None });
    }
    match json {
        Some(json) if (200..300).contains(&status) => Ok(json),
        None if (200..300).contains(&status) => Err(Error::Unreadable { doing }),
        _ => Err(Error::Failed { status, doing }),
    }
}

/// One account's calls. All of them count against one pace, so an account is opened once.
#[derive(Debug)]
pub struct Account {
    graph: Graph,
    access: Access,
    proof: Option<Secret>,
    pace: Pace,
    /// Ids and names of ours, learned once.
    pub(super) own: OnceCell<super::conversations::Own>,
    /// How little is asked for at once, since Meta failed with more (graph-api b).
    modesty: AtomicU8,
}

impl Account {
    /// Makes a paced call.
    pub(crate) async fn call(&self, call: Call<'_>, lane: Lane, priority: Priority) -> Result<Value, Error> {
        self.pace.turn(lane, priority).await?;
        let call = call.maybe("appsecret_proof", self.proof.as_ref().map(Secret::reveal));
        let (answer, usage) = self.graph.exchange(call, Some(&self.access.token)).await;
        if let Some(usage) = usage {
            self.pace.note(usage);
        }
        match answer {
            Ok(answer) => {
                self.pace.went_well();
                Ok(answer)
            }
            Err(Error::Refused { refusal, doing, .. }) => {
                let wait = self.pace.limited(refusal.code, refusal.class(), lane, usage);
                Err(Error::Refused { refusal, doing, wait })
            }
            Err(e @ Error::Failed { status: 429, .. }) => {
                self.pace.limited(4, Class::Wait(5 * MINUTE), lane, usage);
                Err(e)
            }
            Err(other) => Err(other),
        }
    }

    /// What it is opened with.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Where its channel is.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.access.channel
    }

    /// The latest figure of Meta's usage headers, while it is fresh.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.pace.usage()
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The host of this account's login (graph-api a.1).
    pub(crate) fn host(&self) -> Host {
        match self.access.login {
            Login::InstagramLogin => Host::Instagram,
            Login::FacebookPage | Login::WhatsAppCloud => Host::Facebook,
        }
    }

    /// The node that conversations and messages hang under: the Page, the Instagram account with its
    /// own login, or the phone number.
    pub(crate) fn node(&self) -> &str {
        match self.access.login {
            Login::FacebookPage => self.access.page_id.as_deref().unwrap_or(self.access.meta_id.as_str()),
            Login::InstagramLogin => "me",
            Login::WhatsAppCloud => self.access.meta_id.as_str(),
        }
    }

    /// The WhatsApp business account that owns the number.
    pub(crate) fn waba(&self) -> Option<&str> {
        self.access.waba_id.as_deref()
    }

    /// How modest to be: 0 asks for as much as wanted.
    pub(crate) fn modesty(&self) -> u8 {
        self.modesty.load(Ordering::Relaxed)
    }

    pub(crate) fn be_modest(&self) {
        self.modesty.fetch_add(1, Ordering::Relaxed);
    }
}
