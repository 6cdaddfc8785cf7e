//! English.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Hi!", "Hello there!", "Hey 👋", "Good morning!", "Hi team!", "Hi, quick question:"],
    topics: &[
        Topic {
            ask: &[
                "Where is my order {order}? It said {day}.",
                "Has {order} been shipped yet?",
                "The tracking for {order} hasn't moved in {n} days 😕",
                "Can I still change the address on {order}? We're moving to {city}.",
            ],
            answer: &[
                "It left our workshop on {day}; the parcel should reach {city} in {n} days.",
                "I checked {order}: it is packed and goes out with today's pick-up.",
                "The carrier lost the scan, but your parcel is in {city}. I'm on it.",
                "Of course. I changed the address, you will get a new confirmation in a minute.",
            ],
            again: &[
                "And do I need to sign for it?",
                "Could you leave it with the neighbour at number {n}?",
                "So not before {day}, right?",
                "Can you send me the tracking link again please?",
            ],
        },
        Topic {
            ask: &[
                "Does the {item} run small? I'm usually a {size}.",
                "Do you have the {item} in {size}?",
                "What are the measurements of the {item}?",
                "Is the {item} in {size} coming back?",
            ],
            answer: &[
                "It runs true to size; between two sizes we'd take the larger one.",
                "In {size} we have {n} left, shall I put one aside for you?",
                "The {item} comes back around {day}, I can write to you then.",
                "It is a relaxed cut. If you wear {size}, stay with {size}.",
            ],
            again: &[
                "What about {size}?",
                "And how does it wash? Does it shrink?",
                "Is the model wearing {size} in the photo?",
                "Great, please put one aside in {size}!",
            ],
        },
        Topic {
            ask: &[
                "How much is shipping to {city}?",
                "Do you ship to {city}?",
                "Is there free shipping from a certain amount?",
            ],
            answer: &[
                "Shipping to {city} is {price} and takes {n} days.",
                "Yes we do! From 80 € it is on us.",
                "We do, with tracking. It takes about {n} working days.",
            ],
            again: &[
                "And express?",
                "Do I have to pay customs on top?",
                "Can I pick it up in the shop instead?",
            ],
        },
        Topic {
            ask: &[
                "Are you open on {day}?",
                "Until what time are you open today?",
                "Is there parking near the shop?",
                "Do you hold pottery classes on {day}?",
            ],
            answer: &[
                "On {day} we are here from 10:00 until {hour}.",
                "Today until {hour}, come by!",
                "There is a car park right behind the old customs house.",
                "The next class is on {day} at {hour}, {n} places are left.",
            ],
            again: &[
                "Perfect, see you at {hour}!",
                "Can I bring my dog?",
                "And on public holidays?",
                "Do I have to book?",
            ],
        },
        Topic {
            ask: &[
                "The {item} arrived broken 💔 what can we do?",
                "I'd like to return the {item}, it's a gift that doesn't fit.",
                "I got the wrong colour in {order}.",
                "One {item} is missing from {order}.",
            ],
            answer: &[
                "I'm so sorry! A new one leaves today, please keep the broken one for the photo only.",
                "No problem, you have 30 days. The return label is in your mail.",
                "That was our mistake. The right one is on its way, keep the other.",
                "Could you send us a photo of the parcel? Then we sort it out at once.",
            ],
            again: &[
                "I'll send a photo tonight.",
                "When do I get the refund? It was {price}.",
                "Can I exchange it for the {item} instead?",
            ],
        },
        Topic {
            ask: &[
                "Is the {item} still available?",
                "How much is the {item}?",
                "Could you make the {item} as a set of {n}?",
                "Love this! 😍 Is the {item} handmade?",
            ],
            answer: &[
                "It is! {price}, and we wrap it as a gift if you like.",
                "The {item} is {price}. We make it here, by hand.",
                "A set of {n} takes us about two weeks.",
            ],
            again: &[
                "I'll take {n}!",
                "Is there a discount for {n} pieces?",
                "Do you have it in green?",
                "Can you hold it until {day}?",
            ],
        },
    ],
    thanks: &[
        "Thank you so much!",
        "Thanks, that's perfect 🙏",
        "Brilliant, thank you",
        "You're the best ❤️",
        "Thanks for the quick reply!",
        "Wonderful, thanks. Have a lovely {day}!",
    ],
    short: &["👍", "ok", "Yes please", "No worries", "😍😍😍", "Hello?", "Great!", "Hmm", "❤️", "Any news?"],
    long: &[
        "Hi! I bought the {item} last spring and it has become my favourite thing in the house, so first of all: thank you. \
         Now my sister in {city} is getting married and I would like to give her a set of {n}, ideally in the same glaze, \
         together with the {item} in {size} for her partner. Would you be able to make that by {day}, and could you wrap it \
         with a handwritten card? I'd pay in advance of course.",
        "Hello, I wrote you an e-mail on {day} but I'm not sure it arrived. Order {order} was delivered to a neighbour I don't \
         know, and the carrier's hotline only tells me to contact the sender. I'm not upset, I'd just love to know who has my \
         {item}! If it helps, I live on the {n}th floor and the bell carries my mother's name.",
    ],
    close: &[
        "Anything else I can do for you?",
        "Have a lovely day! – Inês from Saltwind",
        "Let us know how you like it 🌿",
        "Just write here if anything is unclear.",
        "You're welcome!",
    ],
    items: &[
        "linen shirt",
        "wool scarf",
        "stoneware mug",
        "blue vase",
        "tote bag",
        "table runner",
        "rain jacket",
        "salad bowl",
        "tea pot",
    ],
    cities: &["Bristol", "Leeds", "Dublin", "Cork", "Edinburgh", "Malta", "Oslo", "Portland", "Galway"],
    days: &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
};
