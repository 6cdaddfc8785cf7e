//! What a person does all day, told once for the browser and the window. Each story brings people of its
//! own, so the demo world may go on writing meanwhile.

use crate::cases::Cases;
use crate::page::{Page, quoted};
use crate::simulator::Simulator;
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// Where the stories play.
#[derive(Clone)]
pub struct Scene {
    pub page: Page,
    pub simulator: Simulator,
}

/// A send that Meta took.
const TAKEN: &[&str] = &["sent", "delivered", "read"];

/// Waits for the end of the demo world's import, which is usable meanwhile but moves the list.
pub async fn imported(page: &Page) -> Result<()> {
    page.until_within(
        Duration::from_secs(120),
        "the end of the import",
        "(() => {
            const reading = says(document.body, 'conversations so far');
            if (reading || marks('conversation-row').length < 6) { window.quietSince = 0; return false; }
            window.quietSince = window.quietSince || performance.now();
            return performance.now() - window.quietSince > 3000;
        })()",
    )
    .await?;
    Ok(())
}

/// All of them, in an order in which each leaves the inbox open.
pub async fn tell(cases: &mut Cases, scene: &Scene) {
    cases.case("the_inbox_opens_with_its_conversations", scene.in_the_inbox(scene.opens())).await;
    cases.case("a_message_appears_by_itself", scene.in_the_inbox(scene.receives())).await;
    cases.case("reading_clears_the_unread_mark", scene.in_the_inbox(scene.reads())).await;
    cases.case("a_word_is_found_and_opens_at_its_message", scene.in_the_inbox(scene.searches())).await;
    cases.case("a_reply_leaves_once_and_gets_its_tick", scene.in_the_inbox(scene.replies())).await;
    cases
        .case("a_reply_whose_answer_is_lost_is_not_sent_twice", scene.in_the_inbox(scene.loses_an_answer()))
        .await;
    cases
        .case(
            "a_refused_reply_says_so_and_goes_at_the_second_attempt",
            scene.in_the_inbox(scene.is_refused()),
        )
        .await;
    cases.case("a_draft_survives_a_reload", scene.in_the_inbox(scene.drafts())).await;
    cases.case("everything_opens_by_keyboard", scene.in_the_inbox(scene.types())).await;
}

impl Scene {
    /// Strangers write on every channel before the import is over: each is in the list soon after.
    pub async fn hears_during_the_import(&self) -> Result<()> {
        for channel in ["instagram", "messenger", "whatsapp"] {
            let words = format!("I write on {channel} while you read");
            self.simulator.stranger_says(channel, &words).await?;
            let row = format!("marks('conversation-row').some(row => says(row, {}))", quoted(&words));
            self.page.until("the stranger's row", &row).await?;
        }
        Ok(())
    }

    /// A story that failed elsewhere must not spoil the next.
    async fn in_the_inbox(&self, story: impl Future<Output = Result<()>>) -> Result<()> {
        self.page.now("document.querySelector(\"a[href='/']\")?.click()").await?;
        self.page
            .until("the inbox", "seen(mark('conversation-list')) && marks('conversation-row').length > 0")
            .await?;
        story.await
    }

    async fn opens(&self) -> Result<()> {
        let page = &self.page;
        page.until("a list of conversations", "marks('conversation-row').filter(seen).length > 5").await?;
        page.click_on("the first conversation", "marks('conversation-row')[0]").await?;
        page.until("its thread", "seen(mark('thread')) && marks('bubble').length > 0").await?;
        page.until(
            "a place to answer, or why there is none",
            "seen(mark('composer')) || seen(mark('composer-closed'))",
        )
        .await?;
        Ok(())
    }

    async fn receives(&self) -> Result<()> {
        let (first, second) = ("Are the blue lanterns back in stock?", "I would take three of them.");
        let person = self.simulator.stranger_says("messenger", first).await?;
        self.page.until("a new conversation in the list", &format!("seen(shown({}))", quoted(first))).await?;
        self.page.open(first).await?;
        self.simulator.says("messenger", &person, second).await?;
        self.page
            .until("the next message in the open thread", &format!("seen(bubble({}))", quoted(second)))
            .await?;
        let (top, kept) = (quoted(second), quoted(first));
        self.page.until("its words in the list", &format!("seen(row({top})) && !row({kept})")).await?;
        Ok(())
    }

    async fn reads(&self) -> Result<()> {
        let text = "Quick question about the brass hinges";
        self.simulator.stranger_says("instagram", text).await?;
        let row = format!("shown({})", quoted(text));
        self.page.until("an unread conversation", &format!("{row}.classList.contains('unread')")).await?;
        self.page.open(text).await?;
        self.page.until("the mark gone", &format!("{row} && !{row}.classList.contains('unread')")).await?;
        Ok(())
    }

