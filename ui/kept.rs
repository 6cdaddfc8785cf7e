//! What the browser keeps for this window: pane widths, the chosen sort. Convenience only: a missing
//! or foreign value falls back.

fn storage() -> Option<web_sys::Storage> {
    // Tests of what is pure run without a browser.
    if cfg!(not(target_arch = "wasm32")) {
        return None;
    }
    web_sys::window()?.local_storage().ok()?
}

/// The value kept under `name`.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(&format!("heliograph.{name}")).ok()?
}

/// Keeps `value` under `name`.
pub fn set(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("heliograph.{name}"), value);
    }
}

/// A number kept under `name`, inside `least..=most`.
#[must_use]
pub fn number(name: &str, otherwise: f64, least: f64, most: f64) -> f64 {
    // Read by the browser: Rust's own reading of fractions would be a twentieth of the interface's data, for this alone.
    get(name)
        .map(|v| js_sys::parse_float(&v))
        .filter(|n| n.is_finite())
        .unwrap_or(otherwise)
        .clamp(least, most)
}
