//! What stands inside a backup: an age file (age-encryption.org) around a tar. With the passphrase, `age -d` and `tar`
//! open it without Heliograph. Written and read as a stream, in pieces; nothing of it stands in memory as a whole.

use super::{
    CopyError,
    progress::{Counted, Progress},
};
use crate::{media, model::Timestamp, private, vault::Secret};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// The shape described here.
const FORMAT: u32 = 1;
/// Two to the power of this: what trying one passphrase costs (128 MiB and half a second).
const WORK: u8 = 17;
/// The dearest backup of another program's making that is opened.
const MOST_WORK: u8 = 20;
/// Bytes copied at once.
const PIECE: usize = 64 * 1024;

const ABOUT: &str = "about.json";
const DATABASE: &str = "heliograph.db";
const END: &str = "end.json";

/// The first entry: what follows.
#[derive(Clone, Serialize, Deserialize)]
pub struct About {
    pub format: u32,
    /// The version of Heliograph that made it.
    pub version: String,
    pub made_at: Timestamp,
    pub accounts: u64,
    pub conversations: u64,
    pub messages: u64,
    /// Files were to be in it.
    pub media: bool,
    /// Opens the secrets in the database: made for this backup alone. Empty = they were left out.
    pub key: String,
}

/// The last entry: what was written.
#[derive(Serialize, Deserialize)]
struct End {
    database_sha256: String,
    media_files: u64,
    media_bytes: u64,
}

impl About {
    /// A backup of this version's shape.
    #[must_use]
    pub fn new(
        made_at: Timestamp,
        figures: crate::store::copying::Figures,
        media: bool,
        key: String,
    ) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            accounts: figures.accounts,
            conversations: figures.conversations,
            messages: figures.messages,
            media,
            key,
        }
    }
}

/// What was read: the first entry, and how many files came.
pub struct Opened {
    pub about: About,
    pub media_files: u64,
}

fn words(passphrase: &Secret) -> age::secrecy::SecretString {
    age::secrecy::SecretString::from(passphrase.reveal().to_owned())
}

/// Writes a backup into `file`: `about`, the database, and the media files by hash and path. Files that vanished
/// meanwhile are left out.
///
/// # Errors
/// When the disk refuses or the work was stopped.
pub fn write(
    (path, file): (&Path, File),
    passphrase: &Secret,
    about: &About,
    database: &Path,
    media: &[(String, PathBuf)],
    progress: &Progress,
) -> Result<(), CopyError> {
    let failed = |why| match progress.check() {
        Ok(()) => CopyError::writing(path, why),
        Err(stopped) => stopped,
    };
    let mut recipient = age::scrypt::Recipient::new(words(passphrase));
    recipient.set_work_factor(WORK);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| CopyError::Broke)?;
    let sealed = encryptor.wrap_output(BufWriter::with_capacity(PIECE, file)).map_err(failed)?;
    let mut tar = tar::Builder::new(sealed);
    let at = u64::try_from(about.made_at.0 / 1000).unwrap_or(0);
    let text = serde_json::to_vec_pretty(about).map_err(|_| CopyError::Broke)?;
    append(&mut tar, ABOUT, at, text.len() as u64, &mut text.as_slice()).map_err(failed)?;

    let source = File::open(database).map_err(|why| CopyError::reading(database, why))?;
    let bytes = source.metadata().map_err(|why| CopyError::reading(database, why))?.len();
    let mut hashed = Hashed::over(Counted { inner: source, progress: progress.clone() });
    append(&mut tar, DATABASE, at, bytes, &mut hashed).map_err(failed)?;
    let mut end = End { database_sha256: hashed.hex(), media_files: 0, media_bytes: 0 };
    for (hash, path) in media {
        progress.check()?;
        let source = match File::open(path) {
            Ok(source) => source,
            Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
            Err(why) => return Err(CopyError::reading(path, why)),
        };
        let bytes = source.metadata().map_err(|why| CopyError::reading(path, why))?.len();
        let name = format!("media/{}/{}", &hash[..2], &hash[2..]);
        let mut counted = Counted { inner: source, progress: progress.clone() };
        append(&mut tar, &name, at, bytes, &mut counted).map_err(failed)?;
        end.media_files += 1;
        end.media_bytes += bytes;
    }
    let text = serde_json::to_vec_pretty(&end).map_err(|_| CopyError::Broke)?;
    append(&mut tar, END, at, text.len() as u64, &mut text.as_slice()).map_err(failed)?;
    let sealed = tar.into_inner().map_err(failed)?;
    let mut buffered = sealed.finish().map_err(failed)?;
    buffered.flush().map_err(failed)?;
    buffered.get_ref().sync_all().map_err(failed)
}

fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    name: &str,
    at: u64,
    bytes: u64,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(at);
    tar.append_data(&mut header, name, content)
}

