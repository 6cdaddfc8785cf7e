//! Connected accounts. A disconnected one whose history stayed keeps its row, without a token.

use super::{Trip, bad_row, row};
use crate::model::{
    Account, AccountId, Channel, FormerAccount, Health, Import, ImportState, Login, MetaAccountId, Problem,
    SignInFault, Timestamp,
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

/// An account with what is needed to call for it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAccount {
    pub account: Account,
    /// Instagram through a Page is called on the Page; empty elsewhere.
    pub page_id: String,
    /// WhatsApp Business Account; empty elsewhere.
    pub waba_id: String,
    /// Every id this business was seen under (graph-api b.5).
    pub own_ids: Vec<String>,
    /// All of Meta's hosts are this one; empty = Meta's own.
    pub origin: String,
    /// `false` = the token is gone and the history stayed.
    pub connected: bool,
}

/// An account to connect.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAccount {
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    pub page_id: String,
    pub waba_id: String,
    pub own_ids: Vec<String>,
    pub name: String,
    pub handle: String,
    pub demo: bool,
    pub origin: String,
    pub health: Health,
    pub import: Import,
}

const COLUMNS: &str =
    "SELECT id, channel, login, meta_id, page_id, waba_id, own_ids, name, handle, picture, demo,
    origin, health, import, disconnected_at FROM accounts";

fn read(row: &SqliteRow) -> Result<StoredAccount, sqlx::Error> {
    let own_ids: String = row.try_get("own_ids")?;
    let health: String = row.try_get("health")?;
    let import: String = row.try_get("import")?;
    Ok(StoredAccount {
        account: Account {
            id: AccountId(row.try_get("id")?),
            channel: row::channel(row.try_get("channel")?)?,
            login: Login::from_key(row.try_get("login")?).ok_or_else(|| bad_row("login"))?,
            meta_id: MetaAccountId(row.try_get("meta_id")?),
            name: row.try_get("name")?,
            handle: row.try_get("handle")?,
            picture: row.try_get("picture")?,
            demo: row.try_get("demo")?,
            health: row::json_or_default(&health),
            import: row::json_or_default(&import),
        },
        page_id: row.try_get("page_id")?,
        waba_id: row.try_get("waba_id")?,
        own_ids: row::json_or_default(&own_ids),
        origin: row.try_get("origin")?,
        connected: row.try_get::<Option<i64>, _>("disconnected_at")?.is_none(),
    })
}

/// Connects `new`. An account that is there already (by channel and Meta's id) takes the new facts and
/// keeps its id, its history and its import; the flag says that it was there.
///
/// # Errors
/// When the database cannot be written.
pub async fn insert(
    conn: &mut SqliteConnection,
    new: &NewAccount,
    now: Timestamp,
) -> Result<(AccountId, bool), sqlx::Error> {
    let known: Option<i64> =
        sqlx::query_scalar("SELECT id FROM accounts WHERE channel = ?1 AND meta_id = ?2")
            .bind(new.channel.key())
            .bind(new.meta_id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO accounts (channel, login, meta_id, page_id, waba_id, own_ids, name, handle, demo, origin,
             health, import, connected_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (channel, meta_id) DO UPDATE SET
             login = excluded.login, page_id = excluded.page_id, waba_id = excluded.waba_id,
             own_ids = (SELECT json_group_array(DISTINCT value) FROM
                 (SELECT value FROM json_each(accounts.own_ids) UNION ALL SELECT value FROM json_each(excluded.own_ids))),
             name = excluded.name, handle = excluded.handle, demo = excluded.demo, origin = excluded.origin,
             health = excluded.health, disconnected_at = NULL
         RETURNING id",
    )
    .bind(new.channel.key())
    .bind(new.login.key())
    .bind(new.meta_id.as_str())
    .bind(&new.page_id)
    .bind(&new.waba_id)
    .bind(row::json(&new.own_ids)?)
    .bind(&new.name)
    .bind(&new.handle)
    .bind(new.demo)
    .bind(&new.origin)
    .bind(row::json(&new.health)?)
    .bind(row::json(&new.import)?)
    .bind(now.0)
    .fetch_one(conn)
    .await?;
    Ok((AccountId(id), known.is_some()))
}

/// Connected accounts in the order they were connected.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<StoredAccount>, sqlx::Error> {
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE disconnected_at IS NULL ORDER BY id")))
            .fetch_all(conn)
            .await?;
    rows.iter().map(read).collect()
}

/// Every account, also those whose history alone stayed.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_all(conn: &mut SqliteConnection) -> Result<Vec<StoredAccount>, sqlx::Error> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY id"))).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// One account, connected or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(
    conn: &mut SqliteConnection,
    account: AccountId,
) -> Result<Option<StoredAccount>, sqlx::Error> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = ?1")))
        .bind(account.0)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The account a webhook speaks of.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_meta_id(
    conn: &mut SqliteConnection,
    channel: Channel,
    meta_id: &MetaAccountId,
) -> Result<Option<StoredAccount>, sqlx::Error> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE channel = ?1 AND meta_id = ?2")))
        .bind(channel.key())
        .bind(meta_id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// What Meta calls the account now.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_profile(
    conn: &mut SqliteConnection,
    account: AccountId,
    name: &str,
    handle: &str,
    picture: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE accounts SET name = ?2, handle = ?3, picture = coalesce(?4, picture) WHERE id = ?1")
        .bind(account.0)
        .bind(name)
        .bind(handle)
        .bind(picture)
        .execute(conn)
        .await
        .map(drop)
}

