//! What a person does with conversations, any number at once in a handful of statements: the act, its lines in the
//! threads, and the acts that undo it.

use super::{recount, row, state};
use crate::model::{
    AccountId, Act, Activity, ColleagueId, ConversationId, Inverse, LabelId, MINUTE, Standing, State,
    Timestamp,
};
use crate::store::messages::{self, NewLine};
use sqlx::{Row, SqliteConnection};
use std::collections::HashSet;

/// How long a line can still be taken back with what it tells of.
const TAKE_BACK: i64 = 10 * MINUTE;
/// Conversations pinned at most: pins are read whole with every page.
const PINS: i64 = 100;

/// What an act came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// Conversations that are different than before.
    pub changed: Vec<(AccountId, ConversationId)>,
    pub undo: Vec<Inverse>,
    /// Nothing was done, since too much would be pinned.
    pub too_many_pins: bool,
}

/// A conversation as it was.
struct Was {
    account: AccountId,
    id: ConversationId,
    standing: Standing,
    unread: bool,
    assignee: Option<ColleagueId>,
    pinned: bool,
    request: bool,
    labelled: bool,
}

/// Does `act` with `conversations`; those that are so already are left alone. With `undo` the lines that told of
/// what is taken back go, and none is written.
///
/// # Errors
/// When the database cannot be written.
pub async fn act(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
    act: &Act,
    undo: bool,
    now: Timestamp,
) -> Result<Done, sqlx::Error> {
    let label = if let Act::Label { label, .. } = act { label.0 } else { 0 };
    let mut seen = HashSet::new();
    let before: Vec<Was> = look(conn, conversations, label, *act == Act::Unread)
        .await?
        .into_iter()
        .filter(|was| seen.insert(was.id) && changes(was, act))
        .collect();
    let ids: Vec<ConversationId> = before.iter().map(|was| was.id).collect();
    if ids.is_empty() {
        return Ok(Done::default());
    }
    if matches!(act, Act::Pin { on: true }) {
        let pinned: i64 =
            sqlx::query_scalar("SELECT count(*) FROM conversations WHERE pinned_at IS NOT NULL")
                .fetch_one(&mut *conn)
                .await?;
        if pinned + i64::try_from(ids.len()).unwrap_or(PINS) > PINS {
            return Ok(Done { too_many_pins: true, ..Done::default() });
        }
    }
    let activity = activity(conn, act).await?;
    write(conn, &ids, act, now).await?;
    if undo {
        take_back(conn, &ids, act, now).await?;
    } else if let Some(activity) = activity {
        let (spam, others): (Vec<&Was>, Vec<&Was>) =
            before.iter().partition(|was| *act == Act::Open && was.standing.state == State::Spam);
        for (told, activity) in [(spam, Activity::Spam { on: false }), (others, activity)] {
            let told: Vec<ConversationId> = told.iter().map(|was| was.id).collect();
            messages::append_lines(conn, &told, &NewLine::Activity(activity), now).await?;
        }
    }
    let mut done = Done::default();
    for was in before {
        done.changed.push((was.account, was.id));
        let inverse = inverse(&was, act);
        match done.undo.iter_mut().find(|one| one.act == inverse) {
            Some(one) => one.conversations.push(was.id),
            None => done.undo.push(Inverse { act: inverse, conversations: vec![was.id] }),
        }
    }
    Ok(done)
}

