//! The files themselves: `ab/cdef…` by hash, written aside and renamed when whole.

use super::{Kept, MediaError, Want, kinds};
use crate::model::{FileKind, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tokio::{
    fs::{self, File},
    io::{AsyncReadExt, AsyncWriteExt},
};

/// Where unfinished files are.
const UNFINISHED: &str = "unfinished";
/// Enough of a file to tell what it is.
const HEAD: usize = 8192;

/// Makes the folder and empties the one for unfinished files.
pub(super) async fn prepare(folder: &Path) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    match fs::remove_dir_all(&unfinished).await {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    fs::create_dir_all(&unfinished).await
}

/// Whether it is a content hash: SHA-256 in lower-case hexadecimal. Nothing else becomes a path.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where the file `hash` is or would be in a media folder; `None` when that is not a hash.
#[must_use]
pub fn path(folder: &Path, hash: &str) -> Option<PathBuf> {
    is_hash(hash).then(|| folder.join(&hash[..2]).join(&hash[2..]))
}

/// Every kept file of a media folder: hash, path, bytes. A folder that is not there holds none.
///
/// # Errors
/// When the folder cannot be read.
pub fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf, u64)>> {
    let found = match all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    Ok(found
        .into_iter()
        .filter_map(|f| Some((path(folder, &f.hash)?, f)).map(|(p, f)| (f.hash, p, f.bytes)))
        .collect())
}

/// What a file is, by its first bytes.
pub(super) async fn sniff(path: &Path) -> io::Result<String> {
    Ok(kinds::sniff(&head(path).await?).to_owned())
}

async fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path).await?.take(HEAD as u64).read_to_end(&mut head).await?;
    Ok(head)
}

/// A file on its way in; dropped before it is finished, it is gone.
pub(super) struct Incoming {
    path: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Incoming {
    pub async fn new(folder: &Path) -> io::Result<Self> {
        let path = folder.join(UNFINISHED).join(hex::encode(rand::random::<[u8; 16]>()));
        let file = File::create_new(&path).await?;
        Ok(Self { path, file, hash: Sha256::new(), bytes: 0 })
    }

    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.hash.update(chunk);
        self.bytes += chunk.len() as u64;
        self.file.write_all(chunk).await
    }

    /// Checks what it is and gives it its name.
    pub async fn finish(mut self, folder: &Path, want: &Want<'_>) -> Result<Kept, MediaError> {
        if self.bytes == 0 {
            return Err(MediaError::Empty);
        }
        self.file.flush().await?;
        self.file.sync_all().await?;
        let head = head(&self.path).await?;
        let found = kinds::sniff(&head);
        let disguised = want.kind == FileKind::File && kinds::promises_document(want.said);
        if !kinds::fits(want.kind, found) || (disguised && kinds::is_program(&head)) {
            let expected = if want.said.is_empty() { want.kind.key() } else { want.said };
            return Err(MediaError::WrongKind { expected: expected.to_owned(), found: found.to_owned() });
        }
        let hash = self.hash.finalize_reset();
        if want.sha256.is_some_and(|told| !is_told(&hash, told)) {
            return Err(MediaError::WrongHash);
        }
        let hash = hex::encode(hash);
        let Some(home) = path(folder, &hash) else {
            return Err(MediaError::Empty);
        };
        if let Some(parent) = home.parent() {
            fs::create_dir_all(parent).await?;
        }
        fs::rename(&self.path, &home).await?;
        Ok(Kept { hash, mime: found.to_owned(), bytes: self.bytes })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Renamed, it is no longer there; else it is rubbish.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether a digest is the one that was told, in hex or base64 (graph-api g.2).
fn is_told(digest: &[u8], told: &str) -> bool {
    let told = told.trim();
    told.eq_ignore_ascii_case(&hex::encode(digest))
        || told.trim_end_matches('=') == BASE64.encode(digest).trim_end_matches('=')
}

/// A kept file as the folder shows it.
pub(super) struct Found {
    pub hash: String,
    pub bytes: u64,
    pub kept_at: Timestamp,
}

/// Every kept file.
pub(super) fn all(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for part in std::fs::read_dir(folder)?.flatten() {
        let start = part.file_name();
        let Some(start) = start.to_str().filter(|s| s.len() == 2) else {
            continue;
        };
        for file in std::fs::read_dir(part.path())?.flatten() {
            let hash = format!("{start}{}", file.file_name().to_string_lossy());
            // A file may go while we look.
            let (Some(_), Ok(about)) = (path(folder, &hash), file.metadata()) else {
                continue;
            };
            let kept_at = about.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
            let kept_at = Timestamp(kept_at.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)));
            found.push(Found { hash, bytes: about.len(), kept_at });
        }
    }
    Ok(found)
}
