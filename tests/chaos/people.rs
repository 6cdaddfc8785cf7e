//! What people, the shop's phone and Meta do in the story.

use crate::story::{Story, Talker};
use engine::model::Channel;
use heliograph_simulator::{Along, Content, Happening, Referral, Tap};

/// Something that was said at Meta's side and not from the desk.
#[derive(Debug, Clone)]
pub struct Said {
    pub mid: String,
    pub account: usize,
    /// The word of its content.
    pub kind: &'static str,
    /// A word that stands in no other message; empty where it has no words of its own.
    pub word: String,
    /// How it was taken back, if it was: in silence or not.
    pub unsent: Option<bool>,
    pub edits: u32,
}

/// Words that everybody says now and then, here and on the phone.
pub const COMMON: &str = "Yes, we do.";
const EMOJIS: [&str; 6] = ["❤️", "👍", "😮", "🎉", "😢", "🔥"];

impl Story {
    /// Somebody writes for the first time.
    pub fn somebody_new(&mut self, account: usize) {
        let word = self.word();
        let text = format!("Hello, is {word} open?");
        let meta_id = self.accounts[account].meta_id.clone();
        let said = self.meta.say(&meta_id, None, &text);
        self.talkers.push(Talker { account, person: said.person, blocked: false });
        self.keep(said.mid, account, "text", false, word);
    }

    /// A word that nobody used before.
    fn word(&mut self) -> String {
        format!("zq{}x{}e", self.seed, self.said.len())
    }

    fn keep(&mut self, mid: String, account: usize, kind: &'static str, from_us: bool, word: String) {
        self.note(format!("{kind} {mid} on {account}, from us: {from_us}"));
        self.said.push(Said { mid, account, kind, word, unsent: None, edits: 0 });
    }

    /// One thing happens.
    pub fn people_act(&mut self) {
        let who = self.somebody();
        match self.chance.below(100) {
            0..34 => self.says(who, false),
            34..52 => self.says_otherwise(who),
            52..58 => self.says(who, true),
            58..67 => self.reacts(),
            67..74 => self.edits(),
            74..81 => self.takes_back(),
            81..86 => self.sees(who),
            86..91 => self.taps(who),
            91..94 => self.fails_late(),
            94..96 => self.blocks(who),
            96..98 => {
                let account = self.chance.below(3) as usize;
                self.somebody_new(account);
            }
            _ => self.token_dies(),
        }
    }

    fn along(&mut self, who: usize, from_us: bool) -> Along {
        let account = self.talkers[who].account;
        let whatsapp = self.accounts[account].channel == Channel::WhatsApp;
        let earlier: Vec<&Said> = self.said.iter().filter(|s| s.account == account).collect();
        let quotes = earlier.get(self.chance.below(4 * earlier.len() as u64) as usize).map(|s| s.mid.clone());
        let ad = !from_us && self.chance.percent(6);
        Along {
            from_us,
            quotes,
            referral: ad.then(|| Referral::Ad { title: "Spring glazes".into(), text: String::new() }),
            forwarded: whatsapp && self.chance.percent(5),
            standby: self.chance.percent(4),
            without_phone: whatsapp && !from_us && self.chance.percent(10),
            ..Along::default()
        }
    }

    fn says(&mut self, who: usize, from_us: bool) {
        let Talker { account, person, .. } = self.talkers[who].clone();
        let word = self.word();
        // Much is said in the same words.
        let (text, word) = match self.chance.below(5) {
            0 => (COMMON.to_owned(), String::new()),
            _ => (format!("About {word}: is it \"blue\" \\ grün? 🙂"), word),
        };
        let along = self.along(who, from_us);
        let meta_id = self.accounts[account].meta_id.clone();
        let said = self.meta.say_along(&meta_id, Some(&person), Content::Text(text), along);
        self.keep(said.mid, account, "text", from_us, word);
    }

    fn says_otherwise(&mut self, who: usize) {
        let Talker { account, person, .. } = self.talkers[who].clone();
        let word = self.word();
        let any = [
            "image",
            "images",
            "video",
            "audio",
            "file",
            "sticker",
            "card",
            "place",
            "quick_reply",
            "button",
            "unsupported",
        ];
        let only: &[&str] = match self.accounts[account].channel {
            Channel::Instagram => {
                &["story_reply", "story_mention", "shared_story", "post", "reel", "ephemeral"]
            }
            Channel::Messenger => &["post", "reel"],
            Channel::WhatsApp => &["captioned", "contact", "order", "row", "form", "poll"],
        };
        let kinds: Vec<&str> = any.iter().chain(only).copied().collect();
        let kind = self.chance.pick(&kinds);
        let content = match kind {
            "quick_reply" => Content::Tap { form: Tap::QuickReply, title: word.clone() },
            "button" => Content::Tap { form: Tap::Button, title: word.clone() },
            "row" => Content::Tap { form: Tap::Row, title: word.clone() },
            "images" => Content::Images(2),
            kind => Content::of(kind, &word).expect("a kind"),
        };
        let worded = matches!(kind, "quick_reply" | "button" | "row" | "story_reply" | "captioned" | "order");
        let word = if worded { word } else { String::new() };
        let meta_id = self.accounts[account].meta_id.clone();
        let along = self.along(who, false);
        let said = self.meta.say_along(&meta_id, Some(&person), content, along);
        self.keep(said.mid, account, kind, false, word);
    }

