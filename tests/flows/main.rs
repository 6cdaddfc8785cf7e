//! Stories a user would tell, over the simulator. One binary, a file per story.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

mod connect;
mod copies;
mod demo;
mod desk;
mod disk;
mod fates;
mod files;
mod kinds;
mod leaving;
mod media;
mod missed;
mod people;
mod receive;
mod restart;
mod send;
mod send_more;
mod send_templates;
mod send_window;
mod truth;
mod working;
