//! Files of an arrival whose links have ended already are not asked for: the imported past is older than what
//! Meta still gives out.

use crate::{
    graph::LINK_LIFE,
    model::{FileState, Timestamp},
    store::messages::Arrival,
};

/// Marks files of the past as expired; what is `live` came with fresh links.
pub(super) fn expire(arrival: &mut Arrival, now: Timestamp) {
    if arrival.live || arrival.sent_at.until(now) < LINK_LIFE {
        return;
    }
    for file in arrival.attachments.iter_mut().filter(|file| file.state == FileState::Waiting) {
        file.state = FileState::Expired;
    }
}
