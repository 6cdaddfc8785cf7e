//! Files by content hash, fetched once and checked: from Meta's hosts only, never from a private
//! address, never larger than allowed, and really of the kind they claim to be. Nothing half written is
//! ever found, and nothing here is executed.

mod keep;
mod source;

#[cfg(test)]
mod tests;

pub use source::NotAllowed;

use crate::config::Hosts;
use reqwest::{Client, Response, StatusCode, header};
use source::Sources;
use std::{io, path::PathBuf, sync::Arc, time::Duration};
use url::Url;

/// Hops that are followed.
const REDIRECTS: usize = 4;
/// Largest profile picture, in bytes.
const PICTURE: u64 = 8 * 1024 * 1024;

/// What a file must turn out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A picture that every webview shows; no drawings with scripts.
    Image,
    Video,
    Audio,
    /// Anything.
    File,
}

impl Family {
    fn has(self, mime: &str) -> bool {
        match self {
            Self::Image => ["image/jpeg", "image/png", "image/gif", "image/webp"].contains(&mime),
            Self::Video => mime.starts_with("video/"),
            // Meta's voice messages are MP4 files without a picture.
            Self::Audio => mime.starts_with("audio/") || mime == "video/mp4",
            Self::File => true,
        }
    }
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("it leads from one address to the next too often")]
    Redirects,
    #[error("the host answered with HTTP {0}")]
    Status(u16),
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    #[error("it is {found}, but {expected:?} was expected")]
    WrongKind { expected: Family, found: String },
    #[error("it is empty")]
    Empty,
    #[error("it could not be fetched: {0}")]
    Http(#[source] reqwest::Error),
    #[error("it could not be stored: {0}")]
    Io(#[from] io::Error),
}

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the content, lower-case hex: its name.
    pub hash: String,
    pub mime: String,
    pub bytes: u64,
}

/// The media store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Media(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    http: Client,
    sources: Sources,
}

impl Media {
    /// Opens the store in `folder`, and clears away what a crash left half written.
    ///
    /// # Errors
    /// When the folder cannot be made or TLS cannot be set up.
    pub async fn open(folder: PathBuf, hosts: &Hosts) -> io::Result<Self> {
        keep::prepare(&folder).await?;
        let sources = Sources::new(&hosts.extra_media_hosts);
        let http = if hosts.extra_media_hosts.is_empty() {
            Client::builder()
        } else {
            // A simulator is on this computer; no proxy knows the way.
            Client::builder().no_proxy()
        };
        let http = http
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(20))
            .timeout(Duration::from_secs(300))
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(sources.resolver())
            .user_agent(concat!("Heliograph/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(io::Error::other)?;
        Ok(Self(Arc::new(Inner { folder, http, sources })))
    }

    /// Lets files come from the demo world at `origin` ("http://127.0.0.1:8080") too.
    pub fn allow_demo(&self, origin: &str) {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        self.0.sources.allow(host.trim_end_matches('/'));
    }

    /// Fetches a profile picture and answers its hash.
    ///
    /// # Errors
    /// When the address is not allowed, or what comes is no picture or too large.
    pub async fn fetch_picture(&self, url: &str) -> Result<String, MediaError> {
        Ok(self.fetch(url, Family::Image, PICTURE).await?.hash)
    }

    /// Fetches a file of at most `largest` bytes that must be of `family`.
    ///
    /// # Errors
    /// As [`Media::fetch_picture`].
    pub async fn fetch(&self, url: &str, family: Family, largest: u64) -> Result<Kept, MediaError> {
        let response = self.follow(url).await?;
        if response.content_length().is_some_and(|n| n > largest) {
            return Err(MediaError::TooLarge(largest));
        }
        let mut incoming = keep::Incoming::new(&self.0.folder).await?;
        let mut response = response;
        while let Some(chunk) = response.chunk().await.map_err(|e| MediaError::Http(e.without_url()))? {
            if incoming.bytes() + chunk.len() as u64 > largest {
                return Err(MediaError::TooLarge(largest));
            }
            incoming.write(&chunk).await?;
        }
        incoming.finish(&self.0.folder, family).await
    }

    /// The answer of `url`, each hop checked like the first.
    async fn follow(&self, url: &str) -> Result<Response, MediaError> {
        let mut url = Url::parse(url).map_err(|_| NotAllowed::Address)?;
        for _ in 0..=REDIRECTS {
            self.0.sources.check(&url)?;
            let sent = self.0.http.get(url.clone()).send().await;
            let response = sent.map_err(|e| MediaError::Http(e.without_url()))?;
            let status = response.status();
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                let target = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok());
                url = target.and_then(|t| url.join(t).ok()).ok_or(NotAllowed::Address)?;
            } else if status.is_success() {
                return Ok(response);
            } else {
                return Err(MediaError::Status(status.as_u16()));
            }
        }
        Err(MediaError::Redirects)
    }

    /// Type and path of a kept file.
    pub async fn find(&self, hash: &str) -> Option<(String, PathBuf)> {
        let path = keep::path(&self.0.folder, hash)?;
        let mime = keep::sniff(&path).await.ok()?;
        Some((mime, path))
    }

    /// Forgets a file; one that is not there is forgotten already.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn remove(&self, hash: &str) -> io::Result<()> {
        match keep::path(&self.0.folder, hash) {
            Some(path) => match tokio::fs::remove_file(path).await {
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other,
            },
            None => Ok(()),
        }
    }

    /// Bytes of all kept files.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn size(&self) -> io::Result<u64> {
        let folder = self.0.folder.clone();
        blocking(move || Ok(keep::all(&folder)?.iter().map(|f| f.bytes).sum())).await
    }

    /// Removes the oldest files until at most `most` bytes are left; answers the hashes removed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn evict(&self, most: u64) -> io::Result<Vec<String>> {
        let folder = self.0.folder.clone();
        blocking(move || keep::evict(&folder, most)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
