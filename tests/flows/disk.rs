//! A full disk refuses webhooks so that Meta tries again, and everything goes on when there is room.
//! Needs a small file system of its own: where one cannot be mounted the story is left out aloud.

use crate::desk::{Scene, call, open, quiet};
use engine::{model::*, vault::MasterKey};
use std::{path::Path, process::Command, sync::Arc};

/// A file system of eight mebibytes, gone with the value.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|o| o.status.success());
        mounted.then_some(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_answers_503_and_recovers() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("left out: this user may not mount a small disk");
        return;
    };
    let meta = heliograph_simulator::start(quiet(6, 12)).await.unwrap();
    let key = MasterKey::random();
    let engine = open(disk.path(), &key, &meta.origin()).await.unwrap();
    let scene = Scene { engine, meta, folder: Arc::new(tempfile::tempdir().unwrap()), key };
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let door = scene.ask(call::GetWebhookDoor {}).await;
    let url = format!("http://{}{}", door.listening.unwrap(), door.path);
    let number = scene.sim(Channel::WhatsApp).meta_id;
    let (_, secret) = scene.meta.app();
    #[allow(clippy::disallowed_methods, reason = "Meta has no client of ours")]
    let client = reqwest::Client::new();
    let deliver = async |n: usize| {
        let body = crate::restart::whatsapp(&number, n);
        let signature = crate::restart::signed(&secret, &body);
        client
            .post(&url)
            .header("X-Hub-Signature-256", signature)
            .body(body)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(deliver(1).await, 200);

    let filler = disk.path().join("filler");
    // Fills the rest, to the last block.
    let _ = std::fs::write(&filler, vec![7_u8; 8 << 20]);
    let mut refused = None;
    for n in 2..2_000 {
        let status = deliver(n).await;
        if status != 200 {
            refused = Some((n, status));
            break;
        }
    }
    let (n, status) = refused.expect("a full disk cannot take everything");
    assert_eq!(status, 503, "so that Meta tries again");

    std::fs::remove_file(&filler).unwrap();
    assert_eq!(deliver(n).await, 200, "there is room again");
    let page = scene.ask(crate::desk::list(Filter::default())).await;
    assert!(page.rows.iter().any(|c| c.last.as_ref().is_some_and(|l| l.text == format!("Number {n}"))));
    scene.end().await;
}
