//! One attempt at one file: find where it is, fetch it, look at it. WhatsApp's link is asked for with the token; a
//! link of Messenger or Instagram that has ended is read again once.

use super::{Line, pause};
use crate::{
    access::AccessError,
    graph::{self, Fate, LINK_LIFE, Priority},
    media::{self, MediaError, Want},
    model::{FileKind, FileState, MINUTE, Timestamp},
    store::attachments::{Fetched, KeptFile, Wanted},
    vault::Secret,
};
use std::sync::Arc;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    Done(Fetched),
    /// The way is closed, not the file's fault: wait at least so many milliseconds.
    Hold(i64),
}

/// Where to fetch from.
struct Source {
    url: String,
    mime: String,
    sha256: Option<String>,
    token: Option<Secret>,
}

/// Fetches one file.
pub(super) async fn fetch(line: &Line, wanted: &Wanted) -> Attempt {
    let now = line.clock.now();
    if is_by_id(line, wanted).await {
        return by_id(line, wanted, now).await;
    }
    let source = Source { url: wanted.url.clone(), mime: wanted.mime.clone(), sha256: None, token: None };
    match from(line, wanted, &source).await {
        Ok(file) => kept(file),
        Err(error) if error.is_dead_link() => again(line, wanted, now, &error).await,
        // A demo world that was started again has another address.
        Err(MediaError::NotAllowed(_)) if is_loopback(&wanted.url) => {
            again(line, wanted, now, &MediaError::Status(410)).await
        }
        Err(error) => failed(wanted, now, &error),
    }
}

/// WhatsApp's links of webhooks want the token and live five minutes: its media are always asked for by id.
async fn is_by_id(line: &Line, wanted: &Wanted) -> bool {
    if wanted.url.is_empty() {
        return true;
    }
    match line.access.of(wanted.account).await {
        Ok(access) => !access.can_list_conversations() && !wanted.meta_id.is_empty(),
        Err(_) => false,
    }
}

async fn by_id(line: &Line, wanted: &Wanted, now: Timestamp) -> Attempt {
    let access = match access(line, wanted).await {
        Ok(access) => access,
        Err(attempt) => return attempt,
    };
    let link = match access.media_link(&wanted.meta_id, priority(wanted)).await {
        Ok(Some(link)) => link,
        Ok(None) => return ended(FileState::Expired, ""),
        Err(error) => return refused(wanted, now, &error),
    };
    let kind = FileKind::of(&wanted.kind, &link.mime);
    if link.bytes.is_some_and(|bytes| bytes > media::largest(kind)) {
        return failed(wanted, now, &MediaError::TooLarge(media::largest(kind)));
    }
    let token = Some(access.access().token.clone());
    let source = Source { url: link.url, mime: link.mime, sha256: link.sha256, token };
    match from(line, wanted, &source).await {
        Ok(file) => kept(file),
        // The link was given a moment ago: Meta will give another.
        Err(error) if error.is_dead_link() => later(wanted, now),
        Err(error) => failed(wanted, now, &error),
    }
}

/// Reads the message once more, for links that have not ended (graph-api b). The link it had may be given again: then
/// Meta holds it to be alive, and it is tried once more.
async fn again(line: &Line, wanted: &Wanted, now: Timestamp, ended_with: &MediaError) -> Attempt {
    let Some(mid) = &wanted.mid else {
        return ended(FileState::Expired, "");
    };
    let access = match access(line, wanted).await {
        Ok(access) => access,
        Err(attempt) => return attempt,
    };
    if !access.can_list_conversations() {
        return failed(wanted, now, ended_with);
    }
    let links = match access.fresh_links(mid, priority(wanted)).await {
        Ok(links) => links,
        Err(error) => return refused(wanted, now, &error),
    };
    let Some(url) = same(wanted, links) else {
        return ended(FileState::Expired, "");
    };
    let source = Source { url, mime: wanted.mime.clone(), sha256: None, token: None };
    match from(line, wanted, &source).await {
        Ok(file) => kept(file),
        Err(error) if error.is_dead_link() => ended(FileState::Expired, ""),
        Err(error) => failed(wanted, now, &error),
    }
}

/// The fresh link of the same file: the one that stands where it stood, unless its kind says otherwise.
pub(super) fn same(wanted: &Wanted, links: Vec<(String, Option<String>)>) -> Option<String> {
    let kind = FileKind::of(&wanted.kind, &wanted.mime);
    links.into_iter().nth(wanted.place).filter(|(word, _)| FileKind::of(word, "") == kind)?.1
}

