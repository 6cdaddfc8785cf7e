//! Stories a user would tell, over the simulator. One binary, a file per story.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

mod canary;
mod connect;
mod copies;
mod demo;
mod desk;
mod disk;
mod fates;
mod files;
mod forgotten;
mod kinds;
mod leaving;
mod locking;
mod media;
mod missed;
mod people;
mod receive;
mod restart;
mod send;
mod send_more;
mod send_templates;
mod send_window;
mod sign_ins;
mod signing_in;
mod subscriptions;
mod truth;
mod working;
