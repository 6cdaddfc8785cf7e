//! What a row of the outbox asks of Meta. A new kind is a variant here and a file in `outbox/` that does it.

use crate::model::FileKind;
use crate::model::{Filled, TemplateParts};
use serde::{Deserialize, Serialize};

/// The work of a row, stored as JSON in its column `job`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// The words of its message. Stored as NULL.
    #[default]
    Text,
    /// An emoji on the message that the row is about; `None` takes ours away.
    Reaction { emoji: Option<String> },
    /// The file of its message, with its words as caption.
    File(Box<FileJob>),
    /// A template, as it was when it was chosen, and the file of its message for the header.
    Template {
        name: String,
        language: String,
        parts: Box<TemplateParts>,
        filled: Filled,
        #[serde(default)]
        file: Option<Box<FileJob>>,
    },
    /// A kind that this version does not know: it is refused with words, never guessed.
    #[serde(other)]
    Unknown,
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileJob {
    /// Content hash in the media store.
    pub file: String,
    pub name: String,
    pub mime: String,
    pub kind: FileKind,
    pub bytes: u64,
    /// A voice message, where the channel knows such a thing.
    #[serde(default)]
    pub voice: bool,
    /// Meta's id of the uploaded file: after a crash the send goes on from here and nothing is uploaded twice.
    #[serde(default)]
    pub uploaded: Option<String>,
    /// Uploads tried. They are no sends: an echo must not be taken for one.
    #[serde(default)]
    pub tries: u32,
}

impl Job {
    /// Doing it twice is doing it once: a lost answer is no reason to be unsure.
    #[must_use]
    pub const fn is_repeatable(&self) -> bool {
        matches!(self, Self::Reaction { .. })
    }

    /// The file that goes with it.
    #[must_use]
    pub fn file(&self) -> Option<&FileJob> {
        match self {
            Self::File(file) => Some(file),
            Self::Template { file, .. } => file.as_deref(),
            _ => None,
        }
    }

    /// The same with what is known of its file.
    #[must_use]
    pub fn with_file(&self, known: FileJob) -> Self {
        let mut job = self.clone();
        match &mut job {
            Self::File(file) => **file = known,
            Self::Template { file, .. } => *file = Some(Box::new(known)),
            _ => {}
        }
        job
    }

    pub(in crate::store) fn column(&self) -> Result<Option<String>, sqlx::Error> {
        if *self == Self::Text { Ok(None) } else { crate::store::row::json(self).map(Some) }
    }

    pub(in crate::store) fn read(column: Option<&str>) -> Self {
        column.map_or(Self::Text, |json| serde_json::from_str(json).unwrap_or(Self::Unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_read_back_as_it_was_written_and_one_of_a_later_version_is_unknown() {
        for job in [Job::Text, Job::Reaction { emoji: Some("👍".into()) }, Job::Reaction { emoji: None }] {
            assert_eq!(Job::read(job.column().unwrap().as_deref()), job);
        }
        assert_eq!(Job::Text.column().unwrap(), None);
        assert_eq!(Job::read(Some(r#"{"job":"hologram","size":3}"#)), Job::Unknown);
        assert_eq!(Job::read(Some("not json")), Job::Unknown);
    }
}
