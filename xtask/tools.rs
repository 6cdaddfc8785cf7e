//! Every version and package name that set-up installs, in one place. Crates' versions are in the root
//! `Cargo.toml`, the toolchain's in `rust-toolchain.toml`.

/// The target of the interface.
pub const WASM: &str = "wasm32-unknown-unknown";
/// Drives the real window in tests.
pub const TAURI_DRIVER: &str = "2.1.0";
/// Makes bundles; its npm package carries a ready binary.
pub const TAURI_CLI: &str = "2.12.5";
/// Debian suites whose `rust-src` may be this compiler's, newest last.
pub const RUST_SRC_SUITES: &[&str] = &["trixie-backports", "trixie", "forky", "sid"];

/// Debian packages to compile the engine and the interface.
pub const DEBIAN_BUILD: &[&str] = &[
    "build-essential", // SQLite and the TLS library are C
    "pkg-config",
    "ca-certificates",
    "xz-utils", // unpacks rust-src
];
/// To compile and show the window.
pub const DEBIAN_WINDOW: &[&str] =
    &["libwebkit2gtk-4.1-dev", "libayatana-appindicator3-dev", "librsvg2-dev", "libxdo-dev", "file"];
/// To see the inbox in a browser, with the letters of every script.
pub const DEBIAN_BROWSER: &[&str] = &[
    "chromium",
    "chromium-driver",
    "fonts-inter",
    "fonts-noto-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
];
/// To drive the window without a display, with a session bus and a keychain.
pub const DEBIAN_SESSION: &[&str] = &["xvfb", "dbus-x11", "gnome-keyring", "webkit2gtk-driver"];
/// Brings Tauri's bundler, where Node.js is not there by another way.
pub const DEBIAN_BUNDLE: &[&str] = &["nodejs", "npm"];
