//! Every text of the pages, one file per language.
//!
//! A language is a [`Words`] with every text in it: the compiler asks for whatever is missing. To add one,
//! write its file beside `english.rs` and name it in [`ALL`].

mod english;
mod german;

/// The language of a deployment that names none.
pub(super) const DEFAULT: &Words = &english::WORDS;

/// The languages.
pub(super) const ALL: &[&Words] = &[&english::WORDS, &german::WORDS];

/// Their tags, as a configuration names them.
pub(super) const TAGS: &[&str] = &[english::WORDS.tag, german::WORDS.tag];

/// The texts of one language. They stand in pages as they are, so that `&` and `<` are written as HTML.
#[derive(Debug)]
pub(crate) struct Words {
    /// The primary language subtag (RFC 5646): what `lang` says and a browser asks for.
    pub(crate) tag: &'static str,
    /// Links and buttons.
    pub(crate) ways: Ways,
    /// Around the name of the signed-in user; a sentence.
    pub(crate) signed_in_as: Around,
    /// Before the number of an incident.
    pub(crate) incident: &'static str,
    /// Where a person chooses among several providers.
    pub(crate) chooser: Message,
    /// Pages that lead on by themselves.
    pub(crate) onward: Onwards,
    /// A request could not be served.
    pub(crate) failure: Failures,
    /// A sign-in failed.
    pub(crate) sign_in_failed: SignInFailures,
    /// An account lacks something.
    pub(crate) forbidden: Refusals,
    /// Before signing out.
    pub(crate) sign_out: Message,
    /// After signing out.
    pub(crate) signed_out: Message,
    /// Signing out did not reach every place.
    pub(crate) sign_out_incomplete: Message,
}

/// A heading and what stands below it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    /// A few words; also the title of the page.
    pub(crate) heading: &'static str,
    /// The event and the advice.
    pub(crate) text: &'static str,
}

/// A text around a name that is put into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// The text before the name, with the space between.
    pub(crate) before: &'static str,
    /// The text after it.
    pub(crate) after: &'static str,
}

/// The texts of links and buttons.
#[derive(Debug)]
pub(crate) struct Ways {
    /// To the start of the site.
    pub(crate) home: &'static str,
    /// Starts a sign-in.
    pub(crate) sign_in: &'static str,
    /// Starts a sign-in after one that failed or ended.
    pub(crate) sign_in_again: &'static str,
    /// Starts a sign-in with the provider of this name.
    pub(crate) sign_in_with: Around,
    /// Signs out.
    pub(crate) sign_out: &'static str,
    /// Signs out after a failure.
    pub(crate) sign_out_again: &'static str,
    /// Leaves the question unanswered.
    pub(crate) stay_signed_in: &'static str,
    /// Asks for the same page again.
    pub(crate) try_again: &'static str,
    /// Does by hand what a page does by itself.
    pub(crate) go_on: &'static str,
}

/// Pages that lead on by themselves.
#[derive(Debug)]
pub(crate) struct Onwards {
    /// To the provider.
    pub(crate) to_provider: Message,
    /// From there to the page that was asked for.
    pub(crate) back: Message,
    /// From another site to the page that was asked for.
    pub(crate) from_elsewhere: Message,
}

/// Failures by status.
#[derive(Debug)]
pub(crate) struct Failures {
    /// 400
    pub(crate) bad_request: Message,
    /// 401
    pub(crate) unauthorized: Message,
    /// 403, where the request did not come from a page of the site.
    pub(crate) forbidden: Message,
    /// 404
    pub(crate) not_found: Message,
    /// 405
    pub(crate) method_not_allowed: Message,
    /// 413
    pub(crate) content_too_large: Message,
    /// 421
    pub(crate) misdirected_request: Message,
    /// 501
    pub(crate) not_implemented: Message,
    /// 502
    pub(crate) bad_gateway: Message,
    /// 503
    pub(crate) service_unavailable: Message,
    /// 504
    pub(crate) gateway_timeout: Message,
    /// Anything else.
    pub(crate) other: Message,
}

