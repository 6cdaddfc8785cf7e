//! Where copies lie and what they are called: a name holds its own time, so that a list needs nothing else.

use super::CopyError;
use crate::{
    model::{CopyFile, CopyKind, Timestamp},
    private,
};
use jiff::{civil::DateTime, tz::TimeZone};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What an unfinished file ends with.
pub const UNFINISHED: &str = ".part";

/// Folder inside the data folder, beginning and end of a name.
const fn place(kind: CopyKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        CopyKind::Daily => ("copies", "heliograph-", ".db"),
        CopyKind::Backup => ("backups", "heliograph-backup-", ".age"),
        CopyKind::Export => ("exports", "heliograph-export-", ".zip"),
        CopyKind::Aside => ("", "before-restore-", ""),
    }
}

/// Where the copies of a kind lie.
#[must_use]
pub fn folder(data: &Path, kind: CopyKind) -> PathBuf {
    data.join(place(kind).0)
}

/// The name of a copy made at `at`: "heliograph-backup-2026-11-25-203405.age", in UTC.
#[must_use]
pub fn name(kind: CopyKind, at: Timestamp) -> String {
    let (_, begin, end) = place(kind);
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{begin}{}{end}", moment.strftime("%Y-%m-%d-%H%M%S"))
}

/// When a copy of that name was made; `None` = it is none of ours.
#[must_use]
pub fn made_at(kind: CopyKind, name: &str) -> Option<Timestamp> {
    let (_, begin, end) = place(kind);
    let time = name.strip_prefix(begin)?.strip_suffix(end)?;
    let time = DateTime::strptime("%Y-%m-%d-%H%M%S", time).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp(time.timestamp().as_millisecond()))
}

/// The copies of a kind, the newest first.
#[must_use]
pub fn list(data: &Path, kind: CopyKind) -> Vec<CopyFile> {
    // A folder that is not there holds nothing.
    let Ok(entries) = fs::read_dir(folder(data, kind)) else { return Vec::new() };
    let mut found: Vec<CopyFile> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let made_at = made_at(kind, &name)?;
            Some(CopyFile { kind, name, bytes: size(&entry.path()), made_at })
        })
        .collect();
    found.sort_by(|a, b| b.made_at.cmp(&a.made_at).then_with(|| b.name.cmp(&a.name)));
    found
}

/// The path of a copy, by its name: a name that is none of ours leads nowhere.
#[must_use]
pub fn find(data: &Path, kind: CopyKind, name: &str) -> Option<PathBuf> {
    made_at(kind, name)?;
    let path = folder(data, kind).join(name);
    path.exists().then_some(path)
}

/// Removes a copy.
///
/// # Errors
/// When it is not there or the system refuses.
pub fn remove(data: &Path, kind: CopyKind, name: &str) -> Result<(), CopyError> {
    let path = find(data, kind, name).ok_or(CopyError::Gone)?;
    let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    removed.map_err(|why| CopyError::writing(&path, why))
}

/// Bytes of a file, or of everything in a folder.
pub fn size(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    fs::read_dir(path).map_or(0, |entries| entries.flatten().map(|entry| size(&entry.path())).sum())
}

/// Bytes free for us on the disk of `path`; `None` = the system does not say.
#[must_use]
pub fn free(path: &Path) -> Option<u64> {
    fs4::available_space(path).ok()
}

/// Refuses work that would need more than there is.
///
/// # Errors
/// When there is too little.
pub fn room(folder: &Path, needed: u64) -> Result<(), CopyError> {
    match free(folder) {
        Some(free) if free < needed => Err(CopyError::NoRoom { folder: folder.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

/// Makes the folder of a kind, readable by its owner alone, and clears unfinished files of an interrupted run away.
///
/// # Errors
/// When the folder cannot be made.
pub fn prepare(data: &Path, kind: CopyKind) -> Result<PathBuf, CopyError> {
    let folder = folder(data, kind);
    private::folder(&folder).map_err(|why| CopyError::writing(&folder, why))?;
    Ok(folder)
}

/// Clears away what an interrupted run left unfinished.
pub fn clear_unfinished(data: &Path) {
    for kind in [CopyKind::Daily, CopyKind::Backup, CopyKind::Export] {
        let Ok(entries) = fs::read_dir(folder(data, kind)) else { continue };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().contains(UNFINISHED) {
                // Left behind, it is cleared away at the next start.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A file that is being written beside its place; dropped before it is whole, it is gone.
pub struct Unfinished {
    path: PathBuf,
    to: PathBuf,
}

impl Unfinished {
    /// Beside `to`, empty, readable by its owner alone.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn beside(to: &Path) -> Result<(Self, fs::File), CopyError> {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(UNFINISHED);
        let path = to.with_file_name(name);
        let file = private::create_over(&path).map_err(|why| CopyError::writing(to, why))?;
        Ok((Self { path, to: to.to_owned() }, file))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It is whole: it gets its name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<(), CopyError> {
        fs::rename(&self.path, &self.to).map_err(|why| CopyError::writing(&self.to, why))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Renamed, it is no longer there; else it is rubbish. SQLite may have had a log beside it.
        for end in ["", "-journal", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            let _: io::Result<()> = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_its_time_and_other_names_lead_nowhere() {
        let at = Timestamp(1_795_639_645_000);
        for kind in [CopyKind::Daily, CopyKind::Backup, CopyKind::Export, CopyKind::Aside] {
            assert_eq!(made_at(kind, &name(kind, at)), Some(at));
        }
        for odd in ["../heliograph.db", "heliograph.db", "heliograph-2026-13-01-000000.db", "heliograph-.db"]
        {
            assert_eq!(made_at(CopyKind::Daily, odd), None, "{odd}");
        }
    }

    #[test]
    fn an_unfinished_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a.age");
        let (unfinished, _) = Unfinished::beside(&to).unwrap();
        assert!(unfinished.path().exists());
        drop(unfinished);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let (unfinished, _) = Unfinished::beside(&to).unwrap();
        unfinished.finish().unwrap();
        assert!(to.exists());
    }
}
