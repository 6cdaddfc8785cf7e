//! Files leave the app: saved where the person says, or dragged out. The browser downloads them itself; the
//! desktop asks where to.

use crate::{ipc, toast::toasts};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, HtmlAnchorElement};

/// Saves the file of this content hash under a name.
pub fn save(file: &str, name: &str) {
    if ipc::on_desktop() {
        let (file, name, toasts) = (file.to_owned(), name.to_owned(), toasts());
        spawn_local(async move {
            match ipc::save_file(&file, &name).await {
                Ok(true) => toasts.say(format!("Saved {name}")),
                Ok(false) => {}
                Err(problem) => toasts.problem(&problem),
            }
        });
        return;
    }
    let anchor = document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(anchor) = anchor {
        anchor.set_href(&ipc::media_url(file));
        anchor.set_download(name);
        anchor.click();
    }
}

/// Says what is dragged, so that it can be dropped as a file outside. Where a web view knows no such thing, the
/// address is dragged, which other programs cannot open: no harm is done.
pub fn drag_out(e: &DragEvent, file: &str, name: &str, mime: &str) {
    let Some(data) = e.data_transfer() else { return };
    let url = ipc::media_url(file);
    let whole = match url.strip_prefix('/') {
        Some(path) => format!("{}/{path}", window().location().origin().unwrap_or_default()),
        None => url,
    };
    let mime = if mime.is_empty() { "application/octet-stream" } else { mime };
    let name = if name.is_empty() { "file" } else { name };
    let _ = data.set_data("DownloadURL", &format!("{mime}:{name}:{whole}"));
    let _ = data.set_data("text/uri-list", &whole);
    data.set_effect_allowed("copy");
}
