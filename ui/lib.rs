//! Heliograph's interface: Leptos on wasm, in the desktop window and in a browser alike. It knows the
//! engine only through the model's calls and events.

/// The frame around the pages.
pub mod app;
/// The engine's clock, for countdowns that agree with it.
pub mod clock;
/// What every page may ask without asking the engine again.
pub mod desk;
/// Times, counts and countdowns in words.
pub mod format;
/// The app lock in this window.
pub mod gate;
/// The only file that knows how the engine is reached.
pub mod ipc;
/// What the browser keeps for this window: pane widths, the last sort.
pub mod kept;
/// Every shortcut, in one table.
pub mod keys;
/// Answers that stay fresh, and requests that run once.
pub mod live;
/// One module per page.
pub mod pages;
/// The pieces every page is made of.
pub mod parts;
/// The bar at the side: where to go, and which account.
pub mod rail;
/// Where in the app we are: the address and back.
pub mod route;
/// Light, dark, density.
pub mod theme;
/// Short messages that come and go.
pub mod toast;

/// Mounts the app into `#app`.
pub fn start() {
    std::panic::set_hook(Box::new(|fault| {
        console_error_panic_hook::hook(fault);
        // Nothing of ours runs after a panic: the page itself says so and offers to start again.
        if let Some(root) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element()) {
            let _ = root.set_attribute("data-broken", "");
        }
    }));
    app::mount();
}
