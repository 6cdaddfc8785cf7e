//! Whose turn it is. Order per conversation: a row is due only when none before it is still to leave.

use super::Job;
use crate::model::{
    AccountId, ConversationId, DeliveryStatus, Detail, MINUTE, MessageId, MetaMessageId, OutboxId,
    ReplyWindow, Timestamp,
};
use crate::store::row;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// A reply whose fate is unsure holds back those behind it for this long after its call: its echo usually
/// comes by then. Longer would silence the conversation, since WhatsApp has nothing to look at.
const UNSURE_HOLDS: i64 = 2 * MINUTE;

/// A row whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub outbox: OutboxId,
    /// The message that leaves, or the one that is acted on.
    pub message: MessageId,
    pub account: AccountId,
    pub conversation: ConversationId,
    /// PSID or IGSID.
    pub person: Option<String>,
    /// WhatsApp's business-scoped id.
    pub bsuid: Option<String>,
    /// WhatsApp's number, digits only.
    pub phone: Option<String>,
    /// The Conversations API's thread, for looking.
    pub thread: Option<String>,
    pub job: Job,
    pub text: String,
    /// Its buttons, and whether it leaves as a human agent.
    pub detail: Detail,
    /// What it quotes, as Meta knows it.
    pub quotes: Option<MetaMessageId>,
    /// What it acts on, as Meta knows it.
    pub about: Option<MetaMessageId>,
    pub key: String,
    /// Calls begun so far.
    pub attempts: u32,
    pub attempted_at: Option<Timestamp>,
    pub leave_before: Option<Timestamp>,
    pub window: ReplyWindow,
    /// Queued = to be sent; Unsure = to be looked for.
    pub state: DeliveryStatus,
}

/// What to leave out of [`due`].
#[derive(Debug, Clone)]
pub struct Busy {
    /// A call for them is under way.
    pub conversations: Vec<ConversationId>,
    /// Their calls are held back.
    pub accounts: Vec<AccountId>,
    /// The account of each call under way, and how many one account may have: see [`due`].
    pub calls: Vec<AccountId>,
    pub per_account: u32,
}

impl Default for Busy {
    fn default() -> Self {
        Self { conversations: Vec::new(), accounts: Vec::new(), calls: Vec::new(), per_account: u32::MAX }
    }
}

/// What [`read`] reads. Of two messages with one hash in a conversation either is as good as none.
const COLUMNS: &str =
    "SELECT o.id, m.id, o.account, o.conversation, c.person, c.bsuid, c.phone, v.thread_id, m.text, o.key,
        o.attempts, o.attempted_at, o.leave_before, o.state, o.job,
        CASE WHEN o.about IS NOT NULL THEN m.meta_id END,
        CASE WHEN o.message IS NOT NULL AND m.quotes IS NOT NULL THEN (
            SELECT q.meta_id FROM messages q WHERE q.meta_hash = m.quotes AND q.conversation = m.conversation LIMIT 1) END, m.detail,
        v.window_closes_at, v.window_by_ad, v.window_refused_at
    FROM outbox o
    CROSS JOIN messages m ON m.id = coalesce(o.message, o.about)
    CROSS JOIN conversations v ON v.id = o.conversation
    CROSS JOIN contacts c ON c.id = v.contact";

