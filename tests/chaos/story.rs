//! One seed's story: eleven lives of a desk in a bad world. Every choice is drawn from the seed; time moves only here.

use crate::{
    agent::Asked,
    desk::{Answer, Desk, Trouble},
    people::Said,
    process::Start,
    settle,
};
use engine::{
    config::BURST,
    model::{
        AccountId, Channel, ConversationId, Discovery, ImportState, Login, MetaAccountId, MetaApp,
        SecretText, Settings, Timestamp,
        call::{self, Request},
    },
    vault::MasterKey,
};
use heliograph_simulator::{self as simulator, Chance, Simulator, WebhookBehaviour, WebhookTarget};
use sqlx::{Connection, SqliteConnection};
use std::{future::Future, path::PathBuf, pin::pin, time::Duration};

/// How often the desk is killed.
const KILLS: u64 = 10;
/// When the story begins, in unix milliseconds.
const BEGINNING: i64 = 1_790_000_000_000;
/// While somebody waits, time runs this fast: so many milliseconds of the story in each of ours.
const STEP: (Duration, i64) = (Duration::from_millis(4), 400);
/// Nothing takes longer than this on loopback.
const PATIENCE: Duration = Duration::from_secs(90);

/// An account of ours, here and at Meta's side.
#[derive(Debug, Clone)]
pub struct Account {
    pub channel: Channel,
    pub id: AccountId,
    pub meta_id: String,
}

/// Somebody who writes to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talker {
    /// The place of the account.
    pub account: usize,
    pub person: String,
    pub blocked: bool,
}

/// A seed's story while it is told.
pub struct Story {
    pub seed: u64,
    pub chance: Chance,
    pub meta: Simulator,
    pub folder: PathBuf,
    key: MasterKey,
    desk: Option<Desk>,
    /// By how much the desk's clock is wrong in this life.
    ahead: i64,
    pub accounts: Vec<Account>,
    pub talkers: Vec<Talker>,
    pub said: Vec<Said>,
    pub asked: Vec<Asked>,
    /// Titles of taps that leave a line, by account and person.
    pub taps: Vec<(Talker, String)>,
    /// What happened, for whoever has to understand a failure.
    pub diary: Vec<String>,
}

/// Tells the story of `seed` in `folder`; what is not as it should be in the end.
pub async fn tell(seed: u64, folder: PathBuf) -> Vec<String> {
    let mut story = Story::begin(seed, folder).await;
    for life in 0..KILLS {
        story.weather(life);
        if life > 0 {
            story.open().await;
        }
        story.ask_again().await;
        for _ in 0..story.chance.between(7, 12) {
            let step = story.chance.between(1_200, 15_000);
            story.pass(step as i64).await;
            if story.chance.percent(58) { story.people_act() } else { story.agent_acts().await }
        }
        if story.chance.percent(40) {
            let long = story.chance.between(30, 250);
            story.flow(Duration::from_millis(long)).await;
        }
        story.die().await;
        for _ in 0..story.chance.below(3) {
            story.pass(2_500).await;
            story.people_act();
        }
        let night = match story.chance.below(20) {
            0 => 25 * 3_600_000,
            1..4 => 30 * 60_000,
            _ => story.chance.between(1_000, 120_000) as i64,
        };
        story.pass(night).await;
    }
    story.meta.clear_faults();
    story.meta.set_webhook_behaviour(WebhookBehaviour { attempts: 500, ..WebhookBehaviour::default() });
    story.open().await;
    let findings = match settle::settle(&mut story).await {
        Ok(()) => crate::reckon::reckon(&mut story).await,
        Err(why) => vec![why],
    };
    if !findings.is_empty() {
        let report = format!("{}\n\nWhat happened:\n{}\n", findings.join("\n"), story.diary.join("\n"));
        let _ = std::fs::write(story.folder.join("report.txt"), report);
    }
    drop(story.desk.take());
    story.meta.stop().await;
    findings
}