async fn look(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
    label: i64,
    only_who_wrote: bool,
) -> Result<Vec<Was>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT v.id, v.account, v.state, v.snoozed_until, v.settled_at, v.marked_unread, v.unread > 0 AS unread,
             v.assignee, v.pinned_at IS NOT NULL AS pinned, v.request = 1 AS request,
             EXISTS (SELECT 1 FROM labelled WHERE label = ?2 AND conversation = v.id) AS labelled
         FROM json_each(?1) j CROSS JOIN conversations v ON v.id = j.value
         WHERE NOT ?3 OR EXISTS (SELECT 1 FROM messages WHERE conversation = v.id AND direction = 'inbound')",
    )
    .bind(row::json(conversations)?)
    .bind(label)
    .bind(only_who_wrote)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Was {
                account: AccountId(row.try_get("account")?),
                id: ConversationId(row.try_get("id")?),
                standing: Standing {
                    state: state(row.try_get("state")?)?,
                    snoozed_until: row::time(row.try_get("snoozed_until")?),
                    settled_at: Timestamp(row.try_get("settled_at")?),
                    marked_unread: row.try_get("marked_unread")?,
                },
                unread: row.try_get("unread")?,
                assignee: row.try_get::<Option<i64>, _>("assignee")?.map(ColleagueId),
                pinned: row.try_get("pinned")?,
                request: row.try_get("request")?,
                labelled: row.try_get("labelled")?,
            })
        })
        .collect()
}

/// Whether `act` makes anything different.
fn changes(was: &Was, act: &Act) -> bool {
    match act {
        Act::Open => was.standing.state != State::Open,
        Act::Pending => was.standing.state != State::Pending,
        Act::Resolve => was.standing.state != State::Resolved,
        Act::Spam => was.standing.state != State::Spam,
        Act::Snooze { until } => (was.standing.state, was.standing.snoozed_until) != (State::Snoozed, *until),
        Act::Assign { to } => was.assignee != *to,
        Act::Label { on, .. } => was.labelled != *on,
        Act::Pin { on } => was.pinned != *on,
        Act::Request { on } => was.request != *on,
        Act::Read => was.unread,
        Act::Unread => !was.unread,
        Act::Restore { was: standing } => was.standing != *standing,
    }
}

/// What undoes `act` for one that stood so.
fn inverse(was: &Was, act: &Act) -> Act {
    match act {
        Act::Open | Act::Pending | Act::Resolve | Act::Spam | Act::Snooze { .. } | Act::Restore { .. } => {
            Act::Restore { was: was.standing }
        }
        Act::Assign { .. } => Act::Assign { to: was.assignee },
        Act::Label { label, on } => Act::Label { label: *label, on: !on },
        Act::Pin { on } => Act::Pin { on: !on },
        Act::Request { on } => Act::Request { on: !on },
        Act::Read => Act::Unread,
        Act::Unread => Act::Read,
    }
}

async fn write(
    conn: &mut SqliteConnection,
    ids: &[ConversationId],
    act: &Act,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (to, until) = match act {
        Act::Open => (State::Open, None),
        Act::Pending => (State::Pending, None),
        Act::Resolve => (State::Resolved, None),
        Act::Spam => (State::Spam, None),
        Act::Snooze { until } => (State::Snoozed, *until),
        Act::Restore { was } => (was.state, was.snoozed_until),
        _ => return write_other(conn, ids, act, now).await,
    };
    let (settled, marked) = match act {
        Act::Restore { was } => (Some(was.settled_at.0), Some(was.marked_unread)),
        _ => (None, None),
    };
    // Resolving settles what is there. Opening a resolved one by hand takes that back: they wait again.
    sqlx::query(
        "UPDATE conversations SET
             settled_at = coalesce(?4, CASE WHEN ?2 = 'resolved' THEN max(settled_at, last_at)
                 WHEN state = 'resolved' THEN 0 ELSE settled_at END),
             marked_unread = coalesce(?5, CASE WHEN ?2 = 'resolved' THEN 0 ELSE marked_unread END),
             state = ?2, snoozed_until = ?3
         WHERE id IN (SELECT value FROM json_each(?1))",
    )
    .bind(row::json(ids)?)
    .bind(to.key())
    .bind(until.map(|t| t.0))
    .bind(settled)
    .bind(marked)
    .execute(&mut *conn)
    .await?;
    let touched: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
    recount(conn, &touched).await
}

