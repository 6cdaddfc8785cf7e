//! What the person at the desk does in the story. A call that a kill cut off is made again with the same key, as the
//! interface does.

use crate::{
    desk::Trouble,
    people::{COMMON, is_of_the_phone},
    story::{Story, Talker},
};
use base64::Engine as _;
use engine::model::{
    Act, Channel, ConversationId, DeliveryStatus, FileToSend, HOUR, Manner, MessageId, OutboxEntry, call,
};

/// A send that was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub key: String,
    pub what: What,
    pub talker: Talker,
    /// Its words as the person sees them.
    pub text: String,
    /// Nobody knows whether the call was taken.
    pub cut_off: bool,
    /// The desk refused it: nothing was queued.
    pub refused: bool,
    /// Deliveries there were when a person asked for another attempt.
    pub again: usize,
    /// It was taken back or cleared away.
    pub discarded: bool,
    pub message: Option<MessageId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Text(Manner),
    File,
    Template,
}

impl Story {
    /// One thing at the desk.
    pub async fn agent_acts(&mut self) {
        match self.chance.below(100) {
            0..46 => {
                let text = self.reply().await;
                self.send(text, false).await;
            }
            46..53 => self.sends_a_file().await,
            53..59 => self.sends_a_template().await,
            59..67 => self.reacts_here().await,
            67..83 => self.looks_after_the_outbox().await,
            83..88 => self.reads().await,
            88..93 => self.files_away().await,
            _ => self.reconnects().await,
        }
    }

    /// A kill in the middle of a call.
    pub async fn agent_is_cut_off(&mut self) {
        let Some(text) = self.reply().await else { return self.cut() };
        self.send(Some(text), true).await;
    }

    /// A reply, not sent yet.
    async fn reply(&mut self) -> Option<Asked> {
        let who = self.somebody();
        let talker = self.talkers[who].clone();
        let n = self.asked.len();
        let text = match self.chance.below(5) {
            0 => COMMON.to_owned(),
            _ => format!("Reply {n} of {}: \\ \"ja\" 🙂", self.seed),
        };
        let send_at = self.chance.percent(12).then(|| self.chance.between(20_000, 600_000) as i64);
        let manner = Manner {
            quotes: None,
            buttons: if self.chance.percent(8) { vec!["Yes".into(), "No".into()] } else { Vec::new() },
            send_at: send_at.map(|ms| self.now().plus(ms)),
            human_agent: self.chance.percent(30),
        };
        let quotes = self.chance.percent(20);
        let conversation = self.conversation(&talker).await?;
        let quotes = if quotes { self.newest_of_theirs(conversation).await } else { None };
        Some(self.asked(What::Text(Manner { quotes, ..manner }), talker, text))
    }

    fn asked(&self, what: What, talker: Talker, text: String) -> Asked {
        let key = format!("s{}k{}", self.seed, self.asked.len());
        Asked {
            key,
            what,
            talker,
            text,
            cut_off: false,
            refused: false,
            again: 0,
            discarded: false,
            message: None,
        }
    }

