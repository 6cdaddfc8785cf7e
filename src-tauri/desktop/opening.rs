//! From start to an open engine. It opens beside the window, never before it; where a key or a
//! decision is missing, the window explains and asks instead.

use super::{
    Shell,
    home::{self, Given, Missing, NewHome},
    keychain::KeychainError,
};
use crate::{
    Engine, Opening,
    clock::Clock,
    config::{Config, Hosts},
    model::{Host, SecretText},
    server::{key::KeyProblem, private},
    vault::Secret,
};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Arc, time::Duration};

/// The keychain may ask the person for a password; after this it counts as silent.
const PATIENCE: Duration = Duration::from_secs(120);
/// Shortest new passphrase, in characters.
const SHORTEST: usize = 8;

/// How far the start is.
#[derive(Clone)]
pub enum Stage {
    Opening,
    /// A person must decide or give something.
    Locked(Arc<Lock>),
    Open(Engine),
}

/// What the start page says and offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    pub title: String,
    pub text: Vec<String>,
    pub offers: Vec<Offer>,
    /// What was wrong with the last try.
    pub problem: Option<String>,
    /// The system's own words, for whoever looks after it.
    pub detail: Option<String>,
    /// The person has agreed to forget the secrets; what is chosen now is for the new key.
    pub anew: bool,
}

/// A way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    Retry,
    NewPassphrase,
    Passphrase,
    MakeKeyFile,
    PickKeyFile,
    OpenFolder,
    /// Tells what forgetting the secrets means, and does nothing yet.
    ForgetSecrets,
    ForgetForGood,
    RestoreDaily,
    Quit,
}

/// What the person chose on the start page.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Choice {
    Retry,
    NewPassphrase {
        words: SecretText,
        #[serde(default)]
        anew: bool,
    },
    Passphrase {
        words: SecretText,
    },
    MakeKeyFile {
        #[serde(default)]
        anew: bool,
    },
    PickKeyFile,
    OpenFolder,
    ForgetSecrets,
    ForgetForGood,
    RestoreDaily,
    Quit,
}

/// Fetches the key, opens the engine, and says how it went.
pub async fn open(shell: &Shell, given: Given) -> Stage {
    match try_open(shell, given).await {
        Ok(engine) => Stage::Open(engine),
        Err(lock) => {
            // The title says what is missing and holds no secret.
            tracing::warn!(
                why = lock.title,
                problem = lock.problem,
                detail = lock.detail,
                "the inbox is not open yet"
            );
            Stage::Locked(Arc::new(lock))
        }
    }
}

async fn try_open(shell: &Shell, given: Given) -> Result<Engine, Lock> {
    let (data, demo) = (shell.data.clone(), shell.options.demo);
    private::folder(&data).map_err(|e| folder_refused(&data, &e))?;
    if let Given::Anew(new) = &given {
        forget(&data, new.clone()).await?;
    }
    let fetching = tokio::task::spawn_blocking(move || home::fetch(&data, given, demo));
    let (key, home) = match tokio::time::timeout(PATIENCE, fetching).await {
        Ok(Ok(found)) => found.map_err(|missing| lock(missing, &shell.data))?,
        Ok(Err(_)) | Err(_) => return Err(silent_keychain()),
    };
    let note = |when: bool| {
        if when && let Err(error) = home::note(&shell.data, &home) {
            tracing::warn!(%error, "where the key lives could not be noted");
        }
    };
    // A new folder is noted before it is sealed; an old one once the key has proved right.
    let new = !crate::server::key::holds_data(&shell.data);
    note(new);
    let mut config = Config::new(&shell.data);
    if let Some(meta) = &shell.options.meta {
        config.hosts = Hosts::all_at(meta.as_str());
    }
    let engine = Engine::open(Opening {
        config: if demo { shell.demo.trusted_by(config) } else { config },
        key: key.key,
        key_home: key.home,
        clock: Clock::system(),
        host: Host::Desktop,
        demo: Some(shell.demo.clone()),
    })
    .await
    .map_err(|error| refused(&error, &home, &shell.data))?;
    note(!new);
    Ok(engine)
}

