//! Bends and breaks our own payloads for HELIOGRAPH_FUZZ_SECONDS (2 by default) and decodes them: it never
//! panics, always says something, and is quick. HELIOGRAPH_FUZZ_SEED repeats a run.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test that says how much was tried")]

use engine::graph::delivery::explain::explain;
use serde_json::Value;
use std::{
    panic::catch_unwind,
    path::Path,
    time::{Duration, Instant},
};

/// A small, quick, repeatable source of randomness (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn payloads() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    ["instagram", "page", "whatsapp"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

/// Bytes that break JSON in interesting ways.
const TOKENS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"0.1",
    b"99999999999999999999",
    b"\\ud83d",
    b"\\u0000",
    b"\xff",
    b"\xf0\x9f",
    b"\xef\xbb\xbf",
    b"[[[[[[[[",
    b"\"id\":",
    b"\"timestamp\":",
];

/// Values that Meta never sends, or only once.
fn odd(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => Value::Null,
        1 => Value::Bool(dice.below(2) == 0),
        2 => (dice.roll() as i64).into(),
        3 => dice.roll().into(),
        4 => (dice.roll() as f64 * 1e280).into(),
        5 => "".into(),
        6 => "1795168502".into(),
        7 => "2026-11-20T09:15:02+0000".into(),
        8 => "x".repeat(dice.below(2000)).into(),
        9 => Value::Array(vec![Value::Null; dice.below(4)]),
        10 => serde_json::json!({"id": {"id": []}}),
        _ => "\u{fffd}\u{0}é🌊".into(),
    }
}

/// Replaces, removes, moves or repeats something somewhere in `value`.
fn bend(value: &mut Value, dice: &mut Dice, donors: &[Value]) {
    let deeper = dice.below(4) != 0;
    match value {
        Value::Array(list) if deeper && !list.is_empty() => {
            let at = dice.below(list.len());
            match dice.below(8) {
                0 => {
                    list.remove(at);
                }
                1 => list.push(list[at].clone()),
                2 => list.push(odd(dice)),
                _ => bend(&mut list[at], dice, donors),
            }
        }
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let key = fields.keys().nth(dice.below(fields.len())).cloned().unwrap();
            match dice.below(8) {
                0 => {
                    fields.remove(&key);
                }
                1 => {
                    let moved = fields.remove(&key).unwrap();
                    fields.insert(format!("{key}s"), moved);
                }
                2 => {
                    let donor = dice.pick(donors);
                    let found = parts(donor);
                    let (name, part) = dice.pick(&found);
                    fields.insert(name.clone(), part.clone());
                }
                _ => bend(fields.get_mut(&key).unwrap(), dice, donors),
            }
        }
        other => *other = odd(dice),
    }
}

/// Every named part of a payload.
fn parts(of: &Value) -> Vec<(String, Value)> {
    let mut found = vec![("value".to_owned(), Value::Null)];
    let mut open = vec![of];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(fields) => {
                for (name, part) in fields {
                    found.push((name.clone(), part.clone()));
                    open.push(part);
                }
            }
            _ => {}
        }
    }
    found
}

/// Cuts, doubles or overwrites bytes.
fn break_up(body: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(body.len() + 1);
        match dice.below(5) {
            0 => body.truncate(at),
            1 => {
                let token = *dice.pick(TOKENS);
                body.splice(at..at, token.iter().copied());
            }
            2 if at < body.len() => body[at] = dice.roll() as u8,
            3 => {
                let end = (at + dice.below(40)).min(body.len());
                body.drain(at..end);
            }
            _ => {
                let end = (at + dice.below(200)).min(body.len());
                let again = body[at..end].to_vec();
                body.splice(at..at, again);
            }
        }
    }
}

#[test]
fn bent_and_broken_payloads_decode() {
    let read =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let time = Duration::from_secs(read("HELIOGRAPH_FUZZ_SECONDS", 2));
    let seed = read("HELIOGRAPH_FUZZ_SEED", u64::from(std::process::id()) << 20 | 1);
    let (bodies, mut dice) = (payloads(), Dice(seed | 1));
    let donors: Vec<Value> = bodies.iter().filter_map(|b| serde_json::from_slice(b).ok()).collect();
    let (begin, mut tried, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while begin.elapsed() < time {
        let mut value = dice.pick(&donors).clone();
        for _ in 0..=dice.below(6) {
            bend(&mut value, &mut dice, &donors);
        }
        let mut body = serde_json::to_vec(&value).unwrap();
        if dice.below(2) == 0 {
            break_up(&mut body, &mut dice);
        }
        let start = Instant::now();
        let explained = catch_unwind(|| explain(&body));
        slowest = slowest.max(start.elapsed());
        tried += 1;
        let shown = || format!("seed {seed}, execution {tried}: {}", String::from_utf8_lossy(&body));
        let Ok(explained) = explained else { panic!("decoding panicked; {}", shown()) };
        assert!(!explained.items.is_empty(), "nothing was said; {}", shown());
        assert!(serde_json::to_string(&explained).is_ok(), "cannot be written; {}", shown());
    }
    println!("{tried} executions from {} payloads with seed {seed}, the slowest {slowest:?}", bodies.len());
    assert!(slowest < Duration::from_secs(1), "one body took {slowest:?}");
}