/// Learns another id of the business itself.
///
/// # Errors
/// When the database cannot be written.
pub async fn learn_own_id(
    conn: &mut SqliteConnection,
    account: AccountId,
    id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE accounts SET own_ids = json_insert(own_ids, '$[#]', ?2)
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM json_each(own_ids) WHERE value = ?2)",
    )
    .bind(account.0)
    .bind(id)
    .execute(conn)
    .await
    .map(drop)
}

/// Changes some fields of the health: `patch` is a JSON object laid over it, `null` clears a field.
/// Whether anything is different now.
///
/// # Errors
/// When the database cannot be written.
pub async fn patch_health(
    conn: &mut SqliteConnection,
    account: AccountId,
    patch: &serde_json::Value,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE accounts SET health = json_patch(health, ?2)
         WHERE id = ?1 AND json_patch(health, ?2) <> health",
    )
    .bind(account.0)
    .bind(row::json(patch)?)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes that webhooks reach these accounts.
///
/// # Errors
/// When it cannot be JSON.
pub fn heard(trip: &mut Trip, accounts: &[AccountId], now: Timestamp) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = accounts.iter().map(|account| (account, now)).collect();
    trip.rows(
        "UPDATE accounts AS a SET health = json_set(health, '$.last_webhook_at', t.value ->> 1)
         FROM json_each($1) AS t WHERE a.id = t.value ->> 0",
        &rows,
    )
}

/// Notes what a person must mend; the same trouble keeps its beginning.
///
/// # Errors
/// When the database cannot be written.
pub async fn trouble(
    conn: &mut SqliteConnection,
    account: AccountId,
    problem: Problem,
    fault: Option<SignInFault>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let Some(mut health) = get(conn, account).await?.map(|a| a.account.health) else { return Ok(()) };
    health.trouble(problem, fault, now);
    set_health(conn, account, &health).await
}

/// Replaces the whole health.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_health(
    conn: &mut SqliteConnection,
    account: AccountId,
    health: &Health,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE accounts SET health = ?2 WHERE id = ?1")
        .bind(account.0)
        .bind(row::json(health)?)
        .execute(conn)
        .await
        .map(drop)
}

/// How far the import is.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_import(
    conn: &mut SqliteConnection,
    account: AccountId,
    import: Import,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE accounts SET import = ?2 WHERE id = ?1")
        .bind(account.0)
        .bind(row::json(&import)?)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets the account's secrets and cursors and no longer lists it. Its history stays until it is deleted; connected
/// again, it reads what it missed meanwhile. Replies that have not left are failed by the caller before.
///
/// # Errors
/// When the database cannot be written.
pub async fn disconnect(
    conn: &mut SqliteConnection,
    account: AccountId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    super::secrets::remove_all(conn, &owner(account)).await?;
    sqlx::query("DELETE FROM cursors WHERE account = ?1").bind(account.0).execute(&mut *conn).await?;
    if let Some(known) = get(conn, account).await?
        && known.account.import.state != ImportState::NotPossible
    {
        set_import(conn, account, Import::default()).await?;
    }
    sqlx::query("UPDATE accounts SET disconnected_at = coalesce(disconnected_at, ?2) WHERE id = ?1")
        .bind(account.0)
        .bind(now.0)
        .execute(conn)
        .await
        .map(drop)
}

/// The owner under which an account's secrets are sealed.
#[must_use]
pub fn owner(account: AccountId) -> String {
    format!("account {account}")
}

/// Disconnected accounts whose history stayed, the last one first.
///
/// # Errors
/// When the database cannot be read.
pub async fn former(conn: &mut SqliteConnection) -> Result<Vec<FormerAccount>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT a.id, a.channel, a.login, a.meta_id, a.name, a.handle, a.picture, a.disconnected_at,
             t.conversations + t.snoozed + t.resolved + t.spam AS conversations
         FROM accounts a JOIN tallies t ON t.account = a.id
         WHERE a.disconnected_at IS NOT NULL ORDER BY a.disconnected_at DESC, a.id",
    )
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(FormerAccount {
                id: AccountId(row.try_get("id")?),
                channel: row::channel(row.try_get("channel")?)?,
                login: Login::from_key(row.try_get("login")?).ok_or_else(|| bad_row("login"))?,
                meta_id: MetaAccountId(row.try_get("meta_id")?),
                name: row.try_get("name")?,
                handle: row.try_get("handle")?,
                picture: row.try_get("picture")?,
                disconnected_at: Timestamp(row.try_get("disconnected_at")?),
                conversations: u64::try_from(row.try_get::<i64, _>("conversations")?).unwrap_or(0),
            })
        })
        .collect()
}

/// Removes a disconnected account whose history is gone (see [`super::deleting`]), and what was counted for it. Its
/// picture is named, to be removed after the commit if nothing shows it.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, account: AccountId) -> Result<Vec<String>, sqlx::Error> {
    super::secrets::remove_all(conn, &owner(account)).await?;
    sqlx::query(
        "DELETE FROM foreign_deliveries WHERE (channel, meta_id) IN (SELECT channel, meta_id FROM accounts WHERE id = ?1)",
    )
    .bind(account.0)
    .execute(&mut *conn)
    .await?;
    let picture: Option<Option<String>> =
        sqlx::query_scalar("DELETE FROM accounts WHERE id = ?1 RETURNING picture")
            .bind(account.0)
            .fetch_optional(&mut *conn)
            .await?;
    let picture: Vec<String> = picture.flatten().into_iter().collect();
    super::attachments::unused(conn, &picture).await
}
