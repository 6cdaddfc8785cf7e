//! Finding messages and people.

use super::{Answer, Desk};
use crate::model::{Code, Problem, SearchPage, call};

impl Answer for call::Search {
    async fn answer(self, _: &Desk) -> Result<SearchPage, Problem> {
        Err(Problem::new(Code::Internal, "The search index is not there yet."))
    }
}
