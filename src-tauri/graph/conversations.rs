//! The Conversations API: threads newest first, with their newest messages in the same answer
//! (graph-api b). Only the newest 20 messages of a thread have details; there is no "since".

use super::{
    Account, Error, Fate, Lane, Page, Priority,
    client::{Call, Host},
    codes::Class,
    delivery::{
        Person,
        values::{Object, id, list, object, text, time, truth, whole},
    },
    paging,
    past::{self, PastMessage, SentThere},
};
use crate::model::{Channel, Login, MetaMessageId, MetaPersonId, MetaThreadId, Timestamp};
use serde_json::Value;
use std::{collections::HashSet, sync::Mutex, sync::PoisonError};

/// Details end after the newest 20 (graph-api b).
pub const WITH_DETAILS: u32 = 20;

/// A thread with one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    pub id: MetaThreadId,
    pub updated_time: Timestamp,
    /// The other side; `None` when Meta tells nobody.
    pub person: Option<Person>,
    pub unread_count: Option<i64>,
    pub can_reply: Option<bool>,
    /// Whether Meta keeps it among its message requests; told of Messenger's threads alone.
    pub is_request: Option<bool>,
    /// Its newest messages, newest first, when they were asked for.
    pub messages: Option<Page<PastMessage>>,
}

/// Ids and names that are ours. One business can have three ids (graph-api a.4): a new one is learned
/// when it carries our name.
#[derive(Debug, Default)]
pub struct Own {
    ids: Mutex<HashSet<String>>,
    username: Option<String>,
}

impl Own {
    /// Whether a participant or sender is us.
    pub(super) fn is(&self, party: &Object) -> bool {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let told = [id(party, "id"), id(party, "user_id")];
        if told.iter().flatten().any(|id| ids.contains(id)) {
            return true;
        }
        let named = text(party, "username").map(|u| u.trim_start_matches('@').to_lowercase());
        let ours = named.is_some() && named == self.username;
        if ours {
            ids.extend(told.into_iter().flatten());
        }
        ours
    }
}

/// What Meta says of a message that a list no longer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Still {
    /// It can be read.
    There,
    /// Meta says that there is none.
    Gone,
    /// Meta says something else, which proves nothing.
    NotTold,
}

impl Account {
    /// Whether Meta has a call that lists this account's past: not on WhatsApp (graph-api g.4).
    #[must_use]
    pub fn can_list_conversations(&self) -> bool {
        self.channel() != Channel::WhatsApp
    }

    /// Whether Meta can be asked if a send arrived.
    #[must_use]
    pub fn can_find_sent(&self) -> bool {
        self.can_list_conversations()
    }

    /// A page of threads, newest first, each with its `messages` newest messages in the same call
    /// (0 = none, 20 = all that have details).
    ///
    /// # Errors
    /// [`Error::NoSuchCall`] on WhatsApp; else as any call.
    pub async fn conversations(
        &self,
        after: Option<&str>,
        limit: u32,
        messages: u32,
        priority: Priority,
    ) -> Result<Page<Thread>, Error> {
        self.threads(None, after, limit, messages, priority).await
    }

    /// The thread with `person`, if there is one.
    ///
    /// # Errors
    /// As [`Account::conversations`].
    pub async fn conversation_with(
        &self,
        person: &MetaPersonId,
        messages: u32,
        priority: Priority,
    ) -> Result<Option<Thread>, Error> {
        Ok(self.threads(Some(person), None, 1, messages, priority).await?.data.into_iter().next())
    }

    async fn threads(
        &self,
        person: Option<&MetaPersonId>,
        after: Option<&str>,
        limit: u32,
        messages: u32,
        priority: Priority,
    ) -> Result<Page<Thread>, Error> {
        if !self.can_list_conversations() {
            return Err(Error::NoSuchCall);
        }
        let own = self.own(priority).await?;
        let mut detail = Detail::Full;
        loop {
            // Some accounts fail with much at once: ask for less, and remember (graph-api b).
            let modesty = self.modesty();
            let limit = match modesty {
                0 => limit,
                1 => limit.min(5),
                _ => 1,
            };
            let nested = if messages == 0 {
                String::new()
            } else {
                format!(",messages.limit({}){{{}}}", messages.min(WITH_DETAILS), self.fields(detail))
            };
            // Nobody tells the folder of an Instagram thread (graph-api b).
            let tells = self.channel() == Channel::Messenger && detail == Detail::Full;
            let folder = if tells { ",folder" } else { "" };
            let call = Call::get(self.host(), [self.node(), "conversations"])
                .with("platform", self.platform())
                .with(
                    "fields",
                    format!("id,updated_time,participants,unread_count,can_reply{folder}{nested}"),
                )
                .with("limit", limit.to_string())
                .maybe("user_id", person.map(MetaPersonId::as_str))
                .maybe("after", after);
            match self.call(call, Lane::Conversations, priority).await {
                Ok(answer) => {
                    let origin = self.graph().origin(self.host());
                    let page = answer.as_object().map(|a| paging::page(a, origin, |t| self.thread(t, own)));
                    return Ok(page.unwrap_or_default());
                }
                Err(e) if e.is_too_much() && limit > 1 && modesty == self.modesty() => self.be_modest(),
                Err(e) if e.is_too_much() && limit > 1 => {}
                Err(e) if e.is_field_refused() && detail == Detail::Full => detail = Detail::Basic,
                Err(e) => return Err(e),
            }
        }
    }

