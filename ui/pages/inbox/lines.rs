//! From messages to the lines of a thread: day separators, groups of one sender, the unread mark, what happened
//! between. Pure.

use heliograph_model::{Activity, Content, DeliveryStatus, Direction, MINUTE, Message, Origin, Timestamp};
use std::collections::HashSet;

/// Bubbles of one sender that follow each other within this time stand together.
const TOGETHER: i64 = 5 * MINUTE;

/// A line of the thread. The key stays the same as long as it is the same line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub key: String,
    pub what: What,
}

/// What a line shows.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A new day begins; the time is that of its first message.
    Day(Timestamp),
    /// What follows came since the thread was last read.
    Unread(u32),
    Bubble(Box<Bubble>),
    /// What happened without being said; several within a minute are one line.
    Activity(Vec<Happened>),
}

/// Something that happened, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    pub at: Timestamp,
    pub activity: Activity,
}

/// A message and how it stands among its neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct Bubble {
    pub message: Message,
    /// Begins a group.
    pub first: bool,
    /// Ends a group: carries the tail.
    pub last: bool,
    /// The newest of ours that the person saw.
    pub seen: bool,
}

/// The lines of `messages`, oldest first. `day_of` counts calendar days where the viewer is; `unread_from` is
/// the first message of theirs not read when the thread was opened, with how many; `key_of` names a bubble.
#[must_use]
pub fn lines(
    messages: &[Message],
    unread_from: Option<(i64, u32)>,
    day_of: impl Fn(Timestamp) -> i64,
    key_of: impl Fn(&Message) -> String,
) -> Vec<Line> {
    let seen = messages
        .iter()
        .rposition(|m| m.direction == Direction::Outbound && m.status == DeliveryStatus::Read)
        .filter(|at| {
            messages[at + 1..].iter().all(|m| m.direction == Direction::Outbound || !m.content.is_said())
        });
    let mut out = Vec::with_capacity(messages.len() + 8);
    let mut day = None;
    let mut days = HashSet::new();
    for (i, message) in messages.iter().enumerate() {
        let this = day_of(message.sent_at);
        let new_day = day != Some(this);
        if new_day {
            day = Some(this);
            // What still waits may be older than what stands above it: a day that comes again is another line.
            let again = if days.insert(this) { String::new() } else { key_of(message) };
            out.push(Line { key: format!("d{this}{again}"), what: What::Day(message.sent_at) });
        }
        let unread_here = unread_from.filter(|(id, _)| *id == message.id.0);
        if let Some((_, n)) = unread_here {
            out.push(Line { key: "unread".into(), what: What::Unread(n) });
        }
        if let Content::Activity { activity } = &message.content {
            let happened = Happened { at: message.sent_at, activity: activity.clone() };
            match out.last_mut().map(|line| &mut line.what) {
                Some(What::Activity(all)) if folds(all, message.sent_at) => all.push(happened),
                // A placeholder may turn out to be a happening: another kind of line is another line.
                _ => out.push(Line {
                    key: format!("a{}", key_of(message)),
                    what: What::Activity(vec![happened]),
                }),
            }
            continue;
        }
        let before = i.checked_sub(1).map(|i| &messages[i]);
        let after = messages.get(i + 1);
        let breaks_after = after
            .is_some_and(|a| day_of(a.sent_at) != this || unread_from.is_some_and(|(id, _)| id == a.id.0));
        let bubble = Bubble {
            first: new_day || unread_here.is_some() || !before.is_some_and(|b| together(b, message)),
            last: breaks_after || !after.is_some_and(|a| together(message, a)),
            seen: seen == Some(i),
            message: message.clone(),
        };
        out.push(Line { key: key_of(message), what: What::Bubble(Box::new(bubble)) });
    }
    out
}

/// Whether what happens at `at` joins what happened before.
fn folds(before: &[Happened], at: Timestamp) -> bool {
    before.first().is_some_and(|first| first.at.until(at) <= MINUTE)
}

