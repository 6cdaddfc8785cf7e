//! The interface over the pretend engine: what `ui/dist` holds, with the engine's script before it. For pictures of
//! states that no real engine can be brought into at will.

use crate::children::root;
use anyhow::{Context, Result};
use axum::{Router, response::Html, routing::get};
use std::fs;
use tower_http::services::ServeDir;

/// The page, served for as long as this lives.
pub struct Pretended {
    pub origin: String,
    server: tokio::task::JoinHandle<()>,
}

impl Pretended {
    pub async fn start() -> Result<Self> {
        let dist = root().join("ui/dist");
        let page = fs::read_to_string(dist.join("index.html")).context("the interface has not been built")?;
        let engine = "<script type=\"module\" src=\"/pretend/engine.js\"></script>";
        let page = page.replacen("<script", &format!("{engine}<script"), 1);
        let page = move || std::future::ready(Html(page.clone()));
        let mut files = Router::new();
        for path in ["/", "/c/{id}", "/accounts", "/settings", "/search", "/diagnostics"] {
            files = files.route(path, get(page.clone()));
        }
        let files = files
            .nest_service("/pretend", ServeDir::new(root().join("ui/tests/pretend")))
            .fallback_service(ServeDir::new(dist));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, files).await {
                eprintln!("the pretended page: {error}");
            }
        });
        Ok(Self { origin, server })
    }
}

impl Drop for Pretended {
    fn drop(&mut self) {
        self.server.abort();
    }
}
