//! The support bundle: what somebody who helps needs to know, without names, words, ids, tokens or folders. The person
//! reads every file of it before saving; what is saved is what was read.

use super::{Answer, Desk, diagnostics, problems::reading};
use crate::{
    log,
    model::{Bundle, BundleFile, Code, Diagnostics, Fact, Problem, Settings, Timestamp, Topic, call},
    redact::Redactor,
    store::{accounts, colleagues, health, labels, settings, views},
};
use bytes::Bytes;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A bundle that was made and may be saved.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub id: String,
    pub name: String,
    pub packed: Bytes,
}

impl Answer for call::MakeBundle {
    async fn answer(self, desk: &Desk) -> Result<Bundle, Problem> {
        let files = files(desk).await?;
        let name = format!("heliograph-support-{}.zip", &utc(desk.clock.now())[..10]);
        let to_pack = files.clone();
        let packed = tokio::task::spawn_blocking(move || pack(&to_pack)).await;
        let packed = packed.map_err(|_| failed())?.map_err(|error| {
            tracing::error!(%error, "the support bundle could not be packed");
            failed()
        })?;
        let made = Made { id: hex::encode(rand::random::<[u8; 16]>()), name, packed: packed.into() };
        let (id, name, bytes) = (made.id.clone(), made.name.clone(), made.packed.len() as u64);
        *desk.bundle.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(made);
        Ok(Bundle { id, name, files, bytes })
    }
}

fn failed() -> Problem {
    Problem::new(Code::Internal, "The support bundle could not be made.")
}

async fn files(desk: &Desk) -> Result<Vec<BundleFile>, Problem> {
    let mut redactor = knowing(desk).await.map_err(reading)?;
    let file =
        |name: &str, about: &str, text: String| BundleFile { name: name.into(), about: about.into(), text };
    let mut told = diagnostics::gather(desk).await?;
    clean(&mut told, &mut redactor);
    let logged: Vec<String> = log::lines()
        .into_iter()
        .map(|line| {
            format!("{} {:5} {}: {}", utc(line.at), line.level, line.target, redactor.clean(&line.text))
        })
        .collect();
    let (chosen, schema, counts) = async {
        let mut conn = desk.store.read().await?;
        let chosen = settings::get(&mut conn).await?;
        Ok((chosen, health::figures(&mut conn).await?, health::counts(&mut conn).await?))
    }
    .await
    .map_err(reading)?;
    let counts: Vec<String> = counts.into_iter().map(|(name, n)| format!("{name}: {n}")).collect();
    Ok(vec![
        file("about.txt", "What is in here, and what is not.", ABOUT.into()),
        file(
            "diagnostics.txt",
            "The diagnostics page, accounts numbered instead of named.",
            told.text(in_words),
        ),
        file(
            "log.txt",
            "The last lines of the log, with ids replaced and everything in quotes left out.",
            logged.join("\n"),
        ),
        file("settings.json", "The settings. They hold no secret.", chosen_text(chosen)?),
        file("counts.txt", "How many there are of each kind.", counts.join("\n")),
        file(
            "schema.txt",
            "Which tables the database has.",
            format!(
                "schema {} of {}\nmigrations that ran: {}\nSQLite {}",
                schema.schema, schema.known, schema.migrations, schema.sqlite
            ),
        ),
    ])
}

const ABOUT: &str = "\
A support bundle of Heliograph. It holds how the program is doing, the last lines of its log, its settings, and how many \
there are of each kind.\n\n\
It holds no name, no handle, no telephone number, no message, no draft, no note, no token, no app secret, no file and no \
folder of yours. Accounts are numbered; <id 1> and the like stand for ids, the same one for the same id within this bundle \
and nowhere else.";

/// Everything private whose words are known: they must not stay wherever they turn up.
async fn knowing(desk: &Desk) -> Result<Redactor, sqlx::Error> {
    let mut redactor = Redactor::default();
    let mut conn = desk.store.read().await?;
    for known in accounts::list_all(&mut conn).await? {
        let account = &known.account;
        let stands = format!("account-{}", account.id);
        let words = [&account.name, &account.handle, &account.meta_id.0, &known.page_id, &known.waba_id];
        for words in words.into_iter().chain(&known.own_ids) {
            redactor.know(words, &stands);
            redactor.know(words.trim_start_matches(['@', '+']), &stands);
        }
    }
    for label in labels::list(&mut conn).await? {
        redactor.know(&label.name, "<label>");
    }
    for colleague in colleagues::list(&mut conn).await? {
        redactor.know(&colleague.name, "<colleague>");
    }
    for view in views::list(&mut conn).await? {
        redactor.know(&view.name, "<view>");
    }
    redactor.know(&desk.config.data.display().to_string(), "<data folder>");
    Ok(redactor)
}

fn clean(told: &mut Diagnostics, redactor: &mut Redactor) {
    for group in &mut told.groups {
        if let Topic::Account { account } = group.topic {
            let channel = group.title.split(" · ").next().unwrap_or_default();
            group.title = format!("{channel} · account-{account}");
        }
        for line in &mut group.lines {
            if let Fact::Words(words) = &mut line.fact {
                *words = redactor.clean(words);
            }
            line.note = redactor.clean(&line.note);
        }
    }
}

fn chosen_text(chosen: Settings) -> Result<String, Problem> {
    serde_json::to_string_pretty(&chosen).map_err(|error| {
        tracing::error!(%error, "the settings could not be written for the support bundle");
        failed()
    })
}

fn in_words(fact: &Fact) -> String {
    match fact {
        Fact::Words(words) => words.clone(),
        Fact::Count(n) => n.to_string(),
        Fact::Bytes(n) => format!("{n} bytes"),
        Fact::Percent(n) => format!("{n} %"),
        Fact::Lasts(ms) => format!("{ms} ms"),
        Fact::At(at) => utc(*at),
    }
}

/// "2026-11-25T20:34:34Z"; a moment outside the calendar as its number.
fn utc(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| format!("{:>10} ms", at.0), |t| format!("{t:.0}"))
}

fn pack(files: &[BundleFile]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for file in files {
        zip.start_file(&file.name, packed)?;
        zip.write_all(file.text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