/// Fetches and looks.
async fn from(line: &Line, wanted: &Wanted, source: &Source) -> Result<KeptFile, MediaError> {
    let said = if source.mime.is_empty() { &wanted.mime } else { &source.mime };
    let kind = FileKind::of(&wanted.kind, said);
    let want = Want {
        said,
        token: source.token.as_ref(),
        sha256: source.sha256.as_deref(),
        ..Want::new(&source.url, kind, media::largest(kind))
    };
    let kept = line.media.fetch(want).await?;
    let looks = line.media.look(&kept).await;
    // A document's own type is often more exact than what its first bytes tell.
    let vague = ["application/octet-stream", "application/zip", "text/plain"].contains(&kept.mime.as_str());
    let mime = if vague && kind == FileKind::File && !said.is_empty() { said.clone() } else { kept.mime };
    let mime = if kind == FileKind::Sound && mime == "video/mp4" { "audio/mp4".to_owned() } else { mime };
    Ok(KeptFile {
        name: media::clean_name(&wanted.name, &mime),
        hash: kept.hash,
        mime,
        bytes: kept.bytes,
        size: looks.size,
        length_ms: looks.length_ms,
        waveform: looks.waveform,
        thumbnail: looks.thumbnail,
    })
}

async fn access(line: &Line, wanted: &Wanted) -> Result<Arc<graph::Account>, Attempt> {
    line.access.of(wanted.account).await.map_err(|error| match error {
        // Reconnected within the link's life, it is fetched then.
        AccessError::Gone => Attempt::Hold(10 * MINUTE),
        error => {
            tracing::warn!(%error, "files of an account wait: its token cannot be used");
            Attempt::Hold(10 * MINUTE)
        }
    })
}

const fn priority(wanted: &Wanted) -> Priority {
    if wanted.live { Priority::Interactive } else { Priority::Background }
}

fn kept(file: KeptFile) -> Attempt {
    Attempt::Done(Fetched::Kept(Box::new(file)))
}

fn ended(state: FileState, fault: &str) -> Attempt {
    Attempt::Done(Fetched::Ended(state, fault.to_owned()))
}

/// Meta's API did not tell where the file is.
fn refused(wanted: &Wanted, now: Timestamp, error: &graph::Error) -> Attempt {
    match error.fate() {
        Fate::Offline => Attempt::Hold(0),
        Fate::Wait(ms) => Attempt::Hold(ms),
        Fate::SignInAgain | Fate::UserAction | Fate::StopWrites => Attempt::Hold(5 * MINUTE),
        Fate::Retry | Fate::Uncertain => later(wanted, now),
        Fate::GiveUp | Fate::OutsideWindow | Fate::Unreachable => {
            ended(FileState::Refused, &error.problem().message)
        }
    }
}

/// The host did not give it.
fn failed(wanted: &Wanted, now: Timestamp, error: &MediaError) -> Attempt {
    match error {
        MediaError::Http(cause) if cause.is_connect() => Attempt::Hold(0),
        MediaError::Io(cause) => {
            tracing::error!(error = %cause, "a file could not be stored");
            Attempt::Hold(MINUTE)
        }
        error if error.is_passing() => later(wanted, now),
        MediaError::TooLarge(most) => ended(
            FileState::TooLarge,
            &format!("It is larger than {} MB, which is as much as is kept here.", most / (1024 * 1024)),
        ),
        MediaError::Status(_) => ended(FileState::Expired, ""),
        error => ended(FileState::Refused, &sentence(error)),
    }
}

/// The error as a sentence for people.
fn sentence(error: &MediaError) -> String {
    match error {
        MediaError::WrongKind { expected, found } => {
            format!("It said to be {expected}, but it is {found}.")
        }
        MediaError::WrongHash => "What came is not what Meta announced.".into(),
        MediaError::Empty => "It is empty.".into(),
        MediaError::NotAllowed(_) | MediaError::Redirects => {
            "Its link does not lead to one of Meta's media hosts.".into()
        }
        other => format!("It could not be fetched: {other}."),
    }
}

/// Another time, while the link lives.
fn later(wanted: &Wanted, now: Timestamp) -> Attempt {
    let at = now.plus(pause(wanted.tries));
    if wanted.sent_at.plus(LINK_LIFE) <= at {
        return ended(FileState::Expired, "");
    }
    Attempt::Done(Fetched::Later(at))
}

fn is_loopback(url: &str) -> bool {
    url.starts_with("http://127.0.0.1:")
}
