//! Placeholder
use anyhow::Result;
use std::path::PathBuf;
pub async fn run(_into: Option<PathBuf>, _readme: bool, _filter: Option<&str>) -> Result<bool> {
    Ok(true)
}
