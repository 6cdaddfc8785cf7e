//! Real payloads that others published, read in place when they are there: every body decodes, and
//! every count with a fixed expectation agrees, but for the disagreements we stand by.

#![allow(clippy::print_stdout, reason = "says what was compared, and when it was skipped")]

use engine::graph::{Doing, Error, Fate, Refusal, delivery::explain::explain};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

const DISAGREEMENTS: &str = include_str!("fixtures/DISAGREEMENTS.md");

/// The folder of payloads; `None` when this machine has none.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("HELIOGRAPH_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if folder.join("INDEX.tsv").is_file() {
        return Some(folder);
    }
    println!("no corpus at {}: skipped", folder.display());
    None
}

/// The files whose expectation we hold for wrong: each is a row `| file | reason |`.
fn disagreements() -> BTreeSet<&'static str> {
    DISAGREEMENTS
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(file, _)| file)
        .collect()
}

fn expected(counts: &str) -> Option<BTreeMap<String, usize>> {
    if counts == "-" || counts == "*" {
        return None;
    }
    counts
        .split(';')
        .map(|one| one.split_once('=').and_then(|(kind, n)| Some((kind.to_owned(), n.parse().ok()?))))
        .collect()
}

#[test]
fn every_body_of_the_corpus_counts_as_expected() {
    let Some(folder) = corpus() else { return };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let excused = disagreements();
    let (mut read, mut compared, mut wrong) = (0, 0, Vec::new());
    for row in index.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let (file, counts) = (columns[0], columns[5]);
        // Decoding is total: an API body is only not a delivery.
        let explanation = explain(&std::fs::read(folder.join(file)).unwrap());
        read += 1;
        let Some(expected) = expected(counts) else {
            continue;
        };
        compared += 1;
        let found: BTreeMap<String, usize> =
            explanation.counts.iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect();
        if found != expected && !excused.contains(file) {
            wrong.push(format!("{file}: expected {expected:?}, found {found:?}, {:?}", explanation.problems));
        }
    }
    println!("{read} bodies decoded, {compared} compared, {} disagreements stood by", excused.len());
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The number behind `name` in an expectation: "error body: code 190 subcode 460 …".
fn named(expectation: &str, name: &str) -> Option<i64> {
    expectation.split_once(&format!("{name} "))?.1.split(' ').next()?.parse().ok()
}

#[test]
fn every_error_body_of_the_corpus_is_read_and_leads_where_expected() {
    let Some(folder) = corpus() else { return };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let mut read = 0;
    for row in index.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let (file, expectation) = (columns[0], columns[4]);
        if !expectation.starts_with("error body") {
            continue;
        }
        let body = serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        let refusal = Refusal::of(&body).unwrap_or_else(|| panic!("{file} is no error"));
        assert_eq!(Some(refusal.code), named(expectation, "code"), "{file}");
        if let Some(subcode) = named(expectation, "subcode") {
            assert_eq!(refusal.subcode, Some(subcode), "{file}");
        }
        let error = Error::Refused { refusal: Box::new(refusal), doing: Doing::Asking, wait: None };
        let leads = |word: &str| expectation.contains(word);
        let right = match error.fate() {
            Fate::SignInAgain => leads("token no longer good"),
            Fate::Wait(_) => leads("rate limit"),
            Fate::Retry => leads("transient"),
            Fate::UserAction => leads("missing permission"),
            Fate::GiveUp => leads("no retry") || leads("do not retry") || leads("no blind retry"),
            _ => false,
        };
        assert!(right, "{file}: {error} leads to {:?}, but: {expectation}", error.fate());
        read += 1;
    }
    println!("{read} error bodies read");
    assert!(read > 15);
}
