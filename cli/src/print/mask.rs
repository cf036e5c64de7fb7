//! Which words of a configuration, or of claims, may be shown.
//!
//! A secret that stands in the wrong place is what a check finds, and what it must not repeat: into a terminal that is
//! shared, or a log of a build. So a value is shown only where its key is one whose values are no secrets, and a key only
//! where it looks like one. A word in doubt is hidden.

use super::tokens::{Kind, Language, Token};

/// Keys whose values are no secrets, in `lychgate.toml`, `wrangler.toml` and `spin.toml`.
const OPEN: &[&str] = &[
    "absolute_timeout",
    "access",
    "acr",
    "add_prefix",
    "algorithms",
    "all_groups",
    "all_roles",
    "allowed_outbound_hosts",
    "any_group",
    "any_role",
    "any_scope",
    "assets",
    "audiences",
    "authorization_endpoint",
    "base_path",
    "binding",
    "client_id",
    "clients",
    "clock_skew",
    "color",
    "component",
    "contains",
    "credentials",
    "destination",
    "directory",
    "dpop",
    "dpop_replay",
    "email_domains",
    "end_session_endpoint",
    "equals",
    "exposed_headers",
    "files",
    "fresh_for",
    "freshness",
    "groups_claim",
    "groups_member",
    "html_handling",
    "id",
    "identity",
    "idle_timeout",
    "issuer",
    "issuers",
    "jwks_uri",
    "key_value_stores",
    "kind",
    "language",
    "logo",
    "max_age",
    "metadata_url",
    "methods",
    "name",
    "not_after",
    "not_found_handling",
    "one_of",
    "origins",
    "pass",
    "path",
    "path_matching",
    "preset",
    "private",
    "providers",
    "public_url",
    "request_headers",
    "response_mode",
    "roles_claim",
    "roles_member",
    "route",
    "run_worker_first",
    "same_site",
    "scopes",
    "service",
    "source",
    "spin_manifest_version",
    "sqlite_databases",
    "strip",
    "strip_prefix",
    "subject_claim",
    "team_id",
    "tenant",
    "tenants",
    "timeout",
    "token_endpoint",
    "token_endpoint_auth_method",
    "types",
    "upstream",
    "url",
    "userinfo_endpoint",
    "version",
];

/// The state after the words so far.
struct Reading {
    language: Language,
    /// Whether values of the key at hand are open.
    is_open: bool,
    /// The same of the keys whose lists and tables are not closed yet.
    outer: Vec<bool>,
    /// The kind of word before the next one, not counting ends of lines inside a list.
    before: Before,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The start of a line.
    Nothing,
    /// The brackets that open a header.
    Header,
    /// A sign that a value may follow, and a key too after some.
    Sign(char),
    /// Another word.
    Word,
}

/// For each token of `text` whether it may be shown.
pub(super) fn shown(text: &str, tokens: &[Token], language: Language) -> Vec<bool> {
    let mut reading = Reading::new(language);
    let mut shown = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let word = text.get(token.range.clone()).unwrap_or_default();
        let next = tokens.get(place.saturating_add(1));
        shown.push(match token.kind {
            Kind::Comment => false,
            Kind::LineEnd => {
                if reading.outer.is_empty() {
                    reading = Reading::new(language);
                }
                true
            }
            Kind::Sign(sign) => {
                reading.sign(sign);
                true
            }
            Kind::Text | Kind::Word => reading.word(word, next),
        });
    }
    shown
}

impl Reading {
    const fn new(language: Language) -> Self {
        Self {
            language,
            is_open: false,
            outer: Vec::new(),
            before: Before::Nothing,
        }
    }

    fn sign(&mut self, sign: char) {
        match sign {
            '[' | '{' => self.outer.push(self.is_open),
            ']' | '}' => self.is_open = self.outer.pop().unwrap_or_default(),
            _ => {}
        }
        self.before = match (sign, self.before, self.language) {
            ('[', Before::Nothing | Before::Header, Language::Toml) => Before::Header,
            (_, _, _) => Before::Sign(sign),
        };
    }

    fn word(&mut self, word: &str, next: Option<&Token>) -> bool {
        let before = std::mem::replace(&mut self.before, Before::Word);
        let assigns = self.language.assigns();
        let is_assigned = next.is_some_and(|next| next.kind == Kind::Sign(assigns));
        let may_be_key = matches!(before, Before::Nothing | Before::Sign('{' | ','));
        // A value after a mistake, such as a list that nobody closed, is not known to belong to the key before it.
        if before == Before::Word || is_assigned {
            self.is_open = false;
        }
        if is_assigned && may_be_key {
            let last = match bare(word) {
                quoted if quoted.len() < word.len() => quoted,
                plain => plain.rsplit('.').next().unwrap_or_default(),
            };
            self.is_open = OPEN.contains(&last);
            return is_name(word);
        }
        if before == Before::Header {
            return is_name(word);
        }
        // Two values in a row are a mistake, and the second is not known to belong to the key.
        let is_value =
            matches!(before, Before::Sign(sign) if sign == assigns || "[,".contains(sign));
        let is_open = self.is_open && is_value && !may_hold_credentials(word);
        is_open || matches!(word, "true" | "false")
    }
}

fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// Whether a key is one that somebody would write by hand, and no piece of a pasted secret.
fn is_name(word: &str) -> bool {
    bare(word).split('.').all(|segment| {
        let is_plain = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-');
        let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let length = segment.len();
        length <= 20 && segment.chars().all(is_sign)
            || length <= 32 && segment.chars().all(is_plain)
    })
}

/// Whether a value is a URL with a part in which secrets stand.
fn may_hold_credentials(word: &str) -> bool {
    word.contains("://") && word.contains(['@', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::tokens::tokens;

    /// The words that may be shown.
    fn seen(text: &str) -> String {
        seen_in(text, Language::Toml)
    }

    fn seen_in(text: &str, language: Language) -> String {
        let tokens = tokens(text, language);
        let shown = shown(text, &tokens, language);
        let words = tokens.iter().zip(shown).filter(|(_, is_shown)| *is_shown);
        let words: Vec<&str> = words
            .filter_map(|(token, _)| text.get(token.range.clone()))
            .collect();
        words.join(" ")
    }

    #[test]
    fn values_of_open_keys_are_shown() {
        for line in [
            "access = [ \"everyone\" , 'x' ]",
            "[ [ route ] ]",
            "[ component.lychgate.variables ]",
            "require = { any = [ { any_group = [ \"staff\" ] } , { max_age = \"5m\" } ] }",
            "asset = true",
            "version = 2",
            "route.path = \"/\"",
            "url = \"https://api.example.com/x\"",
            "audiences = [ \n \"a\" , \n \"b\" \n ]",
        ] {
            assert_eq!(seen(line), line, "{line}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_hidden() {
        for line in [
            "client_secret = \"hunter2\"",
            "client_secrt = 'hunter2'",
            "client_secret = hunter2",
            "scopes = [\"a\"\nclient_secret = \"hunter2\"",
            "scopes = [\"a\",\n[vars]\nTOKEN = \"hunter2\"",
            "scopes = [\"a\" client_secret = \"hunter2\"]",
            "provider = [{ id = \"a\", client . secret = \"hunter2\" }]",
            "provider = [{ id = \"a\", \"client\".secret = \"hunter2\" }]",
            "provider = [{ id = \"a\"\nclient_secret = \"hunter2\" }]",
            "client_secret == hunter2",
            "client_secret = hunter2==",
            "client_secret \"hunter2\"",
            "client_secret: hunter2",
            "client_secret = [\"hunter2\"]",
            "client_secret = { secret = \"hunter2\" }",
            "client_secret = { path = \"x\" } \"hunter2\"",
            "client_secret = \"\"\"\nhunter2\n\"\"\"",
            "client_secret =\n  \"hunter2\"",
            "client_id = \"edge\" \"hunter2\"",
            "client_id = \"edge\" # hunter2",
            "client_id = [\n \"edge\", # hunter2\n]",
            "url = \"https://ada:hunter2@api.example.com\"",
            "metadata_url = \"https://op.example.com/?key=hunter2\"",
            "\"x.path\" = \"hunter2\"",
            "hunter2hunter2hunter2 = 1",
            "private_key = -----BEGIN\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49hunter2=",
            "x = { path = \"/\", hunter2hunter2hunter2hunter2 = 1 }",
        ] {
            assert!(!seen(line).contains("hunter2"), "{line}: {}", seen(line));
        }
    }

    #[test]
    fn of_claims_the_keys_are_shown_and_next_to_no_values() {
        let json = "{ \"sub\": \"ada\", \"access_token\": \"hunter2\", \"x\": [true, \"y\", 7]";
        let seen = seen_in(json, Language::Json);
        let expected = "{ \"sub\" : , \"access_token\" : , \"x\" : [ true , , ]";
        assert_eq!(seen, expected);
        assert_eq!(seen_in("[\"hunter2\"]", Language::Json), "[ ]");
    }

    #[test]
    fn a_key_is_open_only_for_its_own_values() {
        let line = "proof = { id = \"a\", secret = \"b\" }\nid = \"c\"\n\"d\"";
        let seen = seen(line);
        assert!(seen.contains("\"a\"") && seen.contains("\"c\""), "{seen}");
        assert!(!seen.contains("\"b\"") && !seen.contains("\"d\""), "{seen}");
    }
}
