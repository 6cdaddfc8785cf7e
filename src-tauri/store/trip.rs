//! Statements that travel to SQLite's thread together: going there and back costs more than most of them.

use super::row;
use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::fmt::Write as _;

/// Writes in the order in which they were added.
#[derive(Debug, Default)]
pub struct Trip {
    sql: String,
    arguments: Vec<Argument>,
}

#[derive(Debug)]
enum Argument {
    Json(String),
    Bytes(Vec<u8>),
}

impl Trip {
    /// Begins with statements that take no argument.
    pub(super) fn of(sql: &'static str) -> Self {
        let mut trip = Self::default();
        trip.then(sql);
        trip
    }

    /// Adds statements that take no argument.
    pub(super) fn then(&mut self, sql: &'static str) {
        self.push(sql, Vec::new());
    }

    /// Adds statements whose only argument, `$1`, is `rows` as JSON. Nothing where there are none.
    ///
    /// # Errors
    /// When they cannot be JSON.
    pub(super) fn rows<T: Serialize>(&mut self, sql: &'static str, rows: &[T]) -> Result<(), sqlx::Error> {
        if !rows.is_empty() {
            self.push(sql, vec![Argument::Json(row::json(rows)?)]);
        }
        Ok(())
    }

    /// The same with `$2`, which JSON cannot carry.
    ///
    /// # Errors
    /// When they cannot be JSON.
    pub(super) fn rows_of_bytes<T: Serialize>(
        &mut self,
        sql: &'static str,
        rows: &[T],
        bytes: Vec<u8>,
    ) -> Result<(), sqlx::Error> {
        if !rows.is_empty() {
            self.push(sql, vec![Argument::Json(row::json(rows)?), Argument::Bytes(bytes)]);
        }
        Ok(())
    }

    /// Numbers the arguments on from those that are there.
    fn push(&mut self, sql: &'static str, arguments: Vec<Argument>) {
        let before = self.arguments.len();
        let mut parts = sql.split('$');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            match part.split_at_checked(1).and_then(|(n, rest)| Some((n.parse::<usize>().ok()?, rest))) {
                Some((n, rest)) => {
                    let _ = write!(self.sql, "${}{rest}", before + n);
                }
                // A path of JSON.
                None => {
                    let _ = write!(self.sql, "${part}");
                }
            }
        }
        self.sql.push(';');
        self.arguments.extend(arguments);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    /// Writes all of them; the next ones go by another trip.
    ///
    /// # Errors
    /// When the database cannot be written; the caller's transaction is then to be undone.
    pub async fn go(&mut self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.is_empty() {
            return Ok(());
        }
        let Self { sql, arguments } = std::mem::take(self);
        // The statements are constants; few compositions of them occur, and each stays prepared.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for argument in arguments {
            query = match argument {
                Argument::Json(text) => query.bind(text),
                Argument::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.execute(conn).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_numbered_through_and_paths_stay() {
        let mut trip = Trip::of("BEGIN");
        trip.rows("a $1", &[1]).unwrap();
        trip.rows("nothing $1", &[0_u8; 0]).unwrap();
        trip.rows_of_bytes("b $2 '$.path' $1 $1", &[2], vec![3]).unwrap();
        assert_eq!(trip.sql, "BEGIN;a $1;b $3 '$.path' $2 $2;");
        assert_eq!(trip.arguments.len(), 3);
    }
}
