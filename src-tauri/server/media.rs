//! Files of the media store, for the browser and for the desktop's own protocol. What Meta's people
//! sent is shown as a picture, a sound or a film, or is downloaded; never run.

use crate::{Engine, media};
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use std::{io::SeekFrom, path::Path};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use tokio_util::io::ReaderStream;

/// The largest piece answered at once to a range, in bytes.
const PIECE: u64 = 4 * 1024 * 1024;

/// What is asked of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The header of that name.
    pub range: Option<&'a str>,
    /// To be saved under this name instead of shown.
    pub name: Option<&'a str>,
}

/// A file by its content hash, read whole: for the desktop's own protocol.
pub async fn answer(engine: &Engine, hash: &str, asked: Asked<'_>) -> Response<Vec<u8>> {
    let Some((mime, piece)) = open(engine, hash, asked.range).await else {
        return respond(StatusCode::NOT_FOUND, Vec::new());
    };
    let mut bytes = Vec::new();
    let mut file = piece.file.take(piece.bytes);
    if let Err(error) = file.read_to_end(&mut bytes).await {
        tracing::warn!(%error, "a media file could not be read");
        return respond(StatusCode::NOT_FOUND, Vec::new());
    }
    headed(&mime, piece.part, asked.name, bytes)
}

/// The same as a stream: a film of a hundred megabytes must not stand in memory.
pub async fn stream(engine: &Engine, hash: &str, asked: Asked<'_>) -> Response<Body> {
    let Some((mime, piece)) = open(engine, hash, asked.range).await else {
        return respond(StatusCode::NOT_FOUND, Body::empty());
    };
    let mut response = headed(
        &mime,
        piece.part,
        asked.name,
        Body::from_stream(ReaderStream::new(piece.file.take(piece.bytes))),
    );
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(piece.bytes));
    response
}

/// Type and wanted piece of a kept file; `None` = there is none of that name.
async fn open(engine: &Engine, hash: &str, range: Option<&str>) -> Option<(String, Piece)> {
    if !media::is_hash(hash) {
        return None;
    }
    let (mime, path) = engine.media(hash).await?;
    match piece(&path, range).await {
        Ok(piece) => Some((mime, piece)),
        Err(error) => {
            tracing::warn!(%error, "a media file could not be read");
            None
        }
    }
}

struct Piece {
    /// Stands at the first byte.
    file: File,
    bytes: u64,
    /// First and last byte of the whole, and its length, when it is a part.
    part: Option<(u64, u64, u64)>,
}

async fn piece(path: &Path, range: Option<&str>) -> std::io::Result<Piece> {
    let mut file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let Some((from, to)) = range.and_then(|r| part_of(r, length)) else {
        return Ok(Piece { file, bytes: length, part: None });
    };
    file.seek(SeekFrom::Start(from)).await?;
    Ok(Piece { file, bytes: to - from + 1, part: Some((from, to, length)) })
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

fn headed<B>(mime: &str, part: Option<(u64, u64, u64)>, name: Option<&str>, body: B) -> Response<B> {
    let shown =
        mime != "image/svg+xml" && ["image/", "audio/", "video/"].iter().any(|kind| mime.starts_with(kind));
    let named = name.map(|name| media::clean_name(name, mime)).filter(|name| !name.is_empty());
    let mime = if shown { mime } else { "application/octet-stream" };
    let mut response = respond(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    if let Some(name) = named {
        if let Ok(value) = HeaderValue::from_str(&disposition(&name)) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
    } else if !shown || name.is_some() {
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
    if let Some((from, to, length)) = part {
        if let Ok(value) = HeaderValue::from_str(&format!("bytes {from}-{to}/{length}")) {
            headers.insert(header::CONTENT_RANGE, value);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// A name for every browser: plain letters for the old, all of them for the others (RFC 6266).
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let whole: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

fn respond<B>(status: StatusCode, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_content_hash_names_a_file() {
        use media::is_hash;
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
        for mime in ["text/html", "image/svg+xml", "application/pdf", "text/javascript\r\nx: y"] {
            let response = headed(mime, None, None, ());
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/octet-stream", "{mime}");
            assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment");
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
        let picture = headed("image/jpeg", None, None, ());
        assert_eq!(picture.headers()[header::CONTENT_TYPE], "image/jpeg");
        assert!(picture.headers().get(header::CONTENT_DISPOSITION).is_none());
    }

    #[test]
    fn a_name_to_save_under_is_only_a_name() {
        let saved = |name: &str| {
            let response = headed("image/png", None, Some(name), ());
            response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned()
        };
        assert_eq!(
            saved("Grüße aus \"Köln\".png"),
            "attachment; filename=\"Gr__e aus K_ln.png\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln.png"
        );
        assert_eq!(
            saved("../../evil\r\nSet-Cookie: x"),
            "attachment; filename=\"evilSet-Cookie x.png\"; filename*=UTF-8''evilSet-Cookie%20x.png"
        );
        assert_eq!(saved("///"), "attachment");
    }
}
