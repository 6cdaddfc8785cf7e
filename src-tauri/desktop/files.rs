//! What the webview loads: the interface, the page before it, and the media store's files. Nothing
//! comes from anywhere else.

use super::Shell;
use crate::server::{interface, media as store};
use std::{borrow::Cow, sync::Arc};
use tauri::{
    AppHandle, Assets, Manager, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, header},
    utils::assets::{AssetKey, AssetsIter, CspHash},
};

/// The page before the inbox asks only us.
const START_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The inbox's own page, by the names it has on the three systems.
const INBOX: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];

/// The same files that the browser gets.
pub struct Interface;

impl Assets<Wry> for Interface {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        let name = key.as_ref().trim_start_matches('/');
        interface(name).or_else(|| (name == "index.html").then(|| NOT_BUILT.as_bytes().into()))
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        // Nothing inline runs.
        Box::new(std::iter::empty())
    }
}

const NOT_BUILT: &str = "<!doctype html><meta name=\"color-scheme\" content=\"light dark\"><title>Heliograph</title>\
     <h1>The interface has not been built</h1><p>Run <code>cargo xtask ui</code> and start again.</p>";

/// The page that explains a start that cannot go on.
pub fn start_page(path: &str) -> Response<Vec<u8>> {
    let (mime, body) = match path {
        "/" => ("text/html; charset=utf-8", include_str!("start.html")),
        "/start.css" => ("text/css; charset=utf-8", include_str!("start.css")),
        "/start.js" => ("text/javascript; charset=utf-8", include_str!("start.js")),
        _ => return empty(StatusCode::NOT_FOUND),
    };
    Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(header::CONTENT_SECURITY_POLICY, START_POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body.as_bytes().to_vec())
        .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// A file of the media store, by its content hash.
pub fn media(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app: AppHandle = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let hash = request.uri().path().trim_start_matches('/').to_owned();
        let range = request.headers().get(header::RANGE).and_then(|r| r.to_str().ok());
        let engine = app.try_state::<Arc<Shell>>().and_then(|shell| shell.engine());
        let mut response = match engine {
            Some(engine) => store::answer(&engine, &hash, store::Asked { range, name: None }).await,
            None => empty(StatusCode::SERVICE_UNAVAILABLE),
        };
        // The inbox may read what it shows, to draw a voice; Meta's page in the window of a sign-in may not.
        let asks = request.headers().get(header::ORIGIN);
        if let Some(inbox) = asks.filter(|o| o.to_str().is_ok_and(|o| INBOX.contains(&o))) {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, inbox.clone());
        }
        responder.respond(response);
    });
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