impl Story {
    async fn begin(seed: u64, folder: PathBuf) -> Self {
        let meta = simulator::start(simulator::Options {
            seed,
            people: 9,
            messages: 40,
            start_at_ms: Some(BEGINNING),
            ..simulator::Options::default()
        })
        .await
        .expect("the simulator starts");
        let mut story = Self {
            seed,
            chance: Chance::new(seed ^ 0xc4a0_5000),
            meta,
            folder,
            key: MasterKey::random(),
            desk: None,
            ahead: 0,
            accounts: Vec::new(),
            talkers: Vec::new(),
            said: Vec::new(),
            asked: Vec::new(),
            taps: Vec::new(),
            diary: Vec::new(),
        };
        // Oddities that Meta has for good.
        for (oddity, percent) in [("third_own_id", 30), ("no_shares", 30), ("reduce_data", 20)] {
            if story.chance.percent(percent) {
                story.meta.fault(oddity, None, None);
            }
        }
        story.open().await;
        let mut settings: Settings = story.must(&call::GetSettings {}).await;
        settings.sending.undo_seconds = if story.chance.percent(30) { 5 } else { 0 };
        settings.sending.knows_human_agent = true;
        story.must(&call::SaveSettings { settings }).await;
        for channel in Channel::ALL {
            let meta_id = story.sim(channel).meta_id;
            let id = story.connect(channel).await.expect("it connects on a good day");
            story.accounts.push(Account { channel, id, meta_id });
        }
        for account in 0..story.accounts.len() {
            story
                .until("the past is imported", async |s: &Self| {
                    let accounts = s.must(&call::ListAccounts {}).await;
                    let import = accounts.iter().find(|a| a.id == s.accounts[account].id)?.import.state;
                    matches!(import, ImportState::Done | ImportState::NotPossible).then_some(())
                })
                .await;
        }
        let (_, secret) = story.meta.app();
        let set = call::SetAppSecret { name: "story".into(), secret: SecretText(secret) };
        story.must(&set).await;
        story.must(&call::SetWebhookDoor { enabled: true, listen: "127.0.0.1:0".into() }).await;
        story.find_door().await;
        for account in [0, 1, 2, 0, 1, 2, 0, 1, 2] {
            story.somebody_new(account);
        }
        story.meta.webhooks_idle().await;
        story
    }

    /// The world's mood in this life.
    fn weather(&mut self, life: u64) {
        let c = &mut self.chance;
        let mut one_of = |choices: &[u64]| c.pick(choices);
        self.meta.set_webhook_behaviour(WebhookBehaviour {
            batch: one_of(&[1, 1, 3]) as usize,
            duplicate_every: one_of(&[0, 3, 7]),
            reorder: one_of(&[0, 1]) == 1,
            delay_ms: one_of(&[0, 0, 25]),
            drop_every: one_of(&[0, 10, 10]),
            repeat_every: one_of(&[0, 3, 5]),
            parallel: one_of(&[1, 3]) as usize,
            attempts: 500,
        });
        self.meta.storm(10, self.seed << 8 | life);
    }

    /// Starts the desk, with a clock that may be wrong, even behind what it showed before.
    async fn open(&mut self) {
        self.ahead = self.chance.between(0, 90_000) as i64 - 45_000;
        let start = Start {
            folder: self.folder.join("data"),
            key: self.key.to_text().reveal().to_owned(),
            origin: self.meta.origin(),
            now: self.now().0,
            // In most lives every delivery is answered first and taken in later, as in a burst.
            burst: if self.ahead % 3 == 0 { BURST } else { 1 },
        };
        self.desk = Some(Desk::start(&start, &self.folder.join("desk.log")).await);
        self.note(format!("the desk opens, {} ms ahead", self.ahead));
        if !self.accounts.is_empty() {
            self.find_door().await;
        }
    }

    /// Tells Meta where the door is now.
    async fn find_door(&mut self) {
        let (at, path) = self
            .until("the door is open", async |s: &Self| {
                let door = s.must(&call::GetWebhookDoor {}).await;
                Some((door.listening?, door.path))
            })
            .await;
        let (_, secret) = self.meta.app();
        self.meta.set_webhook(Some(WebhookTarget { url: format!("http://{at}{path}"), secret }));
    }

    /// Kill -9, whatever is under way.
    async fn die(&mut self) {
        if self.chance.percent(50) {
            self.agent_is_cut_off().await;
        } else {
            self.cut();
        }
    }

    /// The process is gone.
    pub fn cut(&mut self) {
        drop(self.desk.take());
        self.note("kill -9");
    }

