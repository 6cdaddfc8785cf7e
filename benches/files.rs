//! Resident memory of an engine that takes in, looks at and serves pictures, in a process that does nothing else.

use crate::{inbox, table::Table};
use bytes::Bytes;
use engine::{
    clock::Clock,
    model::{ConversationId, call},
    store::{Store, fill},
};
use image::{ImageBuffer, Rgb};
use std::{io::Cursor, path::Path};

/// Pictures that go through the engine, each another one, of this many pixels a side.
const PICTURES: u32 = 60;
const SIDE: u32 = 2_400;

/// The child: brings pictures into composers, then prints its own resident kibibytes.
pub fn resident(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = inbox::open(folder).await;
        for n in 0..PICTURES {
            let conversation = ConversationId(1 + i64::from(n));
            let pieces: Vec<Result<Bytes, std::io::Error>> =
                picture(n).chunks(64 * 1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let stream = futures_util::stream::iter(pieces);
            let upload = engine.upload(conversation, "vase.jpg", false, stream).await.unwrap();
            assert!(upload.thumbnail.is_some(), "it was looked at");
            let ask = call::ListMedia { conversation, kinds: Vec::new(), after: None, limit: 50 };
            engine.ask(ask).await.unwrap();
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or("VmRSS: 0");
        println!("{}", line.chars().filter(char::is_ascii_digit).collect::<String>());
        engine.stop().await;
    });
}

/// A photo's worth of pixels that no other picture has.
fn picture(n: u32) -> Vec<u8> {
    let plain = ImageBuffer::from_fn(SIDE, SIDE, |x, y| {
        Rgb([(x / 9 + n) as u8, (y / 7) as u8, ((x + y) / 31) as u8])
    });
    let mut file = Cursor::new(Vec::new());
    plain.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

pub async fn measure(table: &mut Table) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::manual(inbox::NOW)).await.unwrap();
    let size = fill::Size { messages: 2_000, conversations: 100, now: inbox::NOW, batch: 500 };
    fill::fill(&store, size, 7).await.unwrap();
    store.close().await;
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("--resident-files")
        .arg(folder.path())
        .output()
        .unwrap();
    let kib: u64 = String::from_utf8_lossy(&child.stdout).trim().parse().unwrap();
    table.row(
        &format!("resident memory of the engine after {PICTURES} pictures of {SIDE} × {SIDE}"),
        format!("{:.1} MB", kib as f64 * 1024.0 / 1e6),
        "under 120 MB",
        Some(kib * 1024 < 120_000_000),
    );
}
