//! Text from files that people write.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

/// The first bytes of a text in UTF-8 that says so (Unicode, section 23.8); they are not part of it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads at most so many bytes of a text.
///
/// # Errors
/// The error of the platform that reads the file, or `InvalidData` where the file is not text in UTF-8.
pub(crate) fn read(file: &Path, most: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    if is_utf_16(&bytes) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is text in UTF-16, as some editors and shells on Windows write it: save it as UTF-8",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "it is no text in UTF-8: save it as UTF-8",
        )
    })?;
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// Whether bytes begin as text in UTF-16 does: with its byte order mark, or with a letter and a zero.
fn is_utf_16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        [_] | [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, bytes: &[u8]) -> Result<String, String> {
        let file = std::env::temp_dir().join(format!("lychgate-{}-{name}", std::process::id()));
        fs::write(&file, bytes).unwrap();
        let text = read(&file, 100);
        fs::remove_file(&file).unwrap();
        text.map_err(|error| error.to_string())
    }

    #[test]
    fn utf_16_is_named_and_a_mark_of_utf_8_is_no_text() {
        assert_eq!(of("plain", b"version = 1"), Ok("version = 1".to_owned()));
        assert_eq!(
            of("marked", b"\xef\xbb\xbfversion = 1"),
            Ok("version = 1".to_owned())
        );
        assert_eq!(of("empty", b""), Ok(String::new()));
        for (name, bytes) in [
            ("little", &b"\xff\xfev\0e\0"[..]),
            ("big", b"\xfe\xff\0v\0e"),
            ("bare", b"v\0e\0r\0"),
        ] {
            let error = of(name, bytes).unwrap_err();
            assert!(error.contains("UTF-16"), "{name} {error}");
        }
        let latin = of("latin", b"n = \"\xe9\"").unwrap_err();
        assert!(latin.contains("save it as UTF-8"), "{latin}");
    }
}