    async fn newest_of_theirs(&self, conversation: ConversationId) -> Option<MessageId> {
        let mut conn = self.database().await;
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM messages WHERE conversation = ?1 AND direction = 'inbound' AND form = 'bubble'
             ORDER BY sent_at DESC LIMIT 1",
        )
        .bind(conversation.0)
        .fetch_optional(&mut conn)
        .await
        .expect("it can be read");
        found.map(MessageId)
    }

    /// Sends words; `cut` = the desk is killed before it answers.
    async fn send(&mut self, asked: Option<Asked>, cut: bool) {
        let Some(mut asked) = asked else { return };
        let What::Text(manner) = asked.what.clone() else { return };
        let Some(conversation) = self.conversation(&asked.talker).await else {
            return if cut {
                self.cut()
            };
        };
        let send = call::SendText { conversation, text: asked.text.clone(), key: asked.key.clone(), manner };
        let reply = if cut {
            let mut answer = self.ask_for(&send);
            let micros = self.chance.below(6_000);
            tokio::time::sleep(std::time::Duration::from_micros(micros)).await;
            self.cut();
            match &mut answer {
                Some(answer) => answer.come().await,
                None => Err(Trouble::Gone),
            }
        } else {
            self.ask(&send).await
        };
        let told = match &reply {
            Ok(message) => format!("{:?}", message.status),
            Err(trouble) => format!("{trouble:?}"),
        };
        self.note(format!("{} to {}: {:?} {told}", asked.key, asked.talker.person, asked.text));
        match reply {
            Ok(message) => (asked.message, asked.cut_off) = (Some(message.id), false),
            Err(Trouble::Gone) => asked.cut_off = true,
            Err(Trouble::Problem(_)) => (asked.refused, asked.cut_off) = (true, false),
        }
        match self.asked.iter_mut().find(|a| a.key == asked.key) {
            Some(before) => *before = asked,
            None => self.asked.push(asked),
        }
    }

    /// What a kill cut off is asked for again with its key, mostly.
    pub async fn ask_again(&mut self) {
        for n in 0..self.asked.len() {
            if self.asked[n].cut_off && self.chance.percent(75) {
                let again = self.asked[n].clone();
                self.send(Some(again), false).await;
            }
        }
    }

    async fn sends_a_file(&mut self) {
        let who = self.somebody();
        let talker = self.talkers[who].clone();
        let shade = self.chance.below(250) as u8;
        let Some(conversation) = self.conversation(&talker).await else { return };
        let Ok(upload) = self.upload(conversation, "vase.png", picture(shade)).await else { return };
        let mut asked = self.asked(What::File, talker, String::new());
        let files = vec![FileToSend { upload: upload.id, caption: String::new() }];
        let send = call::SendFiles { conversation, files, key: asked.key.clone() };
        let reply = self.ask(&send).await;
        self.note(format!("{} a file to {}, taken: {}", asked.key, asked.talker.person, reply.is_ok()));
        match reply {
            Ok(messages) => asked.message = messages.first().map(|m| m.id),
            Err(Trouble::Gone) => asked.cut_off = true,
            Err(Trouble::Problem(_)) => asked.refused = true,
        }
        self.asked.push(asked);
    }

    async fn sends_a_template(&mut self) {
        let who = self.somebody();
        let talker = self.talkers[who].clone();
        let account = self.accounts[talker.account].clone();
        if account.channel == Channel::Instagram {
            return;
        }
        let Some(conversation) = self.conversation(&talker).await else { return };
        let Ok(list) = self.ask(&call::ListTemplates { account: account.id }).await else { return };
        let name = if account.channel == Channel::WhatsApp { "order_ready" } else { "order_update" };
        let Some(template) = list.rows.iter().find(|t| t.name == name) else { return };
        let mut filled = template.parts.examples.clone();
        let number = format!("A-{}x{}", self.seed, self.asked.len());
        filled.values_mut().filter(|v| *v == "A-17").for_each(|v| v.clone_from(&number));
        let text = template.parts.look(&filled).words();
        let mut asked = self.asked(What::Template, talker, text);
        let send = call::SendTemplate {
            conversation,
            template: template.id,
            filled,
            key: asked.key.clone(),
            send_at: None,
            file: None,
        };
        let reply = self.ask(&send).await;
        self.note(format!("{} a template to {}, taken: {}", asked.key, asked.talker.person, reply.is_ok()));
        match reply {
            Ok(message) => asked.message = Some(message.id),
            Err(Trouble::Gone) => asked.cut_off = true,
            Err(Trouble::Problem(_)) => asked.refused = true,
        }
        self.asked.push(asked);
    }

    async fn reacts_here(&mut self) {
        let emoji =
            if self.chance.percent(25) { None } else { Some(self.chance.pick(&["👍", "❤️", "🙏"])) };
        let who = self.somebody();
        let talker = self.talkers[who].clone();
        let n = self.chance.draw();
        let Some(conversation) = self.conversation(&talker).await else { return };
        let mut conn = self.database().await;
        let found: Option<(i64, String)> = sqlx::query_as(
            "SELECT id, meta_id FROM messages WHERE conversation = ?1 AND direction = 'inbound' AND form = 'bubble'
                 AND meta_id IS NOT NULL
             ORDER BY sent_at DESC LIMIT 1",
        )
        .bind(conversation.0)
        .fetch_optional(&mut conn)
        .await
        .expect("it can be read");
        let Some((message, mid)) = found.filter(|(_, mid)| !is_of_the_phone(mid)) else { return };
        let key = format!("s{}r{n:x}", self.seed);
        let react = call::React { message: MessageId(message), emoji: emoji.map(str::to_owned), key };
        let taken = self.ask(&react).await.is_ok();
        self.note(format!("our {emoji:?} on {mid}, taken: {taken}"));
    }

    /// Tries again what failed, takes back what waits, gives up what went wrong.
    async fn looks_after_the_outbox(&mut self) {
        let (which, what) = (self.chance.draw(), self.chance.below(100));
        let Ok(rows) = self.ask(&call::ListOutbox {}).await else { return };
        let rows: Vec<OutboxEntry> = rows.into_iter().filter(|r| !r.is_reaction).collect();
        if rows.is_empty() {
            return;
        }
        let row = &rows[(which % rows.len() as u64) as usize];
        let Some(n) = self.asked.iter().position(|a| a.message == Some(row.message)) else { return };
        let key = self.asked[n].key.clone();
        match (row.status, what) {
            (DeliveryStatus::Failed, 0..60) | (DeliveryStatus::Unsure, 0..25) => {
                // What was delivered already is delivered once more, at a person's wish.
                self.asked[n].again = self.deliveries(&self.asked[n]);
                let taken = self.ask(&call::RetryMessage { message: row.message }).await.is_ok();
                self.note(format!("{key} is {:?} and tried again, taken: {taken}", row.status));
            }
            (DeliveryStatus::Unsure, _) => {
                let answer = self.ask(&call::CheckMessage { message: row.message }).await;
                self.note(format!("{key} is looked for, found: {}", answer.is_ok()));
            }
            (DeliveryStatus::Failed | DeliveryStatus::Queued, 0..85) => {
                match self.ask(&call::DiscardMessage { message: row.message }).await {
                    Ok(()) | Err(Trouble::Gone) => self.asked[n].discarded = true,
                    Err(Trouble::Problem(_)) => {}
                }
                self.note(format!("{key} is {:?} and discarded: {}", row.status, self.asked[n].discarded));
            }
            (DeliveryStatus::Queued, _) if row.send_at.is_some() => {
                let moved = call::Reschedule { message: row.message, send_at: None };
                let taken = self.ask(&moved).await.is_ok();
                self.note(format!("{key} is to leave now, taken: {taken}"));
            }
            _ => {}
        }
    }

    async fn reads(&mut self) {
        let who = self.somebody();
        let talker = self.talkers[who].clone();
        let Some(conversation) = self.conversation(&talker).await else { return };
        let read = self.ask(&call::MarkRead { conversation }).await.is_ok();
        self.note(format!("{} is read: {read}", talker.person));
    }

    async fn files_away(&mut self) {
        let (who, which) = (self.somebody(), self.chance.below(4));
        let talker = self.talkers[who].clone();
        let Some(conversation) = self.conversation(&talker).await else { return };
        let act = match which {
            0 => Act::Resolve,
            1 => Act::Snooze { until: Some(self.now().plus(HOUR)) },
            2 => Act::Pending,
            _ => Act::Pin { on: true },
        };
        let _ = self.ask(&call::ActOn { conversations: vec![conversation], act, undo: false }).await;
        if which == 0 {
            let text = format!("note {}", talker.person);
            let _ = self.ask(&call::AddNote { conversation, text }).await;
        }
    }

    async fn reconnects(&mut self) {
        let channel = Channel::ALL[self.chance.below(3) as usize];
        let done = self.connect(channel).await.is_ok();
        self.note(format!("{channel:?} is connected again: {done}"));
    }
}

/// A small picture of one colour, as base64.
fn picture(shade: u8) -> String {
    let colour = image::Rgb([shade, 120, 90]);
    let plain = image::ImageBuffer::<image::Rgb<u8>, Vec<u8>>::from_pixel(24, 16, colour);
    let mut file = std::io::Cursor::new(Vec::new());
    plain.write_to(&mut file, image::ImageFormat::Png).expect("a picture");
    base64::engine::general_purpose::STANDARD.encode(file.into_inner())
}
