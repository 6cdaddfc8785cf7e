//! What a file may turn out to be, how large it may be, and what people may call it.

use crate::model::FileKind;

/// Bytes in a mebibyte.
const MIB: u64 = 1024 * 1024;
/// The longest file name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// Types that every webview shows as a picture; no drawings with scripts.
const SHOWN: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];
/// Pictures that are kept though not every webview shows them: they can be saved.
const SAVED: [&str; 5] = ["image/heif", "image/heic", "image/avif", "image/bmp", "image/tiff"];

/// The largest file that is kept, in bytes: what Meta lets people send (graph-api c.2, g.2), with room.
#[must_use]
pub const fn largest(kind: FileKind) -> u64 {
    match kind {
        FileKind::Picture => 32 * MIB,
        FileKind::Sound => 32 * MIB,
        FileKind::Video | FileKind::File => 100 * MIB,
    }
}

/// Whether something found to be `mime` may stand where `kind` was promised.
pub(super) fn fits(kind: FileKind, mime: &str) -> bool {
    match kind {
        FileKind::Picture => SHOWN.contains(&mime) || SAVED.contains(&mime),
        FileKind::Video => mime.starts_with("video/"),
        // Meta's voice messages are MP4 files without a picture.
        FileKind::Sound => mime.starts_with("audio/") || mime == "video/mp4" || mime == "video/webm",
        FileKind::File => true,
    }
}

/// What a file is, by its first bytes.
pub(super) fn sniff(head: &[u8]) -> &'static str {
    match infer::get(head) {
        Some(kind) => match kind.mime_type() {
            // One name for one thing.
            "audio/m4a" | "audio/x-m4a" => "audio/mp4",
            "audio/opus" => "audio/ogg",
            "audio/x-wav" => "audio/wav",
            "video/x-m4v" => "video/mp4",
            other => other,
        },
        // A brand of the MP4 family that is not known by name: 3GP and others.
        None if head.get(4..8) == Some(b"ftyp") => "video/mp4",
        None => "application/octet-stream",
    }
}

/// Whether these first bytes are a program.
pub(super) fn is_program(head: &[u8]) -> bool {
    infer::is_app(head)
}

/// A type said to be one of documents cannot turn out to be a program.
pub(super) fn promises_document(said: &str) -> bool {
    let said = said.split(';').next().unwrap_or_default().trim();
    ["image/", "audio/", "video/", "text/"].iter().any(|start| said.starts_with(start))
        || ["application/pdf", "application/msword", "application/rtf"].contains(&said)
        || said.starts_with("application/vnd.ms-")
        || said.starts_with("application/vnd.openxmlformats-")
        || said.starts_with("application/vnd.oasis.")
}

/// A name that is only a name on every system: the last part of a path, without what controls a terminal, turns
/// the writing around or means something to a file system, and not too long. Its extension follows `mime` where
/// it has none. Empty when nothing is left and no type is known.
#[must_use]
pub fn clean_name(name: &str, mime: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_trouble(*c)).collect();
    let kept = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.chars().count() <= 10 => (stem.trim_end(), end),
        _ => (kept, ""),
    };
    let room = LONGEST_NAME - extension.chars().count() - 1;
    let mut clean: String = stem.chars().take(room).collect();
    if is_device(&clean) {
        clean.insert(0, '_');
    }
    if !extension.is_empty() {
        clean.push('.');
        clean.push_str(extension);
    } else if let Some(end) = extension_of(mime).filter(|_| !clean.is_empty()) {
        clean.push('.');
        clean.push_str(end);
    }
    clean
}

/// The usual extension of a type.
#[must_use]
pub fn extension_of(mime: &str) -> Option<&'static str> {
    Some(match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/heif" | "image/heic" => "heic",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "audio/ogg" => "ogg",
        "audio/wav" => "wav",
        "audio/amr" => "amr",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        _ => return None,
    })
}

/// The type that a name's extension promises, where a file's content tells nothing.
#[must_use]
pub fn mime_of_name(name: &str) -> Option<String> {
    mime_guess::from_path(name).first().map(|mime| mime.essence_str().to_owned())
}

fn is_trouble(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        // Marks that turn the direction of writing, or that nobody sees.
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffd}')
}

/// Names that are devices on Windows.
fn is_device(stem: &str) -> bool {
    let upper = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |start: &str| {
        upper.strip_prefix(start).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&upper.as_str()) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_anywhere() {
        for (given, mime, clean) in [
            ("../../etc/passwd", "", "passwd"),
            ("..\\..\\Windows\\system.ini", "", "system.ini"),
            ("C:\\autoexec.bat", "", "autoexec.bat"),
            ("invoice\u{202e}fdp.exe", "", "invoicefdp.exe"),
            ("a\0b\r\nc\u{1b}[31m.pdf", "", "abc[31m.pdf"),
            ("con.txt", "", "_con.txt"),
            ("COM1", "application/pdf", "_COM1.pdf"),
            ("...", "image/png", ""),
            ("  .hidden ", "", "hidden"),
            ("Rechnung März", "application/pdf", "Rechnung März.pdf"),
            ("what?*|.png", "image/png", "what.png"),
            ("", "image/png", ""),
        ] {
            assert_eq!(clean_name(given, mime), clean, "{given:?}");
        }
        let long = clean_name(&format!("{}.tar.gz", "ä".repeat(500)), "");
        assert_eq!(long.chars().count(), LONGEST_NAME);
        assert!(long.ends_with(".gz"));
    }

    #[test]
    fn a_document_that_is_a_program_is_no_document() {
        assert!(promises_document("application/pdf"));
        assert!(promises_document("image/jpeg; charset=binary"));
        assert!(!promises_document("application/octet-stream"));
        assert!(is_program(b"MZ\x90\0"), "a Windows program");
        assert!(is_program(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "a Linux program");
        assert!(!is_program(b"%PDF-1.7\n"));
        assert_eq!(sniff(b"\0\0\0\x18ftyp3gp5\0\0\0\0"), "video/mp4");
    }
}