    fn thread(&self, t: &Object, own: &Own) -> Option<Thread> {
        let origin = self.graph().origin(self.host());
        let participants = object(t, "participants").map(|p| list(p, "data")).unwrap_or_default();
        let person =
            participants.iter().filter_map(Value::as_object).find(|p| !own.is(p)).and_then(past::person);
        let messages = object(t, "messages").map(|m| {
            let mut page = paging::page(m, origin, |m| past::read(m, own, person.as_ref()));
            // A nested list has no `next` when it is short, even where the edge itself goes on.
            page.next = page.next.filter(|_| !page.data.is_empty());
            page
        });
        Some(Thread {
            id: MetaThreadId(id(t, "id")?),
            updated_time: time(t, "updated_time")?,
            person,
            unread_count: whole(t, "unread_count"),
            can_reply: t.contains_key("can_reply").then(|| truth(t, "can_reply")),
            is_request: text(t, "folder")
                .filter(|_| self.channel() == Channel::Messenger)
                .map(|folder| self.graph().holds_requests(&folder)),
            messages,
        })
    }

    /// A page of a thread's messages, newest first. Messages without details are left out.
    ///
    /// # Errors
    /// As [`Account::conversations`].
    pub async fn messages(
        &self,
        thread: &MetaThreadId,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<Page<PastMessage>, Error> {
        if !self.can_list_conversations() {
            return Err(Error::NoSuchCall);
        }
        let own = self.own(priority).await?;
        let (mut detail, mut limit) = (Detail::Full, WITH_DETAILS);
        loop {
            let call = Call::get(self.host(), [thread.as_str(), "messages"])
                .with("fields", self.fields(detail))
                .with("limit", limit.to_string())
                .maybe("after", after);
            match self.call(call, Lane::Conversations, priority).await {
                Ok(answer) => {
                    let origin = self.graph().origin(self.host());
                    let page =
                        answer.as_object().map(|a| paging::page(a, origin, |m| past::read(m, own, None)));
                    return Ok(page.unwrap_or_default());
                }
                Err(e) if e.is_field_refused() && detail == Detail::Full => detail = Detail::Basic,
                Err(e) if e.is_too_much() && limit > 1 => limit = 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// One message; `None` when Meta no longer shows it, which does not mean that it was deleted
    /// (graph-api b).
    ///
    /// # Errors
    /// As [`Account::conversations`].
    pub async fn message(
        &self,
        mid: &MetaMessageId,
        priority: Priority,
    ) -> Result<Option<PastMessage>, Error> {
        if !self.can_list_conversations() {
            return Err(Error::NoSuchCall);
        }
        let own = self.own(priority).await?;
        let mut detail = Detail::Full;
        loop {
            let call = Call::get(self.host(), [mid.as_str()]).with("fields", self.fields(detail));
            match self.call(call, Lane::Conversations, priority).await {
                Ok(answer) => return Ok(answer.as_object().and_then(|m| past::read(m, own, None))),
                Err(e) if matches!(e.class(), Some(Class::NoDetails | Class::Missing)) => return Ok(None),
                Err(e) if e.is_field_refused() && detail == Detail::Full => detail = Detail::Basic,
                Err(e) => return Err(e),
            }
        }
    }

    /// Whether one of the newest 20 messages of a thread, which a list lacks, was taken back. For an older one the
    /// answer means nothing: those are refused in the same words (graph-api b).
    ///
    /// # Errors
    /// As [`Account::conversations`], but for refusals of this one message.
    pub async fn is_still_there(&self, mid: &MetaMessageId) -> Result<Still, Error> {
        let call = Call::get(self.host(), [mid.as_str()]).with("fields", "id,created_time");
        match self.call(call, Lane::Conversations, Priority::Background).await {
            Ok(_) => Ok(Still::There),
            Err(e) => match e.refusal().map(|r| (r.code, r.subcode)) {
                Some((9_000_001, _) | (100, Some(33))) => Ok(Still::Gone),
                Some(_) if e.fate() == Fate::GiveUp => Ok(Still::NotTold),
                _ => Err(e),
            },
        }
    }

    /// Every id this business was seen under so far.
    #[must_use]
    pub fn own_ids(&self) -> Vec<String> {
        let known = self.own.get().map(|own| own.ids.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let mut ids: Vec<String> = known.unwrap_or_default().into_iter().collect();
        ids.sort_unstable();
        ids
    }

    /// Messages of ours to `person` that say `text`, not older than `since`, newest first: one of them
    /// may be a send whose answer was lost.
    ///
    /// # Errors
    /// As [`Account::conversations`].
    pub async fn find_sent(
        &self,
        person: &MetaPersonId,
        text: &str,
        since: Timestamp,
    ) -> Result<Vec<SentThere>, Error> {
        let thread = self.conversation_with(person, WITH_DETAILS, Priority::Interactive).await?;
        let newest = thread.and_then(|t| t.messages).unwrap_or_default().data;
        let same = |m: &PastMessage| m.message.from_us && words_of(&m.message.text) == words_of(text);
        let fresh = |m: &PastMessage| m.created_time.is_none_or(|at| at >= since);
        Ok(newest.into_iter().filter(|m| same(m) && fresh(m)).map(SentThere::from).collect())
    }

    fn platform(&self) -> &'static str {
        if self.channel() == Channel::Instagram { "instagram" } else { "messenger" }
    }

    fn fields(&self, detail: Detail) -> &'static str {
        match (detail, self.channel()) {
            (Detail::Basic, _) => "id,from,to,created_time,message",
            (Detail::Full, Channel::Instagram) => {
                "id,created_time,from,to,message,attachments,shares,story,reactions,reply_to,is_unsupported"
            }
            (Detail::Full, _) => {
                "id,created_time,from,to,message,attachments,shares,sticker,reactions,reply_to"
            }
        }
    }

    /// What is ours, asked once. Where Meta does not answer, our id alone must do.
    async fn own(&self, priority: Priority) -> Result<&Own, Error> {
        self.own
            .get_or_try_init(|| async {
                let access = self.access();
                let mut ids = HashSet::from([access.meta_id.0.clone()]);
                ids.extend(access.page_id.clone());
                ids.extend(access.own_ids.iter().cloned());
                let mut username = None;
                if access.channel == Channel::Instagram {
                    let (node, fields) = match access.login {
                        Login::InstagramLogin => ("me", "id,user_id,username"),
                        _ => (access.meta_id.as_str(), "id,username"),
                    };
                    let call = Call::get(self.host(), [node]).with("fields", fields);
                    let me = match self.call(call, Lane::Others, priority).await {
                        Ok(answer) => answer.as_object().cloned().unwrap_or_default(),
                        Err(e) if matches!(e.fate(), Fate::GiveUp | Fate::UserAction) => {
                            tracing::info!(error = %e, "the account's name could not be read; its id alone is known");
                            Object::new()
                        }
                        Err(e) => return Err(e),
                    };
                    ids.extend(id(&me, "id"));
                    ids.extend(id(&me, "user_id"));
                    username = text(&me, "username").map(|u| u.to_lowercase());
                }
                Ok(Own {
                    ids: Mutex::new(ids),
                    username,
                })
            })
            .await
    }
}

/// How much of a message is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    /// A field was refused for one kind of message: these never are (graph-api b).
    Basic,
}

/// Text as it compares: Meta may trim it and change line ends.
fn words_of(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

impl Error {
    /// "(#100) Tried accessing nonexisting field": fewer fields may do.
    pub(super) fn is_field_refused(&self) -> bool {
        self.refusal().is_some_and(|r| r.code == 100 && r.message.contains("nonexisting field"))
    }

    /// "Please reduce the amount of data you're asking for": fewer at once may do.
    pub(super) fn is_too_much(&self) -> bool {
        self.refusal().is_some_and(|r| r.message.contains("reduce the amount of data"))
    }

    /// The cursor is too old or not one: begin at the first page again.
    #[must_use]
    pub fn is_bad_cursor(&self) -> bool {
        self.refusal().is_some_and(|r| r.code == 100 && r.message.to_lowercase().contains("cursor"))
    }
}

/// The login whose tokens a host takes.
pub(super) const fn host_of(login: Login) -> Host {
    match login {
        Login::InstagramLogin => Host::Instagram,
        Login::FacebookPage | Login::WhatsAppCloud => Host::Facebook,
    }
}
