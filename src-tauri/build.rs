//! Runs tauri-build when the desktop feature is on.

fn main() {
    // A new migration must rebuild the engine, and an edited capability the app.
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/build.rs");
}