/// Rows whose time has come, at most one per conversation. What is to be sent waits for what was said before it; a look
/// for an unsure one only for an earlier look, since some can never be looked for. Accounts take turns, and of each the longest due goes
/// first: one with few calls under way goes before one with many.
///
/// # Errors
/// When the database cannot be read.
pub async fn due(
    conn: &mut SqliteConnection,
    now: Timestamp,
    busy: &Busy,
    limit: u32,
) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{COLUMNS}
         CROSS JOIN (
         SELECT o.id, o.due_at, row_number() OVER (PARTITION BY o.account ORDER BY o.due_at, o.id)
             + (SELECT count(*) FROM json_each(?6) j WHERE j.value = o.account) AS turn
         FROM outbox o
         WHERE o.state IN ('queued', 'sending', 'unsure') AND o.state <> 'sending' AND o.due_at <= ?1
             AND NOT EXISTS (
                 SELECT 1 FROM outbox e
                 WHERE e.conversation = o.conversation AND e.id < o.id AND e.state IN ('queued', 'sending', 'unsure')
                     AND CASE WHEN o.state = 'unsure' THEN e.state = 'sending' OR (e.state = 'unsure' AND e.due_at <= ?1)
                         ELSE (e.send_at IS NULL OR e.send_at <= ?1)
                             AND (e.state <> 'unsure' OR e.attempted_at > ?1 - ?5) END)
             AND o.conversation NOT IN (SELECT value FROM json_each(?2))
             AND o.account NOT IN (SELECT value FROM json_each(?3))
         ) t ON t.id = o.id
         WHERE t.turn <= ?7
         ORDER BY t.turn, t.due_at, t.id LIMIT ?4"
    )))
    .bind(now.0)
    .bind(row::json(&busy.conversations)?)
    .bind(row::json(&busy.accounts)?)
    .bind(limit)
    .bind(UNSURE_HOLDS)
    .bind(row::json(&busy.calls)?)
    .bind(busy.per_account)
    .fetch_all(conn)
    .await?;
    let mut due: Vec<Due> = Vec::with_capacity(rows.len());
    for row in rows {
        let conversation = ConversationId(row.try_get(3)?);
        // An unsure row and the queued one behind it may both be due: the earlier goes first.
        if due.iter().any(|d| d.conversation == conversation) {
            continue;
        }
        due.push(read(&row)?);
    }
    Ok(due)
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Due, sqlx::Error> {
    Ok(Due {
        outbox: OutboxId(row.try_get(0)?),
        message: MessageId(row.try_get(1)?),
        account: AccountId(row.try_get(2)?),
        conversation: ConversationId(row.try_get(3)?),
        person: row.try_get(4)?,
        bsuid: row.try_get(5)?,
        phone: row.try_get(6)?,
        thread: row.try_get(7)?,
        text: row.try_get(8)?,
        key: row.try_get(9)?,
        attempts: row.try_get(10)?,
        attempted_at: row::time(row.try_get(11)?),
        leave_before: row::time(row.try_get(12)?),
        state: row::status(row.try_get(13)?)?,
        job: Job::read(row.try_get(14)?),
        about: row.try_get::<Option<String>, _>(15)?.map(MetaMessageId),
        quotes: row.try_get::<Option<String>, _>(16)?.map(MetaMessageId),
        detail: row::maybe_json(row.try_get(17)?).unwrap_or_default(),
        window: ReplyWindow {
            closes_at: row::time(row.try_get(18)?),
            by_ad: row.try_get(19)?,
            refused_at: row::time(row.try_get(20)?),
        },
    })
}

/// The unsure reply of `message`; `None` = it is not unsure.
///
/// # Errors
/// When the database cannot be read.
pub async fn unsure(conn: &mut SqliteConnection, message: MessageId) -> Result<Option<Due>, sqlx::Error> {
    let sql = format!("{COLUMNS} WHERE o.message = ?1 AND o.state = 'unsure'");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(message.0).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// When something is to be done next after `now`: a row falls due, a hold ends, a window closes. What is due
/// already is [`due`]'s.
///
/// # Errors
/// When the database cannot be read.
pub async fn next_due_at(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let at: Option<i64> = sqlx::query_scalar(
        "SELECT min(at) FROM (
             SELECT due_at AS at FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'sending'
             UNION ALL SELECT leave_before FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state = 'queued'
             UNION ALL SELECT attempted_at + ?2 FROM outbox
                 WHERE state IN ('queued', 'sending', 'unsure') AND state = 'unsure')
         WHERE at > ?1 AND at < 9223372036854775807",
    )
    .bind(now.0)
    .bind(UNSURE_HOLDS)
    .fetch_one(conn)
    .await?;
    Ok(at.map(Timestamp))
}
