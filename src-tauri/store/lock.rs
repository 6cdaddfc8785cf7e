//! One process per data folder. The lock also remembers whether the last owner ended well, so that the
//! database is examined only after a crash.

use super::OpenError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Mutex,
};

/// What stands in the file while somebody works.
const RUNNING: &[u8] = b"running";

/// The lock; the system releases it with the process, however that ends.
#[derive(Debug)]
pub(super) struct FolderLock(Mutex<File>);

impl FolderLock {
    /// Takes the lock of `folder` and tells whether the last owner ended well.
    pub(super) fn take(folder: &Path) -> Result<(Self, bool), OpenError> {
        let io = |source| OpenError::from_io(folder.to_owned(), source);
        let path = folder.join("heliograph.lock");
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse { folder: folder.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut said = Vec::new();
        (&mut file).take(64).read_to_end(&mut said).map_err(io)?;
        say(&mut file, RUNNING).map_err(io)?;
        Ok((Self(Mutex::new(file)), said != RUNNING))
    }

    /// Remembers that everything was closed in order, and lets go.
    pub(super) fn ended_well(&self) {
        if let Ok(mut file) = self.0.lock() {
            // Unwritten, it costs one needless examination at the next start.
            let _ = say(&mut file, b"");
            let _ = file.unlock();
        }
    }
}

fn say(file: &mut File, word: &[u8]) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(word)
}
