//! What the person at the desk chose.

use super::{
    Answer, Desk,
    problems::{reading, storage},
};
use crate::{
    model::{Code, Event, Lock, Problem, Sending, Settings, call},
    store::settings,
};

impl Answer for call::GetSettings {
    async fn answer(self, desk: &Desk) -> Result<Settings, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        settings::get(&mut conn).await.map_err(reading)
    }
}

impl Answer for call::SaveSettings {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let chosen = self.settings;
        if !(1..=3650).contains(&chosen.storage.journal_days) {
            return Err(Problem::new(
                Code::BadRequest,
                "Raw deliveries are kept between one day and ten years.",
            ));
        }
        if chosen.sending.undo_seconds > Sending::LONGEST_UNDO {
            return Err(Problem::new(Code::BadRequest, "A send can be held for ten seconds at most."));
        }
        if chosen.lock.after_minutes > Lock::LONGEST {
            return Err(Problem::new(
                Code::BadRequest,
                "The app locks after a day without input at the latest.",
            ));
        }
        if chosen.storage.media_mib < 64 {
            return Err(Problem::new(Code::BadRequest, "At least 64 MiB are needed for pictures."));
        }
        if chosen.storage.daily_copies > 90 {
            return Err(Problem::new(Code::BadRequest, "Daily copies are kept for 90 days at most."));
        }
        desk.store
            .write("save the settings", move |c| Box::pin(async move { settings::set(c, &chosen).await }))
            .await
            .map_err(storage)?;
        desk.events.tell(Event::SettingsChanged);
        Ok(())
    }
}
