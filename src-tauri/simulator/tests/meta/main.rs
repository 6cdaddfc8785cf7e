//! The simulator driven over HTTP, as the engine drives it.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod desk;
mod failing;
mod reaching;
mod reading;
mod sending;
mod signing_in;
mod telling;
mod world;
