//! One account's life: its own profile, its import, then polls with a pause that follows how busy it is.

use super::{Sources, import, poll, unsent};
use crate::{
    access::AccessError,
    graph::{self, Fate},
    model::{AccountId, ImportState, MINUTE, Timestamp},
    store::{WriteError, accounts},
};
use tokio::sync::Notify;

/// Pause after an error that only a person can mend: the token may be replaced meanwhile, which starts anew.
const BROKEN: i64 = 15 * MINUTE;

/// What stops a round.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Graph(#[from] graph::Error),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Read(#[from] sqlx::Error),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Take(#[from] crate::intake::TakeError),
}

/// Follows `account` until dropped.
pub(super) async fn live(sources: &Sources, account: AccountId, picture: Option<String>, wake: &Notify) {
    if let Some(url) = picture {
        own_picture(sources, account, &url).await;
    }
    let (shortest, longest) = sources.config.poll_every;
    let mut pause = shortest;
    let mut failures = 0_u32;
    let mut swept = sources.clock.now();
    loop {
        match round(sources, account, &mut swept).await {
            Ok(news) => {
                failures = 0;
                // Quiet accounts are asked less often; any news brings the short pause back.
                pause = if news { shortest } else { (pause + pause / 4).min(longest) };
            }
            Err(e) => {
                failures += 1;
                pause = after(sources, account, &e, failures, shortest, longest).await;
            }
        }
        let next = sources.clock.now().plus(pause);
        sources.health.next_poll(account, next);
        tokio::select! {
            () = sources.clock.sleep_until(next) => {}
            () = wake.notified() => {}
        }
    }
}

/// Polls, then does a stretch of the import, and now and then looks for what was taken back in silence. Answers
/// whether there was news.
async fn round(sources: &Sources, account: AccountId, swept: &mut Timestamp) -> Result<bool, SyncError> {
    let access = sources.access.of(account).await?;
    if !access.can_list_conversations() {
        // WhatsApp: Meta has no call that lists messages (graph-api g.4). The token is still looked at.
        let token = access.inspect().await?;
        sources.health.inspected(account, &token).await?;
        import::set(sources, account, |i| i.state = ImportState::NotPossible).await?;
        return Ok(false);
    }
    let news = poll::once(sources, account, &access).await?;
    sources.health.polled(account, &access).await;
    let import = {
        let mut conn = sources.store.read().await?;
        accounts::get(&mut conn, account).await?.map(|a| a.account.import).unwrap_or_default()
    };
    match import.state {
        ImportState::Waiting | ImportState::Running => {
            import::stretch(sources, account, &access).await?;
            Ok(true)
        }
        ImportState::Paused | ImportState::Done | ImportState::NotPossible => {
            if swept.until(sources.clock.now()) >= sources.config.sweep_every {
                unsent::sweep(sources, account, &access).await?;
                *swept = sources.clock.now();
            }
            Ok(news)
        }
    }
}

/// Notes the error and answers the pause before the next round.
async fn after(
    sources: &Sources,
    account: AccountId,
    error: &SyncError,
    failures: u32,
    shortest: i64,
    longest: i64,
) -> i64 {
    let growing = (shortest << failures.min(6)).min(longest.max(shortest));
    match error {
        SyncError::Graph(e) | SyncError::Access(AccessError::Graph(e)) => {
            sources.health.failed(account, e).await;
            match e.fate() {
                Fate::Wait(ms) => ms.max(growing),
                Fate::SignInAgain | Fate::UserAction | Fate::StopWrites => BROKEN,
                _ => growing,
            }
        }
        // The account says so since the key was lost.
        SyncError::Access(AccessError::NoToken) => BROKEN,
        SyncError::Access(e) => {
            sources.health.locked(account, e).await;
            BROKEN
        }
        e => {
            tracing::error!(account = account.0, error = %e, "an account could not be read");
            growing
        }
    }
}

/// Fetches the account's own picture; its absence harms nothing.
async fn own_picture(sources: &Sources, account: AccountId, url: &str) {
    match sources.media.fetch_picture(url).await {
        Ok(hash) => {
            let written = sources
                .store
                .write("keep an account's picture", move |c| {
                    Box::pin(async move {
                        let Some(known) = accounts::get(c, account).await?.map(|a| a.account) else {
                            return Ok(());
                        };
                        accounts::set_profile(c, account, &known.name, &known.handle, Some(&hash)).await
                    })
                })
                .await;
            if written.is_ok() {
                sources.events.tell(crate::model::Event::AccountChanged { account });
            }
        }
        Err(e) => {
            tracing::info!(account = account.0, error = %e, "an account's picture could not be fetched")
        }
    }
}
