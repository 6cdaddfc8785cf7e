//! Emoji on a message, overlapping its lower edge.

use heliograph_model::Reaction;
use leptos::prelude::*;

/// The same emoji of both sides is one chip.
fn gathered(reactions: Vec<Reaction>) -> Vec<(String, &'static str, usize)> {
    let mut chips: Vec<(String, &'static str, usize)> = Vec::new();
    for r in reactions {
        let who = if r.from_us { "You" } else { "They" };
        match chips.iter_mut().find(|(emoji, ..)| *emoji == r.emoji) {
            Some(chip) => {
                chip.2 += 1;
                if chip.1 != who {
                    chip.1 = "You and they";
                }
            }
            None => chips.push((r.emoji, who, 1)),
        }
    }
    chips
}

/// The chips.
#[component]
pub fn Reactions(reactions: Vec<Reaction>) -> impl IntoView {
    let one = |(emoji, who, n): (String, &'static str, usize)| {
        let words = format!("{who} reacted with {emoji}");
        view! {
            <span class="reaction" role="img" aria-label=words.clone() data-tip=words data-test="reaction">
                {emoji}
                {(n > 1).then(|| view! { <span class="figures">{n}</span> })}
            </span>
        }
        .into_any()
    };
    view! { <div class="reactions">{gathered(reactions).into_iter().map(one).collect_view()}</div> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_emoji_of_both_sides_is_one_chip() {
        let r = |emoji: &str, from_us| Reaction { emoji: emoji.into(), from_us };
        let chips = gathered(vec![r("❤️", false), r("❤️", true), r("👍", false)]);
        assert_eq!(chips, [("❤️".to_owned(), "You and they", 2), ("👍".to_owned(), "They", 1)]);
    }
}
