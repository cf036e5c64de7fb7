//! Names of files below a folder, which cannot lead out of it.

use alloc::string::String;

/// The name of a file relative to the folder that is served: segments with `/` between them, none of
/// them empty, `.` or `..`, and none with a slash, a backslash or a control character inside.
///
/// A false accept would let a request read any file that the host can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

/// The files that configure a deployment in the root of its folder, and are served to nobody.
const UNPUBLISHED: [&str; 3] = [".assetsignore", "_headers", "_redirects"];

/// No common file system has longer names; asking for one would be an error of the host.
const LONGEST_SEGMENT: usize = 255;

impl FileName {
    /// The name made of `segments`, or `None` where it leads elsewhere or to what is not published.
    pub(super) fn new<'a>(segments: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut name = String::new();
        for segment in segments {
            if !is_plain(segment) || segment.len() > LONGEST_SEGMENT {
                return None;
            }
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(segment);
        }
        let is_published = !name.is_empty() && !UNPUBLISHED.contains(&name.as_str());
        is_published.then_some(Self(name))
    }

    /// The name, to be opened relative to the folder.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub(super) fn last_segment(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// Whether a decoded segment is a name, and nothing that a file system reads as more than that.
pub(super) fn is_plain(segment: &str) -> bool {
    let leads_elsewhere = |c: char| c.is_control() || matches!(c, '/' | '\\');
    !matches!(segment, "" | "." | "..") && !segment.contains(leads_elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn name(segments: &[&str]) -> Option<String> {
        let name = FileName::new(segments.iter().copied());
        name.map(|name| name.as_str().to_owned())
    }

    #[test]
    fn a_name_stays_inside_the_folder() {
        for (bad, good) in [
            (["a", ".."], ["a", "..."]),
            (["a", "."], ["a", ".b"]),
            (["", "a"], [" ", "a"]),
            (["a", ""], ["a", "b"]),
            (["..", "etc"], ["..a", "etc"]),
            (["a", "/etc"], ["a", "etc"]),
            (["a", "b\\c"], ["a", "b:c"]),
            (["a", "b\0"], ["a", "b0"]),
            (["a", "b\n"], ["a", "bn"]),
        ] {
            assert_eq!(name(&bad), None, "{bad:?}");
            assert_eq!(name(&good), Some(good.join("/")), "{good:?}");
        }
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn what_describes_the_deployment_is_not_published() {
        for own in UNPUBLISHED {
            assert_eq!(name(&[own]), None, "{own}");
            assert!(name(&["sub", own]).is_some(), "{own}");
        }
        assert!(name(&["_headers.html"]).is_some());
        assert!(name(&[".hidden"]).is_some());
    }

    #[test]
    fn a_segment_is_as_long_as_a_file_system_takes() {
        assert!(name(&[&"a".repeat(255)]).is_some());
        assert_eq!(name(&[&"a".repeat(256)]), None);
    }
}