/// Forgets what the lost key sealed, and notes where the new one lives. In this order: should the process end in
/// between, nothing is lost that was not lost before.
async fn forget(data: &Path, new: NewHome) -> Result<(), Lock> {
    let folder = data.to_owned();
    let making = tokio::task::spawn_blocking(move || home::make_anew(&folder, new));
    let (key, home) = match tokio::time::timeout(PATIENCE, making).await {
        Ok(Ok(made)) => made.map_err(|missing| lock(missing, data))?,
        Ok(Err(_)) | Err(_) => return Err(silent_keychain()),
    };
    let accounts =
        crate::forget_secrets(data, &key, Clock::system()).await.map_err(|e| refused(&e, &home, data))?;
    tracing::warn!(accounts, "the secrets of a lost key were forgotten; the history stays");
    let noted = home::note(data, &home).and_then(|()| match home {
        home::Home::Passphrase => Ok(()),
        _ => crate::server::key::retire_passphrase(data),
    });
    noted.map_err(|e| folder_refused(data, &e))
}

/// What the person gave with `choice`, where it gives something.
///
/// # Errors
/// Words for the start page.
pub fn given(choice: Choice, data: &Path) -> Result<Given, String> {
    match choice {
        Choice::NewPassphrase { words, .. } if words.0.trim().chars().count() < SHORTEST => {
            Err(format!("A passphrase of at least {SHORTEST} characters, please: several words are best."))
        }
        Choice::NewPassphrase { words, anew: true } => {
            Ok(Given::Anew(NewHome::Passphrase(Secret::new(words.0))))
        }
        Choice::NewPassphrase { words, anew: false } | Choice::Passphrase { words } => {
            Ok(Given::Passphrase(Secret::new(words.0)))
        }
        Choice::MakeKeyFile { anew: true } => Ok(Given::Anew(NewHome::File(home::new_file(data)))),
        Choice::MakeKeyFile { anew: false } => Ok(Given::File(home::new_file(data))),
        Choice::ForgetForGood => Ok(Given::Anew(NewHome::Keychain)),
        Choice::Retry
        | Choice::PickKeyFile
        | Choice::OpenFolder
        | Choice::ForgetSecrets
        | Choice::RestoreDaily
        | Choice::Quit => Ok(Given::Nothing),
    }
}

fn page(title: &str, text: &[&str], offers: &[Offer]) -> Lock {
    Lock {
        title: title.into(),
        text: text.iter().map(|t| (*t).to_owned()).collect(),
        offers: offers.to_vec(),
        problem: None,
        detail: None,
        anew: false,
    }
}

/// What forgetting the secrets means, before anything is done.
pub fn forgetting() -> Lock {
    Lock {
        anew: true,
        ..page(
            "Forget the secrets, keep the history?",
            &[
                "The key sealed the tokens of your accounts, and app secrets. Without it they open for nobody. If it is \
                 lost for good, Heliograph can forget them and make a new key.",
                "Everything else stays: conversations, messages, files, notes, labels, drafts and settings. Each account \
                 shows Reconnect until you connect it again; replies that wait leave after that. Webhooks are refused \
                 until their app secrets are entered again.",
                "This cannot be undone. Should the old key turn up later, it opens nothing any more.",
            ],
            &[Offer::Retry, Offer::ForgetForGood, Offer::Quit],
        )
    }
}