async fn write_other(
    conn: &mut SqliteConnection,
    ids: &[ConversationId],
    act: &Act,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (sql, with) = match act {
        Act::Assign { to } => (
            "UPDATE conversations SET assignee = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
            to.map(|to| to.0),
        ),
        Act::Label { label, on: true } => (
            "INSERT OR IGNORE INTO labelled (label, conversation, account, state, last_at, waiting_since, window_closes_at)
             SELECT ?2, v.id, v.account, v.state, v.last_at, v.waiting_since, v.window_closes_at
             FROM json_each(?1) j CROSS JOIN conversations v ON v.id = j.value",
            Some(label.0),
        ),
        Act::Label { label, on: false } => (
            "DELETE FROM labelled WHERE label = ?2 AND conversation IN (SELECT value FROM json_each(?1))",
            Some(label.0),
        ),
        Act::Pin { on } => (
            "UPDATE conversations SET pinned_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
            on.then_some(now.0),
        ),
        Act::Request { on } => (
            "UPDATE conversations SET request = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
            Some(if *on { 1 } else { 2 }),
        ),
        Act::Read => (
            "UPDATE messages SET live = 2 WHERE conversation IN (SELECT value FROM json_each(?1)) AND live = 1;
             UPDATE conversations SET unread = 0, marked_unread = 0,
                 read_through = (SELECT coalesce(max(id), 0) FROM messages)
             WHERE id IN (SELECT value FROM json_each(?1)) AND unread > 0",
            None,
        ),
        _ => (
            "UPDATE conversations SET marked_unread = 1, unread = 1
             WHERE id IN (SELECT value FROM json_each(?1)) AND unread = 0",
            None,
        ),
    };
    sqlx::query(sql).bind(row::json(ids)?).bind(with).execute(conn).await.map(drop)
}

/// What the thread is told of `act`; `None` = nothing. Fails where label or colleague is not there.
async fn activity(conn: &mut SqliteConnection, act: &Act) -> Result<Option<Activity>, sqlx::Error> {
    Ok(Some(match act {
        Act::Open => Activity::Reopened { they_wrote: false },
        Act::Pending => Activity::Pending,
        Act::Resolve => Activity::Resolved,
        Act::Spam => Activity::Spam { on: true },
        Act::Snooze { until } => Activity::Snoozed { until: *until },
        Act::Assign { to: None } => Activity::Assigned { to: String::new() },
        Act::Assign { to: Some(to) } => Activity::Assigned { to: colleague_name(conn, *to).await? },
        Act::Label { label, on } => Activity::Labelled { label: label_name(conn, *label).await?, on: *on },
        Act::Pin { .. } | Act::Request { .. } | Act::Read | Act::Unread | Act::Restore { .. } => {
            return Ok(None);
        }
    }))
}

async fn colleague_name(conn: &mut SqliteConnection, to: ColleagueId) -> Result<String, sqlx::Error> {
    let name: String =
        sqlx::query_scalar("SELECT name FROM colleagues WHERE id = ?1").bind(to.0).fetch_one(conn).await?;
    Ok(if name.is_empty() { "me".to_owned() } else { name })
}

async fn label_name(conn: &mut SqliteConnection, label: LabelId) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM labels WHERE id = ?1").bind(label.0).fetch_one(conn).await
}

/// Removes the newest line of the kind that `act` takes back, if it is fresh.
async fn take_back(
    conn: &mut SqliteConnection,
    ids: &[ConversationId],
    act: &Act,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let kinds: &[&str] = match act {
        Act::Assign { .. } => &["assigned"],
        Act::Label { .. } => &["labelled"],
        Act::Pin { .. } | Act::Request { .. } | Act::Read | Act::Unread => return Ok(()),
        _ => &["resolved", "reopened", "snoozed", "pending", "spam", "woke"],
    };
    sqlx::query(
        "DELETE FROM messages WHERE id IN (
             SELECT (SELECT m.id FROM messages m WHERE m.conversation = j.value AND m.sent_at >= ?3
                     AND m.form = 'activity' AND m.meta_id IS NULL
                     AND m.detail ->> '$.activity.activity' IN (SELECT value FROM json_each(?2))
                 ORDER BY m.sent_at DESC, m.id DESC LIMIT 1)
             FROM json_each(?1) j)",
    )
    .bind(row::json(ids)?)
    .bind(row::json(kinds)?)
    .bind(now.plus(-TAKE_BACK).0)
    .execute(conn)
    .await
    .map(drop)
}
