//! The simulator as Rust code holds it: make people write, make things fail, move time, ask for the truth.

use crate::Shared;
use crate::behaviour::{WebhookBehaviour, WebhookStats, WebhookTarget};
use crate::clock::HOUR;
use crate::envelope;
use crate::listed::SimAccount;
use crate::oauth::Consent;
use crate::said::{Content, Said, order};
use crate::signature::SignedBody;
use crate::tokens::{FirstTokens, Holder};
use crate::webhooks::Post;
use crate::world::{SendSeen, TruthMessage, World};
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A running simulator; stops when told, or with the runtime.
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    first: FirstTokens,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Simulator {
    pub(crate) fn new(
        shared: Arc<Shared>,
        address: SocketAddr,
        first: FirstTokens,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        Self { shared, address, first, tasks, stop }
    }

    /// `http://127.0.0.1:PORT`: every host of Meta. `{origin}/graph.facebook.com/…` is as strict as that host.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The shop's three accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<SimAccount> {
        self.shared.world().listed()
    }

    /// The owner's Facebook user token, which ends in two months.
    #[must_use]
    pub fn user_token(&self) -> String {
        self.first.user.clone()
    }

    /// Id and secret of the Facebook app.
    #[must_use]
    pub fn app(&self) -> (String, String) {
        let world = self.shared.world();
        (world.app.id.clone(), world.app.secret.clone())
    }

    /// Id and secret of the Instagram app, for Instagram Login.
    #[must_use]
    pub fn instagram_app(&self) -> (String, String) {
        let world = self.shared.world();
        (world.instagram_app.id.clone(), world.instagram_app.secret.clone())
    }

    /// The token for the webhook's handshake.
    #[must_use]
    pub fn verify_token(&self) -> String {
        self.shared.world().verify_token.clone()
    }

    /// A person writes; it is held and told to the webhook. `account`: Meta id, channel or handle; `person`: an
    /// id, known or new, or `None` for somebody never seen.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn say(&self, account: &str, person: Option<&str>, text: &str) -> Said {
        self.say_content(account, person, Content::Text(text.to_owned()))
    }

    /// As [`Self::say`], with anything a person can send.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn say_content(&self, account: &str, person: Option<&str>, content: Content) -> Said {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.spoken(account, person, content, false)
    }

    /// The business answers from the phone app; told to the webhook as an echo. Returns the message's id.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn echo(&self, account: &str, person: &str, text: &str) -> String {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.spoken(account, Some(person), Content::Text(text.to_owned()), true).mid
    }

    /// A person blocks the business, or no more.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn block(&self, account: &str, person: &str, blocked: bool) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        let thread = world.meet(account, Some(person));
        world.threads[thread].blocked = blocked;
    }

    /// Switches a fault on for so many calls (`None` = until cleared) that contain every word of `only` in
    /// "METHOD /path account-id channel".
    ///
    /// # Panics
    /// When there is no such fault; [`crate::fault_names`] lists them.
    pub fn fault(&self, name: &str, times: Option<u32>, only: Option<&str>) {
        let known = self.shared.world().faults.switch_on(name, times, only, None);
        assert!(known, "the simulator has no fault named {name}");
    }

    /// The fault `slow_body`, over so many milliseconds.
    pub fn slow(&self, ms: u64, times: Option<u32>, only: Option<&str>) {
        self.shared.world().faults.switch_on("slow_body", times, only, Some(ms));
    }

    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// Moves the world's clock forward.
    pub fn advance(&self, ms: i64) {
        self.shared.world().clock.advance(ms);
    }

    /// The world's time in unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.world().now()
    }

    /// Every message Meta holds for the account, by time.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn truth(&self, account: &str) -> Vec<TruthMessage> {
        let world = self.shared.world();
        world.truth(known(&world, account))
    }

    /// Every accepted send, in order.
    #[must_use]
    pub fn sends(&self) -> Vec<SendSeen> {
        self.shared.world().sends.clone()
    }

    /// Delivers what is already held for an account by webhook, as if it happened now: oldest first, or shuffled
    /// by a seed. Meta has no such call; it stands for a webhook that was there all along.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn replay(&self, account: &str, shuffled: Option<u64>) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.replay(account, shuffled);
    }

    /// What [`Self::replay`] would deliver, one signed body for each message, for those who deliver themselves.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn bodies(&self, account: &str, secret: &str) -> Vec<SignedBody> {
        let mut world = self.shared.world();
        let account = known(&world, account);
        order(&world, account, None)
            .into_iter()
            .map(|(thread, index)| {
                let event = world.message_event(thread, index);
                SignedBody::new(envelope::body(&[event]), secret)
            })
            .collect()
    }

    /// Signs any body and posts it to the webhook, once; the status of the answer, or `None` without one.
    pub async fn deliver(&self, body: impl Into<Bytes>) -> Option<u16> {
        self.post().deliver_raw(body.into()).await
    }

    #[must_use]
    pub fn webhook_stats(&self) -> WebhookStats {
        self.post().stats()
    }

    /// Returns once every delivery is settled: answered 200, dropped or given up.
    pub async fn webhooks_idle(&self) {
        self.post().idle().await;
    }

    pub fn set_webhook(&self, target: Option<WebhookTarget>) {
        self.post().set_target(target);
    }

    pub fn set_webhook_behaviour(&self, behaviour: WebhookBehaviour) {
        self.post().set_behaviour(behaviour);
    }

    /// Asks the webhook to prove itself with [`Self::verify_token`]; true when it gave the challenge back.
    pub async fn handshake(&self) -> bool {
        let (post, verify_token) = (self.post(), self.verify_token());
        match post.target() {
            Some(target) => post.handshake(&target.url, &verify_token).await,
            None => false,
        }
    }

    /// For how many newest messages of a thread details are told; 20 at first.
    pub fn set_details(&self, newest: usize) {
        self.shared.world().details = newest;
    }

    /// What the person at the sign-in dialog does.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.world().logins.consent = consent;
    }

    /// Ends the account's tokens with 190 and this subcode (460 password, 463 expired, 458 removed).
    ///
    /// # Panics
    /// When there is no such account.
    pub fn expire_token(&self, account: &str, subcode: i64) {
        let mut world = self.shared.world();
        let holder = holder(&world, account);
        world.tokens.of(holder).for_each(|t| t.dead = Some(subcode));
    }

    /// Sets when the account's tokens end, in unix milliseconds; `None` = never.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn token_expires_at(&self, account: &str, at_ms: Option<i64>) {
        let mut world = self.shared.world();
        let holder = holder(&world, account);
        world.tokens.of(holder).for_each(|t| t.expires_at = at_ms);
    }

    /// Sets when the account's tokens stop bringing personal data, in unix milliseconds.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn data_access_until(&self, account: &str, at_ms: i64) {
        let mut world = self.shared.world();
        let holder = holder(&world, account);
        world.tokens.of(holder).for_each(|t| t.data_access_until = at_ms);
    }

    /// The owner also works for this business, which has so many Pages.
    pub fn open_business(&self, name: &str, pages: u32) {
        self.shared.world().open_business(name, pages);
    }

    /// From now on sign-ins return only to addresses registered here, letter for letter.
    pub fn register_redirect(&self, address: &str) {
        self.shared.world().logins.registered.push(address.to_owned());
    }

    /// Takes a permission from the account's tokens.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn drop_scope(&self, account: &str, scope: &str) {
        let mut world = self.shared.world();
        let holder = holder(&world, account);
        world.tokens.of(holder).for_each(|t| t.scopes.retain(|s| s != scope));
    }

    /// A fresh token of one hour for the account, as a sign-in gives.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn short_token(&self, account: &str, scopes: &[&str]) -> String {
        let mut world = self.shared.world();
        let (holder, now, seed) = (holder(&world, account), world.now(), world.seed);
        world.tokens.mint(seed, holder, scopes, now, Some(now + HOUR))
    }

    /// Stops serving and sending; returns when everything has ended.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(2), self.tasks.wait()).await;
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    fn post(&self) -> Post {
        self.world().post.clone()
    }
}

/// The account `key` names; a test that names another is wrong.
pub(crate) fn known(world: &World, key: &str) -> usize {
    let account = world.account(key);
    assert!(account.is_some(), "the simulator has no account {key}");
    account.unwrap_or_default()
}

fn holder(world: &World, key: &str) -> Holder {
    world.holder_of(known(world, key))
}
