//! Names and pictures of the people who write. Read once somebody wrote, kept with their age, read again
//! after a while; quiet where Meta does not share them.

use super::{Sources, line::SyncError};
use crate::{
    graph::{self, Fate, Priority, Profile},
    model::{AccountId, Channel, ContactId, DAY, Event, MINUTE, Timestamp},
    store::{
        accounts,
        contacts::{self, Stale},
        conversations,
    },
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Profiles older than this are read again; Meta's pictures expire within days (graph-api b).
const FRESH: i64 = 7 * DAY;
/// People asked about in one go.
const BATCH: u32 = 20;
/// Longest and shortest pause between two goes, in milliseconds.
const PAUSE: (i64, i64) = (300, 30_000);

/// Reads profiles until the engine stops.
pub(super) async fn run(sources: Arc<Sources>, stop: CancellationToken) {
    let mut events = sources.events.listen();
    loop {
        let pause = match go(&sources).await {
            Ok(true) => PAUSE.0,
            Ok(false) => PAUSE.1,
            Err(e) => {
                tracing::error!(error = %e, "profiles could not be kept");
                MINUTE
            }
        };
        let next = sources.clock.now().plus(pause);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sources.clock.sleep_until(next) => break,
                event = events.next() => match event {
                    Some(Event::MessageReceived { .. } | Event::ManyChanged { .. }) if pause > PAUSE.0 => break,
                    Some(_) => {}
                    None => return,
                },
            }
        }
    }
}

/// One batch of each account. Answers whether there may be more.
async fn go(sources: &Sources) -> Result<bool, SyncError> {
    let before = sources.clock.now().plus(-FRESH);
    let known = {
        let mut conn = sources.store.read().await?;
        accounts::list(&mut conn).await?
    };
    let mut more = false;
    for account in known.into_iter().map(|a| a.account).filter(|a| a.channel != Channel::WhatsApp) {
        let people = {
            let mut conn = sources.store.read().await?;
            contacts::stale(&mut conn, account.id, before, BATCH).await?
        };
        for person in &people {
            if !one(sources, account.id, person).await? {
                break;
            }
            more = true;
        }
    }
    Ok(more)
}

/// Reads one person; `false` when the account cannot be asked now.
async fn one(sources: &Sources, account: AccountId, person: &Stale) -> Result<bool, SyncError> {
    let Ok(access) = sources.access.of(account).await else {
        return Ok(false);
    };
    let profile = match access.profile(&person.person, Priority::Background).await {
        Ok(profile) => profile.unwrap_or_default(),
        Err(e) if is_this_person(&e) => Profile::default(),
        Err(_) => return Ok(false),
    };
    keep(sources, account, person.contact, profile).await?;
    Ok(true)
}

/// Reads one person because somebody asked for it; whether Meta shared anything.
pub(super) async fn now(sources: &Sources, account: AccountId, person: &Stale) -> Result<bool, SyncError> {
    let access = sources.access.of(account).await?;
    let profile = match access.profile(&person.person, Priority::Interactive).await {
        Ok(profile) => profile.unwrap_or_default(),
        Err(e) if is_this_person(&e) => Profile::default(),
        Err(e) => return Err(e.into()),
    };
    let shared = profile != Profile::default();
    keep(sources, account, person.contact, profile).await?;
    Ok(shared)
}

/// This person cannot be read; others may.
fn is_this_person(error: &graph::Error) -> bool {
    matches!(error.fate(), Fate::GiveUp | Fate::Unreachable | Fate::OutsideWindow)
}

/// Keeps what Meta shared, or that it shared nothing, and tells what shows it.
async fn keep(
    sources: &Sources,
    account: AccountId,
    contact: ContactId,
    profile: Profile,
) -> Result<(), SyncError> {
    let picture = match &profile.picture_url {
        Some(url) => match sources.media.fetch_picture(url).await {
            Ok(hash) => Some(hash),
            Err(e) => {
                tracing::info!(account = account.0, error = %e, "a person's picture could not be fetched");
                None
            }
        },
        None => None,
    };
    let now = sources.clock.now();
    let conversations = sources
        .store
        .write("keep a profile", move |c| {
            Box::pin(async move {
                let asked = contacts::profile_asked_at(c, contact).await?;
                let mut different = asked == Timestamp(0);
                if profile == Profile::default() {
                    contacts::profile_refused(c, contact, now).await?;
                } else {
                    let name = profile.name.as_deref().unwrap_or_default();
                    let handle = profile.handle.as_deref().unwrap_or_default().trim_start_matches('@');
                    different |=
                        contacts::set_profile(c, contact, name, handle, picture.as_deref(), now).await?;
                }
                // A refusal that is told for the first time is shown as well.
                if !different {
                    return Ok(Vec::new());
                }
                Ok(conversations::of_contact(c, contact).await?.into_iter().map(|c| c.id).collect())
            })
        })
        .await?;
    for conversation in conversations {
        sources.events.tell(Event::ConversationChanged { account, conversation });
    }
    Ok(())
}
