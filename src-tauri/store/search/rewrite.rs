//! Writing the index anew. A deleted row leaves a mark in it and its words stay, until the pieces that hold them are
//! merged: that is done at once where what was deleted must be gone.

use sqlx::SqliteConnection;

/// An index of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    Messages,
    People,
}

impl Index {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Messages, Self::People];
}

/// Merges some of the index's pieces, the `first` time beginning with all of them; whether there is more to do.
/// A step writes some megabytes at most.
///
/// # Errors
/// When the database cannot be written.
pub async fn rewrite(conn: &mut SqliteConnection, index: Index, first: bool) -> Result<bool, sqlx::Error> {
    // A negative figure takes up every piece; after that a positive one goes on (SQLite's FTS5, "merge").
    let sql = match (index, first) {
        (Index::Messages, true) => "INSERT INTO message_words (message_words, rank) VALUES ('merge', -800)",
        (Index::Messages, false) => "INSERT INTO message_words (message_words, rank) VALUES ('merge', 800)",
        (Index::People, true) => "INSERT INTO people_words (people_words, rank) VALUES ('merge', -800)",
        (Index::People, false) => "INSERT INTO people_words (people_words, rank) VALUES ('merge', 800)",
    };
    let before: i64 = sqlx::query_scalar("SELECT total_changes()").fetch_one(&mut *conn).await?;
    sqlx::query(sql).execute(&mut *conn).await?;
    let after: i64 = sqlx::query_scalar("SELECT total_changes()").fetch_one(conn).await?;
    // The order itself counts as one change.
    Ok(after - before >= 2)
}
