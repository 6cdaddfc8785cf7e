//! Which conversation stands where in the list, as far as it is known. Pure: pages and changed rows go
//! in, ids in order come out. A row is never twice in it.

use heliograph_model::{Conversation, ConversationPage, Filter, Sort, Timestamp};

/// Where a row stands: smaller is higher. Pinned ones (`false`) stand above; the last figure tells rows of one
/// moment apart.
pub type Place = (bool, i64, i64);

/// The place of a conversation, or `None` when this sort leaves it out.
#[must_use]
pub fn place(sort: Sort, c: &Conversation, now: Timestamp) -> Option<Place> {
    let id = c.id.0;
    let below = !c.pinned;
    match sort {
        Sort::Newest => Some((below, c.last_at.0.saturating_neg(), id.saturating_neg())),
        Sort::WaitingLongest => c.waiting_since.map(|since| (below, since.0, id)),
        Sort::EndingSoonest => {
            c.window.closes_at.filter(|_| c.window.is_open(now)).map(|end| (below, end.0, id))
        }
    }
}

/// Whether the filter lets it through.
#[must_use]
pub fn belongs(filter: &Filter, c: &Conversation) -> bool {
    filter.holds(&c.facts(), Sort::Newest, c.last_at)
}

/// What a changed row did to the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It stands where it stood.
    No,
    /// It is new, or stands higher than before.
    Up,
    /// It stands lower, or went out of what is known.
    Down,
}

/// The known beginning of the list.
#[derive(Debug, Clone, Default)]
pub struct Order {
    rows: Vec<(Place, i64)>,
    /// Gets the next page; `None` = everything is known.
    next: Option<String>,
}

impl Order {
    /// Ids from the top.
    #[must_use]
    pub fn ids(&self) -> Vec<i64> {
        self.rows.iter().map(|(_, id)| *id).collect()
    }

    /// How many rows are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Nothing known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What to ask the next page with.
    #[must_use]
    pub fn next(&self) -> Option<&String> {
        self.next.as_ref()
    }

    /// Adds the page that follows what is known.
    pub fn append(&mut self, page: &ConversationPage, sort: Sort, now: Timestamp) {
        for c in page.pinned.iter().chain(&page.rows) {
            let Some(place) = place(sort, c, now) else {
                continue;
            };
            self.rows.retain(|(_, id)| *id != c.id.0);
            self.insert(place, c.id.0);
        }
        self.next.clone_from(&page.next);
    }

    /// Replaces the beginning by a page just read. Rows beyond its end stay, if there were any.
    pub fn replace_head(&mut self, page: &ConversationPage, sort: Sort, now: Timestamp) {
        let listed = page.pinned.iter().chain(&page.rows);
        let fresh: Vec<_> = listed.filter_map(|c| Some((place(sort, c, now)?, c.id.0))).collect();
        let end = fresh.iter().map(|(place, _)| *place).max();
        let tail = std::mem::take(&mut self.rows);
        let beyond = |(p, id): &(Place, i64)| {
            page.next.is_some() && end.is_some_and(|end| *p > end) && !fresh.iter().any(|(_, f)| f == id)
        };
        let tail: Vec<_> = tail.into_iter().filter(beyond).collect();
        if tail.is_empty() {
            self.next.clone_from(&page.next);
        }
        self.rows = fresh;
        self.rows.sort_unstable();
        self.rows.extend(tail);
    }

    /// Puts a changed row where it belongs; `None` takes it out. A place beyond what is known is out, too:
    /// its page will bring it.
    pub fn put(&mut self, id: i64, place: Option<Place>) -> Moved {
        let before = self.rows.iter().position(|(_, i)| *i == id);
        let old = before.map(|i| self.rows.remove(i).0);
        match (old, place.filter(|p| self.knows(*p))) {
            (Some(old), Some(new)) => {
                self.insert(new, id);
                match new.cmp(&old) {
                    std::cmp::Ordering::Less => Moved::Up,
                    std::cmp::Ordering::Equal => Moved::No,
                    std::cmp::Ordering::Greater => Moved::Down,
                }
            }
            (None, Some(new)) => {
                self.insert(new, id);
                Moved::Up
            }
            (Some(_), None) => Moved::Down,
            (None, None) => Moved::No,
        }
    }

    /// What [`Order::put`] would do.
    #[must_use]
    pub fn would(&self, id: i64, place: Option<Place>) -> Moved {
        let old = self.rows.iter().find(|(_, i)| *i == id).map(|(p, _)| *p);
        match (old, place.filter(|p| self.knows(*p))) {
            (Some(old), Some(new)) if old == new => Moved::No,
            (Some(old), Some(new)) if new > old => Moved::Down,
            (Some(_) | None, Some(_)) => Moved::Up,
            (Some(_), None) => Moved::Down,
            (None, None) => Moved::No,
        }
    }

    /// Whether a place lies in the known beginning.
    fn knows(&self, place: Place) -> bool {
        self.next.is_none() || self.rows.last().is_some_and(|(last, _)| place <= *last)
    }

