//! Businesses beside the shop's own, with Pages of their own: what somebody who works for several sees.

use crate::seed::fields;
use crate::world::{Account, Channel, World};
use std::collections::{BTreeSet, HashMap};

/// A business and its Pages, which no list of the person's own shows.
#[derive(Debug)]
pub(crate) struct Business {
    pub id: String,
    pub name: String,
    pub pages: Vec<usize>,
}

impl World {
    /// Opens a business with so many Pages.
    pub fn open_business(&mut self, name: &str, pages: u32) {
        let n = self.businesses.len() as u64 + 1;
        let mut owned = Vec::new();
        for page in 1..=u64::from(pages) {
            owned.push(self.accounts.len());
            self.accounts.push(Account {
                channel: Channel::Messenger,
                id: (500_000_000_000_000 + n * 1_000 + page).to_string(),
                name: format!("{name} {page}"),
                handle: String::new(),
                waba: None,
                subscribed: fields(Channel::Messenger).iter().map(|f| (*f).to_owned()).collect(),
                threads: BTreeSet::new(),
                people: HashMap::new(),
            });
        }
        let id = (910_000_000_000_000 + n).to_string();
        self.businesses.push(Business { id, name: name.to_owned(), pages: owned });
    }
}
