//! Files a person is about to send: what waits in the composer, and what each channel takes (graph-api c.2, g.1,
//! g.2). The rules are data, so that the interface can say "OK for Instagram" before anything leaves.

use crate::{Channel, ConversationId, FileKind, UploadId};
use serde::{Deserialize, Serialize};

/// Bytes in a mebibyte.
const MIB: u64 = 1024 * 1024;
/// The largest file that is taken into the composer at all.
pub const LARGEST_UPLOAD: u64 = 100 * MIB;
/// Longest caption, in characters (graph-api g.1).
pub const LONGEST_CAPTION: usize = 1024;

/// A file in the composer of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub id: UploadId,
    pub conversation: ConversationId,
    pub name: String,
    /// What it really is.
    pub mime: String,
    pub kind: FileKind,
    /// Content hash in the media store.
    pub file: String,
    pub thumbnail: Option<String>,
    pub bytes: u64,
    /// Pixels.
    pub size: Option<(u32, u32)>,
    pub length_ms: Option<u32>,
    /// Recorded here: it leaves as a voice message where the channel knows such a thing.
    pub voice: bool,
}

/// A file of the composer with what is said under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToSend {
    pub upload: UploadId,
    /// Only where [`FileRules::captions`] says so; else empty.
    pub caption: String,
}

/// What a channel does with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileVerdict {
    /// As it is.
    Fine,
    /// As a JPEG of at most so many bytes: scaled down, or of a kind that the channel does not take.
    Converted { most: u64 },
    /// As a file to download instead of something to look at or listen to.
    AsFile,
    /// Not at all; why, in words.
    Refused(String),
}

impl FileVerdict {
    /// In a few words: "OK for Instagram".
    #[must_use]
    pub fn words(&self, channel: Channel) -> String {
        match self {
            Self::Fine => format!("OK for {}", channel.name()),
            Self::Converted { .. } => "Will be sent as JPEG".into(),
            Self::AsFile => "Will be sent as a file".into(),
            Self::Refused(why) => why.clone(),
        }
    }
}

/// What a channel takes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    kind: FileKind,
    /// Types, "/*" at the end for all of a family; none = any.
    types: &'static [&'static str],
    /// Bytes.
    most: u64,
}

/// What a channel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRules {
    channel: Channel,
    rules: &'static [Rule],
    /// Files of one go.
    pub at_once: usize,
}

const MESSENGER: &[Rule] = &[
    Rule { kind: FileKind::Picture, types: &["image/png", "image/jpeg", "image/gif"], most: 8 * MIB },
    Rule { kind: FileKind::Sound, types: &["audio/*"], most: 25 * MIB },
    Rule { kind: FileKind::Video, types: &["video/*"], most: 25 * MIB },
    Rule { kind: FileKind::File, types: &[], most: 25 * MIB },
];

/// Pictures alone: Meta has not documented the upload of other kinds for Instagram (graph-api c.2, m.1).
const INSTAGRAM: &[Rule] =
    &[Rule { kind: FileKind::Picture, types: &["image/png", "image/jpeg", "image/gif"], most: 8 * MIB }];

const INSTAGRAM_UNPROVEN: &[Rule] = &[
    Rule { kind: FileKind::Picture, types: &["image/png", "image/jpeg", "image/gif"], most: 8 * MIB },
    Rule {
        kind: FileKind::Sound,
        types: &["audio/aac", "audio/mp4", "audio/wav", "video/mp4"],
        most: 25 * MIB,
    },
    Rule {
        kind: FileKind::Video,
        types: &["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"],
        most: 25 * MIB,
    },
    Rule { kind: FileKind::File, types: &["application/pdf"], most: 25 * MIB },
];

const WHATSAPP: &[Rule] = &[
    Rule { kind: FileKind::Picture, types: &["image/jpeg", "image/png"], most: 5 * MIB },
    Rule {
        kind: FileKind::Sound,
        types: &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
        most: 16 * MIB,
    },
    Rule { kind: FileKind::Video, types: &["video/mp4", "video/3gpp"], most: 16 * MIB },
    Rule { kind: FileKind::File, types: &[], most: 100 * MIB },
];

/// Pictures that can be made into a JPEG here.
const READABLE: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

impl Rule {
    fn takes(&self, mime: &str) -> bool {
        self.types.is_empty()
            || self.types.iter().any(|known| match known.strip_suffix('*') {
                Some(family) => mime.starts_with(family),
                None => mime == *known,
            })
    }
}

impl FileRules {
    /// The rules of `channel`; `unproven` tries on Instagram what Meta has not documented for uploads.
    #[must_use]
    pub const fn of(channel: Channel, unproven: bool) -> Self {
        match channel {
            Channel::Messenger => Self { channel, rules: MESSENGER, at_once: 30 },
            Channel::Instagram if unproven => Self { channel, rules: INSTAGRAM_UNPROVEN, at_once: 10 },
            Channel::Instagram => Self { channel, rules: INSTAGRAM, at_once: 10 },
            Channel::WhatsApp => Self { channel, rules: WHATSAPP, at_once: 30 },
        }
    }

