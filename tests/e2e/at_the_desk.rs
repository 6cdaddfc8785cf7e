//! What the window shares with the desktop around it: notifications, tray, dock, a second start, windows beside it,
//! the lock of the screen, links that leave, the start at sign-in.

use crate::cases::Cases;
use crate::children::ours;
use crate::desktop::Desktop;
use crate::page::{Page, quoted};
use crate::screen::{Screen, Shown};
use crate::simulator::Simulator;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where the stories play.
pub struct Desk<'a> {
    pub page: Page,
    pub simulator: Simulator,
    pub desktop: &'a Desktop,
    pub screen: &'a Screen,
    /// The person's own folder.
    pub home: &'a Path,
}

/// The name under which the app of the usual data is known on the bus.
pub const FIRST: &str = "app.heliograph.desktop.SingleInstance";

/// What comes within ten seconds is one burst, for which one notification may stand.
const BURST: Duration = Duration::from_secs(11);

/// All of them, in an order in which each leaves the window on the screen.
pub async fn tell(cases: &mut Cases, desk: &Desk<'_>) {
    // Nobody but who a story lets write.
    let hushed = async {
        desk.simulator.settings(&json!({"busy": "false"})).await?;
        desk.desktop.calm(BURST).await;
        Ok(())
    };
    cases.case("the_people_of_the_demo_fall_silent", hushed).await;
    cases
        .case("a_notification_says_who_wrote_and_the_next_takes_its_place", desk.in_front(desk.notified()))
        .await;
    cases
        .case("nothing_is_said_of_what_is_on_screen", desk.in_front(desk.quiet_about_the_thread_in_front()))
        .await;
    cases
        .case("a_failed_send_is_said_and_stays_until_somebody_looks", desk.in_front(desk.told_of_trouble()))
        .await;
    cases.case("tray_and_dock_count_what_is_unread", desk.in_front(desk.counts_unread())).await;
    cases
        .case(
            "closed_to_the_tray_it_goes_on_receiving_and_a_click_leads_back",
            desk.in_front(desk.closed_to_tray()),
        )
        .await;
    cases.case("a_second_start_and_the_tray_bring_the_window_back", desk.in_front(desk.comes_back())).await;
    cases.case("a_conversation_in_a_window_of_its_own", desk.in_front(desk.popped_out())).await;
    cases.case("a_link_opens_outside_after_its_scheme_was_checked", desk.in_front(desk.opens_links())).await;
    cases.case("the_start_at_sign_in_follows_the_setting", desk.in_front(desk.starts_at_sign_in())).await;
    cases.case("the_app_locks_with_the_screen", desk.in_front(desk.locks_with_the_screen())).await;
    cases.case("a_sign_in_that_died_is_said", desk.in_front(desk.told_of_a_dead_sign_in())).await;
}

