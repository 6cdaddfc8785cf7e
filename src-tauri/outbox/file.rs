//! A file: brought to Meta first, then sent by the id it got there. The upload is no send: while it lasts the row
//! stays queued and can be taken back, and after a crash it goes on from what was noted.

use super::{Line, fate, worker};
use crate::{
    graph::{Account, Error, Fate, FileSend, Progress, SentThere, UploadFile},
    model::{Code, Event, MINUTE, MetaPersonId, Problem},
    store::{
        WriteError,
        messages::Outcome,
        outbox::{self, Due, FileJob, Job},
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Uploads tried before a passing fault counts as lasting.
const TRIES: u32 = 6;

/// Whether the file must still be brought to Meta.
pub(super) fn needs_upload(job: &Job) -> bool {
    job.file().is_some_and(|file| file.uploaded.is_none())
}

/// Brings the file to Meta and notes its id. `Err` = how the row ends or waits instead; `Ok(None)` = it was taken
/// back meanwhile.
pub(super) async fn upload(line: &Line, account: &Account, due: &Due) -> Result<Option<Due>, Outcome> {
    let Some(file) = due.job.file() else { return Ok(Some(due.clone())) };
    let Some((_, path)) = line.media.find(&file.file).await else {
        return Err(Outcome::Failed(worker::failure(Problem::new(
            Code::NotFound,
            "The file is no longer on this computer.",
        ))));
    };
    let progress = progress(line, due, file.bytes);
    let what = UploadFile {
        path: &path,
        name: &file.name,
        mime: &file.mime,
        kind: file.kind,
        bytes: file.bytes,
        progress: &progress,
    };
    match account.upload(&what).await {
        Ok(id) => {
            let noted = due.job.with_file(FileJob { uploaded: Some(id), ..file.clone() });
            match note(line, due, &noted).await {
                Ok(true) => Ok(Some(Due { job: noted, ..due.clone() })),
                Ok(false) => Ok(None),
                Err(error) => {
                    tracing::error!(%error, "an upload could not be noted; it is made again");
                    Err(Outcome::Later { at: line.clock.now().plus(2_000), failure: None })
                }
            }
        }
        Err(error) => {
            let tried = FileJob { tries: file.tries + 1, ..file.clone() };
            if let Err(error) = note(line, due, &due.job.with_file(tried)).await {
                tracing::error!(%error, "a failed upload could not be noted");
            }
            let counted = Due { attempts: file.tries.min(TRIES), ..due.clone() };
            Err(fate::after_upload(&error, &counted, line.clock.now()))
        }
    }
}

/// Tells how far the upload is, in steps of five of a hundred: the bar needs no more.
fn progress(line: &Line, due: &Due, bytes: u64) -> Progress {
    let (events, conversation, message) = (line.events.clone(), due.conversation, due.message);
    let told = AtomicU64::new(0);
    Arc::new(move |sent| {
        let percent = sent * 20 / bytes.max(1) * 5;
        if told.swap(percent, Ordering::Relaxed) != percent {
            let percent = u8::try_from(percent.min(100)).unwrap_or(100);
            events.tell(Event::SendProgress { conversation, message, percent });
        }
    })
}

/// Sends the uploaded file.
pub(super) async fn send(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
    file: &FileJob,
) -> Result<Outcome, Error> {
    let Some(id) = &file.uploaded else { return Err(Error::NoSuchCall) };
    let what = FileSend {
        id,
        kind: file.kind,
        name: &file.name,
        caption: &due.text,
        voice: file.voice,
        key: &due.key,
        quotes: due.quotes.as_ref(),
    };
    match account.send_file(person, &what).await {
        Ok(sent) => Ok(Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() }),
        Err(error) => {
            refused(line, due, &error).await;
            Err(error)
        }
    }
}

/// Refused for good, perhaps since Meta no longer knows the id: a new attempt brings the file again.
pub(super) async fn refused(line: &Line, due: &Due, error: &Error) {
    let Some(file) = due.job.file().filter(|_| error.fate() == Fate::GiveUp && error.refusal().is_some())
    else {
        return;
    };
    let again = FileJob { uploaded: None, tries: 0, ..file.clone() };
    if let Err(error) = note(line, due, &due.job.with_file(again)).await {
        tracing::error!(%error, "that a file must be uploaded again could not be noted");
    }
}

/// What at Meta's side may be this send: files of ours without words since its call.
pub(super) async fn find(
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Vec<SentThere>, Error> {
    account.find_sent_file(person, due.attempted_at.unwrap_or_default().plus(-MINUTE)).await
}

async fn note(line: &Line, due: &Due, job: &Job) -> Result<bool, WriteError> {
    let (id, job) = (due.outbox, job.clone());
    line.store
        .write("note a file on its way", move |c| {
            Box::pin(async move { outbox::note_file(c, id, &job).await })
        })
        .await
}
