//! How Meta names what it holds: threads, messages, media and people, from their places and back.

use crate::ids;
use crate::people;
use crate::random::{mix, mix2};
use crate::world::{Channel, Message, World};
use serde_json::{Value, json};

/// How WhatsApp numbers its groups.
const GROUPS: &str = "120363";
const MESSAGE: u64 = 0x6d65_7373;
const LOST: u64 = 0x6c6f_7374;
/// How ids of Messenger threads and of media begin.
const THREAD: u64 = 122;
const MEDIA: u64 = 10;

impl World {
    /// The thread's id as Meta writes it.
    pub fn thread_id(&self, thread: usize) -> String {
        let t = &self.threads[thread];
        match self.accounts[t.account].channel {
            Channel::Messenger => format!("t_{}", ids::digits(THREAD, thread as u64)),
            Channel::Instagram => {
                let sealed = ids::seal(mix2(self.seed, THREAD), &ids::pair(thread as u32, 0), 60);
                format!("aWdfZAG06{sealed}")
            }
            Channel::WhatsApp => t.person.clone(),
        }
    }

    pub fn find_thread(&self, id: &str) -> Option<usize> {
        let thread = if let Some(number) = id.strip_prefix("t_") {
            ids::from_digits(THREAD, number)? as usize
        } else {
            let sealed = ids::unseal(mix2(self.seed, THREAD), id.strip_prefix("aWdfZAG06")?, 8)?;
            ids::unpair(&sealed)?.0 as usize
        };
        (self.threads.get(thread)?.account != self.account_of(Channel::WhatsApp)).then_some(thread)
    }

    /// The message's id as Meta writes it.
    pub fn mid(&self, thread: usize, index: usize) -> String {
        let t = &self.threads[thread];
        // A world that is built again has the same seeded messages and never the same new ones.
        let session = self.session_of(&t.messages[index]);
        self.sealed_mid(t.account, MESSAGE, &ids::triple(thread as u32, index as u32, session))
    }

    fn session_of(&self, held: &Message) -> u32 {
        if held.written.as_ref().is_some_and(|w| !w.seeded) { self.session } else { 0 }
    }

    /// An id for a send that fails later and is never held.
    pub fn lost_mid(&mut self, account: usize) -> String {
        self.lost += 1;
        self.sealed_mid(account, LOST, &ids::pair(self.lost, self.session))
    }

    fn sealed_mid(&self, account: usize, purpose: u64, payload: &[u8]) -> String {
        let (prefix, length, suffix) = mid_form(self.accounts[account].channel);
        format!("{prefix}{}{suffix}", ids::seal(mix2(self.seed, purpose), payload, length))
    }

    pub fn find_message(&self, mid: &str) -> Option<(usize, usize)> {
        for channel in [Channel::Instagram, Channel::Messenger, Channel::WhatsApp] {
            let (prefix, _, suffix) = mid_form(channel);
            let Some(sealed) = mid.strip_prefix(prefix).and_then(|m| m.strip_suffix(suffix)) else {
                continue;
            };
            let opened = ids::unseal(mix2(self.seed, MESSAGE), sealed, 12)?;
            let (thread, index, session) = ids::untriple(&opened)?;
            let (thread, index) = (thread as usize, index as usize);
            let held = self.threads.get(thread)?.messages.get(index)?;
            return (session == self.session_of(held)).then_some((thread, index));
        }
        None
    }

    /// The id of whatever a message carries: attachment, story or WhatsApp media.
    pub fn media_id(thread: usize, index: usize) -> String {
        ids::digits(MEDIA, ((thread as u64) << 20) | index as u64)
    }

    pub fn find_media(&self, id: &str) -> Option<(usize, usize)> {
        let n = ids::from_digits(MEDIA, id)?;
        let (thread, index) = ((n >> 20) as usize, (n & 0xF_FFFF) as usize);
        self.threads.get(thread)?.messages.get(index)?;
        Some((thread, index))
    }

    pub(crate) fn person_id(&self, account: usize, hash: u64, thread: usize) -> String {
        match self.accounts[account].channel {
            Channel::Instagram => ids::digits(1, thread as u64 ^ ((mix(self.seed) % (1 << 20)) << 24)),
            Channel::Messenger => ids::digits(6, thread as u64 ^ ((mix(self.seed) % (1 << 20)) << 24)),
            Channel::WhatsApp => people::phone(hash, thread as u64),
        }
    }

    /// Whom an echo of the phone app went to (graph-api d.5): a group has no id of a person.
    pub fn addressee(&self, thread: usize, message: &mut Value) {
        let person = &self.threads[thread].person;
        message["to"] = json!(person);
        if !person.starts_with(GROUPS) {
            message["to_user_id"] = json!(self.bsuid(thread));
        }
    }

    /// The business-scoped id of a WhatsApp person (graph-api d.5).
    pub fn bsuid(&self, thread: usize) -> String {
        format!("US.{}", ids::digits(1349, thread as u64))
    }

    pub fn find_bsuid(&self, bsuid: &str) -> Option<usize> {
        let thread = ids::from_digits(1349, bsuid.strip_prefix("US.")?)? as usize;
        (thread < self.threads.len()).then_some(thread)
    }
}

/// How message ids look: prefix, bytes, suffix.
const fn mid_form(channel: Channel) -> (&'static str, usize, &'static str) {
    match channel {
        Channel::Instagram => ("aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE", 54, "ZD"),
        Channel::Messenger => ("m_", 63, ""),
        Channel::WhatsApp => ("wamid.HBgM", 39, "AA=="),
    }
}
