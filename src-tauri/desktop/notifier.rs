//! Turns what the engine tells into notifications: who wrote, which reply did not leave, which account
//! needs a person. `grouping` decides what stands; `popups` shows it.

use super::{
    Shell,
    account_news::{self, News},
    grouping::{About, Arrival, Grouping, Step, Trouble, View, allowed},
    popups::{Answer, Popups},
    window,
};
use crate::{
    Engine,
    model::{
        Account, AccountId, Conversation, ConversationId, DeliveryStatus, Direction, Event, HOUR, MINUTE,
        MessageId, Notifications, Stretch, Timestamp, call,
    },
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tauri::{AppHandle, Manager};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

/// How old a message may be to be news, in milliseconds.
const NEWS: i64 = 12 * HOUR;

/// How long a new person's name is waited for.
const NAME_TAKES: Duration = Duration::from_millis(2_500);

struct Notifier {
    app: AppHandle,
    shell: Arc<Shell>,
    engine: Engine,
    grouping: Grouping,
    popups: Popups,
    accounts: HashMap<AccountId, Account>,
    /// Messages of people whose name is not known yet, and until when it is waited for.
    nameless: Vec<(Instant, AccountId, ConversationId, MessageId)>,
}

/// Begins to notify, until the engine ends.
pub fn start(app: &AppHandle, engine: &Engine) {
    let mut events = engine.events();
    let (tell, mut answers) = mpsc::unbounded_channel();
    let shell = app.state::<Arc<Shell>>().inner().clone();
    let mut view: watch::Receiver<View> = shell.view.subscribe();
    let stop = engine.tasks().stopping();
    let clock = engine.clock().clone();
    let mut notifier = Notifier {
        app: app.clone(),
        shell,
        engine: engine.clone(),
        grouping: Grouping::default(),
        popups: Popups::new(tell),
        accounts: HashMap::new(),
        nameless: Vec::new(),
    };
    engine.tasks().once(async move {
        // Trouble from before is on the page that opens now.
        notifier.read_accounts(false).await;
        let mut look_again = clock.now().plus(HOUR);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                event = events.next() => match event {
                    Some(event) => notifier.heard(event).await,
                    None => return,
                },
                Ok(()) = view.changed() => {
                    let now = *view.borrow_and_update();
                    let steps = notifier.grouping.looked(now);
                    notifier.take(steps).await;
                }
                () = tokio::time::sleep_until(notifier.patience_ends()) => notifier.tell_nameless().await,
                Some(answer) = answers.recv() => notifier.answered(answer),
                () = clock.sleep_until(look_again) => {
                    look_again = clock.now().plus(HOUR);
                    notifier.read_accounts(true).await;
                }
            }
        }
    });
}

impl Notifier {
    async fn heard(&mut self, event: Event) {
        match event {
            // What comes late, after a night offline or from an old queue, is in the list.
            Event::MessageReceived { sent_at, .. } if sent_at.until(self.engine.clock().now()) > NEWS => {}
            Event::MessageReceived { account, conversation, message, .. } => {
                self.arrived(account, conversation, message).await;
            }
            Event::ConversationChanged { conversation, .. } => self.perhaps_named(conversation).await,
            Event::SendSettled { conversation, message, good: false } => {
                self.not_sent(conversation, message).await
            }
            Event::WindowEnding { account, conversation, closes_at } => {
                self.window_ends(account, conversation, closes_at).await;
            }
            Event::SignInEnding { account, of } => {
                if let Some(words) = account_news::ending(of, self.engine.clock().now()) {
                    self.account_trouble(account, words).await;
                }
            }
            Event::AccountChanged { .. } | Event::StartOver => self.read_accounts(true).await,
            // What stands may name people.
            Event::LockChanged if self.engine.is_shut() => {
                self.grouping.hushed();
                self.popups.close_all().await;
            }
            _ => {}
        }
    }

    async fn arrived(&mut self, account: AccountId, conversation: ConversationId, message: MessageId) {
        let Ok(row) = self.engine.ask(call::GetConversation { conversation }).await else {
            return;
        };
        if nameless(&row) {
            // Their profile is being read.
            self.nameless.push((Instant::now() + NAME_TAKES, account, conversation, message));
        } else {
            self.tell(row, account, message).await;
        }
    }

    /// Tells what waited for this person's name, if it is known now.
    async fn perhaps_named(&mut self, conversation: ConversationId) {
        if !self.nameless.iter().any(|(_, _, c, _)| *c == conversation) {
            return;
        }
        if let Ok(row) = self.engine.ask(call::GetConversation { conversation }).await
            && !nameless(&row)
        {
            // The newest stands for all: the row has only its words.
            let waited = self.nameless.extract_if(.., |(_, _, c, _)| *c == conversation).last();
            if let Some((_, account, _, message)) = waited {
                self.tell(row, account, message).await;
            }
        }
    }

    fn patience_ends(&self) -> Instant {
        let a_while = Instant::now() + Duration::from_secs(3600);
        self.nameless.iter().map(|(until, ..)| *until).min().unwrap_or(a_while)
    }

    /// A name that does not come must not hold up the message.
    async fn tell_nameless(&mut self) {
        let now = Instant::now();
        for (_, account, conversation, message) in
            self.nameless.extract_if(.., |(until, ..)| *until <= now).collect::<Vec<_>>()
        {
            if let Ok(row) = self.engine.ask(call::GetConversation { conversation }).await {
                self.tell(row, account, message).await;
            }
        }
    }