    /// Whether words go under a file of this kind in the same message.
    #[must_use]
    pub fn captions(&self, kind: FileKind) -> bool {
        self.channel == Channel::WhatsApp && kind != FileKind::Sound
    }

    /// What becomes of a file.
    #[must_use]
    pub fn verdict(&self, kind: FileKind, mime: &str, bytes: u64) -> FileVerdict {
        let rule = self.rules.iter().find(|rule| rule.kind == kind);
        if let Some(rule) = rule
            && rule.takes(mime)
            && bytes <= rule.most
        {
            return FileVerdict::Fine;
        }
        // A picture can be made to fit; one that moves would stand still, so it is left alone while it fits.
        if kind == FileKind::Picture
            && let Some(rule) = rule
        {
            if READABLE.contains(&mime) {
                return FileVerdict::Converted { most: rule.most };
            }
            let name = mime.rsplit('/').next().unwrap_or_default().to_uppercase();
            return FileVerdict::Refused(format!(
                "{name} pictures cannot be converted here: save it as JPEG first"
            ));
        }
        let as_file = self.rules.iter().find(|rule| rule.kind == FileKind::File && rule.takes(mime));
        match (as_file, rule) {
            (Some(file), _) if bytes <= file.most && kind != FileKind::File => FileVerdict::AsFile,
            (_, Some(rule)) if rule.takes(mime) => self.too_large(rule.most),
            (Some(file), _) => self.too_large(file.most),
            (None, Some(_)) => {
                FileVerdict::Refused(format!("{} does not take this type of file", self.channel.name()))
            }
            (None, None) => FileVerdict::Refused(format!(
                "{} takes only pictures from a computer: other files need a public address",
                self.channel.name()
            )),
        }
    }

    fn too_large(&self, most: u64) -> FileVerdict {
        FileVerdict::Refused(format!("Too large: {} takes at most {} MB", self.channel.name(), most / MIB))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVEN: bool = false;

    #[test]
    fn each_channel_says_what_it_does_with_a_file() {
        use Channel::{Instagram, Messenger, WhatsApp};
        use FileKind::{File, Picture, Sound, Video};
        let refused = |v: &FileVerdict| matches!(v, FileVerdict::Refused(_));
        for (channel, kind, mime, mib, fine) in [
            (Messenger, Picture, "image/png", 8, "fine"),
            (Messenger, Picture, "image/png", 9, "converted"),
            (Messenger, Picture, "image/webp", 1, "converted"),
            (Messenger, Picture, "image/heif", 1, "refused"),
            (Messenger, Video, "video/quicktime", 25, "fine"),
            (Messenger, Video, "video/mp4", 26, "refused"),
            (Messenger, File, "application/zip", 3, "fine"),
            (Instagram, Picture, "image/jpeg", 8, "fine"),
            (Instagram, Video, "video/mp4", 1, "refused"),
            (Instagram, File, "application/pdf", 1, "refused"),
            (WhatsApp, Picture, "image/jpeg", 6, "converted"),
            (WhatsApp, Picture, "image/gif", 1, "converted"),
            (WhatsApp, Sound, "audio/ogg", 16, "fine"),
            (WhatsApp, Sound, "audio/wav", 2, "file"),
            (WhatsApp, Video, "video/mp4", 17, "file"),
            (WhatsApp, Video, "video/webm", 2, "file"),
            (WhatsApp, File, "application/pdf", 100, "fine"),
            (WhatsApp, File, "application/pdf", 101, "refused"),
        ] {
            let verdict = FileRules::of(channel, PROVEN).verdict(kind, mime, mib * MIB);
            let word = match &verdict {
                FileVerdict::Fine => "fine",
                FileVerdict::Converted { .. } => "converted",
                FileVerdict::AsFile => "file",
                FileVerdict::Refused(_) => "refused",
            };
            assert_eq!(word, fine, "{channel:?} {mime} {mib}: {verdict:?}");
        }
        let unproven = FileRules::of(Instagram, true);
        assert_eq!(unproven.verdict(Video, "video/mp4", MIB), FileVerdict::Fine);
        assert!(refused(&unproven.verdict(File, "application/zip", MIB)));
    }

    #[test]
    fn verdicts_are_words_for_people() {
        let instagram = FileRules::of(Channel::Instagram, PROVEN);
        assert_eq!(
            instagram.verdict(FileKind::Picture, "image/png", 1).words(Channel::Instagram),
            "OK for Instagram"
        );
        let heic = instagram.verdict(FileKind::Picture, "image/heif", 1).words(Channel::Instagram);
        assert_eq!(heic, "HEIF pictures cannot be converted here: save it as JPEG first");
        assert!(!instagram.captions(FileKind::Picture));
        assert!(FileRules::of(Channel::WhatsApp, PROVEN).captions(FileKind::File));
    }
}
