//! One person on several channels: joined and taken apart at somebody's word, and deleted everywhere at once.

use super::{
    Answer, Desk, deleting,
    problems::{access, gone, graph_problem, reading, storage},
};
use crate::{
    model::{
        Action, Code, ContactId, ConversationId, Deleted, Event, KinContact, MetaPersonId, PersonPlan,
        Problem, Timestamp, call,
    },
    store::{
        accounts, contacts,
        deleting::{self as rows, Whose},
        kin,
    },
    sync::ReadError,
};
use sqlx::SqliteConnection;

/// Tells everything that shows one of these contacts.
async fn tell(desk: &Desk, contacts: &[ContactId]) -> Result<(), Problem> {
    let conversations = {
        let mut conn = desk.store.read().await.map_err(reading)?;
        kin::conversations(&mut conn, contacts).await.map_err(reading)?
    };
    for (account, conversation) in conversations {
        desk.events.tell(Event::ConversationChanged { account, conversation });
    }
    Ok(())
}

/// Everybody whom a word about these two concerns.
async fn concerned(desk: &Desk, one: ContactId, other: ContactId) -> Result<Vec<ContactId>, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let mut all = kin::group(&mut conn, one).await.map_err(reading)?;
    for contact in kin::group(&mut conn, other).await.map_err(reading)? {
        if !all.contains(&contact) {
            all.push(contact);
        }
    }
    Ok(all)
}

impl Answer for call::MergePeople {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let Self { one, other, reason } = self;
        let now = desk.clock.now();
        let done = desk
            .store
            .write("make two contacts one person", move |c| {
                Box::pin(async move { kin::merge(c, one, other, &reason, now).await })
            })
            .await
            .map_err(storage)?;
        if !done {
            return Err(Problem::new(
                Code::BadRequest,
                "These two are one person already, or one of them is gone.",
            ));
        }
        tell(desk, &concerned(desk, one, other).await?).await
    }
}

impl Answer for call::SeparatePeople {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let Self { one, other } = self;
        // Whoever is one person now sees the change.
        let all = concerned(desk, one, other).await?;
        let done = desk
            .store
            .write("take two contacts apart", move |c| {
                Box::pin(async move { kin::unsay(c, one, other, true).await })
            })
            .await
            .map_err(storage)?;
        if !done {
            return Err(gone());
        }
        tell(desk, &all).await
    }
}

impl Answer for call::NotTheSame {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let Self { one, other, on } = self;
        let now = desk.clock.now();
        let done = desk
            .store
            .write("keep that two contacts are not one person", move |c| {
                Box::pin(async move {
                    if on {
                        kin::not_same(c, one, other, now).await
                    } else {
                        kin::unsay(c, one, other, false).await
                    }
                })
            })
            .await
            .map_err(storage)?;
        if !done {
            return Err(Problem::new(
                Code::BadRequest,
                "These two are one person here: take them apart first.",
            ));
        }
        tell(desk, &concerned(desk, one, other).await?).await
    }
}

/// What of an id is kept once its person is deleted.
fn fingerprint(desk: &Desk, account: &accounts::StoredAccount, id: &str) -> String {
    desk.vault.fingerprint_of_person(
        account.account.channel,
        &account.account.meta_id,
        &MetaPersonId(id.to_owned()),
    )
}