    async fn searches(&self) -> Result<()> {
        let text = "Do you ship amaryllis bulbs to Trondheim?";
        self.simulator.stranger_says("whatsapp", text).await?;
        self.page.until("the message in the list", &format!("seen(shown({}))", quoted(text))).await?;
        self.page.leave_fields().await?;
        self.page.press("/").await?;
        self.page
            .until("the search page", "location.pathname === '/search' && seen(mark('search-field'))")
            .await?;
        self.page
            .until("the cursor in it", "document.activeElement && document.activeElement.tagName === 'INPUT'")
            .await?;
        self.page.press("amarylli").await?;
        self.page.until("a hit", "seen(mark('search-hit')) && says(mark('search-hit'), 'amaryllis')").await?;
        self.page.click_on("the hit", "mark('search-hit')").await?;
        self.page.until("the message in its thread", &format!("seen(bubble({}))", quoted(text))).await?;
        Ok(())
    }

    async fn replies(&self) -> Result<()> {
        let (question, answer) = ("Can I pick it up on Saturday?", "Yes, we are open until six on Saturday.");
        self.simulator.stranger_says("messenger", question).await?;
        self.page.open(question).await?;
        self.page.reply(answer).await?;
        self.page.until("the reply in the thread", &format!("seen(bubble({}))", quoted(answer))).await?;
        self.page.until("an empty composer", "mark('composer').value === ''").await?;
        self.page.status(answer, TAKEN).await?;
        ensure!(self.simulator.sent(answer).await? == 1, "Meta does not hold the reply exactly once");
        Ok(())
    }

    async fn loses_an_answer(&self) -> Result<()> {
        let (question, answer) = ("Is the green one available?", "The green one ships tomorrow.");
        self.simulator.stranger_says("messenger", question).await?;
        self.page.open(question).await?;
        self.simulator.fault("dead_after_delivery", 1, "POST messages").await?;
        self.page.reply(answer).await?;
        self.page.status(answer, TAKEN).await?;
        ensure!(self.simulator.sent(answer).await? == 1, "Meta does not hold the reply exactly once");
        Ok(())
    }

    async fn is_refused(&self) -> Result<()> {
        let (question, answer) = ("Could you send the invoice again?", "The invoice is on its way.");
        self.simulator.stranger_says("messenger", question).await?;
        self.page.open(question).await?;
        self.simulator.fault("10", 1, "POST messages said").await?;
        self.page.reply(answer).await?;
        self.page.status(answer, &["failed"]).await?;
        let again = format!("bubble({}).querySelector(\"[data-test='retry']\")", quoted(answer));
        self.page.click_on("a button that tries again", &again).await?;
        self.page.status(answer, TAKEN).await?;
        ensure!(self.simulator.sent(answer).await? == 1, "Meta does not hold the reply exactly once");
        Ok(())
    }

    async fn drafts(&self) -> Result<()> {
        let (question, draft) = ("What are the measures of the crate?", "It measures forty by");
        self.simulator.stranger_says("messenger", question).await?;
        self.page.open(question).await?;
        let composer = self.page.mark("composer").await?;
        composer.send_keys(draft).await?;
        // Written words are kept at the latest when the cursor leaves.
        self.page
            .click_on(
                "another conversation",
                "marks('conversation-row').find((r) => r.getAttribute('aria-selected') !== 'true')",
            )
            .await?;
        self.page.click_on("the conversation with the draft", &format!("shown({})", quoted(draft))).await?;
        self.page.until("its thread", &format!("seen(bubble({}))", quoted(question))).await?;
        self.page.driver.refresh().await?;
        self.page
            .until("the draft after a reload", &format!("mark('composer').value === {}", quoted(draft)))
            .await?;
        self.page.mark("composer").await?.clear().await.context("the draft cannot be cleared")?;
        Ok(())
    }

    async fn types(&self) -> Result<()> {
        let page = &self.page;
        page.leave_fields().await?;
        page.press_with_control("k").await?;
        page.until("the palette", "seen(mark('palette'))").await?;
        page.press("\u{e00c}").await?;
        page.until("no palette", "!seen(mark('palette'))").await?;
        page.leave_fields().await?;
        page.press("?").await?;
        page.until("the sheet of shortcuts", "all('dialog').some((d) => seen(d) && says(d, 'Shortcuts'))")
            .await?;
        page.press("\u{e00c}").await?;
        page.until("no sheet", "!all('dialog').some((d) => seen(d) && says(d, 'Shortcuts'))").await?;
        page.leave_fields().await?;
        page.press("ga").await?;
        page.until("the accounts", "location.pathname === '/accounts' && seen(mark('accounts'))").await?;
        page.leave_fields().await?;
        page.press("gs").await?;
        page.until("the settings", "location.pathname === '/settings' && seen(mark('settings'))").await?;
        page.leave_fields().await?;
        page.press("gi").await?;
        page.until("the inbox", "seen(mark('conversation-list')) && marks('conversation-row').length > 0")
            .await?;
        page.press("j").await?;
        page.until(
            "a chosen row",
            "marks('conversation-row').some((r) => r.getAttribute('aria-selected') === 'true')",
        )
        .await?;
        Ok(())
    }
}
