//! Sealed values by owner and purpose: account tokens, app secrets, the vault's witness and salt. The store
//! never sees what is inside.

use crate::vault::Sealed;
use sqlx::SqliteConnection;

/// Keeps `sealed` under `owner` and `purpose`, in place of an earlier one.
///
/// # Errors
/// When the database cannot be written.
pub async fn put(
    conn: &mut SqliteConnection,
    owner: &str,
    purpose: &str,
    sealed: &Sealed,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO secrets (owner, purpose, sealed) VALUES (?1, ?2, ?3)
         ON CONFLICT (owner, purpose) DO UPDATE SET sealed = excluded.sealed",
    )
    .bind(owner)
    .bind(purpose)
    .bind(&sealed.0)
    .execute(conn)
    .await
    .map(drop)
}

/// What is kept under `owner` and `purpose`.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(
    conn: &mut SqliteConnection,
    owner: &str,
    purpose: &str,
) -> Result<Option<Sealed>, sqlx::Error> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM secrets WHERE owner = ?1 AND purpose = ?2")
            .bind(owner)
            .bind(purpose)
            .fetch_optional(conn)
            .await?;
    Ok(sealed.map(Sealed))
}

/// The owners of a purpose, in order: the names of the app secrets on file.
///
/// # Errors
/// When the database cannot be read.
pub async fn owners(conn: &mut SqliteConnection, purpose: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT owner FROM secrets WHERE purpose = ?1 ORDER BY owner")
        .bind(purpose)
        .fetch_all(conn)
        .await
}

/// Forgets one value; whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, owner: &str, purpose: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM secrets WHERE owner = ?1 AND purpose = ?2")
        .bind(owner)
        .bind(purpose)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Forgets every secret there is.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_all(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM secrets").execute(conn).await.map(drop)
}

/// Forgets everything of `owner`.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove_all(conn: &mut SqliteConnection, owner: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM secrets WHERE owner = ?1").bind(owner).execute(conn).await.map(drop)
}
