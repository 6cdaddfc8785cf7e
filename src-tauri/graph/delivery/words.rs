//! Meta's words as open enums: a word we do not know is kept, never refused.

use serde::{Serialize, Serializer};

macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident {
        $( $(#[$about:meta])* $variant:ident = $word:literal $(| $also:literal)* ),* $(,)?
    } )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$about])* $variant, )*
            /// A word this version does not know.
            Unknown(String),
        }

        impl $name {
            /// Reads Meta's word.
            #[must_use]
            pub fn read(word: &str) -> Self {
                match word {
                    $( $word $(| $also)* => Self::$variant, )*
                    other => Self::Unknown(other.to_owned()),
                }
            }

            /// Meta's word.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }
    )*};
}

words! {
    /// What an attachment is (graph-api d.3, d.4, d.5).
    AttachmentKind {
        Image = "image",
        Video = "video",
        Audio = "audio",
        /// Audio recorded in the chat (WhatsApp `voice`).
        Voice = "voice",
        File = "file",
        Document = "document",
        Sticker = "sticker",
        LikeHeart = "like_heart",
        Share = "share",
        Post = "post",
        IgPost = "ig_post",
        Reel = "reel",
        IgReel = "ig_reel",
        Story = "story",
        IgStory = "ig_story",
        StoryMention = "story_mention",
        Template = "template",
        Product = "product",
        Fallback = "fallback",
        Location = "location",
        Contacts = "contacts",
        Order = "order",
        AppointmentBooking = "appointment_booking",
        Media = "media",
        /// History names media before it brings them.
        MediaPlaceholder = "media_placeholder",
        Ephemeral = "ephemeral",
        UnsupportedType = "unsupported_type",
    }
    /// How far a message got. `Deleted` is told by WhatsApp when the business took it back.
    ReceiptStatus {
        Sent = "sent",
        Delivered = "delivered",
        Read = "read" | "seen",
        Played = "played",
        Failed = "failed",
        Deleted = "deleted",
    }
    /// What happened to a comment.
    Verb {
        Add = "add",
        Edited = "edited" | "edit" | "update",
        Remove = "remove" | "delete",
        Hide = "hide",
        Unhide = "unhide",
        Block = "block",
        Unblock = "unblock",
        Mute = "mute",
    }
}
