//! The reckoning: what the interface shows against what Meta holds, row by row.

use crate::{
    agent::{Asked, What},
    lost::{Lost, Part},
    people::{COMMON, Said, is_of_the_phone},
    story::{Account, Story},
};
use engine::model::{
    Activity, Channel, Content, Conversation, ConversationId, DAY, DeliveryStatus, Direction, FileState,
    Filter, Message, Origin, Show, Sort, Stretch, Timestamp, call,
};
use heliograph_simulator::TruthMessage;
use std::collections::{HashMap, HashSet};

/// Details of older messages are not told by lists (graph-api b).
const TOLD: usize = 20;
/// A reply that has no echo keeps our time: of its answer, by a clock that may be wrong, while time ran.
const OUR_TIME: i64 = 10 * 60_000;

/// Everything that the interface shows, and what Meta holds.
struct Books {
    conversations: HashMap<ConversationId, Conversation>,
    threads: HashMap<ConversationId, Vec<Message>>,
    lost: Lost,
    said: HashMap<String, Said>,
    findings: Vec<String>,
}

impl Story {
    /// How often Meta took this send.
    pub fn deliveries(&self, asked: &Asked) -> usize {
        self.delivered(asked).len()
    }

    /// The messages that Meta made of this send: accepted, not failed at once.
    fn delivered(&self, asked: &Asked) -> Vec<String> {
        let sends = self.meta.sends();
        let key = &asked.key;
        // A second attempt of what failed late has a tail on its key; files count theirs.
        let ours = |body: &str| {
            [format!("\"{key}\""), format!("\"{key}~"), format!("\"{key}.")].iter().any(|k| body.contains(k))
        };
        // A utility template carries no key: its words do, a number that stands in no other.
        let by_words =
            asked.what == What::Template && !sends.iter().any(|s| s.failed.is_none() && ours(&s.body));
        let is_it = |text: &str, body: &str| if by_words { text == asked.text } else { ours(body) };
        sends.into_iter().filter(|s| s.failed.is_none() && is_it(&s.text, &s.body)).map(|s| s.mid).collect()
    }
}

