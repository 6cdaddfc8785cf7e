//! Statements that travel to SQLite's thread together: going there and back costs more than most of them.

use super::row;
use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::fmt::Write as _;

/// Writes in the order in which they were added.
#[derive(Debug, Default)]
pub struct Trip {
    sql: String,
    arguments: Vec<String>,
}

impl Trip {
    /// Adds statements whose only argument, `$1`, is `argument` as JSON.
    ///
    /// # Errors
    /// When it cannot be JSON.
    pub(super) fn add<T: Serialize + ?Sized>(
        &mut self,
        sql: &'static str,
        argument: &T,
    ) -> Result<(), sqlx::Error> {
        self.arguments.push(row::json(argument)?);
        for (n, part) in sql.split("$1").enumerate() {
            if n > 0 {
                let _ = write!(self.sql, "${}", self.arguments.len());
            }
            self.sql.push_str(part);
        }
        self.sql.push(';');
        Ok(())
    }

    /// The same, where there is something to write.
    ///
    /// # Errors
    /// As [`Trip::add`].
    pub(super) fn add_rows<T: Serialize>(
        &mut self,
        sql: &'static str,
        rows: &[T],
    ) -> Result<(), sqlx::Error> {
        if rows.is_empty() { Ok(()) } else { self.add(sql, rows) }
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// When the database cannot be written; the caller's transaction is then to be undone.
    pub(super) async fn go(self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.arguments.is_empty() {
            return Ok(());
        }
        // The statements are constants; few compositions of them occur, and each stays prepared.
        let mut query = sqlx::query(AssertSqlSafe(self.sql));
        for argument in self.arguments {
            query = query.bind(argument);
        }
        query.execute(conn).await.map(drop)
    }
}
