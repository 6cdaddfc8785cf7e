//! Files by content hash, fetched once and checked: from Meta's hosts only, never from a private
//! address, never larger than allowed, and really of the kind they claim to be. Nothing half written is
//! ever found, and nothing here is executed.

mod error;
mod keep;
mod kinds;
mod picture;
mod sound;
mod source;

#[cfg(test)]
mod attacks_tests;
#[cfg(test)]
mod tests;

pub use error::MediaError;
pub use keep::{files, is_hash, path};
pub use kinds::{clean_name, extension_of, largest, mime_of_name};
pub use source::NotAllowed;

use crate::{
    config::Hosts,
    model::{FileKind, HOUR, Timestamp},
    vault::Secret,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::{Client, Response, StatusCode, header};
use source::Sources;
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};
use url::Url;

/// Hops that are followed.
const REDIRECTS: usize = 4;
/// Largest profile picture, in bytes.
const PICTURE: u64 = 8 * 1024 * 1024;
/// A file shown so lately is not taken away, in milliseconds.
const LATELY: i64 = HOUR;

/// What is to be fetched.
#[derive(Debug, Clone, Copy)]
pub struct Want<'a> {
    pub url: &'a str,
    /// What it must turn out to be.
    pub kind: FileKind,
    /// The type it was said to be; empty = nothing was said.
    pub said: &'a str,
    /// Bytes at most.
    pub largest: u64,
    /// Shown only to the host that wants it, never to the next one.
    pub token: Option<&'a Secret>,
    /// SHA-256 that was told, in hex or base64.
    pub sha256: Option<&'a str>,
}

impl<'a> Want<'a> {
    /// A file at an open link.
    #[must_use]
    pub const fn new(url: &'a str, kind: FileKind, largest: u64) -> Self {
        Self { url, kind, said: "", largest, token: None, sha256: None }
    }
}

/// How long a host may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Without a single byte.
    pub silence: Duration,
    /// After this long it must have brought `pace` bytes for every second.
    pub grace: Duration,
    pub pace: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { silence: Duration::from_secs(20), grace: Duration::from_secs(30), pace: 4 * 1024 }
    }
}

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the content, lower-case hex: its name.
    pub hash: String,
    pub mime: String,
    pub bytes: u64,
}

/// What a kept file shows of itself; what cannot be told is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looks {
    /// Pixels.
    pub size: Option<(u32, u32)>,
    pub length_ms: Option<u32>,
    pub waveform: Vec<u8>,
    /// Content hash of a small copy of a picture.
    pub thumbnail: Option<String>,
}

/// A picture made to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub kept: Kept,
    pub looks: Looks,
}

/// The media store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Media(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    http: Client,
    sources: Sources,
    patience: Patience,
    /// When files were last shown.
    shown: Mutex<HashMap<String, Timestamp>>,
    /// Pictures and sounds are opened one after the other, so that memory stays bounded.
    looking: Semaphore,
}

impl Media {
    /// Opens the store in `folder`, and clears away what a crash left half written.
    ///
    /// # Errors
    /// When the folder cannot be made or TLS cannot be set up.
    pub async fn open(folder: PathBuf, hosts: &Hosts) -> io::Result<Self> {
        Self::open_with(folder, hosts, Patience::default()).await
    }

