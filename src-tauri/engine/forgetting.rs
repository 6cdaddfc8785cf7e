//! Where the key is lost for good: the secrets it sealed are worthless and go, everything else stays. Each account
//! keeps its history and waits for *Reconnect*.

use super::OpenError;
use crate::{
    clock::Clock,
    model::{Action, Code, Problem, SignInFault},
    store::{Store, accounts, secrets},
    vault::{MasterKey, Vault},
};
use std::path::Path;

/// Forgets every sealed secret of the closed inbox in `data` and seals it anew with `key`. Answers how many accounts
/// must be connected again. All or nothing: one transaction.
///
/// # Errors
/// When the key fits after all, or the folder is in use or cannot be read or written. Then nothing was changed.
pub async fn forget_secrets(data: &Path, key: &MasterKey, clock: Clock) -> Result<usize, OpenError> {
    let vault = Vault::new(key);
    let witness = vault.witness()?;
    let now = clock.now();
    let store = Store::open(data, clock).await?;
    let forgotten = store
        .write("forget the secrets", move |conn| {
            Box::pin(async move {
                let sealed = secrets::get(conn, "vault", "witness").await?;
                if sealed.is_some_and(|sealed| vault.recognises(&sealed)) {
                    return Ok(None);
                }
                secrets::forget_all(conn).await?;
                secrets::put(conn, "vault", "witness", &witness).await?;
                let connected = accounts::list(conn).await?;
                for account in &connected {
                    accounts::trouble(conn, account.account.id, lost(), Some(SignInFault::NotAccepted), now)
                        .await?;
                }
                Ok(Some(connected.len()))
            })
        })
        .await;
    store.close().await;
    forgotten?.ok_or(OpenError::KeyFits)
}

fn lost() -> Problem {
    Problem::new(
        Code::SignInAgain,
        "Its token was forgotten with the lost key. Connect it again: its history is all here.",
    )
    .with(Action::Reconnect)
}
