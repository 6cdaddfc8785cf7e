//! Starts the interface in the page that loaded it.

fn main() {
    heliograph_ui::start();
}
