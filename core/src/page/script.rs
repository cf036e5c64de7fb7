//! The scripts of our pages. They carry the fragment of an address through a sign-in, which no server ever sees.
//!
//! Each is a file of ours that never changes with a request: the policy of its page allows it by its digest and
//! allows no other, and what it is told stands in `data-` attributes. No page needs one: `<noscript>` and
//! the links lead on without the fragment.

use super::html::Html;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// The script of a page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Script<'a> {
    /// Nothing.
    None,
    /// Keeps the address's fragment in the tab's `sessionStorage` under the attempt, where it is no longer
    /// than 4,096 characters, and goes to `to` in place of this page.
    KeepFragment {
        /// The provider.
        to: &'a str,
        /// A name for the attempt that is no secret.
        attempt: &'a str,
    },
    /// Goes to `to` in place of this page, with the fragment that was kept under the attempt if it is one.
    /// None is kept any longer, since the tab has arrived.
    RestoreFragment {
        /// A page of this site.
        to: &'a str,
        /// The same name.
        attempt: &'a str,
    },
    /// Goes to `to` in place of this page, with the address's fragment.
    CarryFragment {
        /// A page of this site.
        to: &'a str,
    },
    /// Gives the address's fragment to every link below the text.
    LinkFragment,
}

impl Script<'_> {
    const fn code(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::KeepFragment { .. } => Some(include_str!("keep_fragment.js")),
            Self::RestoreFragment { .. } => Some(include_str!("restore_fragment.js")),
            Self::CarryFragment { .. } => Some(include_str!("carry_fragment.js")),
            Self::LinkFragment => Some(include_str!("link_fragment.js")),
        }
    }

    /// Where the page leads by itself, so that nobody has to read it.
    const fn target(&self) -> Option<&str> {
        match self {
            Self::KeepFragment { to, .. }
            | Self::RestoreFragment { to, .. }
            | Self::CarryFragment { to } => Some(to),
            Self::None | Self::LinkFragment => None,
        }
    }

    /// Whether the page leads on by itself.
    pub(super) const fn leads_on(&self) -> bool {
        self.target().is_some()
    }

    /// The directive that allows the script, before the others of a policy.
    pub(super) fn directive(&self) -> alloc::string::String {
        self.code().map_or_else(Default::default, |code| {
            let digest = BASE64_STANDARD.encode(Sha256::digest(code));
            alloc::format!("script-src 'sha256-{digest}'; ")
        })
    }

    /// The part in the head: a script that leads on, so that it runs before anything is shown, and the
    /// way on without it.
    pub(super) fn in_head(&self) -> Html {
        let Some(to) = self.target() else {
            return Html::new();
        };
        Html::new()
            .raw("<noscript><meta http-equiv=\"refresh\" content=\"0;url=")
            .text(to)
            .raw("\"></noscript>")
            .html(&self.element())
    }

    /// The part at the end of the body.
    pub(super) fn in_body(&self) -> Html {
        if self.leads_on() {
            return Html::new();
        }
        self.element()
    }

    fn element(&self) -> Html {
        let Some(code) = self.code() else {
            return Html::new();
        };
        let mut html = Html::new().raw("<script");
        if let Some(to) = self.target() {
            html = html.raw(" data-to=\"").text(to).raw("\"");
        }
        if let Self::KeepFragment { attempt, .. } | Self::RestoreFragment { attempt, .. } = self {
            html = html.raw(" data-attempt=\"").text(attempt).raw("\"");
        }
        html.raw(">").raw(code).raw("</script>")
    }
}
