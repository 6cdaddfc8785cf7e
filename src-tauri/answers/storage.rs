//! How much is kept, and where.

use super::{Answer, Desk, problems::reading};
use crate::{
    model::{Problem, StorageFigures, call},
    store::storage,
};

impl Answer for call::GetStorage {
    async fn answer(self, desk: &Desk) -> Result<StorageFigures, Problem> {
        let mut figures = storage::figures(&desk.store).await.map_err(reading)?;
        // A folder that cannot be read shows as nothing kept, which is what can be shown of it.
        figures.media_bytes = desk.media.size().await.unwrap_or(0);
        Ok(figures)
    }
}