impl Desk<'_> {
    /// Somebody new writes, and their row can be seen.
    async fn stranger(&self, channel: &str, text: &str) -> Result<String> {
        let person = self.simulator.stranger_says(channel, text).await?;
        self.page.until("the message in the list", &format!("seen(shown({}))", quoted(text))).await?;
        Ok(person)
    }

    /// Out of the tray, wherever the story before left it.
    async fn in_front(&self, story: impl Future<Output = Result<()>>) -> Result<()> {
        if self.screen.windows()?.is_empty() {
            self.desktop.choose("Open").await?;
        }
        self.screen.until_shown(1).await?;
        self.page.until("the inbox", "seen(mark('conversation-list'))").await?;
        story.await
    }

    /// Another conversation than any of ours in front.
    async fn look_elsewhere(&self) -> Result<()> {
        self.stranger("messenger", "Just looking, thank you").await?;
        self.page.open("Just looking, thank you").await
    }

    async fn setting(&self, section: &str, name: &str, on: bool) -> Result<()> {
        let mut settings = self.page.ask("GetSettings", json!({})).await?;
        settings[section][name] = Value::from(on);
        self.page.ask("SaveSettings", json!({"settings": settings})).await?;
        Ok(())
    }

    async fn notified(&self) -> Result<()> {
        self.look_elsewhere().await?;
        let (first, second) = ("Does the copper kettle whistle?", "And is it heavy?");
        let before = self.desktop.popups();
        let person = self.stranger("whatsapp", first).await?;
        let popup = self.desktop.popup(before, first).await?;
        let name = format!("row({}).querySelector('.row-name').textContent", quoted(first));
        let name = self.page.until("who wrote it", &name).await?;
        ensure!(popup.title.contains(name.as_str().unwrap_or_default()), "{popup:?} names nobody");
        self.simulator.says("whatsapp", &person, second).await?;
        let next = self.desktop.popup(before + 1, second).await?;
        ensure!(next.replaces == popup.id && next.id == popup.id, "{next:?} stands beside {popup:?}");
        ensure!(next.body.contains(first), "{next:?} has forgotten the first message");
        // It goes when its conversation is opened.
        self.page.open(second).await?;
        self.desktop.until("the end of it", |told| told.closed.contains(&popup.id).then_some(())).await
    }

    async fn quiet_about_the_thread_in_front(&self) -> Result<()> {
        self.desktop.calm(BURST).await;
        let (first, second, elsewhere) = ("Is the kettle red?", "Or rather blue?", "Do you sell lids too?");
        let person = self.stranger("messenger", first).await?;
        self.page.open(first).await?;
        let before = self.desktop.popups();
        self.simulator.says("messenger", &person, second).await?;
        self.page.until("it in the thread", &format!("seen(bubble({}))", quoted(second))).await?;
        // What came after it is said, so it was passed over.
        self.stranger("messenger", elsewhere).await?;
        self.desktop.popup(before, elsewhere).await?;
        ensure!(!self.desktop.said(before, second), "a notification told of the thread in front");
        Ok(())
    }

    async fn told_of_trouble(&self) -> Result<()> {
        let (question, answer) = ("Which oven is it for?", "For every oven that we know.");
        self.stranger("messenger", question).await?;
        self.page.open(question).await?;
        self.simulator.fault("10", 1, "POST messages said").await?;
        let before = self.desktop.popups();
        let windows = self.screen.until_shown(1).await?;
        self.page.reply(answer).await?;
        // Out of sight before it fails.
        self.screen.close(&windows[0])?;
        self.screen.until_shown(0).await?;
        let popup = self.desktop.popup(before, "Not sent to").await?;
        ensure!(popup.urgency == 2, "{popup:?} goes by itself");
        self.desktop.click(popup.id).await?;
        self.screen.until_shown(1).await?;
        self.page.status(answer, &["failed"]).await
    }

    async fn told_of_a_dead_sign_in(&self) -> Result<()> {
        let accounts = self.page.ask("ListAccounts", json!({})).await?;
        let accounts = accounts.as_array().context("no accounts")?;
        let healthy = |a: &&Value| a["channel"] == "instagram" && a["health"]["problem"].is_null();
        let account = accounts.iter().find(healthy).context("no Instagram account is well")?;
        let (name, key) = (account["name"].as_str(), account["meta_id"].as_str());
        let before = self.desktop.popups();
        self.simulator.sign_in_dies(key.context("no id")?).await?;
        // Its answer is the same news.
        let _ = self.page.ask("CheckAccount", json!({"account": account["id"]})).await;
        let popup = self.desktop.popup(before, name.context("no name")?).await?;
        ensure!(popup.urgency == 2 && !popup.body.is_empty(), "{popup:?} says too little");
        Ok(())
    }

    async fn counts_unread(&self) -> Result<()> {
        self.look_elsewhere().await?;
        let quiet = self.count_agrees().await?;
        let icon = self.desktop.tray_icon().await?;
        ensure!(Path::new(&icon).is_file(), "the tray icon {icon} is no file");
        let text = "How many are in a box?";
        self.stranger("instagram", text).await?;
        self.count_is(quiet + 1).await?;
        let words = format!("{} unread", quiet + 1);
        until("the number in the tray's menu", || async {
            Ok(self.desktop.tray_menu().await?.iter().any(|line| line.contains(&words)))
        })
        .await?;
        self.page.open(text).await?;
        self.count_is(quiet).await
    }

    /// How many are unread, once tray and dock agree with the engine.
    async fn count_agrees(&self) -> Result<i64> {
        let counts = self.page.ask("CountConversations", json!({})).await?;
        let unread = counts["all"]["unread"].as_i64().context("no count")?;
        self.count_is(unread).await?;
        Ok(unread)
    }

    async fn count_is(&self, unread: i64) -> Result<()> {
        self.desktop
            .until("the number in the dock", |told| (told.badge == Some(unread)).then_some(()))
            .await?;
        let label = if unread == 0 { String::new() } else { unread.to_string() };
        until("the number beside the tray icon", || async { Ok(self.desktop.tray_label().await? == label) })
            .await
    }

    async fn closed_to_tray(&self) -> Result<()> {
        self.desktop.calm(BURST).await;
        let (first, second) = ("Can it go in the dishwasher?", "The lid as well?");
        let person = self.stranger("messenger", first).await?;
        self.page.open(first).await?;
        let windows = self.screen.until_shown(1).await?;
        self.screen.close(&windows[0])?;
        self.screen.until_shown(0).await?;
        // The conversation is open in a window that nobody sees.
        let before = self.desktop.popups();
        self.simulator.says("messenger", &person, second).await?;
        let popup = self.desktop.popup(before, second).await?;
        self.desktop.click(popup.id).await?;
        self.screen.until_shown(1).await?;
        self.page.until("it in the thread", &format!("seen(bubble({}))", quoted(second))).await?;
        // Looked at again, it is read.
        let read = format!("row({0}) && !row({0}).classList.contains('unread')", quoted(second));
        self.page.until("the mark gone", &read).await?;
        Ok(())
    }

    async fn comes_back(&self) -> Result<()> {
        let hidden = async || -> Result<()> {
            let windows = self.screen.until_shown(1).await?;
            self.screen.close(&windows[0])?;
            self.screen.until_shown(0).await.map(|_| ())
        };
        hidden().await?;
        self.desktop.choose("Open").await?;
        self.screen.until_shown(1).await?;
        hidden().await?;
        let program = ours("heliograph")?;
        let second =
            tokio::task::spawn_blocking(move || std::process::Command::new(program).status()).await??;
        ensure!(second.success(), "the second start ended with {second}");
        self.screen.until_shown(1).await?;
        Ok(())
    }

    async fn popped_out(&self) -> Result<()> {
        self.desktop.calm(BURST).await;
        let (first, second) = ("Is it safe for induction?", "I mean the small one.");
        let person = self.stranger("messenger", first).await?;
        self.page.open(first).await?;
        self.page.invoke("open_alone", json!({"conversation": self.open_conversation().await?})).await?;
        let windows = self.screen.until_shown(2).await?;
        let alone = self
            .screen
            .until("a title that says whose it is", |all| {
                all.iter().find(|w| !w.title.is_empty() && !w.title.contains("Heliograph")).cloned()
            })
            .await?;
        self.look_elsewhere().await?;
        self.screen.close(&alone)?;
        let left = self.screen.until_shown(1).await?;
        ensure!(left[0].id != alone.id && windows.iter().any(|w| w.id == left[0].id), "the wrong one closed");
        // Nobody looks at a window that is gone.
        let before = self.desktop.popups();
        self.simulator.says("messenger", &person, second).await?;
        self.desktop.popup(before, second).await?;
        Ok(())
    }

    async fn open_conversation(&self) -> Result<i64> {
        let path = self.page.now("location.pathname").await?;
        let id =
            path.as_str().and_then(|path| path.strip_prefix("/c/")).context("no conversation is open")?;
        Ok(id.parse()?)
    }

    async fn opens_links(&self) -> Result<()> {
        let opened = self.home.join("opened");
        self.page.invoke("open_link", json!({"url": "https://example.org/care?of=copper"})).await?;
        until("the link in the browser", || async {
            Ok(fs::read_to_string(&opened).is_ok_and(|o| o == "https://example.org/care?of=copper\n"))
        })
        .await?;
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "tauri://localhost/"] {
            let refused = self.page.invoke("open_link", json!({"url": bad})).await;
            ensure!(refused.is_err(), "{bad} was opened");
        }
        // Nor is the window led anywhere by a page's own means.
        self.page
            .now("(window.open('https://example.org/b'), location.assign('https://example.org/c'), 1)")
            .await?;
        self.page
            .until("the inbox still", "location.protocol === 'tauri:' && seen(mark('conversation-list'))")
            .await?;
        ensure!(fs::read_to_string(&opened)?.lines().count() == 1, "something else was opened");
        Ok(())
    }

    async fn starts_at_sign_in(&self) -> Result<()> {
        let entry = self.home.join(".config/autostart/Heliograph.desktop");
        ensure!(!entry.exists(), "there is an entry before anybody wished for one");
        self.setting("window", "start_at_login", true).await?;
        let program = ours("heliograph")?.canonicalize()?;
        let command = format!("Exec={} --at-login", program.display());
        until("the entry", || async {
            Ok(fs::read_to_string(&entry).is_ok_and(|text| text.lines().any(|line| line == command)))
        })
        .await?;
        self.setting("window", "start_at_login", false).await?;
        until("the end of the entry", || async { Ok(!entry.exists()) }).await
    }

    async fn locks_with_the_screen(&self) -> Result<()> {
        self.page.ask("SetLock", json!({"kind": "pin", "words": "271828", "current": null})).await?;
        for (n, by) in ["the screen saver", "the session"].into_iter().enumerate() {
            if n == 0 {
                self.desktop.screen_saver(true).await?
            } else {
                self.desktop.lock_session().await?
            }
            self.page.until(&format!("the lock, set by {by}"), "seen(mark('locked'))").await?;
            self.page.mark("unlock-words").await?.send_keys("271828").await?;
            self.page.click("unlock").await?;
            self.page.until("the inbox again", "!mark('locked') && seen(mark('conversation-list'))").await?;
        }
        self.page.ask("RemoveLock", json!({"current": "271828"})).await?;
        Ok(())
    }
}

