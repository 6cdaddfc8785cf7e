//! Runs tauri-build when the desktop feature is on, and says what a new build depends on.

fn main() {
    // A new migration must rebuild the engine, and an edited capability the app.
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/build.rs");
    // A release carries the interface inside; a debug build reads the folder each time.
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release && std::path::Path::new("ui/dist").exists() {
        println!("cargo:rerun-if-changed=ui/dist");
    }
    #[cfg(feature = "desktop")]
    desktop();
}

#[cfg(feature = "desktop")]
fn desktop() {
    // The commands of the desktop: each needs a permission of its own in the capability.
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "view",
        "open_link",
        "open_alone",
        "start",
        "unlock",
        "upload",
        "save_file",
        "open_sign_in",
        "save_bundle",
        "choose_place",
        "choose_backup",
    ]);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
