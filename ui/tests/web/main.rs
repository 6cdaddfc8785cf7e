//! Views in a headless browser over the pretend engine: what a person sees after what they do.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

mod copies;
mod coverage;
mod diagnostics;
mod inbox;
mod keyboard;
mod kinds;
mod leaving;
mod lock;
mod more;
mod people;
mod portraits;
mod scene;
mod sending;
mod sign_in;
mod specimens;
mod thread;
mod working;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
