//! Runs stories one after the other and prints them as `cargo test` does. A story that fails or takes too
//! long leaves a picture of what was on screen.

use crate::children::folder;
use crate::page::Page;
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// No story takes longer.
const LIMIT: Duration = Duration::from_secs(120);

/// What has been run so far.
pub struct Cases {
    area: &'static str,
    filter: Option<String>,
    page: Page,
    passed: usize,
    filtered: usize,
    failures: Vec<(String, String)>,
    began: Instant,
}

impl Cases {
    pub fn new(area: &'static str, filter: Option<&str>, page: Page) -> Self {
        let filter = filter.map(str::to_owned);
        Self { area, filter, page, passed: 0, filtered: 0, failures: Vec::new(), began: Instant::now() }
    }

    /// Runs one story.
    pub async fn case(&mut self, name: &str, story: impl Future<Output = Result<()>>) {
        if self.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            self.filtered += 1;
            return;
        }
        let start = Instant::now();
        let outcome = tokio::time::timeout(LIMIT, story).await;
        let outcome = outcome.unwrap_or_else(|_| Err(anyhow!("it took longer than {} s", LIMIT.as_secs())));
        let took = start.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("test {}::{name} ... ok ({took:.1} s)", self.area);
            }
            Err(error) => {
                println!("test {}::{name} ... FAILED ({took:.1} s)", self.area);
                let picture = self.picture(name).await;
                self.failures.push((name.to_owned(), format!("{error:#}\n{picture}")));
            }
        }
    }

    async fn picture(&self, name: &str) -> String {
        let Ok(folder) = folder() else {
            return String::new();
        };
        let path = folder.join(format!("{}-{name}.png", self.area));
        let taken = tokio::time::timeout(Duration::from_secs(15), self.page.picture(&path)).await;
        match taken {
            Ok(Ok(())) => format!("seen then: {}", path.display()),
            _ => "no picture could be taken".to_owned(),
        }
    }

    /// Prints the failures and the result; answers whether all is well.
    pub fn finish(self) -> bool {
        if !self.failures.is_empty() {
            println!("\nfailures:\n");
            for (name, why) in &self.failures {
                println!("---- {}::{name}\n{why}\n", self.area);
            }
        }
        let word = if self.failures.is_empty() { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {word}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s",
            self.passed,
            self.failures.len(),
            self.filtered,
            self.began.elapsed().as_secs_f64()
        );
        self.failures.is_empty()
    }
}