    async fn tell(&mut self, row: Conversation, account: AccountId, message: MessageId) {
        // Read while the name was waited for: then there is nothing to call the person for.
        if row.unread == 0 {
            return;
        }
        // Nor when a newer answer of ours stands last.
        let Some(last) = row.last.filter(|last| last.direction == Direction::Inbound) else {
            return;
        };
        let arrival = Arrival {
            conversation: row.id,
            message,
            person: row.contact.name,
            account: self.account_name(account),
            text: last.text,
            at: self.engine.clock().now(),
        };
        let several = self.accounts.len() > 1 && !self.engine.is_shut();
        let (view, chosen) = (self.view(), self.chosen());
        let steps = self.grouping.arrived(arrival, view, &chosen, several);
        self.take(steps).await;
    }

    /// The account's name, with its channel where another has the same.
    fn account_name(&self, account: AccountId) -> String {
        let Some(own) = self.accounts.get(&account) else {
            return String::new();
        };
        let shared = self.accounts.values().filter(|a| a.name == own.name).count() > 1;
        if shared { format!("{} ({})", own.name, own.channel.name()) } else { own.name.clone() }
    }

    async fn not_sent(&mut self, conversation: ConversationId, message: MessageId) {
        let around = call::ListMessages { conversation, stretch: Stretch::Around(message), limit: 3 };
        let (Ok(row), Ok(page)) =
            (self.engine.ask(call::GetConversation { conversation }).await, self.engine.ask(around).await)
        else {
            return;
        };
        let Some(sent) = page.rows.into_iter().find(|m| m.id == message) else {
            return;
        };
        let title = match sent.status {
            DeliveryStatus::Failed => format!("Not sent to {}", row.contact.name),
            DeliveryStatus::Unsure => format!("Unsure whether {} got your reply", row.contact.name),
            _ => return,
        };
        let chosen = self.chosen();
        let title = if chosen.show_text { title } else { "A reply was not sent".into() };
        let body = sent.failure.map(|f| f.problem.message).unwrap_or_default();
        self.trouble(About::Send(conversation), title, body, Some((conversation, Some(message)))).await;
    }

    /// Reads the accounts; with `tell`, what is newly wrong with them is said.
    async fn read_accounts(&mut self, tell: bool) {
        let Ok(accounts) = self.engine.ask(call::ListAccounts {}).await else {
            return;
        };
        let by_id = accounts.iter().map(|a| (a.id, a.clone())).collect();
        let before = std::mem::replace(&mut self.accounts, by_id);
        for account in &accounts {
            match account_news::of(before.get(&account.id), account) {
                News::Say(words) if tell => self.account_trouble(account.id, words).await,
                News::Over => self.popups.close(About::Account(account.id)).await,
                News::Say(_) | News::Nothing => {}
            }
        }
    }

    async fn account_trouble(&mut self, account: AccountId, body: String) {
        let (title, body) = if self.engine.is_shut() {
            ("An account needs you".to_owned(), String::new())
        } else {
            (self.account_name(account), body)
        };
        self.trouble(About::Account(account), title, body, None).await;
    }

    /// Somebody waits and may be answered for a while only.
    async fn window_ends(&mut self, account: AccountId, conversation: ConversationId, closes_at: Timestamp) {
        let Ok(row) = self.engine.ask(call::GetConversation { conversation }).await else {
            return;
        };
        let at = self.engine.clock().now();
        let minutes = (at.until(closes_at) + MINUTE - 1) / MINUTE;
        let left = if minutes > 90 {
            format!("{} hours", (minutes + 30) / 60)
        } else {
            format!("{minutes} minutes")
        };
        let title = if self.engine.is_shut() {
            "A reply window ends soon".to_owned()
        } else {
            format!("{} waits on {}", row.contact.name, self.account_name(account))
        };
        let body = format!("The reply window ends in {left}.");
        let opens = Some((conversation, None));
        let ending = Trouble { about: About::Window(conversation), title, body, opens, at };
        let (view, chosen) = (self.view(), self.chosen());
        let steps = self.grouping.ending(ending, view, &chosen);
        self.take(steps).await;
    }

    async fn trouble(
        &mut self,
        about: About,
        title: String,
        body: String,
        opens: Option<(ConversationId, Option<MessageId>)>,
    ) {
        let (view, chosen, at) = (self.view(), self.chosen(), self.engine.clock().now());
        let steps = self.grouping.trouble(Trouble { about, title, body, opens, at }, view, &chosen);
        self.take(steps).await;
    }

    async fn take(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Show(notice) => self.popups.show(&notice).await,
                Step::Close(about) => self.popups.close(about).await,
            }
        }
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Dismissed(about) => self.grouping.gone(about),
            Answer::Clicked(about, opens) => {
                self.grouping.gone(about);
                window::bring(&self.app);
                if let Some((conversation, message)) = opens {
                    self.engine.tell(Event::ShowConversation { conversation, message });
                }
            }
        }
    }

    fn view(&self) -> View {
        *self.shell.view.borrow()
    }

    fn chosen(&self) -> Notifications {
        let settings = self.shell.settings.borrow().clone().unwrap_or_default();
        allowed(&settings, self.engine.is_shut())
    }
}

/// Whether only the end of an id is known of the person.
fn nameless(row: &Conversation) -> bool {
    row.contact.name.starts_with('…')
}