    /// The same with another patience.
    ///
    /// # Errors
    /// As [`Media::open`].
    pub async fn open_with(folder: PathBuf, hosts: &Hosts, patience: Patience) -> io::Result<Self> {
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
            .read_timeout(patience.silence)
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(sources.resolver())
            .user_agent(concat!("Heliograph/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(io::Error::other)?;
        let (shown, looking) = (Mutex::default(), Semaphore::new(1));
        Ok(Self(Arc::new(Inner { folder, http, sources, patience, shown, looking })))
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
        Ok(self.fetch(Want::new(url, FileKind::Picture, PICTURE)).await?.hash)
    }

    /// Fetches what is wanted.
    ///
    /// # Errors
    /// When the address is not allowed, or what comes is too large, too slow or not what was wanted.
    pub async fn fetch(&self, want: Want<'_>) -> Result<Kept, MediaError> {
        let began = Instant::now();
        let mut response = self.follow(want.url, want.token).await?;
        if response.content_length().is_some_and(|n| n > want.largest) {
            return Err(MediaError::TooLarge(want.largest));
        }
        let mut incoming = keep::Incoming::new(&self.0.folder).await?;
        while let Some(chunk) = response.chunk().await.map_err(|e| MediaError::Http(e.without_url()))? {
            if incoming.bytes() + chunk.len() as u64 > want.largest {
                return Err(MediaError::TooLarge(want.largest));
            }
            incoming.write(&chunk).await?;
            let Patience { grace, pace, .. } = self.0.patience;
            let took = began.elapsed();
            if took > grace && incoming.bytes() < pace * took.as_secs().max(1) {
                return Err(MediaError::TooSlow);
            }
        }
        incoming.finish(&self.0.folder, &want).await
    }

    /// The answer of `url`, each hop checked like the first. The token goes to the first host alone.
    async fn follow(&self, url: &str, token: Option<&Secret>) -> Result<Response, MediaError> {
        let mut url = Url::parse(url).map_err(|_| NotAllowed::Address)?;
        let home = token.map(|_| url.origin());
        if token.is_some() {
            self.0.sources.check_token(&url)?;
        }
        for _ in 0..=REDIRECTS {
            self.0.sources.check(&url)?;
            let mut request = self.0.http.get(url.clone());
            if let Some(token) = token.filter(|_| home.as_ref() == Some(&url.origin())) {
                request = request.bearer_auth(token.reveal());
            }
            let response = request.send().await.map_err(|e| MediaError::Http(e.without_url()))?;
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

    /// Keeps bytes that are at hand: a file a person wants to send, a small copy.
    ///
    /// # Errors
    /// When the disk refuses or they are nothing.
    pub async fn keep(&self, bytes: &[u8]) -> Result<Kept, MediaError> {
        let mut incoming = keep::Incoming::new(&self.0.folder).await?;
        incoming.write(bytes).await?;
        incoming.finish(&self.0.folder, &Want::new("", FileKind::File, u64::MAX)).await
    }

    /// Keeps what a stream brings, at most `largest` bytes of it.
    ///
    /// # Errors
    /// When it is more, nothing, breaks off, or the disk refuses.
    pub async fn keep_stream<S, E>(&self, mut content: S, largest: u64) -> Result<Kept, MediaError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let mut incoming = keep::Incoming::new(&self.0.folder).await?;
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|_| MediaError::Broken)?;
            if incoming.bytes() + piece.len() as u64 > largest {
                return Err(MediaError::TooLarge(largest));
            }
            incoming.write(&piece).await?;
        }
        incoming.finish(&self.0.folder, &Want::new("", FileKind::File, largest)).await
    }

    /// Makes a JPEG of at most `most` bytes of a kept picture, scaled down as far as that needs. `None` when it is
    /// no picture that can be read.
    pub async fn fit(&self, hash: &str, most: u64) -> Option<Fit> {
        let path = keep::path(&self.0.folder, hash)?;
        let turn = self.0.looking.acquire().await.ok()?;
        let made = tokio::task::spawn_blocking(move || picture::fit(&path, most)).await;
        drop(turn);
        let kept = self.keep(&made.ok().flatten()?).await.ok()?;
        let looks = self.look(&kept).await;
        Some(Fit { kept, looks })
    }

    /// Looks at a kept file: how large a picture is, how long a sound lasts, and a small copy of a picture, which
    /// is kept too. A file that cannot be read shows nothing of itself.
    pub async fn look(&self, kept: &Kept) -> Looks {
        let Some(path) = keep::path(&self.0.folder, &kept.hash) else {
            return Looks::default();
        };
        let Ok(_turn) = self.0.looking.acquire().await else {
            return Looks::default();
        };
        let mime = kept.mime.clone();
        // A decoder that panics over a hostile file fails here and nowhere else.
        let looked = tokio::task::spawn_blocking(move || {
            if mime.starts_with("image/") {
                (picture::look(&path), sound::Sound::default())
            } else if mime.starts_with("audio/") || mime.starts_with("video/") {
                (None, sound::look(&path, mime.starts_with("audio/")))
            } else {
                (None, sound::Sound::default())
            }
        });
        let (picture, sound) = looked.await.unwrap_or_else(|error| {
            tracing::warn!(%error, mime = kept.mime, "a file could not be looked at");
            (None, sound::Sound::default())
        });
        let (size, small) = picture.map_or((None, None), |p| (Some(p.size), p.small));
        let thumbnail = match small {
            Some(bytes) => self.keep(&bytes).await.ok().map(|small| small.hash),
            None => None,
        };
        Looks { size, length_ms: sound.length_ms, waveform: sound.waveform, thumbnail }
    }

    /// Type and path of a kept file.
    pub async fn find(&self, hash: &str) -> Option<(String, PathBuf)> {
        let path = keep::path(&self.0.folder, hash)?;
        let mime = keep::sniff(&path).await.ok()?;
        Some((mime, path))
    }

    /// Forgets a file; one that is not there is forgotten already. Answers the bytes freed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn remove(&self, hash: &str) -> io::Result<u64> {
        let Some(path) = keep::path(&self.0.folder, hash) else {
            return Ok(0);
        };
        let bytes = tokio::fs::metadata(&path).await.map_or(0, |about| about.len());
        match tokio::fs::remove_file(path).await {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
            other => other.map(|()| bytes),
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

    /// Notes that a file is being shown at `now`.
    pub fn shown(&self, hash: &str, now: Timestamp) {
        let mut shown = self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|_, at| at.until(now) < LATELY);
        shown.insert(hash.to_owned(), now);
    }

    /// Files shown within the last hour: nobody's picture vanishes before their eyes.
    #[must_use]
    pub fn on_screen(&self, now: Timestamp) -> Vec<String> {
        let shown = self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.iter().filter(|(_, at)| at.until(now) < LATELY).map(|(hash, _)| hash.clone()).collect()
    }

    /// Files kept before `before`: what nothing in the database names any more can go.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn kept_before(&self, before: Timestamp) -> io::Result<Vec<String>> {
        let folder = self.0.folder.clone();
        blocking(move || {
            let old = keep::all(&folder)?.into_iter().filter(|file| file.kept_at < before);
            Ok(old.map(|file| file.hash).collect())
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
