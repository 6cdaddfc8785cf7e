//! One tooltip for the window: it follows `data-tip` on hover after a pause and on keyboard focus at once.

use leptos::{ev, html, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Long enough not to flash by while the pointer crosses.
const PAUSE: Duration = Duration::from_millis(450);

fn tipped(e: &web_sys::Event) -> Option<Element> {
    e.target()?.dyn_into::<Element>().ok()?.closest("[data-tip]").ok()?
}

/// Where it appears; mounted once.
#[component]
pub fn Tooltip() -> impl IntoView {
    let at = RwSignal::new_local(None::<Element>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let bubble = NodeRef::<html::Div>::new();
    let stop = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let hide = move || {
        stop();
        if at.with_untracked(Option::is_some) {
            at.set(None);
        }
    };
    let over = window_event_listener(ev::pointerover, move |e| {
        let found = tipped(&e);
        if at.with_untracked(|now| *now == found) {
            return;
        }
        hide();
        if let Some(found) = found
            && e.pointer_type() == "mouse"
        {
            waiting.set_value(set_timeout_with_handle(move || at.set(Some(found.clone())), PAUSE).ok());
        }
    });
    let focused = window_event_listener(ev::focusin, move |e| {
        let found = tipped(&e).filter(|f| f.matches(":focus-visible").unwrap_or(false));
        hide();
        at.set(found);
    });
    let pressed = window_event_listener(ev::pointerdown, move |_| hide());
    let keyed = window_event_listener(ev::keydown, move |_| hide());
    let resized = window_event_listener(ev::resize, move |_| hide());
    on_cleanup(move || {
        over.remove();
        focused.remove();
        pressed.remove();
        keyed.remove();
        resized.remove();
    });
    Effect::new(move |_| {
        if let (Some(bubble), Some(target)) = (bubble.get(), at.get()) {
            // Above dialogs too. A web view without popovers shows it in the page.
            let _ = bubble.show_popover();
            place(&bubble, &target);
        }
    });
    let shown = move || {
        let target = at.get().filter(|t| t.is_connected())?;
        let text = target.get_attribute("data-tip").filter(|t| !t.is_empty())?;
        let key = target.get_attribute("data-tip-key").filter(|k| !k.is_empty());
        Some(
            view! {
                <div class="tooltip" role="tooltip" popover="manual" node_ref=bubble>
                    {text}
                    {key.map(|key| view! { <kbd>{key}</kbd> })}
                </div>
            }
            .into_any(),
        )
    };
    shown.into_any()
}

fn place(bubble: &HtmlElement, target: &Element) {
    let (t, b) = (target.get_bounding_client_rect(), bubble.get_bounding_client_rect());
    let width = window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(0.0);
    let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(0.0);
    let left = t.left() + (t.width() - b.width()) / 2.0;
    let top =
        if t.bottom() + 6.0 + b.height() > height { t.top() - 6.0 - b.height() } else { t.bottom() + 6.0 };
    let style = bubble.style();
    let _ = style.set_property("left", &format!("{}px", left.clamp(6.0, (width - b.width() - 6.0).max(6.0))));
    let _ = style.set_property("top", &format!("{}px", top.max(6.0)));
}
