//! A list that keeps only the rows in sight in the page, whatever its length. Rows have one height.

use leptos::{html, prelude::*};
use std::ops::Range;

/// Rows kept above and below what is in sight, so that a fast scroll does not show gaps.
const SPARE: usize = 8;

/// The rows to keep, for a list of `count` rows scrolled to `top` in a view `height` pixels high.
#[must_use]
pub fn rows_in_sight(top: f64, height: f64, row: f64, count: usize, spare: usize) -> Range<usize> {
    if count == 0 || row <= 0.0 {
        return 0..0;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (first, shown) = ((top.max(0.0) / row) as usize, (height.max(0.0) / row) as usize + 2);
    let first = first.min(count - 1);
    let start = first.saturating_sub(spare);
    start..(first + shown + spare).min(count)
}

/// How far to scroll so that row `index` is wholly in sight; `None` when it is already.
#[must_use]
pub fn scroll_for(index: usize, top: f64, height: f64, row: f64) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    let start = index as f64 * row;
    if start < top {
        Some(start)
    } else if start + row > top + height {
        Some(start + row - height)
    } else {
        None
    }
}

/// What the caller may do with the list.
#[derive(Clone, Copy)]
pub struct Scroller {
    pub element: NodeRef<html::Div>,
    pub top: RwSignal<f64>,
    pub height: RwSignal<f64>,
}

impl Scroller {
    /// Nothing in sight yet.
    #[must_use]
    pub fn new() -> Self {
        Self { element: NodeRef::new(), top: RwSignal::new(0.0), height: RwSignal::new(0.0) }
    }

    /// Reads where the element is scrolled to. Does nothing once the list has gone: frames and size changes may
    /// come after.
    pub fn measure(self) {
        if let Some(e) = self.element.try_get_untracked().flatten() {
            let (top, height) = (f64::from(e.scroll_top()), f64::from(e.client_height()));
            if self.top.get_untracked().to_bits() != top.to_bits() {
                self.top.set(top);
            }
            if self.height.get_untracked().to_bits() != height.to_bits() {
                self.height.set(height);
            }
        }
    }

    /// Scrolls to `top` at once.
    pub fn scroll_to(self, top: f64) {
        if let Some(e) = self.element.try_get_untracked().flatten() {
            #[allow(clippy::cast_possible_truncation)]
            e.set_scroll_top(top.round() as i32);
            self.measure();
        }
    }
}

impl Default for Scroller {
    fn default() -> Self {
        Self::new()
    }
}

/// Rows by key; `row` makes the view of one, and is told its index as it changes. `foot` follows the last row.
#[component]
pub fn VirtualList(
    scroller: Scroller,
    #[prop(into)] keys: Signal<Vec<i64>>,
    #[prop(into)] row_height: Signal<f64>,
    row: Callback<(i64, Signal<usize>), AnyView>,
    /// The end of what is known is nearly in sight.
    near_end: Callback<()>,
    #[prop(optional, into)] foot: ViewFn,
) -> impl IntoView {
    let count = Memo::new(move |_| keys.with(Vec::len));
    let sight = Memo::new(move |_| {
        rows_in_sight(scroller.top.get(), scroller.height.get(), row_height.get(), count.get(), SPARE)
    });
    Effect::new(move |_| {
        let (sight, count) = (sight.get(), count.get());
        if sight.end + SPARE >= count {
            near_end.run(());
        }
    });
    on_resize(scroller.element, move || scroller.measure());
    #[allow(clippy::cast_precision_loss)]
    let before = move || format!("{}px", sight.get().start as f64 * row_height.get());
    #[allow(clippy::cast_precision_loss)]
    let height = move || format!("{}px", count.get() as f64 * row_height.get());
    let each = move || {
        let sight = sight.get();
        keys.with(|keys| {
            keys.get(sight.start.min(keys.len())..sight.end.min(keys.len())).map(<[i64]>::to_vec)
        })
        .unwrap_or_default()
    };
    view! {
        <div class="virtual-rows" role="presentation" style:height=height style:padding-top=before>
            <ForEnumerate
                each=each
                key=|key| *key
                children=move |index, key| {
                    let index = Signal::derive(move || sight.get().start + index.get());
                    row.run((key, index))
                }
            />
        </div>
        {move || foot.run()}
    }
    .into_any()
}

/// Runs `changed` when the element's size changes, while the current owner lives.
pub fn on_resize(element: NodeRef<html::Div>, changed: impl Fn() + Clone + 'static) {
    let watching = StoredValue::new_local(None::<web_sys::ResizeObserver>);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        changed();
        let changed = changed.clone();
        let heard = wasm_bindgen::closure::Closure::<dyn Fn()>::new(changed);
        if let Ok(observer) =
            web_sys::ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(&heard.into_js_value()))
        {
            observer.observe(&element);
            if let Some(old) = watching.try_update_value(|w| w.replace(observer)).flatten() {
                old.disconnect();
            }
        }
    });
    on_cleanup(move || {
        if let Some(observer) = watching.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_number_of_rows_is_kept_however_long_the_list() {
        for count in [0, 1, 9, 50_000] {
            for top in [0.0, 10.0, 640.0, 3_199_000.0, 9e9] {
                let rows = rows_in_sight(top, 800.0, 64.0, count, SPARE);
                assert!(rows.len() <= 14 + 2 * SPARE, "{rows:?}");
                assert!(rows.end <= count && rows.start <= rows.end);
            }
        }
        assert_eq!(rows_in_sight(0.0, 640.0, 64.0, 50_000, 2), 0..14);
        assert_eq!(rows_in_sight(640.0, 640.0, 64.0, 50_000, 2), 8..24);
        assert_eq!(rows_in_sight(-30.0, 640.0, 64.0, 3, 2), 0..3);
    }

    #[test]
    fn scrolling_moves_only_as_far_as_needed() {
        assert_eq!(scroll_for(3, 0.0, 640.0, 64.0), None);
        assert_eq!(scroll_for(10, 0.0, 640.0, 64.0), Some(64.0));
        assert_eq!(scroll_for(2, 640.0, 640.0, 64.0), Some(128.0));
    }
}
