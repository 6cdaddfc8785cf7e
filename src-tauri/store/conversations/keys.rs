//! Pages of the list. Each list is read from one index in its own order, per account and state, and merged; what the
//! index does not know is looked at row by row, so many rows for one page at most.

use super::{PageError, read, rows_sql};
use crate::model::{Channel, Conversation, ConversationPage, Filter, Show, Sort, Timestamp};
use crate::store::{Cursor, row};
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, query::QueryAs, sqlite::SqliteArguments};

/// Rows of one page at most.
const LARGEST_PAGE: u32 = 200;
/// Conversations of one account and state that a page looks at where the index alone does not decide.
pub(in crate::store) const STEP: u32 = 250;

/// How `sort` reads the index: name for cursors, column, comparison, direction.
const fn order(sort: Sort) -> (&'static str, &'static str, &'static str, &'static str) {
    match sort {
        Sort::Newest => ("newest", "last_at", "<", "DESC"),
        Sort::WaitingLongest => ("waiting", "waiting_since", ">", "ASC"),
        Sort::EndingSoonest => ("ending", "window_closes_at", ">", "ASC"),
    }
}

/// The condition of a tab on `v`; the partial indexes bear the same words. The states are apart.
const fn condition(show: Show) -> Option<&'static str> {
    match show {
        Show::All | Show::Pending | Show::Snoozed | Show::Resolved | Show::Spam => None,
        Show::Unread => Some("v.unread > 0"),
        Show::Waiting => Some("v.waiting_since IS NOT NULL"),
        Show::Drafts => Some("v.draft <> ''"),
        Show::Failed => Some("v.failed > 0"),
        Show::Scheduled => Some("v.scheduled > 0"),
        Show::Requests => Some("v.request = 1"),
        // The person at the desk is 1.
        Show::Mine => Some("v.assignee = 1"),
        Show::Unassigned => Some("v.assignee IS NULL"),
    }
}

/// The statement that finds the keys of a page: the first of each account's and state's own order, to be merged.
/// Each is [at, id, whether it belongs, whether the look ended there].
/// Arguments: account, channel, limit, cursor's value and id, now, states, label, assignee.
pub(in crate::store) fn keys_sql(filter: &Filter, sort: Sort) -> String {
    let (_, column, than, direction) = order(sort);
    let mut rest = Vec::new();
    let (from, alias, id, lead) = match (filter.label, filter.assignee, filter.show) {
        (Some(_), assignee, show) => {
            rest.extend(condition(show));
            if assignee.is_some() {
                rest.push("v.assignee = ?9");
            }
            let from = if rest.is_empty() {
                "labelled l"
            } else {
                "labelled l CROSS JOIN conversations v ON v.id = l.conversation"
            };
            (from, "l", "l.conversation", "l.label = ?8 AND".to_owned())
        }
        (None, Some(_), show) => {
            rest.extend(condition(show));
            ("conversations v", "v", "v.id", "v.assignee = ?9 AND".to_owned())
        }
        (None, None, Show::Unassigned) => {
            rest.extend(condition(Show::Unassigned));
            ("conversations v", "v", "v.id", String::new())
        }
        // Few at any time: read whole, whatever the state.
        (None, None, Show::Scheduled) => {
            let from = match sort {
                Sort::Newest => "conversations v INDEXED BY conversations_newest_scheduled",
                Sort::WaitingLongest => "conversations v INDEXED BY conversations_waiting_scheduled",
                Sort::EndingSoonest => "conversations v INDEXED BY conversations_ending_scheduled",
            };
            (from, "v", "v.id", "v.scheduled > 0 AND".to_owned())
        }
        (None, None, show) => {
            let lead = condition(show).map_or_else(String::new, |words| format!("{words} AND"));
            ("conversations v", "v", "v.id", lead)
        }
    };
    let only = match sort {
        Sort::Newest => String::new(),
        Sort::WaitingLongest => format!("{alias}.waiting_since IS NOT NULL AND"),
        Sort::EndingSoonest => {
            format!("{alias}.window_closes_at IS NOT NULL AND {alias}.window_closes_at > ?6 AND")
        }
    };
    let walk = |fits: &str, limit: &str| {
        format!(
            "SELECT {alias}.{column} AS at, {id} AS id{fits} FROM {from}
             WHERE {lead} {alias}.account = a.id AND {alias}.state = s.value AND {only}
                 ({alias}.{column}, {id}) {than} (?4, ?5)
             ORDER BY {alias}.{column} {direction}, {id} {direction} LIMIT {limit}"
        )
    };
    let found = if rest.is_empty() {
        format!("SELECT json_group_array(json_array(at, id, 1, 0)) FROM ({})", walk("", "?3"))
    } else {
        let fits = format!(", ({}) AS fits", rest.join(" AND "));
        format!(
            "SELECT json_group_array(json_array(at, id, fits, n = {STEP})) FROM (
                 SELECT at, id, fits, n FROM (SELECT at, id, fits, row_number() OVER () AS n FROM ({}))
                 WHERE fits OR n = {STEP} LIMIT ?3)",
            walk(&fits, &STEP.to_string())
        )
    };
    format!(
        "SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3
         FROM accounts a CROSS JOIN json_each(?7) s CROSS JOIN json_each(({found})) k
         WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.channel = ?2)"
    )
}