/// Closes the window for good, with the setting off: the process ends, and says where the window was.
pub async fn ends(page: &Page, desktop: &Desktop, screen: &Screen) -> Result<Shown> {
    let mut settings = page.ask("GetSettings", json!({})).await?;
    settings["window"]["close_to_tray"] = Value::from(false);
    page.ask("SaveSettings", json!({"settings": settings})).await?;
    let window = screen.until_shown(1).await?.remove(0);
    screen.put(&window, (60, 40), (1010, 700))?;
    let moved = screen
        .until("the window where it was dragged", |all| {
            all.iter().find(|w| w.place == (60, 40) && w.size == (1010, 700)).cloned()
        })
        .await?;
    screen.close(&moved)?;
    screen.until_shown(0).await?;
    desktop.until_gone(FIRST).await?;
    Ok(moved)
}

/// Started again, it is where it was closed.
pub async fn opens_where_it_was(page: Page, screen: &Screen, was: &Shown) -> Result<()> {
    let same = |all: &[Shown]| all.iter().any(|w| w.place == was.place && w.size == was.size).then_some(());
    screen.until("the window in its old place", same).await?;
    page.until("the inbox", "marks('conversation-row').length > 5").await?;
    Ok(())
}

/// A browser that notes what it is asked to open; answers the folder it stands in.
pub fn browser(home: &Path) -> Result<PathBuf> {
    let folder = home.join("bin");
    fs::create_dir_all(&folder)?;
    let program = folder.join("xdg-open");
    fs::write(
        &program,
        format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\n", home.join("opened").display()),
    )?;
    #[cfg(unix)]
    fs::set_permissions(&program, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755))?;
    Ok(folder)
}

/// Waits for something that nobody tells of.
async fn until<F: Future<Output = Result<bool>>>(what: &str, mut come: impl FnMut() -> F) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    while !come().await? {
        ensure!(Instant::now() < end, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
