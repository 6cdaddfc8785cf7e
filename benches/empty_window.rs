//! An empty Tauri window: what a start of the app is measured against (`heliograph-e2e start`). The app's own web
//! view and window, and a page that says one word and notes when it was drawn.

use std::borrow::Cow;
use tauri::{
    Assets, WebviewWindowBuilder, Wry,
    utils::assets::{AssetKey, AssetsIter, CspHash},
};

/// The page. It notes its first frame under the name the inbox's list uses.
struct Empty;

impl Assets<Wry> for Empty {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        let page = match key.as_ref().trim_start_matches('/') {
            "index.html" => {
                "<!doctype html><title>Empty</title><p>Empty</p><script src=\"/note.js\"></script>"
            }
            "note.js" => "requestAnimationFrame(() => performance.mark('list'));",
            _ => return None,
        };
        Some(page.as_bytes().into())
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .setup(|app| {
            let config = app.config().app.windows.first().cloned().unwrap_or_default();
            WebviewWindowBuilder::from_config(app, &config)?.visible(true).build()?;
            Ok(())
        })
        .run(tauri::generate_context!(assets = Empty))
}
