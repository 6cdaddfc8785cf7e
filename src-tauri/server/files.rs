//! The interface's files, carried inside the program. A path that is no file is a place inside the
//! app, which the app itself finds.

use super::pages;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use std::borrow::Cow;

/// What `cargo xtask ui` built; read from the folder in debug builds, embedded in release.
#[derive(RustEmbed)]
#[folder = "ui/dist"]
#[allow_missing = true]
struct Interface;

/// A file of the interface by its name in the folder.
#[must_use]
pub fn interface(name: &str) -> Option<Cow<'static, [u8]>> {
    Interface::get(name).map(|file| file.data)
}

/// The file at `path`.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let name = path.trim_start_matches('/');
    let is_place = !name.rsplit('/').next().unwrap_or_default().contains('.');
    let name = if is_place { "index.html" } else { name };
    let Some(file) = Interface::get(name) else {
        return if is_place { pages::no_interface() } else { StatusCode::NOT_FOUND.into_response() };
    };
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let mut response = Response::new(Body::from(file.data.into_owned()));
    let say = response.headers_mut();
    let text = |value: &str| HeaderValue::from_str(value).ok();
    // Asked again each time, answered 304: a new version is seen at once.
    say.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    for (header, value) in [(header::CONTENT_TYPE, text(mime.as_ref())), (header::ETAG, text(&tag))] {
        if let Some(value) = value {
            say.insert(header, value);
        }
    }
    response
}