fn together(a: &Message, b: &Message) -> bool {
    let bubbles = ![a, b].iter().any(|m| matches!(m.content, Content::Activity { .. }));
    bubbles && side_of(a) == side_of(b) && a.sent_at.until(b.sent_at) <= TOGETHER
}

/// Who speaks: bubbles of one side may stand together.
fn side_of(m: &Message) -> (Direction, bool, bool, &str) {
    let note = matches!(m.content, Content::Note { .. });
    (m.direction, m.origin == Origin::Elsewhere, note, &m.detail.author)
}

/// The first of the last `unread` messages of theirs, among those loaded.
#[must_use]
pub fn first_unread(messages: &[Message], unread: u32) -> Option<i64> {
    let unread = usize::try_from(unread).ok()?.checked_sub(1)?;
    let theirs = |m: &&Message| m.direction == Direction::Inbound && m.content.is_said();
    messages.iter().rev().filter(theirs).nth(unread).map(|m| m.id.0)
}

/// Brings rows just read into those known, by id, in Meta's order of time. Returns the ids that were new.
pub fn merge(known: &mut Vec<Message>, fresh: Vec<Message>) -> Vec<i64> {
    let mut new = Vec::new();
    for message in fresh {
        match known.iter_mut().find(|k| k.id == message.id) {
            Some(old) => *old = message,
            None => {
                new.push(message.id.0);
                known.push(message);
            }
        }
    }
    known.sort_by_key(|m| (m.sent_at, m.id));
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{Content, ConversationId, DAY, MessageId};

    fn message(id: i64, at: i64, direction: Direction) -> Message {
        Message {
            id: MessageId(id),
            conversation: ConversationId(1),
            meta_id: None,
            direction,
            origin: if direction == Direction::Inbound { Origin::Person } else { Origin::Heliograph },
            content: Content::Text { text: id.to_string() },
            attachments: Vec::new(),
            quote: None,
            reactions: Vec::new(),
            detail: Default::default(),
            sent_at: Timestamp(at),
            recorded_at: Timestamp(at),
            status: if direction == Direction::Inbound {
                DeliveryStatus::Received
            } else {
                DeliveryStatus::Sent
            },
            failure: None,
            leave_before: None,
            next_attempt_at: None,
            scheduled_for: None,
            reacting: None,
        }
    }

    use Direction::{Inbound, Outbound};

    fn shape(lines: &[Line]) -> String {
        let one = |l: &Line| match &l.what {
            What::Day(_) => "|".to_owned(),
            What::Unread(n) => format!("u{n}"),
            What::Bubble(b) => {
                let side = if b.message.direction == Inbound { 'i' } else { 'o' };
                format!("{}{side}{}", if b.first { "[" } else { "" }, if b.last { "]" } else { "" })
            }
            What::Activity(all) => format!("a{}", all.len()),
        };
        lines.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn made(messages: &[Message], unread: Option<(i64, u32)>) -> Vec<Line> {
        lines(messages, unread, |t| t.0.div_euclid(DAY), |m| m.id.to_string())
    }

    #[test]
    fn a_day_that_comes_again_below_is_another_line() {
        let thread = [message(1, 0, Inbound), message(2, DAY, Inbound), message(3, 1, Outbound)];
        let made = made(&thread, None);
        assert_eq!(shape(&made), "| [i] | [i] | [o]");
        let keys: HashSet<&str> = made.iter().map(|l| l.key.as_str()).collect();
        assert_eq!(keys.len(), made.len(), "each line has a key of its own");
    }

    #[test]
    fn one_sender_within_five_minutes_is_one_group() {
        let m = MINUTE;
        let thread = [
            message(1, 0, Inbound),
            message(2, 5 * m, Inbound),
            message(3, 10 * m + 1, Inbound),
            message(4, 11 * m, Outbound),
            message(5, 12 * m, Inbound),
        ];
        assert_eq!(shape(&made(&thread, None)), "| [i i] [i] [o] [i]");
    }

    #[test]
    fn a_day_and_the_unread_mark_cut_groups() {
        let thread = [
            message(1, DAY - 2_000, Inbound),
            message(2, DAY - 1_000, Inbound),
            message(3, DAY, Inbound),
            message(4, DAY + 1, Inbound),
        ];
        assert_eq!(shape(&made(&thread, None)), "| [i i] | [i i]");
        assert_eq!(shape(&made(&thread, Some((2, 3)))), "| [i] u3 [i] | [i i]");
    }

    fn happening(id: i64, at: i64) -> Message {
        Message { content: Content::Activity { activity: Activity::Resolved }, ..message(id, at, Outbound) }
    }

    #[test]
    fn what_happens_within_a_minute_is_one_line_and_cuts_groups() {
        let m = MINUTE;
        let thread = [
            message(1, 0, Inbound),
            happening(2, 1),
            happening(3, m),
            happening(4, m + 2),
            message(5, m + 3, Inbound),
        ];
        assert_eq!(shape(&made(&thread, None)), "| [i] a2 a1 [i]");
        assert_eq!(first_unread(&thread, 2), Some(1), "a happening is not unread");
    }

    #[test]
    fn notes_and_the_writers_of_a_group_stand_apart() {
        let mut thread = [
            message(1, 0, Outbound),
            message(2, 1, Outbound),
            message(3, 2, Inbound),
            message(4, 3, Inbound),
        ];
        thread[1].content = Content::Note { text: "n".into(), author: "Mira".into() };
        thread[2].detail.author = "Ana".into();
        thread[3].detail.author = "Ben".into();
        assert_eq!(shape(&made(&thread, None)), "| [o] [o] [i] [i]");
    }

    #[test]
    fn what_left_elsewhere_stands_apart() {
        let mut thread = [message(1, 0, Outbound), message(2, 1, Outbound)];
        thread[1].origin = Origin::Elsewhere;
        assert_eq!(shape(&made(&thread, None)), "| [o] [o]");
    }

    #[test]
    fn seen_stands_only_under_the_newest_of_ours_while_nobody_answered() {
        let mut thread = [message(1, 0, Outbound), message(2, 1, Outbound), message(3, 2, Outbound)];
        thread[0].status = DeliveryStatus::Read;
        thread[1].status = DeliveryStatus::Read;
        let seen = |thread: &[Message]| {
            made(thread, None)
                .iter()
                .filter_map(|l| match &l.what {
                    What::Bubble(b) if b.seen => Some(b.message.id.0),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(&thread), [2]);
        let mut answered = thread.to_vec();
        answered.push(message(4, 3, Inbound));
        assert_eq!(seen(&answered), Vec::<i64>::new());
    }

    #[test]
    fn the_unread_mark_stands_before_the_last_of_theirs() {
        let thread =
            [message(1, 0, Inbound), message(2, 1, Outbound), message(3, 2, Inbound), message(4, 3, Inbound)];
        assert_eq!(first_unread(&thread, 0), None);
        assert_eq!(first_unread(&thread, 2), Some(3));
        assert_eq!(first_unread(&thread, 3), Some(1));
        assert_eq!(first_unread(&thread, 9), None, "it lies in what is not loaded");
    }

    #[test]
    fn merging_orders_by_time_and_replaces_by_id() {
        let mut known = vec![message(1, 10, Inbound), message(2, 20, Outbound)];
        let mut changed = message(2, 25, Outbound);
        changed.status = DeliveryStatus::Delivered;
        assert_eq!(merge(&mut known, vec![message(3, 22, Inbound), changed]), [3]);
        assert_eq!(known.iter().map(|m| m.id.0).collect::<Vec<_>>(), [1, 3, 2]);
        assert_eq!(known[2].status, DeliveryStatus::Delivered);
    }
}
