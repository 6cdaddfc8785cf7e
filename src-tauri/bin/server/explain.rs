//! `explain`: what webhook bodies mean, one line of JSON each.

use crate::Failed;
use clap::Args;
use engine::graph::delivery::explain;
use std::{io, path::PathBuf};

#[derive(Args)]
pub struct Explain {
    /// Files with one body each; standard input when none is given, or for "-".
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Explain {
    pub fn run(self) -> Result<(), Failed> {
        match explain::run(&self.files, &mut io::stdout().lock()) {
            // Whoever closed the pipe has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failed::new(error)),
            Ok(()) => Ok(()),
        }
    }
}
