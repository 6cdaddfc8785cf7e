//! Where things are. Every host of Meta's and the API version can be replaced: a test, a proxy or a
//! new version of theirs must not need a new build.

use std::path::PathBuf;

/// The API version calls are made with (graph-api 0).
pub const GRAPH_VERSION: &str = "v26.0";

/// Meta's hosts, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// Messenger, Instagram through a Page, WhatsApp.
    pub facebook: String,
    /// Instagram Login.
    pub instagram: String,
    /// Token exchange of Instagram Login.
    pub instagram_api: String,
    /// The Facebook sign-in dialog.
    pub facebook_dialog: String,
    /// The Instagram sign-in dialog.
    pub instagram_dialog: String,
    /// "v26.0".
    pub version: String,
    /// Hosts that media may be fetched from besides Meta's CDNs: a simulator's.
    pub extra_media_hosts: Vec<String>,
    /// Folders of Messenger's threads that hold message requests. Their names are not proven (graph-api m.6).
    pub request_folders: Vec<String>,
}

fn request_folders() -> Vec<String> {
    ["other", "pending", "spam"].map(str::to_owned).into()
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            facebook: "https://graph.facebook.com".into(),
            instagram: "https://graph.instagram.com".into(),
            instagram_api: "https://api.instagram.com".into(),
            facebook_dialog: "https://www.facebook.com".into(),
            instagram_dialog: "https://www.instagram.com".into(),
            version: GRAPH_VERSION.into(),
            extra_media_hosts: Vec::new(),
            request_folders: request_folders(),
        }
    }
}

impl Hosts {
    /// All hosts are one: a simulator or a proxy at `origin` ("http://127.0.0.1:8080").
    #[must_use]
    pub fn all_at(origin: &str) -> Self {
        let origin = origin.trim_end_matches('/').to_owned();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, rest)| rest).to_owned();
        Self {
            facebook: origin.clone(),
            instagram: origin.clone(),
            instagram_api: origin.clone(),
            facebook_dialog: origin.clone(),
            instagram_dialog: origin,
            version: GRAPH_VERSION.into(),
            extra_media_hosts: vec![host],
            request_folders: request_folders(),
        }
    }
}

/// Everything an engine is opened with apart from its key.
#[derive(Debug, Clone)]
pub struct Config {
    /// Database, media and lock live here.
    pub data: PathBuf,
    pub hosts: Hosts,
    /// Conversations of the past that are imported per account at most.
    pub import_conversations: u32,
    /// Shortest and longest pause between two polls of an account, in milliseconds.
    pub poll_every: (i64, i64),
    /// Pause between two looks for what was taken back in silence, in milliseconds.
    pub sweep_every: i64,
}

impl Config {
    /// The usual figures over `data`.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            hosts: Hosts::default(),
            import_conversations: 5_000,
            poll_every: (15_000, 300_000),
            sweep_every: 900_000,
        }
    }
}