    /// The desk's own time.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.meta.now() + self.ahead)
    }

    pub fn note(&mut self, what: impl std::fmt::Display) {
        self.diary.push(format!("{:>9} {what}", self.meta.now() - BEGINNING));
    }

    pub fn sim(&self, channel: Channel) -> simulator::SimAccount {
        let name = ["instagram", "messenger", "whatsapp"][channel as usize];
        self.meta.accounts().into_iter().find(|a| a.channel == name).expect("the world has this account")
    }

    fn tick(&self, ms: i64) {
        self.meta.advance(ms);
        if let Some(desk) = &self.desk {
            desk.tick(ms);
        }
    }

    /// Time moves on by `ms`, and what that wakes may begin.
    pub async fn pass(&mut self, ms: i64) {
        self.tick(ms);
        let breath = self.chance.below(6);
        tokio::time::sleep(Duration::from_millis(breath)).await;
    }

    /// Lets things happen for a while, as time runs.
    async fn flow(&self, long: Duration) {
        self.during(tokio::time::sleep(long)).await;
    }

    /// Waits for something while time runs.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(STEP.0) => self.tick(STEP.1),
            }
            assert!(tokio::time::Instant::now() < deadline, "waited in vain for an answer");
        }
    }

    /// What is told whenever the desk changed.
    pub fn changed(&self) -> std::sync::Arc<tokio::sync::Notify> {
        self.desk.as_ref().map(|d| d.changed.clone()).unwrap_or_default()
    }

    /// Asks; time runs while the answer is awaited.
    pub async fn ask<R: Request>(&self, request: &R) -> Result<R::Reply, Trouble> {
        let Some(desk) = &self.desk else { return Err(Trouble::Gone) };
        let mut answer = desk.ask(request);
        self.during(answer.come()).await
    }

    /// Asks and does not wait.
    pub fn ask_for<R: Request>(&self, request: &R) -> Option<Answer<R::Reply>> {
        self.desk.as_ref().map(|desk| desk.ask(request))
    }

    /// Asks what has an answer on every day.
    pub async fn must<R: Request>(&self, request: &R) -> R::Reply {
        match self.ask(request).await {
            Ok(reply) => reply,
            Err(trouble) => panic!("{} answered {trouble:?}", R::NAME),
        }
    }

    /// Puts a file into a composer.
    pub async fn upload(
        &self,
        conversation: ConversationId,
        name: &str,
        bytes: String,
    ) -> Result<engine::model::Upload, Trouble> {
        let Some(desk) = &self.desk else { return Err(Trouble::Gone) };
        let mut answer = desk.upload(conversation, name, bytes);
        self.during(answer.come()).await
    }

    /// Asks again after each change until `check` finds what it looks for.
    async fn until<T>(&self, what: &str, check: impl AsyncFn(&Self) -> Option<T>) -> T {
        let changed = self.changed();
        for _ in 0..20_000 {
            if let Some(found) = check(self).await {
                return found;
            }
            tokio::select! {
                () = changed.notified() => {}
                () = tokio::time::sleep(STEP.0) => self.tick(STEP.1),
            }
        }
        panic!("waited in vain until {what}");
    }

    /// Connects the account, or connects it again with a new token.
    pub async fn connect(&mut self, channel: Channel) -> Result<AccountId, Trouble> {
        let sim = self.sim(channel);
        let login = Login::from_key(sim.login).expect("a login we know");
        let (id, secret) =
            if login == Login::InstagramLogin { self.meta.instagram_app() } else { self.meta.app() };
        let token = SecretText(self.meta.fresh_token(&sim.meta_id));
        let app = Some(MetaApp { id, secret: SecretText(secret) });
        let found: Discovery = self.ask(&call::DiscoverAccounts { login, token, app }).await?;
        let picked = vec![MetaAccountId(sim.meta_id.clone())];
        let ids = self.ask(&call::ConnectAccounts { discovery: found.id, picked }).await?;
        Ok(ids[0])
    }

    /// The database as it lies there, to be read only.
    pub async fn database(&self) -> SqliteConnection {
        let file = self.folder.join("data/heliograph.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(Duration::from_secs(10));
        SqliteConnection::connect_with(&options).await.expect("a database")
    }

    /// The conversation with somebody, once there is one.
    pub async fn conversation(&self, talker: &Talker) -> Option<ConversationId> {
        let mut conn = self.database().await;
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact
             WHERE v.account = ?1 AND (c.person = ?2 OR c.phone = ?2)",
        )
        .bind(self.accounts[talker.account].id.0)
        .bind(&talker.person)
        .fetch_optional(&mut conn)
        .await
        .expect("it can be read");
        found.map(ConversationId)
    }

    /// One of those who talk.
    pub fn somebody(&mut self) -> usize {
        self.chance.below(self.talkers.len() as u64) as usize
    }
}