    fn insert(&mut self, place: Place, id: i64) {
        let at = self.rows.partition_point(|row| *row < (place, id));
        self.rows.insert(at, (place, id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::*;

    fn conversation(id: i64, last: i64) -> Conversation {
        Conversation {
            id: ConversationId(id),
            account: AccountId(1),
            channel: Channel::Instagram,
            contact: ContactSummary {
                id: ContactId(id),
                name: "A".into(),
                handle: String::new(),
                picture: None,
            },
            last: None,
            last_at: Timestamp(last),
            unread: 0,
            waiting_since: None,
            window: ReplyWindow::default(),
            draft: String::new(),
            failed: 0,
            state: State::Open,
            snoozed_until: None,
            assignee: None,
            labels: Vec::new(),
            pinned: false,
            blocked: false,
            request: false,
            scheduled: 0,
        }
    }

    fn page(rows: &[(i64, i64)], next: Option<&str>) -> ConversationPage {
        ConversationPage {
            pinned: Vec::new(),
            rows: rows.iter().map(|(id, last)| conversation(*id, *last)).collect(),
            next: next.map(Into::into),
        }
    }

    const NOW: Timestamp = Timestamp(1_000);

    fn newest(id: i64, last: i64) -> Option<Place> {
        place(Sort::Newest, &conversation(id, last), NOW)
    }

    #[test]
    fn pages_follow_each_other_and_nothing_is_twice() {
        let mut order = Order::default();
        order.append(&page(&[(1, 90), (2, 80)], Some("a")), Sort::Newest, NOW);
        // 2 came again because something moved between the two questions.
        order.append(&page(&[(2, 80), (3, 70)], None), Sort::Newest, NOW);
        assert_eq!(order.ids(), [1, 2, 3]);
        assert!(order.next().is_none());
    }

    #[test]
    fn a_row_that_got_a_message_moves_to_the_top() {
        let mut order = Order::default();
        order.append(&page(&[(1, 90), (2, 80), (3, 70)], Some("a")), Sort::Newest, NOW);
        assert_eq!(order.would(3, newest(3, 95)), Moved::Up);
        assert_eq!(order.put(3, newest(3, 95)), Moved::Up);
        assert_eq!(order.ids(), [3, 1, 2]);
        assert_eq!(order.put(3, newest(3, 95)), Moved::No);
        assert_eq!(order.put(9, newest(9, 99)), Moved::Up);
        assert_eq!(order.ids(), [9, 3, 1, 2]);
    }

    #[test]
    fn a_row_beyond_what_is_known_waits_for_its_page() {
        let mut order = Order::default();
        order.append(&page(&[(1, 90), (2, 80)], Some("a")), Sort::Newest, NOW);
        assert_eq!(order.put(7, newest(7, 10)), Moved::No);
        assert_eq!(order.put(1, newest(1, 10)), Moved::Down);
        assert_eq!(order.ids(), [2]);
        order.append(&page(&[(1, 10), (7, 10)], None), Sort::Newest, NOW);
        assert_eq!(order.ids(), [2, 7, 1]);
    }

    #[test]
    fn reading_the_head_again_drops_what_left_and_keeps_the_tail() {
        let mut order = Order::default();
        order.append(&page(&[(1, 90), (2, 80)], Some("a")), Sort::Newest, NOW);
        order.append(&page(&[(3, 70), (4, 60)], Some("b")), Sort::Newest, NOW);
        order.replace_head(&page(&[(5, 99), (2, 80)], Some("x")), Sort::Newest, NOW);
        assert_eq!(order.ids(), [5, 2, 3, 4]);
        assert_eq!(order.next().map(String::as_str), Some("b"));
        order.replace_head(&page(&[(2, 80)], None), Sort::Newest, NOW);
        assert_eq!(order.ids(), [2]);
    }

    #[test]
    fn sorts_leave_out_what_they_do_not_speak_of() {
        let mut c = conversation(1, 90);
        assert_eq!(place(Sort::WaitingLongest, &c, NOW), None);
        assert_eq!(place(Sort::EndingSoonest, &c, NOW), None);
        c.waiting_since = Some(Timestamp(40));
        c.window.closes_at = Some(NOW);
        assert_eq!(place(Sort::WaitingLongest, &c, NOW), Some((true, 40, 1)));
        assert_eq!(place(Sort::EndingSoonest, &c, NOW), None, "closed at this very moment");
        c.window.closes_at = Some(NOW.plus(1));
        assert_eq!(place(Sort::EndingSoonest, &c, NOW), Some((true, 1_001, 1)));
    }

    #[test]
    fn what_is_pinned_stands_above_whatever_comes() {
        let mut order = Order::default();
        let mut pinned = conversation(4, 10);
        pinned.pinned = true;
        let first = ConversationPage { pinned: vec![pinned], ..page(&[(1, 90), (2, 80)], Some("a")) };
        order.append(&first, Sort::Newest, NOW);
        assert_eq!(order.ids(), [4, 1, 2]);
        order.put(9, newest(9, 99));
        assert_eq!(order.ids(), [4, 9, 1, 2]);
        order.put(4, newest(4, 10));
        assert_eq!(order.ids(), [9, 1, 2], "unpinned, it is beyond what is known");
    }

    #[test]
    fn filters_narrow_by_every_field() {
        let mut c = conversation(1, 90);
        let filter = |show| Filter { show, ..Filter::default() };
        assert!(belongs(&filter(Show::All), &c));
        for show in [Show::Unread, Show::Waiting, Show::Drafts, Show::Failed] {
            assert!(!belongs(&filter(show), &c), "{show:?}");
        }
        (c.unread, c.failed, c.draft, c.waiting_since) = (1, 1, "x".into(), Some(Timestamp(1)));
        for show in [Show::Unread, Show::Waiting, Show::Drafts, Show::Failed] {
            assert!(belongs(&filter(show), &c), "{show:?}");
            assert!(!belongs(&Filter { channel: Some(Channel::WhatsApp), ..filter(show) }, &c));
            assert!(!belongs(&Filter { account: Some(AccountId(2)), ..filter(show) }, &c));
        }
        c.state = State::Resolved;
        assert!(!belongs(&filter(Show::Unread), &c), "done");
        assert!(belongs(&filter(Show::Failed), &c), "a failure shows wherever it stands");
        assert!(belongs(&filter(Show::Resolved), &c));
    }
}
