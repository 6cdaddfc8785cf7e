//! Every version and package name that set-up installs, in one place.

/// The target of the interface.
pub const WASM: &str = "wasm32-unknown-unknown";
/// Drives the real window in tests.
pub const TAURI_DRIVER: &str = "2.1.0";
/// Makes bundles; its npm package carries a ready binary.
pub const TAURI_CLI: &str = "2.12.5";

/// Debian packages to compile the engine and the interface.
pub const DEBIAN_BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "ca-certificates",
    "xz-utils",
    "file",
];
/// To compile and show the window.
pub const DEBIAN_WINDOW: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
];
/// To look at it without a display, and as a person would.
pub const DEBIAN_TEST: &[&str] = &[
    "xvfb",
    "dbus-x11",
    "gnome-keyring",
    "webkit2gtk-driver",
    "chromium",
    "chromium-driver",
    "fonts-noto-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
];
/// Shrinks the interface of a release.
pub const DEBIAN_RELEASE: &[&str] = &["binaryen"];
