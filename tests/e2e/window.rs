//! The desktop app itself: tauri-driver and WebKitWebDriver, on a screen, a session bus and with a keychain
//! of its own, so that nothing of the person's session is touched.

use crate::at_the_desk::{self, Desk};
use crate::cases::Cases;
use crate::children::{Child, folder, ours, root};
use crate::desktop::{Desktop, Popup};
use crate::drivers::App;
use crate::page::{Page, quoted};
use crate::screen::Screen;
use crate::simulator::Simulator;
use crate::stories::{self, Scene};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Says that we are inside the session we made.
const INSIDE: &str = "HELIOGRAPH_E2E_SESSION";

/// Which stories are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stories {
    /// Of the inbox, as in a browser.
    Inbox,
    /// Of what the window shares with the desktop around it.
    Desk,
}

/// Tells them; answers whether they went well.
pub async fn run(stories: Stories, filter: Option<&str>) -> Result<bool> {
    if !cfg!(target_os = "linux") {
        println!("The real window is driven on Linux only.");
        return Ok(true);
    }
    let order = if stories == Stories::Inbox { "window" } else { "desk" };
    match std::env::var_os(INSIDE) {
        None => session(&[order].into_iter().chain(filter).collect::<Vec<_>>()).await,
        Some(home) => inside(stories, filter, Path::new(&home)).await,
    }
}

/// Whether we are in a session made for the window.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Starts screen and bus, and ourselves once more in them, with these arguments.
pub async fn session(arguments: &[&str]) -> Result<bool> {
    ours("heliograph")?;
    let mut xvfb = Command::new("Xvfb");
    xvfb.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
    let mut screen = Child::start(&mut xvfb, "xvfb")?;
    let number: u32 = screen.line(Duration::from_secs(20), |line| line.trim().parse().ok()).await?;

    let home = tempfile::tempdir()?;
    let at = |name: &str| home.path().join(name);
    for name in ["run", "data", "config", "cache"] {
        fs::create_dir(at(name))?;
    }
    #[cfg(unix)]
    fs::set_permissions(at("run"), <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700))?;
    let mut again = Command::new("dbus-run-session");
    again.arg("--").arg(std::env::current_exe()?).args(arguments).current_dir(root());
    again.env(INSIDE, home.path()).env("DISPLAY", format!(":{number}")).env("HOME", home.path());
    again.env("XDG_RUNTIME_DIR", at("run")).env("XDG_DATA_HOME", at("data"));
    again.env("XDG_CONFIG_HOME", at("config")).env("XDG_CACHE_HOME", at("cache"));
    again.env("HELIOGRAPH_BIN_DIR", ours("heliograph")?.parent().context("no folder")?);
    // Links open in a browser of ours.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = std::iter::once(at_the_desk::browser(home.path())?);
    again.env("PATH", std::env::join_paths(first.chain(std::env::split_paths(&path)))?);
    // A screen without a graphics card is drawn by Mesa in software, whose threads have crashed the web view: paint
    // without it.
    again.env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
    // The bus and what it starts must not find the person's own session.
    for name in ["DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XAUTHORITY", "GNOME_KEYRING_CONTROL"] {
        again.env_remove(name);
    }
    // What the session's own services complain about concerns nobody while all is well.
    let log = folder()?.join("session.log");
    again.stderr(fs::File::create(&log)?);
    let status = tokio::task::spawn_blocking(move || again.status()).await?;
    drop(screen);
    if !matches!(&status, Ok(status) if status.success()) {
        let said = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        println!("The session said at the end:\n{}", lines[lines.len().saturating_sub(15)..].join("\n"));
    }
    Ok(status.context("cannot start dbus-run-session: `cargo xtask setup` installs it")?.success())
}

