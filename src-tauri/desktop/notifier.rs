//! Turns what the engine tells into notifications: who wrote, which reply did not leave, which account
//! needs a person. `grouping` decides what stands; `popups` shows it.

use super::{
    Shell,
    grouping::{About, Arrival, Grouping, Step, Trouble, View},
    popups::{Answer, Popups},
    window,
};
use crate::{
    Engine,
    model::{
        Account, AccountId, ConversationId, DAY, DeliveryStatus, Direction, Event, HOUR, MessageId,
        Notifications, Problem, Stretch, Timestamp, call,
    },
};
use std::{collections::HashMap, sync::Arc};
use tauri::{AppHandle, Manager};
use tokio::sync::{mpsc, watch};

/// How long before a token's end it is said, in milliseconds.
const ENDS_SOON: i64 = 3 * DAY;

/// How old a message may be to be news, in milliseconds.
const NEWS: i64 = 12 * HOUR;

struct Notifier {
    app: AppHandle,
    shell: Arc<Shell>,
    engine: Engine,
    grouping: Grouping,
    popups: Popups,
    accounts: HashMap<AccountId, Account>,
    /// Ends of tokens that were told.
    ends_told: HashMap<AccountId, Timestamp>,
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
        ends_told: HashMap::new(),
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
            Event::MessageReceived {
                account,
                conversation,
                message,
                ..
            } => {
                self.arrived(account, conversation, message).await;
            }
            Event::SendSettled {
                conversation,
                message,
                good: false,
            } => self.not_sent(conversation, message).await,
            Event::AccountChanged { .. } | Event::StartOver => self.read_accounts(true).await,
            _ => {}
        }
    }

    async fn arrived(&mut self, account: AccountId, conversation: ConversationId, message: MessageId) {
        let Ok(row) = self.engine.ask(call::GetConversation { conversation }).await else {
            return;
        };
        // A newer answer of ours stands last: then there is nothing to call the person for.
        let Some(last) = row.last.filter(|last| last.direction == Direction::Inbound) else {
            return;
        };
        let arrival = Arrival {
            conversation,
            message,
            person: row.contact.name,
            account: self
                .accounts
                .get(&account)
                .map(|a| a.name.clone())
                .unwrap_or_default(),
            text: last.text,
            at: self.engine.clock().now(),
        };
        let (view, chosen, several) = (self.view(), self.chosen(), self.accounts.len() > 1);
        let steps = self.grouping.arrived(arrival, view, &chosen, several);
        self.take(steps).await;
    }

    async fn not_sent(&mut self, conversation: ConversationId, message: MessageId) {
        let around = call::ListMessages {
            conversation,
            stretch: Stretch::Around(message),
            limit: 3,
        };
        let (Ok(row), Ok(page)) = (
            self.engine.ask(call::GetConversation { conversation }).await,
            self.engine.ask(around).await,
        ) else {
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
        let title = if chosen.show_text {
            title
        } else {
            "A reply was not sent".into()
        };
        let body = sent.failure.map(|f| f.problem.message).unwrap_or_default();
        self.trouble(
            About::Send(conversation),
            title,
            body,
            Some((conversation, Some(message))),
        )
        .await;
    }

    /// Reads the accounts; with `tell`, what is newly wrong with them is said.
    async fn read_accounts(&mut self, tell: bool) {
        let Ok(accounts) = self.engine.ask(call::ListAccounts {}).await else {
            return;
        };
        let before = std::mem::take(&mut self.accounts);
        for account in &accounts {
            let known = before.get(&account.id).and_then(|a| a.health.problem.as_ref());
            if let Some(problem) = account
                .health
                .problem
                .as_ref()
                .filter(|p| tell && known.map(kind) != Some(kind(p)))
            {
                let (title, body) = (account.name.clone(), problem.message.clone());
                self.trouble(About::Account(account.id), title, body, None).await;
            }
            self.ends_soon(account).await;
        }
        self.accounts = accounts.into_iter().map(|a| (a.id, a)).collect();
    }

    async fn ends_soon(&mut self, account: &Account) {
        let now = self.engine.clock().now();
        let Some(end) = account.health.token_expires_at else {
            return;
        };
        let left = now.until(end);
        // Meta's answers about one end differ by seconds.
        let told = self.ends_told.get(&account.id);
        if !(0..ENDS_SOON).contains(&left) || told.is_some_and(|told| told.until(end).abs() < HOUR) {
            return;
        }
        self.ends_told.insert(account.id, end);
        let body = match left {
            left if left < HOUR => {
                "Its sign-in ends within the hour. Sign in again to keep receiving.".to_owned()
            }
            left if left < 2 * DAY => format!(
                "Its sign-in ends in {} hours. Sign in again to keep receiving.",
                left / HOUR
            ),
            left => format!(
                "Its sign-in ends in {} days. Sign in again to keep receiving.",
                left / DAY
            ),
        };
        self.trouble(About::Account(account.id), account.name.clone(), body, None)
            .await;
    }

    async fn trouble(
        &mut self,
        about: About,
        title: String,
        body: String,
        opens: Option<(ConversationId, Option<MessageId>)>,
    ) {
        let (view, chosen, at) = (self.view(), self.chosen(), self.engine.clock().now());
        let steps = self.grouping.trouble(
            Trouble {
                about,
                title,
                body,
                opens,
                at,
            },
            view,
            &chosen,
        );
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
                    self.engine.tell(Event::ShowConversation {
                        conversation,
                        message,
                    });
                }
            }
        }
    }

    fn view(&self) -> View {
        *self.shell.view.borrow()
    }

    fn chosen(&self) -> Notifications {
        self.shell
            .settings
            .borrow()
            .as_ref()
            .map(|s| s.notifications.clone())
            .unwrap_or_default()
    }
}

/// What tells one trouble from another; its words may count minutes.
fn kind(problem: &Problem) -> crate::model::Code {
    problem.code
}
