//! The screen as X knows it: which of the app's windows are on it, where, and the corner that closes them.

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};
use x11rb::{
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, EventMask, MapState, WindowClass,
    },
    rust_connection::RustConnection,
};

const PATIENCE: Duration = Duration::from_secs(20);
const BREATH: Duration = Duration::from_millis(50);

/// A window on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: u32,
    pub title: String,
    pub place: (i16, i16),
    pub size: (u16, u16),
}

/// A connection of our own to it.
pub struct Screen {
    x: RustConnection,
    root: u32,
}

impl Screen {
    pub fn open() -> Result<Self> {
        let (x, number) = x11rb::connect(None).context("there is no screen")?;
        let root = x.setup().roots[number].root;
        Ok(Self { x, root })
    }

    /// The app's windows that can be seen, the largest first.
    pub fn windows(&self) -> Result<Vec<Shown>> {
        let mut shown = Vec::new();
        for id in self.x.query_tree(self.root)?.reply()?.children {
            // A window may go while we look.
            shown.extend(self.window(id).ok().flatten());
        }
        shown.sort_by_key(|window| std::cmp::Reverse(u32::from(window.size.0) * u32::from(window.size.1)));
        Ok(shown)
    }

    fn window(&self, id: u32) -> Result<Option<Shown>> {
        let state = self.x.get_window_attributes(id)?.reply()?;
        let class = self.text(id, AtomEnum::WM_CLASS.into())?;
        // Menus and tooltips go their own ways.
        if state.map_state != MapState::VIEWABLE
            || state.class != WindowClass::INPUT_OUTPUT
            || state.override_redirect
            || !class.to_lowercase().contains("heliograph")
        {
            return Ok(None);
        }
        let at = self.x.get_geometry(id)?.reply()?;
        let title = self.text(id, self.atom("_NET_WM_NAME")?)?;
        Ok(Some(Shown { id, title, place: (at.x, at.y), size: (at.width, at.height) }))
    }

    /// Waits until the windows on the screen answer something.
    pub async fn until<T>(&self, what: &str, wanted: impl Fn(&[Shown]) -> Option<T>) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            let windows = self.windows()?;
            if let Some(found) = wanted(&windows) {
                return Ok(found);
            }
            if Instant::now() > end {
                bail!("the screen never showed {what}, but {windows:?}");
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Waits for that many windows of the app.
    pub async fn until_shown(&self, count: usize) -> Result<Vec<Shown>> {
        self.until(&format!("{count} windows"), |all| (all.len() == count).then(|| all.to_vec())).await
    }

    /// Presses the corner that closes a window.
    pub fn close(&self, window: &Shown) -> Result<()> {
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let message = ClientMessageEvent::new(32, window.id, protocols, [delete, 0, 0, 0, 0]);
        self.x.send_event(false, window.id, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }

    /// Moves a window, as dragging it would.
    pub fn put(&self, window: &Shown, place: (i16, i16), size: (u16, u16)) -> Result<()> {
        let to = ConfigureWindowAux::new()
            .x(i32::from(place.0))
            .y(i32::from(place.1))
            .width(u32::from(size.0))
            .height(u32::from(size.1));
        self.x.configure_window(window.id, &to)?.check()?;
        Ok(())
    }

    fn atom(&self, name: &str) -> Result<u32> {
        Ok(self.x.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn text(&self, window: u32, property: u32) -> Result<String> {
        let value = self.x.get_property(false, window, property, AtomEnum::ANY, 0, 256)?.reply()?.value;
        Ok(String::from_utf8_lossy(&value).into_owned())
    }
}
