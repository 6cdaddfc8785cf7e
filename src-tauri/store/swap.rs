//! A restored copy takes the place of the data, at the next start and under the folder's lock. What was there is moved
//! aside, never removed. Every step can be interrupted: the next start goes on where it stopped.

use super::{OpenError, lock::FolderLock};
use crate::private;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where a restored copy is laid ready.
pub const READY: &str = "restoring";
/// Written last: without it, what is in [`READY`] is rubbish of an interrupted restore.
const WORD: &str = "ready";
/// The database in [`READY`] and in the data folder.
pub const DATABASE: &str = "heliograph.db";
/// The media store.
pub const MEDIA: &str = "media";

/// Says that the copy in [`READY`] is whole; what it replaces goes into the folder `aside` of the data folder.
///
/// # Errors
/// When the folder cannot be written.
pub fn give_word(folder: &Path, aside: &str) -> io::Result<()> {
    private::write(&folder.join(READY).join(WORD), aside.as_bytes())
}

/// Takes the word back: the next start changes nothing.
///
/// # Errors
/// When the folder cannot be written.
pub fn take_word_back(folder: &Path) -> io::Result<()> {
    gone_already(fs::remove_file(folder.join(READY).join(WORD)))
}

/// Does what [`give_word`] asked for, outside a running engine.
///
/// # Errors
/// When the folder is in use or cannot be written.
pub fn swap(folder: &Path) -> Result<(), OpenError> {
    let (lock, _) = FolderLock::take(folder)?;
    let swapped = swap_in(folder);
    lock.ended_well();
    swapped
}

/// The same under a lock that is held already.
pub(super) fn swap_in(folder: &Path) -> Result<(), OpenError> {
    exchange(folder).map_err(|source| OpenError::from_io(folder.to_owned(), source))
}

fn exchange(folder: &Path) -> io::Result<()> {
    let ready = folder.join(READY);
    let Ok(aside) = fs::read_to_string(ready.join(WORD)) else {
        // Interrupted before it was whole, or nothing was restored.
        return gone_already(fs::remove_dir_all(&ready));
    };
    let aside = folder.join(Path::new(aside.trim()).file_name().unwrap_or("before-restore".as_ref()));
    private::folder(&aside)?;
    if ready.join(MEDIA).exists() {
        move_unless_there(&folder.join(MEDIA), &aside.join(MEDIA))?;
        fs::rename(ready.join(MEDIA), folder.join(MEDIA))?;
    }
    if ready.join(DATABASE).exists() {
        for end in ["-wal", "-shm", ""] {
            let name = format!("{DATABASE}{end}");
            move_unless_there(&folder.join(&name), &aside.join(&name))?;
        }
        fs::rename(ready.join(DATABASE), folder.join(DATABASE))?;
    }
    tracing::info!(aside = %aside.display(), "a restored copy has taken the place of the data, which is kept aside");
    sync(folder);
    gone_already(fs::remove_dir_all(&ready))
}

/// Moves `from`; where an interrupted start has moved it already, nothing is there to move.
fn move_unless_there(from: &Path, to: &PathBuf) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn gone_already(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Renames reach the disk with their folder, where the system lets a folder be synced.
fn sync(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
