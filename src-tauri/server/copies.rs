//! Backups and exports over HTTP: fetched as a stream, and brought as one.

use super::web::status_of;
use crate::{Engine, copies::folder, model::CopyKind};
use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// A backup or an export, to be saved under its own name. Other copies stay on this computer.
pub async fn fetch(engine: &Engine, name: &str) -> Response<Body> {
    let data = engine.copier().data();
    let path =
        [CopyKind::Backup, CopyKind::Export].into_iter().find_map(|kind| folder::find(data, kind, name));
    let opened = match path {
        Some(path) => match File::open(path).await {
            Ok(file) => file.metadata().await.ok().map(|about| (file, about.len())),
            Err(_) => None,
        },
        None => None,
    };
    let Some((file, bytes)) = opened else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = Response::new(Body::from_stream(ReaderStream::new(file)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    // Only names of ours are found: plain letters, figures, hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Keeps a backup that comes as a body; its size is limited by the disk alone.
pub async fn bring(engine: &Engine, name: &str, headers: &HeaderMap, body: Body) -> Response<Body> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    match engine.copier().bring(name, announced, body.into_data_stream()).await {
        Ok(kept) => Json(kept).into_response(),
        Err(error) => {
            let problem = error.problem();
            (status_of(problem.code), Json(problem)).into_response()
        }
    }
}
