//! What a demo shows: conversations in which every kind of message occurs once as it would in life, and a second
//! Page whose token ends. What was said is part of the world as it is found; what a list cannot show, and what
//! happened besides, is told by webhook once somebody listens.

use crate::clock::{DAY, MINUTE};
use crate::happenings::Happening;
use crate::people::{self, Language};
use crate::random::mix2;
use crate::said::{Along, Content, Referral, Tap};
use crate::seed::fields;
use crate::tokens::{Holder, USER_SCOPES};
use crate::world::{Account, Channel, World, Written};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// The outlet's Page.
const OUTLET: &str = "418275563909417";

/// One turn of a conversation, so many minutes before the start.
struct Turn {
    ago: i64,
    what: What,
}

enum What {
    They(Content),
    We(Content),
    /// The same with what goes along.
    Along(Content, Along),
    /// To the last message: an emoji of theirs or ours, new words, gone, failed.
    React(&'static str, bool),
    Edit(&'static str),
    Unsend,
    Fail(i64, &'static str),
    Happens(Happening),
}

fn they(ago: i64, text: &str) -> Turn {
    Turn { ago, what: What::They(Content::Text(text.into())) }
}

fn we(ago: i64, text: &str) -> Turn {
    Turn { ago, what: What::We(Content::Text(text.into())) }
}

fn sends(ago: i64, content: Content) -> Turn {
    Turn { ago, what: What::They(content) }
}

fn then(what: What) -> Turn {
    Turn { ago: 0, what }
}

fn happens(ago: i64, what: Happening) -> Turn {
    Turn { ago, what: What::Happens(what) }
}

fn along(ago: i64, text: &str, along: Along) -> Turn {
    Turn { ago, what: What::Along(Content::Text(text.into()), along) }
}

fn ad(title: &str, text: &str) -> Along {
    let referral = Some(Referral::Ad { title: title.into(), text: text.into() });
    Along { referral, ..Along::default() }
}

/// The conversations of a channel; the last of WhatsApp is a group's.
fn conversations(channel: Channel) -> Vec<Vec<Turn>> {
    let tap = |form, title: &str| Content::Tap { form, title: title.into() };
    match channel {
        Channel::Instagram => vec![
            vec![
                sends(96, Content::StoryReply("This blue! Is the bowl from your story for sale?".into())),
                we(93, "It is: 18 cm, 38 €. Shall I put one aside for you?"),
                then(What::React("❤️", false)),
                sends(91, tap(Tap::QuickReply, "Yes, please")),
                sends(90, Content::Reel("How a bowl is thrown in forty seconds".into())),
                they(89, "Is that you at the wheel? 😄"),
                then(What::React("😆", true)),
                they(52, "Could it be here by Firday?"),
                then(What::Edit("Could it be here by Friday?")),
            ],
            vec![
                sends(141, Content::StoryMention),
                they(140, "You are in my story! The cups came out so well in the light"),
                Turn { ago: 133, what: What::We(Content::Sticker) },
                we(132, "Thank you, that made our morning"),
                they(61, "My sister's address is 12 Mill Lane, ring twice"),
                then(What::Unsend),
                they(60, "Sorry, that was for somebody else"),
            ],
            vec![
                happens(75, Happening::Came(Referral::Link("market-stall".into()))),
                sends(74, Content::Post("New glazes, fired this morning".into())),
                they(74, "Is this the same glaze as on the plates?"),
                sends(73, Content::Images(3)),
                they(72, "These are the ones I have"),
                sends(71, Content::SharedStory),
                sends(70, Content::Ephemeral),
                we(66, "The same glaze, another clay. They stand well together."),
                happens(64, Happening::OptIn(true)),
                sends(41, Content::Unsupported),
            ],
        ],
        Channel::Messenger => vec![
            vec![
                along(
                    88,
                    "Hi, I saw your ad. Do you ship to Ireland?",
                    ad("Spring glazes", "Fired this week, shipped on Monday"),
                ),
                we(85, "We do, three to four days. Here is what is in stock:"),
                Turn {
                    ago: 85,
                    what: What::We(Content::Card {
                        title: "Sea bowl".into(),
                        text: "Stoneware, 18 cm, 38 €".into(),
                        button: "See it".into(),
                    }),
                },
                sends(83, tap(Tap::Button, "Show me more")),
                sends(
                    82,
                    Content::Link {
                        title: "Bowls · Saltwind Studio".into(),
                        url: "https://saltwind.example/bowls".into(),
                    },
                ),
                sends(81, Content::File("Wedding list.pdf".into())),
                they(80, "Everything on page two, please. It is to go here:"),
                sends(79, Content::Place { name: "Harbour Café".into(), address: "4 Quay Street".into() }),
                we(55, "Noted. I will send you the total tonight."),
                happens(54, Happening::Seen),
                sends(53, Content::Sticker),
            ],
            vec![
                happens(125, Happening::Postback("Where is my order?".into())),
                along(
                    124,
                    "Order 2031, it should have come yesterday",
                    Along { standby: true, ..Along::default() },
                ),
                happens(123, Happening::HandedBack),
                we(119, "I have it here: it left on Tuesday and is with the carrier."),
                happens(118, Happening::Feedback("Good response".into())),
                sends(116, Content::Video),
                sends(115, Content::Audio),
                they(114, "This is how it arrived just now 😕"),
                happens(47, Happening::HandOverAsked),
            ],
            vec![
                they(66, "Hi, I make aprons for potters. May I send you two to try?"),
                they(65, "No obligation, I like your work"),
            ],
        ],
        Channel::WhatsApp => vec![
            vec![
                along(
                    104,
                    "Hello! Is the workshop on Saturday still open?",
                    ad("Throw your own cup", "Two hours, clay included"),
                ),
                we(101, "It is, two places left. Which size of cup would you like to make?"),
                sends(100, tap(Tap::Row, "Large, 0.4 l")),
                sends(
                    99,
                    Content::Form(vec![
                        ("name".into(), "Imogen".into()),
                        ("day".into(), "Saturday".into()),
                        ("allergies".into(), "none".into()),
                    ]),
                ),
                we(97, "You are on the list 🎉"),
                then(What::React("🙏", false)),
                happens(68, Happening::Called(None)),
                happens(66, Happening::Called(Some(184))),
                sends(65, Content::Contact { name: "Noor Haddad".into(), phone: "+1 555 0100 422".into() }),
                along(64, "She would like to come too", Along { forwarded: true, ..Along::default() }),
                sends(
                    63,
                    Content::Place { name: "Station, north exit".into(), address: "1 Station Road".into() },
                ),
                happens(62, Happening::IdentityChanged),
            ],
            vec![
                sends(84, Content::Order("Could you wrap them? It is a present.".into())),
                sends(83, Content::Captioned("In this paper, if you still have it".into())),
                sends(82, Content::Audio),
                we(79, "Wrapped and ready. 116 €, and you can pay on collection."),
                sends(77, tap(Tap::Button, "Collect tomorrow")),
                sends(76, Content::Sticker),
                sends(75, Content::Poll),
                we(36, "We are open until six."),
                then(What::Fail(
                    131_049,
                    "This message was not delivered to maintain healthy ecosystem engagement",
                )),
            ],
            vec![along(
                58,
                "Hi, I only have a user name here. Do you repair chipped plates?",
                Along { without_phone: true, ..Along::default() },
            )],
            vec![
                along(49, "Shall we all order together and save the shipping?", author("15550100711")),
                along(48, "I am in: four cups", author("15550100712")),
                happens(47, Happening::Group("group_participants_add".into())),
                along(46, "Two sea bowls for me", author("15550100713")),
            ],
        ],
    }
}

fn author(number: &str) -> Along {
    Along { author: Some(number.into()), ..Along::default() }
}

impl World {
    /// Adds what a demo shows, as if it had been there all along.
    pub fn dress_up(&mut self) {
        let start = self.now();
        for channel in [Channel::Instagram, Channel::Messenger, Channel::WhatsApp] {
            let account = self.account_of(channel);
            for (n, turns) in conversations(channel).into_iter().enumerate() {
                let thread = self.somebody_english(account, n, &turns);
                for turn in turns {
                    self.seeded(thread, start, turn);
                }
                self.threads[thread].shown = true;
                // Nobody has answered it, so Messenger keeps it apart.
                self.threads[thread].request = self.threads[thread].messages.iter().all(|m| !m.from_us);
            }
        }
        self.one_person_on_two_channels(start);
        self.open_outlet(start);
    }

    /// Whoever answered a story is on WhatsApp as well, and says so.
    fn one_person_on_two_channels(&mut self, start: i64) {
        let first = |world: &Self, channel| {
            let account = world.account_of(channel);
            world.threads.iter().position(|t| t.shown && t.account == account)
        };
        let (Some(here), Some(there)) = (first(self, Channel::Instagram), first(self, Channel::WhatsApp))
        else {
            return;
        };
        self.threads[there].hash = self.threads[here].hash;
        let words = format!("If WhatsApp is quicker for you, I am +{} there", self.threads[there].person);
        self.seeded(here, start, they(50, &words));
    }

    /// Somebody who speaks English, with a name that nobody else of the account here has.
    fn somebody_english(&mut self, account: usize, n: usize, turns: &[Turn]) -> usize {
        let group = turns.iter().any(|t| matches!(&t.what, What::Along(_, along) if along.author.is_some()));
        let thread = self.meet(account, group.then_some("120363041234567890"));
        let mut hashes = (0u64..).map(|k| mix2(self.seed ^ 0x5407, k + ((account * 8 + n) as u64) * 64));
        if let Some(hash) = hashes.find(|hash| people::language(*hash) == Language::English) {
            self.threads[thread].hash = hash;
        }
        thread
    }

    /// Holds what was said; what happened besides is told later.
    fn seeded(&mut self, thread: usize, start: i64, turn: Turn) {
        let (content, mut along, from_us) = match turn.what {
            What::They(content) => (content, Along::default(), false),
            What::We(content) => (content, Along::default(), true),
            What::Along(content, along) => (content, along, false),
            _ => return,
        };
        along.ago_ms = self.now() - start + turn.ago * MINUTE;
        let written = Written { along, seeded: true, ..Written::by_phone(content) };
        self.hold(thread, from_us, written);
    }

    /// Tells by webhook what the lists of Meta cannot show of it, and what happened. Once for each database: lines
    /// are told by their time, which is another at each start.
    pub fn tell_showcase(&mut self) {
        let mut told = 0;
        for channel in [Channel::Instagram, Channel::Messenger, Channel::WhatsApp] {
            let account = self.account_of(channel);
            let shown: Vec<usize> = (0..self.threads.len())
                .filter(|t| self.threads[*t].shown && self.threads[*t].account == account)
                .collect();
            for (thread, turns) in shown.into_iter().zip(conversations(channel)) {
                let mut index = 0;
                for turn in turns {
                    // One after another, as it was.
                    told += 1;
                    self.told_after = Duration::from_millis(told * 12);
                    if matches!(turn.what, What::They(_) | What::We(_) | What::Along(..)) {
                        self.announce(thread, index, self.told_after);
                        index += 1;
                    } else {
                        self.play(thread, index, &turn);
                    }
                }
            }
        }
        self.told_after = Duration::ZERO;
        let whatsapp = self.account_of(Channel::WhatsApp);
        self.news(
            whatsapp,
            "message_template_status_update",
            json!({
                "event": "APPROVED", "message_template_id": 1_689_556_908_129_832_u64,
                "message_template_name": "order_ready", "message_template_language": "en_US", "reason": "NONE",
            }),
        );
        let number = crate::deliveries::digits_of(&self.accounts[whatsapp].handle);
        self.news(
            whatsapp,
            "phone_number_quality_update",
            json!({ "event": "UPGRADE", "current_limit": "TIER_10K", "display_phone_number": number }),
        );
    }

    fn play(&mut self, thread: usize, next: usize, turn: &Turn) {
        let last = next.saturating_sub(1);
        let mid = self.mid(thread, last);
        let said_at = self.threads[thread].messages[last].at;
        let now = self.clock.now();
        self.pretended_ago = match turn.what {
            What::Happens(_) => turn.ago * MINUTE,
            _ => now - said_at - MINUTE,
        };
        match &turn.what {
            What::React(emoji, by_us) => self.react(&mid, Some(emoji), *by_us),
            What::Edit(text) => self.edit(&mid, text),
            What::Unsend => self.unsend(&mid, false),
            What::Fail(code, title) => self.fail(&mid, *code, title),
            What::Happens(what) => {
                let (account, person) = (self.threads[thread].account, self.threads[thread].person.clone());
                self.happen(account, &person, what);
            }
            What::They(_) | What::We(_) | What::Along(..) => {}
        }
        self.pretended_ago = 0;
    }

    /// A second Page, with a few conversations of its own.
    fn open_outlet(&mut self, start: i64) {
        let account = self.accounts.len();
        self.accounts.push(Account {
            channel: Channel::Messenger,
            id: OUTLET.to_owned(),
            name: "Saltwind Seconds".to_owned(),
            handle: "saltwindseconds".to_owned(),
            waba: None,
            subscribed: fields(Channel::Messenger).iter().map(|f| (*f).to_owned()).collect(),
            threads: BTreeSet::new(),
            people: HashMap::new(),
        });
        self.renew_tokens();
        for (n, (ago, asked, answered)) in [
            (26, "Do the plates with the crooked rim still cost half?", "They do, while there are any."),
            (31, "Is the outlet open on Sunday?", "From eleven to four."),
            (150, "I broke one of the four, can I buy a single one?", "Of course, come by."),
        ]
        .into_iter()
        .enumerate()
        {
            let turns = [they(ago * 60 + 4, asked), we(ago * 60, answered)];
            let thread = self.somebody_english(account, n, &turns);
            for turn in turns {
                self.seeded(thread, start, turn);
            }
        }
    }

    /// The second Page's token has expired.
    pub fn end_outlet(&mut self) {
        if let Some(outlet) = self.account(OUTLET) {
            let holder = self.holder_of(outlet);
            self.tokens.of(holder).for_each(|t| t.dead = Some(463));
        }
    }

    /// A fresh token for every account whose own no longer works.
    pub fn renew_tokens(&mut self) {
        let now = self.now();
        for account in 0..self.accounts.len() {
            let holder = self.holder_of(account);
            let alive = self.tokens.of(holder).any(|t| t.flaw(now).is_none());
            if !alive {
                self.tokens.mint(self.seed, holder, &USER_SCOPES[..7], now, Some(now + 58 * DAY));
            }
        }
    }

    /// The token by which an account beside the first three is reached.
    pub fn further_token(&mut self, account: usize) -> Option<String> {
        let (holder, now): (Holder, i64) = (self.holder_of(account), self.now());
        let newest = self.tokens.of(holder).filter(|t| t.flaw(now).is_none()).max_by_key(|t| t.issued_at);
        newest.map(|t| t.value.clone())
    }
}