    /// Something that was said and not taken back.
    fn earlier(&mut self, wanted: impl Fn(&Said) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.said.len())
            .filter(|n| self.said[*n].unsent.is_none() && wanted(&self.said[*n]))
            .collect();
        // What is new is talked about most.
        let newest = &all[all.len().saturating_sub(12)..];
        (!newest.is_empty()).then(|| self.chance.pick(newest))
    }

    fn reacts(&mut self) {
        // The shop's phone reacts to these, the desk to the others.
        let by_phone = self.chance.percent(25);
        let Some(n) = self.earlier(|s| !by_phone || is_of_the_phone(&s.mid)) else { return };
        let mid = self.said[n].mid.clone();
        let emoji = if self.chance.percent(30) { None } else { Some(self.chance.pick(&EMOJIS)) };
        self.note(format!("{emoji:?} on {mid}, by us: {by_phone}"));
        self.meta.react(&mid, emoji, by_phone);
    }

    fn edits(&mut self) {
        let Some(n) = self.earlier(|s| s.kind == "text" && s.edits < 5) else { return };
        let (mid, word) = (self.said[n].mid.clone(), self.said[n].word.clone());
        self.said[n].edits += 1;
        let text = format!("{word} corrected {}", self.said[n].edits);
        self.note(format!("{mid} is edited, {}", self.said[n].edits));
        self.meta.edit(&mid, &text);
    }

    fn takes_back(&mut self) {
        let Some(n) = self.earlier(|_| true) else { return };
        let silent =
            self.accounts[self.said[n].account].channel != Channel::WhatsApp && self.chance.percent(30);
        self.said[n].unsent = Some(silent);
        let mid = self.said[n].mid.clone();
        self.note(format!("{mid} is taken back, in silence: {silent}"));
        self.meta.unsend(&mid, silent);
    }

    fn sees(&mut self, who: usize) {
        let Talker { account, person, .. } = self.talkers[who].clone();
        let meta_id = self.accounts[account].meta_id.clone();
        let what = if self.chance.percent(60) { Happening::Seen } else { Happening::Delivered };
        self.note(format!("{person} {what:?}"));
        self.meta.happen(&meta_id, &person, &what);
    }

    fn taps(&mut self, who: usize) {
        let talker = self.talkers[who].clone();
        if self.accounts[talker.account].channel == Channel::WhatsApp {
            return;
        }
        let title = format!("tap{}x{}", self.seed, self.taps.len());
        let meta_id = self.accounts[talker.account].meta_id.clone();
        self.note(format!("{} taps {title}", talker.person));
        self.meta.happen(&meta_id, &talker.person, &Happening::Postback(title.clone()));
        self.taps.push((talker, title));
    }

    /// A WhatsApp send that was taken fails after all.
    fn fails_late(&mut self) {
        let whatsapp = self.accounts[Channel::WhatsApp as usize].meta_id.clone();
        let sends: Vec<String> =
            self.meta.sends().into_iter().filter(|s| s.account == whatsapp).map(|s| s.mid).collect();
        let Some(mid) = sends.last().cloned() else { return };
        self.note(format!("{mid} fails late"));
        self.meta.fail(&mid, 131_049, "In order to maintain a healthy ecosystem");
    }

    fn blocks(&mut self, who: usize) {
        let Talker { account, person, blocked } = self.talkers[who].clone();
        self.talkers[who].blocked = !blocked;
        let meta_id = self.accounts[account].meta_id.clone();
        self.note(format!("{person} blocks us: {}", !blocked));
        self.meta.block(&meta_id, &person, !blocked);
    }

    fn token_dies(&mut self) {
        let account = self.chance.below(3) as usize;
        let subcode = self.chance.pick(&[458, 460, 463]);
        let meta_id = self.accounts[account].meta_id.clone();
        self.note(format!("the token of {account} ends with {subcode}"));
        self.meta.expire_token(&meta_id, subcode);
    }
}

/// Messages to which only the shop's phone reacts, so that nobody has to know who was last.
pub fn is_of_the_phone(mid: &str) -> bool {
    mid.bytes().fold(0_u32, |sum, b| sum + u32::from(b)).is_multiple_of(3)
}
