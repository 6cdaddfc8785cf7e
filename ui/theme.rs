//! Light, dark and density, as attributes of the root element; the tokens do the rest.

use crate::kept;
use heliograph_model::{Density, Settings, Theme};
use leptos::prelude::*;

/// Puts the chosen appearance on the page and keeps it, so that the next start does not flash.
pub fn apply(settings: &Settings) {
    let theme = match settings.appearance.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let density = match settings.appearance.density {
        Density::Normal => "normal",
        Density::Compact => "compact",
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
        let _ = root.set_attribute("data-density", density);
    }
    kept::set("theme", theme);
    kept::set("density", density);
}

/// The height of a list row in pixels; the style sheet has the same two figures.
#[must_use]
pub const fn row_height(density: Density) -> f64 {
    match density {
        Density::Normal => 64.0,
        Density::Compact => 52.0,
    }
}
