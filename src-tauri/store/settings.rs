//! What the person at the desk chose, as JSON by key. A value of another version falls back to the default.

use super::row::json;
use crate::model::Settings;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;

/// The key of everything on the settings page.
const DESK: &str = "desk";

/// The settings page.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut SqliteConnection) -> Result<Settings, sqlx::Error> {
    Ok(value(conn, DESK).await?.unwrap_or_default())
}

/// Keeps the settings page.
///
/// # Errors
/// When the database cannot be written.
pub async fn set(conn: &mut SqliteConnection, settings: &Settings) -> Result<(), sqlx::Error> {
    set_value(conn, DESK, settings).await
}

/// Another value by its own key ("door"); `None` when it is absent or unreadable.
///
/// # Errors
/// When the database cannot be read.
pub async fn value<T: DeserializeOwned>(
    conn: &mut SqliteConnection,
    key: &str,
) -> Result<Option<T>, sqlx::Error> {
    let text: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE key = ?1")
        .bind(key)
        .fetch_optional(conn)
        .await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Forgets another value.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove_value(conn: &mut SqliteConnection, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM settings WHERE key = ?1").bind(key).execute(conn).await.map(drop)
}

/// Keeps another value under its own key.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_value<T: Serialize>(
    conn: &mut SqliteConnection,
    key: &str,
    value: &T,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO settings (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(json(value)?)
    .execute(conn)
    .await
    .map(drop)
}