/// What is not as it should be.
pub async fn reckon(story: &mut Story) -> Vec<String> {
    let mut books = Books {
        conversations: HashMap::new(),
        threads: HashMap::new(),
        lost: Lost::read(&story.meta.untold()),
        said: story.said.iter().map(|s| (s.mid.clone(), s.clone())).collect(),
        findings: Vec::new(),
    };
    for show in [Show::All, Show::Snoozed, Show::Resolved, Show::Spam] {
        let filter = Filter { show, ..Filter::default() };
        let mut after = None;
        loop {
            let ask =
                call::ListConversations { filter: filter.clone(), sort: Sort::Newest, after, limit: 50 };
            let page = story.must(&ask).await;
            for row in page.pinned.into_iter().chain(page.rows) {
                books.conversations.insert(row.id, row);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    for conversation in books.conversations.keys().copied().collect::<Vec<_>>() {
        let mut rows = Vec::new();
        let mut stretch = Stretch::Newest;
        loop {
            let page = story.must(&call::ListMessages { conversation, stretch, limit: 100 }).await;
            rows.splice(0..0, page.rows);
            match page.older {
                Some(older) => stretch = Stretch::Before(older),
                None => break,
            }
        }
        books.threads.insert(conversation, rows);
    }
    for account in story.accounts.clone() {
        books.messages(story, &account);
    }
    books.sends(story);
    books.lists();
    books.taps(story);
    books.wiped(story).await;
    books.whole(story).await;
    books.findings
}

impl Books {
    fn find(&mut self, what: String) {
        self.findings.push(what);
    }

    /// Every message of an account: there, once, in its conversation, saying what it says.
    fn messages(&mut self, story: &Story, account: &Account) {
        let ids: HashSet<ConversationId> =
            self.conversations.values().filter(|c| c.account == account.id).map(|c| c.id).collect();
        let mut rows: HashMap<String, Message> = HashMap::new();
        let all: Vec<Message> = ids.iter().flat_map(|id| self.threads[id].clone()).collect();
        for row in all {
            let Some(mid) = row.meta_id.as_ref().map(|m| m.0.clone()) else { continue };
            if !row.content.is_said() {
                continue;
            }
            if let Some(twin) = rows.insert(mid.clone(), row) {
                self.find(format!("{mid} stands there twice: {twin:?}"));
            }
        }
        let truth = story.meta.truth(&account.meta_id);
        let mut whose: HashMap<String, ConversationId> = HashMap::new();
        let mut after: HashMap<&str, usize> = HashMap::new();
        for held in truth.iter().rev() {
            let newer = after.entry(&held.person).or_default();
            let place = *newer;
            *newer += usize::from(held.listed);
            let Some(row) = rows.remove(&held.mid) else {
                if !self.may_be_missing(account, held, place) {
                    self.find(format!("{:?}: missing is {held:?}", account.channel));
                }
                continue;
            };
            let known = *whose.entry(held.person.clone()).or_insert(row.conversation);
            if known != row.conversation {
                self.find(format!("{} has two conversations: {held:?}", held.person));
            }
            self.message(story, account, held, &row);
        }
        for (mid, row) in rows {
            // WhatsApp takes what it will not deliver, and says so later: those ids are no messages.
            let told = row.status == DeliveryStatus::Failed || self.lost.has(&mid, Part::Status);
            if !(told && refused(story, &mid)) {
                self.find(format!("never said: {row:?}"));
            }
        }
    }

    /// Whether nobody could have told of it.
    fn may_be_missing(&self, account: &Account, held: &TruthMessage, place: usize) -> bool {
        let whatsapp = account.channel == Channel::WhatsApp;
        let unsent = held.kind == "unsent";
        let was_listed = !unsent && held.listed;
        // Before the door opened, WhatsApp told nothing of its past.
        if whatsapp && !self.said.contains_key(&held.mid) && !held.from_us {
            return true;
        }
        if whatsapp && held.from_us && !self.said.contains_key(&held.mid) {
            // Ours, or of the time before: the sends are reckoned by themselves.
            return true;
        }
        self.lost.has(&held.mid, Part::Said) && (whatsapp || !was_listed || place >= TOLD)
            || !self.said.contains_key(&held.mid) && place >= TOLD
    }

    /// What a row shows of a message that Meta holds.
    fn message(&mut self, story: &Story, account: &Account, held: &TruthMessage, row: &Message) {
        let lost = |part| self.lost.has(&held.mid, part);
        let mut wrong = Vec::new();
        if (row.direction == Direction::Outbound) != held.from_us {
            wrong.push(format!("it speaks as {:?}", row.direction));
        }
        let apart = (row.sent_at.0 - held.at_ms).abs();
        let by_us = row.origin == Origin::Heliograph || story.meta.sends().iter().any(|s| s.mid == held.mid);
        if apart >= if by_us { OUR_TIME } else { 1_000 } {
            wrong.push(format!("its time is {apart} ms off"));
        }
        if held.kind == "unsent" {
            let silent =
                self.said.get(&held.mid).is_some_and(|s| s.unsent == Some(true)) || lost(Part::Unsend);
            if row.content != Content::Unsent && !silent {
                wrong.push(format!("it was taken back and says {:?}", row.content));
            }
            if row.content == Content::Unsent && !(row.attachments.is_empty() && row.reactions.is_empty()) {
                wrong.push("something is left of it".into());
            }
        } else {
            if row.content == Content::Unsent {
                wrong.push("it was never taken back".into());
            }
            let edit_lost = lost(Part::Edit);
            let text = match held.kind {
                "text" | "story_reply" | "captioned" | "order" | "quick_reply" | "button" | "row" => {
                    Some(held.text.as_str())
                }
                _ => None,
            };
            let told_here = !lost(Part::Said) || held.kind == "text";
            if let Some(text) = text.filter(|t| told_here && !t.is_empty() && !edit_lost)
                && row.content.text() != text
                && !(by_us && self.is_template(story, row))
                && channel_says(account.channel, held.kind)
            {
                wrong.push(format!("it says {:?} instead of {text:?}", row.content.text()));
            }
            // WhatsApp does not count: of two that come in the wrong order, one is not seen.
            let counted = account.channel != Channel::WhatsApp;
            let right = if counted {
                row.detail.edits == held.edits
            } else {
                (row.detail.edits > 0) == (held.edits > 0) && row.detail.edits <= held.edits
            };
            if !edit_lost && !lost(Part::Said) && !right {
                wrong.push(format!("it was edited {} times, not {}", row.detail.edits, held.edits));
            }
            if !lost(Part::Reaction) && !lost(Part::Said) {
                let theirs = row.reactions.iter().find(|r| !r.from_us).map(|r| r.emoji.clone());
                if theirs != held.reactions[0] {
                    wrong.push(format!("their emoji is {theirs:?}, not {:?}", held.reactions[0]));
                }
                let ours = row.reactions.iter().find(|r| r.from_us).map(|r| r.emoji.clone());
                let at_meta = if is_of_the_phone(&held.mid) {
                    held.reactions[1].clone()
                } else {
                    story.meta.our_reaction(&held.mid)
                };
                // WhatsApp takes an emoji and may refuse it later; that may not have been told.
                let refusals = story.meta.sends().into_iter().filter(|s| s.failed.is_some());
                let untold =
                    refusals.filter(|s| s.body.contains(&held.mid)).any(|s| lost_status(&self.lost, &s.mid));
                if ours != at_meta && row.reacting.is_none() && !untold {
                    wrong.push(format!("our emoji is {ours:?}, not {at_meta:?}"));
                }
            }
            for file in &row.attachments {
                let path = file.file.as_ref().map(|f| story.folder.join("data/media").join(&f[..2]).join(f));
                if file.state == FileState::Waiting {
                    wrong.push("a file of it still waits".into());
                }
                if let (FileState::Kept, None) = (file.state, &path) {
                    wrong.push("a file of it is kept nowhere".into());
                }
            }
        }
        if held.from_us && row.status == DeliveryStatus::Unsure {
            wrong.push("it has Meta's id and is unsure".into());
        }
        for why in wrong {
            self.findings.push(format!("{:?} {} {}: {why}", account.channel, held.kind, held.mid));
        }
    }

    fn is_template(&self, story: &Story, row: &Message) -> bool {
        story.asked.iter().any(|a| a.message == Some(row.id) && a.what == What::Template)
    }

    /// Every send: once, or unsure and shown so; what failed was never delivered.
    fn sends(&mut self, story: &Story) {
        let rows: HashMap<_, _> = self.threads.values().flatten().map(|m| (m.id, m.clone())).collect();
        for asked in &story.asked {
            let delivered = story.delivered(asked);
            let Asked { key, again, .. } = asked;
            if delivered.len() > 1 + again {
                self.find(format!("{key} {:?} was delivered {} times", asked.text, delivered.len()));
            }
            if asked.refused && !delivered.is_empty() {
                self.find(format!("{key} was refused here and delivered there"));
            }
            let Some(row) = asked.message.and_then(|id| rows.get(&id)) else {
                if asked.message.is_some() && !asked.discarded {
                    self.find(format!("{key} is gone, and nobody discarded it"));
                }
                continue;
            };
            use DeliveryStatus::{Delivered, Failed, Queued, Read, Received, Sending, Sent, Unsure};
            match row.status {
                Sent | Delivered | Read => {
                    let mid = row.meta_id.as_ref().map_or("", |m| m.as_str());
                    let untold = self.lost.has(mid, Part::Status) && refused(story, mid)
                        || self.same_words_elsewhere(asked, mid);
                    if !untold && !delivered.iter().any(|d| d == mid) {
                        self.find(format!(
                            "{key} shows as {:?} with {mid}, which Meta does not hold",
                            row.status
                        ));
                    }
                    if row.status != Read
                        && !untold
                        && !self.lost.receipts(&asked.talker.person, mid)
                        && *again == 0
                    {
                        let channel = story.accounts[asked.talker.account].channel;
                        self.find(format!("{channel:?} {key} was read and shows as {:?}", row.status));
                    }
                }
                Failed => {
                    let late =
                        row.meta_id.as_ref().is_some_and(|mid| delivered.iter().any(|d| d == mid.as_str()));
                    if delivered.len() > again + usize::from(late) {
                        self.find(format!("{key} failed and was delivered: {:?}", row.failure));
                    }
                    if row.failure.as_ref().is_none_or(|f| f.problem.message.is_empty()) {
                        self.find(format!("{key} failed without a word"));
                    }
                }
                Unsure => {
                    let shown = self.conversations[&row.conversation].failed > 0;
                    if !shown || row.failure.is_none() {
                        self.find(format!("{key} is unsure and not shown so"));
                    }
                    // Where Meta can be asked, what arrived is found in the end.
                    let channel = story.accounts[asked.talker.account].channel;
                    let can_look = channel != Channel::WhatsApp && matches!(asked.what, What::Text(_));
                    if can_look && delivered.len() > *again {
                        self.find(format!("{channel:?} {key} arrived as {delivered:?} and stays unsure"));
                    }
                }
                Queued | Sending | Received => self.find(format!("{key} is {:?} in the end", row.status)),
            }
        }
    }

    /// Whether the phone said the very words of a send whose fate was unsure. Where neither the echo nor the list says
    /// which tool it was, nobody can tell the two apart.
    fn same_words_elsewhere(&self, asked: &Asked, mid: &str) -> bool {
        asked.text == COMMON && self.said.contains_key(mid)
    }

    /// The list says of each conversation what its messages say.
    fn lists(&mut self) {
        let mut found = Vec::new();
        for (id, thread) in &self.threads {
            let conversation = &self.conversations[id];
            if !thread.is_sorted_by_key(|m| m.sent_at) {
                found.push(format!("conversation {id} is not in the order of time"));
            }
            let said: Vec<&Message> = thread.iter().filter(|m| m.content.is_said()).collect();
            let Some(last) = said.last() else { continue };
            if conversation.last_at != last.sent_at {
                found.push(format!(
                    "conversation {id} ends at {:?}, not {:?}",
                    conversation.last_at, last.sent_at
                ));
            }
            let bad = |m: &&&Message| matches!(m.status, DeliveryStatus::Failed | DeliveryStatus::Unsure);
            if conversation.failed as usize != said.iter().filter(bad).count() {
                found.push(format!("conversation {id} counts {} that failed", conversation.failed));
            }
            let theirs = said.iter().filter(|m| m.direction == Direction::Inbound).map(|m| m.sent_at).max();
            let least = theirs.map_or(Timestamp(0), |at| at.plus(DAY));
            // Taps, reactions and ads open it longer; nothing makes it shorter but Meta's refusal of a human agent.
            if conversation.window.closes_at < theirs.map(|_| least)
                && conversation.window.refused_at.is_none()
            {
                found.push(format!(
                    "conversation {id} closes at {:?}, not {least:?}",
                    conversation.window.closes_at
                ));
            }
            let gone = |m: &&&Message| {
                m.direction == Direction::Outbound
                    && !matches!(m.status, DeliveryStatus::Failed | DeliveryStatus::Unsure)
            };
            let answered = said.iter().filter(gone).map(|m| m.sent_at).max();
            if conversation.waiting_since.is_some_and(|since| Some(since) <= answered) {
                found.push(format!("conversation {id} waits although it was answered"));
            }
        }
        self.findings.extend(found);
    }

    /// A tap is one line.
    fn taps(&mut self, story: &Story) {
        for (talker, tapped) in &story.taps {
            let lines = self.threads.values().flatten().filter(|m| {
                matches!(&m.content, Content::Activity { activity: Activity::Tapped { title } } if title == tapped)
            });
            let count = lines.count();
            let wanted = usize::from(!self.lost.taps.contains(tapped));
            if count != wanted {
                self.find(format!("{tapped} of {} stands there {count} times", talker.person));
            }
        }
    }

    /// What was taken back and told so is nowhere any more.
    async fn wiped(&mut self, story: &Story) {
        let mut conn = story.database().await;
        for said in story.said.iter().filter(|s| s.unsent == Some(false) && !s.word.is_empty()) {
            if self.lost.has(&said.mid, Part::Unsend) {
                continue;
            }
            for (place, sql) in [
                (
                    "messages",
                    "SELECT count(*) FROM messages WHERE instr(text || what || coalesce(detail, ''), ?1)",
                ),
                (
                    "attachments",
                    "SELECT count(*) FROM attachments WHERE instr(name || url || coalesce(card, ''), ?1)",
                ),
                ("journal", "SELECT count(*) FROM journal WHERE instr(body, CAST(?1 AS BLOB))"),
                ("changes", "SELECT count(*) FROM early_changes WHERE instr(change, ?1)"),
                ("index", "SELECT count(*) FROM message_words WHERE message_words MATCH ?1"),
            ] {
                let count: i64 = sqlx::query_scalar(sql)
                    .bind(&said.word)
                    .fetch_one(&mut conn)
                    .await
                    .expect("it can be read");
                if count > 0 {
                    self.find(format!(
                        "{} was taken back, and the {place} still say {:?}",
                        said.mid, said.word
                    ));
                }
            }
        }
    }

    /// The database holds together.
    async fn whole(&mut self, story: &Story) {
        let mut conn = story.database().await;
        let said: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await.expect("it can be read");
        if said != "ok" {
            self.find(format!("the database is damaged: {said}"));
        }
        let broken =
            sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut conn).await.expect("it can be read");
        if !broken.is_empty() {
            self.find(format!("{} rows point to nothing", broken.len()));
        }
    }
}

/// Whether Meta took a send only to say later that it failed.
fn refused(story: &Story, mid: &str) -> bool {
    story.meta.sends().iter().any(|s| s.mid == mid && s.failed.is_some())
}

fn lost_status(lost: &Lost, mid: &str) -> bool {
    lost.has(mid, Part::Status)
}

/// Whether a channel passes on the words of such a message.
fn channel_says(channel: Channel, kind: &str) -> bool {
    match kind {
        "story_reply" => channel == Channel::Instagram,
        "captioned" | "order" | "row" => channel == Channel::WhatsApp,
        _ => true,
    }
}
