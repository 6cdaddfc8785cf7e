//! Ending a connection at Meta's side: the permission is taken back (graph-api a.2, l.1).

use super::{
    Account, Doing, Error,
    client::{Call, Host},
    login::App,
    messaging::succeeded,
};
use crate::model::Login;

/// Whose permission a token stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    pub app: String,
    pub user: String,
    /// A system user of the business, not a person.
    pub system: bool,
}

impl Account {
    /// Who allowed the app what this account does; `None` = Meta does not tell.
    ///
    /// # Errors
    /// [`Error::NoSuchCall`] with Instagram Login, which has none; else as any call.
    pub async fn signer(&self) -> Result<Option<Signer>, Error> {
        if self.access().login == Login::InstagramLogin {
            return Err(Error::NoSuchCall);
        }
        let seen = self.graph().debug(&self.access().token, None).await?;
        let system = seen.kind.as_deref() == Some("SYSTEM_USER");
        Ok(seen.app_id.zip(seen.user_id).map(|(app, user)| Signer { app, user, system }))
    }

    /// Takes back everything that the signer allowed the app, for every account of theirs. The app asks where its
    /// secret is known, else the account's own token.
    ///
    /// # Errors
    /// As any call; afterwards no token of the signer works.
    pub async fn revoke(&self, signer: &Signer) -> Result<(), Error> {
        let access = self.access();
        let asker = access.app_secret.as_ref().map_or_else(
            || access.token.clone(),
            |secret| App { id: signer.app.clone(), secret: secret.clone() }.token(),
        );
        let path = [signer.user.as_str(), "permissions"];
        let call = Call::delete(Host::Facebook, path);
        let answer = self.graph().exchange(call, Some(&asker)).await.0?;
        if succeeded(&answer) { Ok(()) } else { Err(Error::Unreadable { doing: Doing::Asking }) }
    }
}
