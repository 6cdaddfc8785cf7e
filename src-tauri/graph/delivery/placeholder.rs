//! What to call, for people, what cannot be shown as text yet.

use super::{
    kind::{Attachment, Kind, Message, ReplyTo},
    words::AttachmentKind,
};

impl Kind {
    /// The name to show instead of words ("Photo", "Story reply"); `None` for plain text and for what
    /// is not a message.
    #[must_use]
    pub fn placeholder(&self) -> Option<&'static str> {
        match self {
            Self::Message(m) | Self::History(m) => m.placeholder(),
            _ => None,
        }
    }
}

impl Message {
    /// See [`Kind::placeholder`].
    #[must_use]
    pub fn placeholder(&self) -> Option<&'static str> {
        if self.unsupported.is_some() {
            return Some("Message that Meta does not pass on");
        }
        if let Some(first) = self.attachments.first() {
            // A link's preview beside the text that holds the link adds nothing.
            let only_previews = self.attachments.iter().all(|a| a.kind == AttachmentKind::Fallback);
            return if only_previews && !self.text.is_empty() {
                None
            } else if self.attachments.len() > 1
                && self.attachments.iter().all(|a| a.kind == AttachmentKind::Image)
            {
                Some("Photos")
            } else {
                Some(first.name())
            };
        }
        if matches!(self.reply_to, Some(ReplyTo::Story { .. })) {
            return Some("Story reply");
        }
        match self.tap.as_ref().map(|t| t.form.as_str()) {
            Some("nfm_reply") => return Some("Answered form"),
            Some("call_permission_reply") => return Some("Answer to a call request"),
            Some(_) if self.text.is_empty() => return Some("Tapped button"),
            _ => {}
        }
        self.text.is_empty().then_some("Empty message")
    }
}

impl Attachment {
    /// What people call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.kind {
            AttachmentKind::Image => "Photo",
            AttachmentKind::Video => "Video",
            AttachmentKind::Audio => "Audio",
            AttachmentKind::Voice => "Voice message",
            AttachmentKind::File | AttachmentKind::Document => "File",
            AttachmentKind::Sticker => "Sticker",
            AttachmentKind::LikeHeart => "Heart",
            AttachmentKind::Share | AttachmentKind::Post | AttachmentKind::IgPost => "Shared post",
            AttachmentKind::Reel | AttachmentKind::IgReel => "Shared reel",
            AttachmentKind::Story | AttachmentKind::IgStory => "Shared story",
            AttachmentKind::StoryMention => "Mentioned you in a story",
            AttachmentKind::Template => "Card",
            AttachmentKind::Product => "Product",
            AttachmentKind::Fallback => "Link",
            AttachmentKind::Location => "Location",
            AttachmentKind::Contacts => "Contact",
            AttachmentKind::Order => "Order",
            AttachmentKind::AppointmentBooking => "Appointment",
            AttachmentKind::Media | AttachmentKind::MediaPlaceholder => "Media",
            AttachmentKind::Ephemeral => "Disappearing photo or video",
            AttachmentKind::UnsupportedType => "Attachment that Meta does not pass on",
            AttachmentKind::Unknown(_) => "Attachment",
        }
    }
}