/// Every id of these contacts, and the fingerprint of each.
async fn ids_and_fingerprints(
    desk: &Desk,
    conn: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<(Vec<String>, Vec<String>), sqlx::Error> {
    let known = accounts::list_all(conn).await?;
    let ids = rows::ids_of(conn, contacts).await?;
    let prints = ids
        .iter()
        .filter_map(|(account, id)| {
            let account = known.iter().find(|a| a.account.id == *account)?;
            Some(fingerprint(desk, account, id))
        })
        .collect();
    Ok((ids.into_iter().map(|(_, id)| id).collect(), prints))
}

/// When somebody of this person was deleted before; `None` = never, or their past may be read again.
pub(super) async fn deleted_at(
    desk: &Desk,
    conn: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<Option<Timestamp>, sqlx::Error> {
    let deleted = kin::deleted(conn).await?;
    if deleted.is_empty() {
        return Ok(None);
    }
    let (_, prints) = ids_and_fingerprints(desk, conn, contacts).await?;
    Ok(deleted.into_iter().filter(|(print, _)| prints.contains(print)).map(|(_, at)| at).max())
}

/// The person of a conversation on every channel, and how much there is of them.
async fn plan(desk: &Desk, conversation: ConversationId) -> Result<(Vec<ContactId>, PersonPlan), Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let people = kin::of_conversation(&mut conn, conversation).await.map_err(reading)?;
    if people.is_empty() {
        return Err(gone());
    }
    let amounts = rows::amounts(&mut conn, &Whose::People(people.clone())).await.map_err(reading)?;
    let known: Vec<KinContact> = kin::contacts(&mut conn, &people).await.map_err(reading)?;
    Ok((people, PersonPlan { people: known, amounts }))
}

impl Answer for call::PlanDeletePerson {
    async fn answer(self, desk: &Desk) -> Result<PersonPlan, Problem> {
        Ok(plan(desk, self.conversation).await?.1)
    }
}

impl Answer for call::DeletePerson {
    async fn answer(self, desk: &Desk) -> Result<Deleted, Problem> {
        let (people, planned) = plan(desk, self.conversation).await?;
        let now = desk.clock.now();
        let (ids, prints) = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            ids_and_fingerprints(desk, &mut conn, &people).await.map_err(reading)?
        };
        let whose = Whose::People(people.clone());
        let held = whose.clone();
        desk.store
            .write("begin to delete a person", move |c| {
                Box::pin(async move {
                    kin::remember_deleted(c, &prints, now).await?;
                    rows::hold_back(c, &held).await
                })
            })
            .await
            .map_err(storage)?;
        // From here on nothing of the past comes in; then what is here goes.
        desk.intake.forget_accounts();
        deleting::erase(desk, whose, ids).await?;
        deleting::scrub(desk).await?;
        let mut told: Vec<_> = planned.people.iter().map(|p| p.account).collect();
        told.sort_unstable();
        told.dedup();
        for account in told {
            desk.events.tell(Event::ManyChanged { account });
        }
        let (copies, folder) = deleting::earlier_copies(desk);
        Ok(Deleted { amounts: planned.amounts, copies, folder })
    }
}

impl Answer for call::ReadPastAgain {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let conversation = self.conversation;
        let (people, prints) = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            let people = kin::of_conversation(&mut conn, conversation).await.map_err(reading)?;
            let (_, prints) = ids_and_fingerprints(desk, &mut conn, &people).await.map_err(reading)?;
            (people, prints)
        };
        desk.store
            .write("let a person's past be read again", move |c| {
                Box::pin(async move { kin::forget_deleted(c, &prints).await })
            })
            .await
            .map_err(storage)?;
        desk.intake.forget_accounts();
        let accounts: Vec<_> = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            kin::conversations(&mut conn, &people)
                .await
                .map_err(reading)?
                .into_iter()
                .map(|(a, _)| a)
                .collect()
        };
        for account in accounts {
            desk.sync.import_again(account).await.map_err(storage)?;
        }
        tell(desk, &people).await
    }
}

fn reading_profile(error: &ReadError) -> Problem {
    match error {
        ReadError::Graph(e) => graph_problem(e),
        ReadError::Access(e) => access(e),
        other => {
            tracing::error!(error = %other, "a profile could not be kept");
            Problem::new(Code::Storage, "The profile could not be kept.").with(Action::Retry)
        }
    }
}

impl Answer for call::RefreshProfile {
    async fn answer(self, desk: &Desk) -> Result<bool, Problem> {
        let (account, person) = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            contacts::profile_of(&mut conn, self.conversation).await.map_err(reading)?.ok_or_else(gone)?
        };
        let Some(person) = person else {
            return Err(Problem::new(
                Code::BadRequest,
                "WhatsApp tells a name with each message and has no profile to read.",
            ));
        };
        desk.sync.read_profile(account, &person).await.map_err(|e| reading_profile(&e))
    }
}
