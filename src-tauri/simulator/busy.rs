//! People who write by themselves: somebody every few seconds, now and then in a burst, and an answer some
//! seconds after a reply of ours.

use crate::Shared;
use crate::people;
use crate::random::{Chance, mix2};
use crate::said::Content;
use crate::texts;
use crate::world::{Channel, World, Written};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Threads in which we just wrote.
pub(crate) struct Pace(Mutex<Option<mpsc::UnboundedReceiver<usize>>>);

/// The way from the Send API to those who answer.
pub(crate) fn pace() -> (Pace, mpsc::UnboundedSender<usize>) {
    let (told, heard) = mpsc::unbounded_channel();
    (Pace(Mutex::new(Some(heard))), told)
}

impl World {
    /// We wrote in a thread; who is there may answer.
    pub fn answered(&self, thread: usize) {
        let _ = self.answered.send(thread);
    }

    /// A person goes on with the dialogue, or begins one.
    fn speak(&mut self, thread: usize, chance: &mut Chance) {
        if self.hushed {
            return;
        }
        let t = &self.threads[thread];
        let (language, hash, index) = (people::language(t.hash), t.hash, t.messages.len() as u32);
        let after_us = t.messages.last().is_some_and(|m| m.from_us);
        let text = if after_us {
            texts::reaction(language, hash, index)
        } else {
            texts::line(language, hash, index, false)
        };
        let instagram = self.accounts[t.account].channel == Channel::Instagram;
        let content = match chance.below(100) {
            0..3 => Content::Image,
            3 => Content::Sticker,
            4 if instagram => Content::StoryReply(text),
            _ => Content::Text(text),
        };
        let index = self.hold(thread, false, Written::by_phone(content));
        self.announce(thread, index, Duration::ZERO);
    }

    /// Who writes next: mostly somebody of the last days, now and then somebody new.
    fn somebody(&mut self, chance: &mut Chance) -> usize {
        let account = chance.below(self.accounts.len() as u64) as usize;
        let recent = self.accounts[account].threads.iter().take(40).map(|(_, t)| *t as usize);
        let recent: Vec<usize> = recent.filter(|t| !self.threads[*t].blocked).collect();
        if recent.is_empty() || chance.percent(12) { self.meet(account, None) } else { chance.pick(&recent) }
    }
}

/// Lives until dropped.
pub(crate) async fn live(shared: Arc<Shared>, seed: u64) {
    let heard = shared.busy.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut heard) = heard else { return };
    let mut chance = Chance::new(mix2(seed, 41));
    let mut answers = tokio::task::JoinSet::new();
    let mut next = tokio::time::Instant::now() + Duration::from_secs(3);
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(next) => {
                let thread = shared.world().somebody(&mut chance);
                shared.world().speak(thread, &mut chance);
                let burst = chance.percent(18);
                if burst {
                    let shared = shared.clone();
                    let pause = Duration::from_millis(chance.between(900, 2600));
                    let mut chance = Chance::new(chance.draw());
                    answers.spawn(async move {
                        tokio::time::sleep(pause).await;
                        shared.world().speak(thread, &mut chance);
                    });
                }
                next = tokio::time::Instant::now() + Duration::from_millis(chance.between(5000, 20_000));
            }
            Some(thread) = heard.recv() => {
                if chance.percent(80) {
                    let shared = shared.clone();
                    let pause = Duration::from_millis(chance.between(2500, 9000));
                    let mut chance = Chance::new(chance.draw());
                    answers.spawn(async move {
                        tokio::time::sleep(pause).await;
                        shared.world().speak(thread, &mut chance);
                    });
                }
            }
            Some(_) = answers.join_next(), if !answers.is_empty() => {}
        }
    }
}
