//! The two ways: what waits to leave, and the door that news come in by.

use super::{Noted, attention, best_none, good, group, plain, words};
use crate::{
    answers::Desk,
    model::{Fact, FactGroup, Topic},
    store::health,
};

/// What waits to leave.
pub(super) async fn sending(desk: &Desk) -> Result<FactGroup, sqlx::Error> {
    let queues = health::queues(&mut *desk.store.read().await?).await?;
    let online = match desk.sync.offline_since() {
        None => good("Connection to Meta", words("not known to be broken")),
        Some(since) => {
            attention("Offline since", Fact::At(since), "replies wait and leave when Meta answers again")
        }
    };
    let lines = vec![
        online,
        plain("Replies waiting", Fact::Count(queues.waiting)),
        plain("Scheduled", Fact::Count(queues.scheduled)),
        best_none("Unsure", queues.unsure, "their answer was lost; open each and look at Meta"),
        best_none("Failed", queues.failed, "they stay until somebody sends them again or clears them away"),
    ];
    Ok(group(Topic::Sending, "Sending", lines))
}

/// The door.
pub(super) fn receiving(desk: &Desk) -> FactGroup {
    let door = desk.door.view();
    let mut lines = vec![match (&door.listening, &door.problem) {
        (Some(at), _) => good("Webhook door", words(format!("listens at {at}"))),
        (None, Some(problem)) => attention("Webhook door", words("closed"), &problem.message),
        (None, None) if door.enabled => attention("Webhook door", words("closed"), "it should be open"),
        (None, None) => {
            plain("Webhook door", words("off")).noted("news come by polling; WhatsApp does not arrive")
        }
    }];
    if door.enabled && !desk.door.knows_a_secret() {
        lines.push(attention("App secrets", words("none"), "every delivery is refused until one is entered"));
    }
    if door.enabled || door.accepted + door.refused > 0 {
        lines.push(match door.last_delivery_at {
            Some(at) => good("Last delivery", Fact::At(at)),
            None => plain("Last delivery", words("none since the start")),
        });
        lines.push(plain("Deliveries taken since the start", Fact::Count(door.accepted)));
        lines.push(match (door.refused, door.accepted) {
            (0, _) => good("Deliveries refused", Fact::Count(0)),
            (n, 0) => attention(
                "Deliveries refused",
                Fact::Count(n),
                "all of them: is the app secret the right one?",
            ),
            (n, _) => plain("Deliveries refused", Fact::Count(n)).noted("not signed with a known secret"),
        });
    }
    group(Topic::Receiving, "Receiving", lines)
}