/// All conditions of a list on `v` and its account `a`, in the arguments of [`keys_sql`].
fn conditions(filter: &Filter, sort: Sort) -> String {
    let mut all = vec![
        "(?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.channel = ?2)",
        "v.state IN (SELECT value FROM json_each(?7))",
    ];
    all.extend(condition(filter.show));
    if filter.label.is_some() {
        all.push("EXISTS (SELECT 1 FROM labelled WHERE label = ?8 AND conversation = v.id)");
    }
    if filter.assignee.is_some() {
        all.push("v.assignee = ?9");
    }
    match sort {
        Sort::Newest => {}
        Sort::WaitingLongest => all.push("v.waiting_since IS NOT NULL"),
        Sort::EndingSoonest => all.push("v.window_closes_at > ?6"),
    }
    all.join(" AND ")
}

/// The statement that finds what is pinned of a list: few by rule, see [`super::act`].
pub(in crate::store) fn pins_sql(filter: &Filter, sort: Sort) -> String {
    let column = order(sort).1;
    format!(
        "SELECT v.{column}, v.id, 1, 0 FROM conversations v INDEXED BY conversations_pinned CROSS JOIN accounts a ON a.id = v.account
         WHERE v.pinned_at IS NOT NULL AND {}",
        conditions(filter, sort)
    )
}

/// The arguments that [`keys_sql`] names.
#[derive(Clone, Copy)]
struct Arguments<'f> {
    filter: &'f Filter,
    limit: u32,
    after: Cursor,
    now: Timestamp,
}

/// The words of the states as a JSON argument.
fn states(show: Show) -> String {
    let words: Vec<String> = show.states().iter().map(|state| format!("\"{}\"", state.key())).collect();
    format!("[{}]", words.join(","))
}

impl Arguments<'_> {
    fn bind<'q, T>(
        self,
        query: QueryAs<'q, Sqlite, T, SqliteArguments>,
    ) -> QueryAs<'q, Sqlite, T, SqliteArguments> {
        query
            .bind(self.filter.account.map(|a| a.0))
            .bind(self.filter.channel.map(Channel::key))
            .bind(self.limit)
            .bind(self.after.at)
            .bind(self.after.id)
            .bind(self.now.0)
            .bind(states(self.filter.show))
            .bind(self.filter.label.map(|l| l.0))
            .bind(self.filter.assignee.map(|a| a.0))
    }
}

/// A key of a list: where it stands, whether it belongs, whether the look ended there.
type Key = (i64, i64, bool, bool);

async fn keys(
    conn: &mut SqliteConnection,
    sql: String,
    arguments: Arguments<'_>,
    descending: bool,
) -> Result<Vec<Key>, sqlx::Error> {
    let mut keys: Vec<Key> = arguments.bind(sqlx::query_as(AssertSqlSafe(sql))).fetch_all(&mut *conn).await?;
    keys.sort_unstable();
    if descending {
        keys.reverse();
    }
    Ok(keys)
}

async fn rows(conn: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Conversation>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = rows_sql("json_each(?1) k CROSS JOIN conversations v ON v.id = k.value");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(row::json(ids)?).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// A page of the list. `now` decides which windows are open.
///
/// # Errors
/// When `after` is no cursor of this order, or the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: &Filter,
    sort: Sort,
    after: Option<&str>,
    limit: u32,
    now: Timestamp,
) -> Result<ConversationPage, PageError> {
    let (name, _, than, _) = order(sort);
    let descending = than == "<";
    let beginning = if descending { i64::MAX } else { i64::MIN };
    let first = after.is_none();
    let after = match after {
        Some(text) => Cursor::read(text, name)?,
        None => Cursor { at: beginning, id: beginning },
    };
    let limit = limit.clamp(1, LARGEST_PAGE);
    let arguments = Arguments { filter, limit: limit + 1, after, now };
    let pins = keys(conn, pins_sql(filter, sort), arguments, descending).await?;
    let pins: Vec<i64> = pins.into_iter().map(|(_, id, ..)| id).collect();
    let found = keys(conn, keys_sql(filter, sort), arguments, descending).await?;
    let mut ids = Vec::with_capacity(limit as usize);
    let mut taken = 0;
    let mut last = None;
    let mut more = false;
    for (at, id, fits, ends) in found {
        if taken == limit {
            more = true;
            break;
        }
        last = Some(Cursor { at, id });
        if fits {
            taken += 1;
            if !pins.contains(&id) {
                ids.push(id);
            }
        }
        if ends {
            // What stands behind it in this account and state was not looked at.
            more = true;
            break;
        }
    }
    let next = last.filter(|_| more).map(|last| last.write(name));
    let pinned = if first { rows(conn, &pins).await? } else { Vec::new() };
    Ok(ConversationPage { pinned, rows: rows(conn, &ids).await?, next })
}

/// Every conversation of a list, in no order: what an act on all of them goes through.
///
/// # Errors
/// When the database cannot be read.
pub async fn matching(
    conn: &mut SqliteConnection,
    filter: &Filter,
    sort: Sort,
    now: Timestamp,
) -> Result<Vec<i64>, sqlx::Error> {
    let sql = format!(
        "SELECT v.id FROM accounts a CROSS JOIN conversations v ON v.account = a.id WHERE {}",
        conditions(filter, sort)
    );
    let arguments = Arguments { filter, limit: 0, after: Cursor { at: 0, id: 0 }, now };
    let found: Vec<(i64,)> = arguments.bind(sqlx::query_as(AssertSqlSafe(sql))).fetch_all(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