async fn inside(stories: Stories, filter: Option<&str>, home: &Path) -> Result<bool> {
    unlock_keychain()?;
    let (desktop, screen) = (Desktop::start().await?, Screen::open()?);
    // The person's own data, in the usual place of a home that is ours.
    let mut app = App::start(&[]).await?;
    let page = Page::new(&app.driver);
    let mut cases = Cases::new("window", filter, page.clone());

    // Everything else plays in the demo world, so this one is no case among others.
    page.until_within(Duration::from_secs(40), "the first page", "seen(mark('first-start'))").await?;
    page.click("demo-button").await?;
    page.until_within(
        Duration::from_secs(60),
        "the demo's conversations",
        "marks('conversation-row').length > 5",
    )
    .await
    .with_context(|| app.said())?;
    let simulator = Simulator::at(&app.simulator().await?)?;
    let scene = Scene { page: page.clone(), simulator };
    stories::imported(&page).await?;
    if stories == Stories::Inbox {
        cases.case("the_master_key_is_in_the_keychain", in_keychain(home)).await;
        stories::tell(&mut cases, &scene).await;
        cases.case("a_notification_says_who_wrote", notified(&scene, &desktop)).await;
        cases.case("the_window_is_painted", painted(&page)).await;
    } else {
        let simulator = scene.simulator.clone();
        let desk = Desk { page: page.clone(), simulator, desktop: &desktop, screen: &screen, home };
        at_the_desk::tell(&mut cases, &desk).await;
        let mut was = None;
        let ends = async {
            was = Some(at_the_desk::ends(&page, &desktop, &screen).await?);
            Ok(())
        };
        cases.case("closed_with_the_setting_off_it_ends", ends).await;
        if let Some(was) = was {
            app.quit().await;
            app = App::start(&[]).await?;
            let again = at_the_desk::opens_where_it_was(Page::new(&app.driver), &screen, &was);
            cases.case("it_opens_again_where_it_was", again).await;
        }
    }
    let good = cases.finish();
    if !good {
        println!("heliograph said at the end:\n{}\n", app.said());
    }
    app.quit().await;
    Ok(good)
}

/// A keychain that is open, as after signing in.
pub fn unlock_keychain() -> Result<()> {
    let mut daemon = Command::new("gnome-keyring-daemon");
    daemon
        .args(["--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut daemon =
        daemon.spawn().context("cannot start gnome-keyring-daemon: `cargo xtask setup` installs it")?;
    daemon.stdin.take().context("no input")?.write_all(b"a test's own")?;
    let status = daemon.wait()?;
    ensure!(status.success(), "the keychain does not open: {status}");
    Ok(())
}

async fn in_keychain(home: &Path) -> Result<()> {
    let note = fs::read_to_string(home.join("data/app.heliograph.desktop/inbox/key-home.json"))
        .context("no note of the key's home")?;
    ensure!(note.contains("keychain"), "the key's home is noted as {note}");
    let keyrings = fs::read_dir(home.join("data/keyrings")).context("there is no keyring")?;
    ensure!(
        keyrings.flatten().any(|file| file.path().extension().is_some_and(|e| e == "keyring")),
        "no keyring"
    );
    Ok(())
}

async fn notified(scene: &Scene, desktop: &Desktop) -> Result<()> {
    let text = "Does the copper kettle whistle?";
    scene.page.click_on("the first conversation", "marks('conversation-row')[0]").await?;
    let before = desktop.popups();
    scene.simulator.stranger_says("whatsapp", text).await?;
    // On WhatsApp the name comes with the message, so the list and the notification say the same.
    let name = format!("shown({}).querySelector('.row-name').textContent", quoted(text));
    let name = scene.page.until("who wrote it", &name).await?;
    let name = name.as_str().context("a name")?;
    // When many write at once, one notification stands for all and names them.
    let says = |popup: &Popup| {
        [&popup.title, &popup.body].iter().any(|words| words.contains(text) || words.contains(name))
    };
    desktop.until("who wrote", |told| told.popups.iter().skip(before).any(says).then_some(())).await
}

/// A blank web view has the same colour everywhere.
async fn painted(page: &Page) -> Result<()> {
    let path = folder()?.join("window.png");
    page.picture(&path).await?;
    let size = fs::metadata(&path)?.len();
    if size < 20_000 {
        bail!("the picture of the window has only {size} bytes: {}", path.display());
    }
    Ok(())
}
