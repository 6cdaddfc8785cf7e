//! What the person on the other side sees of this desk: that their messages were read, that somebody types. Each only
//! if the settings say so; neither is worth a word when Meta refuses it.

use super::{Answer, Desk, problems::reading};
use crate::{
    graph,
    model::{ConversationId, Problem, call},
    store::{contacts, settings},
};
use std::sync::Arc;

/// Something shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Seen,
    Typing,
}

/// Tells Meta that the conversation was read here.
pub(super) async fn seen(desk: &Desk, conversation: ConversationId) -> Result<(), Problem> {
    show(desk, conversation, Sign::Seen).await
}

impl Answer for call::ShowTyping {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        show(desk, self.conversation, Sign::Typing).await
    }
}

/// Behind the answer: nobody waits for a sign.
async fn show(desk: &Desk, conversation: ConversationId, sign: Sign) -> Result<(), Problem> {
    let reach = {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let chosen = settings::get(&mut conn).await.map_err(reading)?.sending;
        let wanted = match sign {
            Sign::Seen => chosen.shows_seen,
            Sign::Typing => chosen.shows_typing,
        };
        if !wanted {
            return Ok(());
        }
        contacts::reach(&mut conn, conversation).await.map_err(reading)?
    };
    let Some(reach) = reach else { return Ok(()) };
    let access = desk.access.clone();
    desk.tasks.once(async move {
        let Ok(account) = access.of(reach.account).await else { return };
        if let Err(error) = tell(&account, &reach, sign).await {
            tracing::debug!(account = reach.account.0, %error, "a sign to the person was not taken");
        }
    });
    Ok(())
}

async fn tell(
    account: &Arc<graph::Account>,
    reach: &contacts::Reach,
    sign: Sign,
) -> Result<(), graph::Error> {
    match sign {
        Sign::Seen => account.mark_seen(&reach.person, &reach.newest).await,
        Sign::Typing => account.show_typing(&reach.person, &reach.newest).await,
    }
}
