//! Templates as Meta told them last, per account.

use super::{account_events, cursors, row};
use crate::model::{AccountId, Template, TemplateId, TemplateParts, Timestamp};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

/// The cursor that says when an account's templates were read.
const SOURCE: &str = "templates";

/// A template as Meta tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTemplate {
    pub meta_id: String,
    pub name: String,
    pub language: String,
    pub category: String,
    pub status: String,
    pub reason: String,
    pub parts: TemplateParts,
}

/// The row of the newest news of an account's templates.
///
/// # Errors
/// When the database cannot be read.
pub async fn news(conn: &mut SqliteConnection, account: AccountId) -> Result<i64, sqlx::Error> {
    account_events::newest(conn, account, "%template%").await
}

/// Whether nothing was read since `before`, or Meta has said something of a template since the last reading.
///
/// # Errors
/// When the database cannot be read.
pub async fn are_old(
    conn: &mut SqliteConnection,
    account: AccountId,
    before: Timestamp,
) -> Result<bool, sqlx::Error> {
    let Some((heard, at)) = cursors::get(conn, account, SOURCE).await? else { return Ok(true) };
    Ok(at < before || news(conn, account).await? > heard.parse().unwrap_or(0))
}

/// Takes over the whole list of an account, read when the news were at row `heard`: what Meta does not name any more is gone. When each was used stays.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace(
    conn: &mut SqliteConnection,
    account: AccountId,
    all: &[NewTemplate],
    heard: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let ids: Vec<&str> = all.iter().map(|t| t.meta_id.as_str()).collect();
    sqlx::query(
        "DELETE FROM templates WHERE account = ?1 AND meta_id NOT IN (SELECT value FROM json_each(?2))",
    )
    .bind(account.0)
    .bind(row::json(&ids)?)
    .execute(&mut *conn)
    .await?;
    for t in all {
        sqlx::query(
            "INSERT INTO templates (account, meta_id, name, language, category, status, reason, parts, synced_at)
             SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM accounts WHERE id = ?1
             ON CONFLICT (account, meta_id) DO UPDATE SET name = excluded.name, language = excluded.language,
                 category = excluded.category, status = excluded.status, reason = excluded.reason,
                 parts = excluded.parts, synced_at = excluded.synced_at",
        )
        .bind(account.0)
        .bind(&t.meta_id)
        .bind(row::clean(&t.name))
        .bind(&t.language)
        .bind(&t.category)
        .bind(&t.status)
        .bind(row::clean(&t.reason))
        .bind(row::maybe_to_json(Some(&t.parts)))
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    }
    cursors::set(conn, account, SOURCE, &heard.to_string(), now).await
}

/// When an account's templates were read last.
///
/// # Errors
/// When the database cannot be read.
pub async fn synced_at(
    conn: &mut SqliteConnection,
    account: AccountId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    Ok(cursors::get(conn, account, SOURCE).await?.map(|(_, at)| at))
}

/// The templates of an account, last used first, then by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection, account: AccountId) -> Result<Vec<Template>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, account, name, language, category, status, reason, parts, used_at FROM templates
         WHERE account = ?1 ORDER BY used_at DESC, name, language",
    )
    .bind(account.0)
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

/// One template.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut SqliteConnection, template: TemplateId) -> Result<Option<Template>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, account, name, language, category, status, reason, parts, used_at FROM templates WHERE id = ?1",
    )
    .bind(template.0)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(read).transpose()
}

fn read(found: &SqliteRow) -> Result<Template, sqlx::Error> {
    let used_at: i64 = found.try_get("used_at")?;
    Ok(Template {
        id: TemplateId(found.try_get("id")?),
        account: AccountId(found.try_get("account")?),
        name: found.try_get("name")?,
        language: found.try_get("language")?,
        category: found.try_get("category")?,
        status: found.try_get("status")?,
        reason: found.try_get("reason")?,
        parts: row::json_or_default::<TemplateParts>(found.try_get("parts")?),
        used_at: (used_at > 0).then_some(Timestamp(used_at)),
    })
}

/// Whether an account has a template that may be sent.
///
/// # Errors
/// When the database cannot be read.
pub async fn any(conn: &mut SqliteConnection, account: AccountId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM templates WHERE account = ?1 AND status = 'APPROVED')")
        .bind(account.0)
        .fetch_one(conn)
        .await
}

/// It was sent: it stands first from here on.
///
/// # Errors
/// When the database cannot be written.
pub async fn used(
    conn: &mut SqliteConnection,
    template: TemplateId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE templates SET used_at = ?2 WHERE id = ?1")
        .bind(template.0)
        .bind(now.0)
        .execute(conn)
        .await
        .map(drop)
}
