//! Files of the media store, for the browser and for the desktop's own protocol. What Meta's people
//! sent is shown as a picture, a sound or a film, or is downloaded; never run.

use crate::Engine;
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::{io::SeekFrom, path::Path};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// The largest piece answered at once to a range, in bytes.
const PIECE: u64 = 4 * 1024 * 1024;

/// A file by its content hash; `range` is the header of that name.
pub async fn answer(engine: &Engine, hash: &str, range: Option<&str>) -> Response<Vec<u8>> {
    if !is_hash(hash) {
        return empty(StatusCode::NOT_FOUND);
    }
    let Some((mime, path)) = engine.media(hash).await else {
        return empty(StatusCode::NOT_FOUND);
    };
    match read(&path, range).await {
        Ok(piece) => respond(&mime, piece),
        Err(error) => {
            tracing::warn!(%error, "a media file could not be read");
            empty(StatusCode::NOT_FOUND)
        }
    }
}

/// SHA-256 in lower-case hexadecimal: nothing else can become a path.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

struct Piece {
    bytes: Vec<u8>,
    /// First and last byte of the whole, and its length, when it is a part.
    part: Option<(u64, u64, u64)>,
}

async fn read(path: &Path, range: Option<&str>) -> std::io::Result<Piece> {
    let mut file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let Some((from, to)) = range.and_then(|r| part_of(r, length)) else {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).await?;
        return Ok(Piece { bytes, part: None });
    };
    file.seek(SeekFrom::Start(from)).await?;
    let mut bytes = Vec::new();
    file.take(to - from + 1).read_to_end(&mut bytes).await?;
    Ok(Piece { bytes, part: Some((from, to, length)) })
}

/// First and last byte that `range` asks for; `None` when it asks for nothing we understand, which is
/// answered with the whole.
fn part_of(range: &str, length: u64) -> Option<(u64, u64)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last = length.checked_sub(1)?;
    let (from, to) = match (from.trim(), to.trim()) {
        ("", tail) => (length.saturating_sub(tail.parse().ok().filter(|n| *n > 0)?), last),
        (from, "") => (from.parse().ok()?, last),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.min(last)),
    };
    (from <= to).then(|| (from, to.min(from.saturating_add(PIECE - 1))))
}

fn respond(mime: &str, piece: Piece) -> Response<Vec<u8>> {
    let shown =
        mime != "image/svg+xml" && ["image/", "audio/", "video/"].iter().any(|kind| mime.starts_with(kind));
    let mime = if shown { mime } else { "application/octet-stream" };
    let mut response = Response::new(piece.bytes);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    if !shown {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    // The name is the content's hash: it never changes.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some((from, to, length)) = piece.part {
        if let Ok(value) = HeaderValue::from_str(&format!("bytes {from}-{to}/{length}")) {
            headers.insert(header::CONTENT_RANGE, value);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_content_hash_names_a_file() {
        assert!(is_hash(&"0f".repeat(32)));
        for bad in ["", "../etc/passwd", &"0F".repeat(32), &"0g".repeat(32), &"00".repeat(33)] {
            assert!(!is_hash(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        assert_eq!(part_of("bytes=0-", 10), Some((0, 9)));
        assert_eq!(part_of("bytes=2-5", 10), Some((2, 5)));
        assert_eq!(part_of("bytes=8-99", 10), Some((8, 9)));
        assert_eq!(part_of("bytes=-3", 10), Some((7, 9)));
        assert_eq!(part_of("bytes=0-", PIECE * 3), Some((0, PIECE - 1)));
        for odd in
            ["bytes=10-", "bytes=5-2", "bytes=-0", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=-"]
        {
            assert_eq!(part_of(odd, 10), None, "{odd}");
        }
        assert_eq!(part_of("bytes=0-", 0), None, "an empty file has no parts");
    }

    #[test]
    fn what_could_run_is_downloaded() {
        let whole = |mime| respond(mime, Piece { bytes: vec![1], part: None });
        for mime in ["text/html", "image/svg+xml", "application/pdf", "text/javascript\r\nx: y"] {
            let response = whole(mime);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/octet-stream", "{mime}");
            assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment");
        }
        assert_eq!(whole("image/jpeg").headers()[header::CONTENT_TYPE], "image/jpeg");
    }
}
