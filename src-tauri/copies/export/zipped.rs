//! The zip of an export: written by a thread of its own while the database is read, a few pages behind at most.

use super::super::{
    CopyError,
    backup::blocking,
    progress::{Counted, Progress},
};
use crate::media;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};
use tokio::{sync::mpsc, task::JoinHandle};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Pages that may wait to be written.
const WAITING: usize = 8;

enum Piece {
    File(String),
    Bytes(Vec<u8>),
    Media(String, PathBuf),
}

/// A zip on its way.
pub struct Zip {
    pieces: mpsc::Sender<Piece>,
    writer: JoinHandle<Result<(), CopyError>>,
}

impl Zip {
    /// Begins to write into `file`, which is at `path`.
    pub fn start(path: &Path, file: File, progress: &Progress) -> Self {
        let (pieces, waiting) = mpsc::channel(WAITING);
        let (path, progress) = (path.to_owned(), progress.clone());
        let writer = tokio::spawn(blocking(move || {
            write(file, waiting, &progress).map_err(|why| CopyError::writing(&path, why))
        }));
        Self { pieces, writer }
    }

    /// A new file begins.
    ///
    /// # Errors
    /// When the writer broke off; [`Zip::end`] tells why.
    pub async fn file(&mut self, name: &str) -> Result<(), CopyError> {
        self.send(Piece::File(name.to_owned())).await
    }

    /// More of the file that was begun last.
    ///
    /// # Errors
    /// As [`Zip::file`].
    pub async fn bytes(&mut self, bytes: Vec<u8>) -> Result<(), CopyError> {
        self.send(Piece::Bytes(bytes)).await
    }

    /// A file of the media store, if it is still there.
    ///
    /// # Errors
    /// As [`Zip::file`].
    pub async fn media(&mut self, name: String, path: PathBuf) -> Result<(), CopyError> {
        self.send(Piece::Media(name, path)).await
    }

    async fn send(&mut self, piece: Piece) -> Result<(), CopyError> {
        self.pieces.send(piece).await.map_err(|_| CopyError::Broke)
    }

    /// Waits until everything is on the disk.
    ///
    /// # Errors
    /// What the disk said.
    pub async fn end(self) -> Result<(), CopyError> {
        drop(self.pieces);
        self.writer.await.map_err(|_| CopyError::Broke)?
    }
}

fn write(file: File, mut waiting: mpsc::Receiver<Piece>, progress: &Progress) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default().large_file(true).unix_permissions(0o600);
    let squeezed = options.compression_method(CompressionMethod::Deflated);
    // Pictures and films are squeezed already.
    let stored = options.compression_method(CompressionMethod::Stored);
    while let Some(piece) = waiting.blocking_recv() {
        match piece {
            Piece::File(name) => zip.start_file(name, squeezed)?,
            Piece::Bytes(bytes) => zip.write_all(&bytes)?,
            Piece::Media(name, path) => match File::open(path) {
                Ok(inner) => {
                    zip.start_file(name, stored)?;
                    io::copy(&mut Counted { inner, progress: progress.clone() }, &mut zip)?;
                }
                // It was cleared out a moment ago.
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => return Err(why),
            },
        }
    }
    let mut buffered = zip.finish()?;
    buffered.flush()?;
    buffered.get_ref().sync_all()
}

/// The name of a media file in the zip: its hash, with the ending of its type so that programs open it.
pub fn name_of(hash: &str, mime: &str) -> String {
    match media::extension_of(mime) {
        Some(end) => format!("media/{hash}.{end}"),
        None => format!("media/{hash}"),
    }
}