/// Failed sign-ins by reason.
#[derive(Debug)]
pub(crate) struct SignInFailures {
    /// The provider said no, or the person did.
    pub(crate) refused: Message,
    /// The answer is incomplete.
    pub(crate) malformed: Message,
    /// This browser has no such sign-in under way.
    pub(crate) unknown_attempt: Message,
    /// The answer was used before.
    pub(crate) used_attempt: Message,
    /// Signing in succeeds and does not help.
    pub(crate) endless: Message,
    /// The answer failed a check.
    pub(crate) untrusted: Message,
    /// The provider does not answer.
    pub(crate) provider_unavailable: Message,
    /// Our own store or ledger does not answer.
    pub(crate) unavailable: Message,
    /// The provider has more groups of the account than it lists.
    pub(crate) too_many_groups: Message,
    /// The deployment lacks something, or the provider refuses its settings.
    pub(crate) misconfigured: Message,
}

/// The sentences about the conditions that an account does not meet, one for each kind.
#[derive(Debug)]
pub(crate) struct Refusals {
    /// The heading of all of them.
    pub(crate) heading: &'static str,
    /// A group.
    pub(crate) group: &'static str,
    /// A role.
    pub(crate) role: &'static str,
    /// A verified address of a certain domain.
    pub(crate) email_domain: &'static str,
    /// Something else that the provider says of an account.
    pub(crate) claim: &'static str,
    /// A sign-in of another kind, or a fresher one.
    pub(crate) authentication: &'static str,
    /// Whatever it may be.
    pub(crate) other: &'static str,
    /// The advice where the provider did not say everything.
    pub(crate) incomplete: &'static str,
    /// The advice to the user.
    pub(crate) advice: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Every text with the path of fields to it, read from what `Debug` shows.
    fn texts(words: &Words) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        let mut above: Vec<String> = Vec::new();
        for line in format!("{words:#?}").lines() {
            let (name, value) = line.trim().split_once(": ").unwrap_or((line.trim(), ""));
            if value.ends_with('{') {
                above.push(name.to_owned());
            } else if name.starts_with('}') {
                above.pop();
            } else if let Some(text) = value.strip_prefix('"') {
                let path = format!("{}.{name}", above.join("."));
                texts.push((path, text.trim_end_matches(['"', ',']).to_owned()));
            }
        }
        texts
    }

    #[test]
    fn every_text_is_there_and_in_its_own_language() {
        let first = texts(DEFAULT);
        assert!(first.len() > 50, "{}", first.len());
        for words in ALL.iter().filter(|words| words.tag != DEFAULT.tag) {
            let others = texts(words);
            assert_eq!(first.len(), others.len());
            for ((path, text), (other_path, other)) in first.iter().zip(&others) {
                assert_eq!(path, other_path);
                let is_end = path.ends_with(".after") || path.ends_with(".before");
                assert!(text != other || is_end, "{} {path}: {other}", words.tag);
            }
        }
    }

    #[test]
    fn every_text_is_a_heading_a_label_or_whole_sentences() {
        for words in ALL {
            for (path, text) in texts(words) {
                let path = format!("{} {path}", words.tag);
                let odd = ['<', '>', '&', '\'', '\\'];
                assert!(!text.contains(odd), "{path}: {text}");
                assert!(!text.contains("  "), "{path}: {text}");
                if path.ends_with(".before") || path.ends_with(".after") {
                    continue;
                }
                assert!(!text.is_empty(), "{path}");
                assert_eq!(text.trim(), text, "{path}");
                let is_sentence = path.ends_with(".text")
                    || (path.contains("forbidden.") && !path.ends_with(".heading"));
                assert_eq!(text.ends_with('.'), is_sentence, "{path}: {text}");
            }
        }
    }
}