/// Reads a backup to its last byte and checks every part against its hash. With `into`, the database and the files are
/// laid there.
///
/// # Errors
/// When the passphrase is wrong, the file is damaged, foreign or newer, the disk refuses, or the work was stopped.
pub fn read(
    path: &Path,
    passphrase: &Secret,
    into: Option<&Path>,
    progress: &Progress,
) -> Result<Opened, CopyError> {
    let file = File::open(path).map_err(|why| CopyError::reading(path, why))?;
    let counted = Counted { inner: file, progress: progress.clone() };
    let foreign = |_| progress.check().err().unwrap_or_else(|| CopyError::NotABackup(path.to_owned()));
    let decryptor =
        age::Decryptor::new_buffered(BufReader::with_capacity(PIECE, counted)).map_err(foreign)?;
    if !decryptor.is_scrypt() {
        return Err(CopyError::NotABackup(path.to_owned()));
    }
    let mut identity = age::scrypt::Identity::new(words(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    let plain =
        decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|why| match why {
            age::DecryptError::DecryptionFailed
            | age::DecryptError::NoMatchingKeys
            | age::DecryptError::KeyDecryptionFailed => CopyError::WrongPassphrase,
            _ => CopyError::Damaged,
        })?;
    let mut tar = tar::Archive::new(plain);
    let unpack = Unpack { path, into, progress };
    let read = unpack.entries(&mut tar)?;
    // The last piece is sealed as the last one: only its end proves that nothing was cut off.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(|_| unpack.broken())?;
    Ok(read)
}

struct Unpack<'a> {
    path: &'a Path,
    into: Option<&'a Path>,
    progress: &'a Progress,
}

impl Unpack<'_> {
    fn broken(&self) -> CopyError {
        self.progress.check().err().unwrap_or(CopyError::Damaged)
    }

    fn entries<R: Read>(&self, tar: &mut tar::Archive<R>) -> Result<Opened, CopyError> {
        let (mut about, mut database, mut end) = (None::<About>, None::<String>, None::<End>);
        let (mut media_files, mut media_bytes) = (0_u64, 0_u64);
        for entry in tar.entries().map_err(|_| self.broken())? {
            let mut entry = entry.map_err(|_| self.broken())?;
            let name = entry.path().map_err(|_| self.broken())?.to_string_lossy().into_owned();
            match (name.as_str(), &about) {
                (ABOUT, None) => about = Some(self.about(&mut entry)?),
                (_, None) => return Err(CopyError::NotABackup(self.path.to_owned())),
                (DATABASE, Some(_)) if database.is_none() => {
                    database = Some(self.lay(&mut entry, DATABASE)?.0);
                }
                (END, Some(_)) if end.is_none() => {
                    end = Some(serde_json::from_slice(&self.small(&mut entry)?).map_err(|_| self.broken())?);
                }
                (name, Some(_)) => {
                    let hash = hash_of(name).ok_or_else(|| self.broken())?;
                    let (found, bytes) = self.lay(&mut entry, name)?;
                    if found != hash {
                        return Err(CopyError::Damaged);
                    }
                    media_files += 1;
                    media_bytes += bytes;
                }
            }
        }
        match (about, database, end) {
            (Some(about), Some(database), Some(end))
                if end.database_sha256 == database
                    && (end.media_files, end.media_bytes) == (media_files, media_bytes) =>
            {
                Ok(Opened { about, media_files })
            }
            _ => Err(self.broken()),
        }
    }

    fn about(&self, entry: &mut impl Read) -> Result<About, CopyError> {
        /// What every format says.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
            version: String,
        }
        let text = self.small(entry)?;
        let said: Format = serde_json::from_slice(&text).map_err(|_| self.broken())?;
        if said.format > FORMAT {
            return Err(CopyError::Newer(said.version));
        }
        serde_json::from_slice(&text).map_err(|_| self.broken())
    }

    /// An entry of ours that is short.
    fn small(&self, entry: &mut impl Read) -> Result<Vec<u8>, CopyError> {
        let mut text = Vec::new();
        entry.take(PIECE as u64).read_to_end(&mut text).map_err(|_| self.broken())?;
        Ok(text)
    }

    /// Reads an entry to its end, and lays it under `name`; its hash and length.
    fn lay(&self, entry: &mut impl Read, name: &str) -> Result<(String, u64), CopyError> {
        let to = self.into.map(|into| into.join(name));
        let failed = |why| CopyError::writing(to.as_deref().unwrap_or(self.path), why);
        let mut file = match &to {
            Some(to) => {
                private::folder(to.parent().unwrap_or(to)).map_err(failed)?;
                Some(private::create_over(to).map_err(failed)?)
            }
            None => None,
        };
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut piece = vec![0; PIECE];
        loop {
            let read = entry.read(&mut piece).map_err(|_| self.broken())?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
            bytes += read as u64;
            if let Some(file) = &mut file {
                file.write_all(&piece[..read]).map_err(failed)?;
            }
        }
        if let Some(file) = file {
            file.sync_all().map_err(failed)?;
        }
        Ok((hex::encode(hash.finalize()), bytes))
    }
}

/// The content hash that a media entry is named by; anything else becomes no path.
fn hash_of(name: &str) -> Option<String> {
    let (start, rest) = name.strip_prefix("media/")?.split_once('/')?;
    let hash = format!("{start}{rest}");
    (start.len() == 2 && media::is_hash(&hash)).then_some(hash)
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashed<R> {
    fn over(inner: R) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    fn hex(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

/// Removes a folder that may not be there.
///
/// # Errors
/// When the system refuses.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
