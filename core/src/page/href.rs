//! Links on our pages: paths of this site and nothing else.

/// A path, with or without a query, on the site that shows the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Href<'a>(&'a str);

impl<'a> Href<'a> {
    /// The start of the site.
    pub const HOME: Href<'static> = Href("/");

    /// The link to `path`, or to the start of the site where `path` could lead elsewhere: anything
    /// that does not begin with one slash, whatever holds a space, a control or non-ASCII character,
    /// which browsers drop, and a backslash before the query, which they read as a slash.
    ///
    /// A false accept would let a link on our page lead to another site, or run a script.
    pub fn local(path: &'a str) -> Self {
        let plain = path.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        let before_query = path.split('?').next().unwrap_or_default();
        let plain = plain && !before_query.contains('\\');
        if plain && path.starts_with('/') && !path.starts_with("//") {
            Self(path)
        } else {
            Self("/")
        }
    }

    /// The path as given.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_path_of_this_site_is_kept() {
        for path in [
            "/",
            "/auth/login?return_to=%2Fa%3Fb%3Dc",
            "/a//b",
            "/a?user=CORP\\alice",
        ] {
            assert_eq!(Href::local(path).as_str(), path);
        }
    }

    #[test]
    fn what_may_lead_elsewhere_becomes_the_start() {
        for path in [
            "",
            "a",
            "//e.example",
            "/\\e.example",
            "\\/e.example",
            "/a\\b?c",
            "/\t/e.example",
            "/ /e.example",
            "https://e.example",
            "javascript:alert(1)",
            "/\u{2028}/e.example",
        ] {
            assert_eq!(Href::local(path), Href::HOME, "{path:?}");
        }
    }
}