fn lock(missing: Missing, data: &Path) -> Lock {
    match missing {
        Missing::NoKeychain(why) => Lock {
            detail: Some(why.to_string()),
            ..page(
                "Where should the key be kept?",
                &[
                    "Heliograph seals the tokens of your accounts with a key. It would keep that key in your system's \
                     keychain, but no keychain answers here.",
                    "You can start the keychain and try again, choose a passphrase that is asked for at each start, or \
                     keep the key in a file beside the data, which protects copies of the data only.",
                ],
                &[Offer::Retry, Offer::NewPassphrase, Offer::MakeKeyFile, Offer::Quit],
            )
        },
        Missing::NoKeychainForNew(why) => Lock {
            detail: Some(why.to_string()),
            anew: true,
            ..page(
                "Where should the new key be kept?",
                &[
                    "No keychain takes it here. Nothing was forgotten yet.",
                    "You can start the keychain and try again, choose a passphrase that is asked for at each start, or \
                     keep the key in a file beside the data, which protects copies of the data only.",
                ],
                &[Offer::ForgetForGood, Offer::NewPassphrase, Offer::MakeKeyFile, Offer::Retry, Offer::Quit],
            )
        },
        Missing::KeychainGone(why) => Lock {
            problem: Some(in_words(&why).into()),
            detail: Some(why.to_string()),
            ..page(
                "The key to your inbox is out of reach",
                &[
                    "Your accounts' tokens are sealed with a key that Heliograph keeps in your system's keychain. The \
                     keychain does not give it at the moment. Nothing was changed, and nothing is lost.",
                    "Unlock or start the keychain and try again. If you have the key in a file, you can use that.",
                ],
                &[Offer::Retry, Offer::PickKeyFile, Offer::OpenFolder, Offer::ForgetSecrets, Offer::Quit],
            )
        },
        Missing::WantsPassphrase => page(
            "Your passphrase",
            &["It opens the sealed tokens of your accounts."],
            &[Offer::Passphrase, Offer::ForgetSecrets, Offer::Quit],
        ),
        Missing::Unknown => page(
            "Which key opens this data?",
            &[
                "This folder holds an inbox that was sealed somewhere else, and nothing here says with which key.",
                "Choose the key file it was made with. Nothing was changed.",
            ],
            &[Offer::PickKeyFile, Offer::OpenFolder, Offer::ForgetSecrets, Offer::Quit],
        ),
        Missing::Problem(KeyProblem::Passphrase(why)) => Lock {
            problem: Some(format!("{why}.")),
            ..page("Your passphrase", &["It could not be used."], &[Offer::Passphrase, Offer::Quit])
        },
        Missing::Problem(problem) => Lock {
            problem: Some(problem.to_string()),
            ..page(
                "The key could not be read",
                &["Nothing was changed."],
                &[Offer::Retry, Offer::PickKeyFile, Offer::OpenFolder, Offer::ForgetSecrets, Offer::Quit],
            )
        },
        Missing::Note(error) => folder_refused(data, &error),
    }
}

fn in_words(why: &KeychainError) -> &'static str {
    match why {
        KeychainError::Silent(_) => "No keychain service answers.",
        KeychainError::NoKey => {
            "The keychain answers but has no key for this inbox. It may be locked, or belong to another user or system."
        }
        KeychainError::NotAKey(_) | KeychainError::Forgetful => {
            "The keychain's entry for this inbox is damaged."
        }
    }
}

fn silent_keychain() -> Lock {
    page(
        "The keychain does not answer",
        &[
            "Heliograph asked your system's keychain for the key and got no answer for two minutes. Nothing was changed.",
        ],
        &[Offer::Retry, Offer::PickKeyFile, Offer::Quit],
    )
}

fn folder_refused(data: &Path, error: &std::io::Error) -> Lock {
    Lock {
        detail: Some(error.to_string()),
        ..page(
            "The data folder cannot be written",
            &[&format!("Heliograph keeps everything in {}.", data.display())],
            &[Offer::Retry, Offer::Quit],
        )
    }
}

fn refused(error: &crate::OpenError, home: &home::Home, data: &Path) -> Lock {
    let problem = Some(error.to_string());
    if matches!(error, crate::OpenError::WrongKey) {
        let (text, way) = match home {
            home::Home::Passphrase => {
                ("This passphrase is not the one the data was sealed with.", Offer::Passphrase)
            }
            _ => ("This key is not the one the data was sealed with.", Offer::PickKeyFile),
        };
        let offers = [way, Offer::Retry, Offer::OpenFolder, Offer::ForgetSecrets, Offer::Quit];
        return page("That does not open it", &[text, "Nothing was changed."], &offers);
    }
    let damaged = matches!(error, crate::OpenError::Store(crate::store::OpenError::Damaged { .. }));
    if damaged && super::copies::newest_daily(data).is_some() {
        return Lock {
            problem,
            ..page(
                "Your inbox is damaged",
                &[
                    "A daily copy is there. It can take the place of the damaged database, which is kept aside. What came \
                     after the copy is asked for again at Meta, as far as Meta still has it.",
                ],
                &[Offer::RestoreDaily, Offer::Retry, Offer::OpenFolder, Offer::Quit],
            )
        };
    }
    Lock {
        problem,
        ..page(
            "Your inbox cannot be opened",
            &["Nothing was overwritten."],
            &[Offer::Retry, Offer::OpenFolder, Offer::Quit],
        )
    }
}

#[cfg(test)]
#[path = "opening_tests.rs"]
mod tests;
