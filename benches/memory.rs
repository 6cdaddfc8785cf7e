//! Resident memory of an engine at work over the large inbox, in a process that does nothing else.

use crate::{
    inbox::{Inbox, open},
    table::Table,
};
use engine::model::{ConversationId, Filter, Sort, Stretch, call};
use std::path::Path;

/// The child: works a while, then prints its own resident kibibytes.
pub fn resident(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = open(folder).await;
        let mut after = None;
        for n in 0..50 {
            let page = engine
                .ask(call::ListConversations {
                    filter: Filter::default(),
                    sort: Sort::Newest,
                    after,
                    limit: 100,
                })
                .await
                .unwrap();
            after = page.next;
            let conversation = ConversationId(1 + n * 31);
            engine
                .ask(call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 })
                .await
                .unwrap();
            engine.ask(call::Search { text: "order".into(), after: None, limit: 50 }).await.unwrap();
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or("VmRSS: 0");
        println!("{}", line.chars().filter(char::is_ascii_digit).collect::<String>());
        engine.stop().await;
    });
}

pub async fn measure(table: &mut Table, large: &Inbox) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("--resident")
        .arg(large.folder.path())
        .output()
        .unwrap();
    let kib: u64 = String::from_utf8_lossy(&child.stdout).trim().parse().unwrap();
    table.row(
        &format!("resident memory of the engine, {} messages", large.messages),
        format!("{:.1} MB", kib as f64 * 1024.0 / 1e6),
        "under 80 MB",
        Some(kib * 1024 < 80_000_000),
    );
}
