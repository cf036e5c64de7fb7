//! The manifest, `spin.toml` version 2: what this host knows of it. Everything else is an error.

use crate::variables::VariableName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wasmtime::{Result, bail, ensure, error::Context as _};

/// A whole manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    spin_manifest_version: i64,
    #[serde(rename = "application")]
    _application: Application,
    /// The variables that the environment may set, by name.
    #[serde(default)]
    pub variables: BTreeMap<VariableName, Variable>,
    /// The triggers of the components.
    pub trigger: Triggers,
    /// The components, by id.
    #[serde(default)]
    pub component: BTreeMap<String, Component>,
}

/// The application's description of itself; it changes nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default, rename = "version")]
    _version: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "authors")]
    _authors: Vec<String>,
}

/// A variable of the application.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its value has to come from the environment.
    #[serde(default)]
    pub required: bool,
    /// Its value where the environment has none.
    pub default: Option<String>,
    /// It should not be shown; this host shows none.
    #[serde(default, rename = "secret")]
    _secret: bool,
    #[serde(default, rename = "description")]
    _description: String,
}

/// The triggers by kind: HTTP alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Those of HTTP.
    pub http: Vec<HttpTrigger>,
}

/// One way to a component.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    #[serde(default, rename = "id")]
    _id: String,
    /// Which requests.
    pub route: Route,
    /// The component that answers.
    pub component: String,
}

/// The route of a trigger.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Route {
    /// A path, or what begins with one and ends in `/...`.
    Pattern(String),
    /// None: other components alone reach this one.
    Private(Private),
}

/// `{ private = true }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Private {
    private: bool,
}

/// One component.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The wasm file, from the manifest's folder.
    pub source: String,
    #[serde(default, rename = "description")]
    _description: String,
    /// Where it may send requests.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The key-value stores that it may open.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// The databases that it may open.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// The files that it finds in its file system.
    #[serde(default)]
    pub files: Vec<Files>,
    /// Its environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Its own variables: templates over those of the application.
    #[serde(default)]
    pub variables: BTreeMap<VariableName, String>,
    /// How to build it, which is not this host's work.
    #[serde(default, rename = "build")]
    _build: Option<toml::Table>,
}

/// Files for a component.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Files {
    /// A file, at the same path.
    Same(String),
    /// A file or a folder elsewhere.
    Placed(Placed),
}

/// `{ source, destination }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// From the manifest's folder.
    pub source: String,
    /// From the component's root.
    pub destination: String,
}

/// The label of the one key-value store and of the one database that exist without further configuration.
const DEFAULT_LABEL: &str = "default";

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// A file that cannot be read, or any part of it that is unknown or contradicts another.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the manifest {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("the manifest {}", path.display()))
    }

    /// Checks a manifest.
    ///
    /// # Errors
    /// Any part of it that is unknown or contradicts another.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<()> {
        ensure!(
            self.spin_manifest_version == 2,
            "spin_manifest_version has to be 2"
        );
        for (name, variable) in &self.variables {
            ensure!(
                variable.required != variable.default.is_some(),
                "the variable `{name}` must be `required` OR have a `default`"
            );
        }
        for trigger in &self.trigger.http {
            ensure!(
                self.component.contains_key(&trigger.component),
                "a trigger names the component `{}`, which is not there",
                trigger.component
            );
            if let Route::Private(Private { private: false }) = trigger.route {
                bail!("route must be a string pattern or `{{ private = true }}`");
            }
        }
        for (id, component) in &self.component {
            component
                .check(id)
                .with_context(|| format!("the component `{id}`"))?;
        }
        Ok(())
    }
}

impl Component {
    fn check(&self, id: &str) -> Result<()> {
        ensure!(is_kebab(id), "its id is not kebab-case");
        for label in &self.key_value_stores {
            ensure!(
                label == DEFAULT_LABEL,
                "the key-value store `{label}` is not defined"
            );
        }
        for label in &self.sqlite_databases {
            ensure!(
                label == DEFAULT_LABEL,
                "the SQLite database `{label}` is not defined"
            );
        }
        Ok(())
    }
}

/// Words of letters and digits, each of them begun by a letter and in one case, between single hyphens.
fn is_kebab(id: &str) -> bool {
    id.split('-').all(|word| {
        let lower = word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let upper = word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        word.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && (lower || upper)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A manifest with everything in it that is known.
    const WHOLE: &str = r#"
spin_manifest_version = 2

[application]
name = "app"
version = "1.0.0"
description = "An application."
authors = ["A"]

[variables]
plain = { default = "value" }
needed = { required = true, secret = true }

[[trigger.http]]
route = "/..."
component = "front"

[[trigger.http]]
route = { private = true }
component = "back"

[component.front]
source = "front.wasm"
allowed_outbound_hosts = ["http://back.spin.internal"]
key_value_stores = ["default"]
sqlite_databases = ["default"]
files = ["a.txt", { source = "public", destination = "/" }]
environment = { A = "b" }

[component.front.variables]
one = "{{ plain }}"

[component.front.build]
command = "cargo build"
workdir = "front"
watch = ["src/**/*.rs"]

[component.back]
source = "back.wasm"
"#;

    /// The manifest that people copy, and the one that the demo runs.
    const EXAMPLE: &str = include_str!("../../../spin.example.toml");
    const DEMO: &str = include_str!("../../../spin.toml");

    /// Why the manifest is refused in which one thing is changed.
    fn refusal(from: &str, to: &str) -> String {
        assert!(WHOLE.contains(from), "{from:?} is not in the manifest");
        let error = Manifest::parse(&WHOLE.replacen(from, to, 1)).unwrap_err();
        format!("{error:?}")
    }

    #[test]
    fn what_is_known_is_read() {
        let manifest = Manifest::parse(WHOLE).unwrap();
        assert_eq!(manifest.trigger.http.len(), 2);
        assert_eq!(manifest.component.len(), 2);
        assert_eq!(manifest.component["front"].files.len(), 2);
        assert!(matches!(manifest.trigger.http[1].route, Route::Private(_)));
    }

    #[test]
    fn the_manifests_of_this_repository_are_read_and_broken_ones_are_not() {
        for text in [EXAMPLE, DEMO] {
            let manifest = Manifest::parse(text).unwrap();
            assert!(manifest.component.contains_key("lychgate"));
            for (from, to, word) in [
                ("lychgate_key1 =", "lychgate_key_1 =", "lychgate_key_1"),
                ("sqlite_databases =", "sqlite_database =", "sqlite_database"),
                ("required = true", "required = false", "`required`"),
                (
                    "component = \"lychgate\"",
                    "component = \"lychgat\"",
                    "`lychgat`",
                ),
            ] {
                assert!(text.contains(from), "{from:?} is not in the manifest");
                let error = Manifest::parse(&text.replacen(from, to, 1)).unwrap_err();
                let refusal = format!("{error:?}");
                assert!(refusal.contains(word), "{to}: {refusal}");
            }
        }
        let example = Manifest::parse(EXAMPLE).unwrap();
        assert!(matches!(example.trigger.http[1].route, Route::Private(_)));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for (from, to, word) in [
            ("name = \"app\"", "name = \"app\"\ntitle = \"A\"", "title"),
            ("secret = true", "hidden = true", "hidden"),
            ("[[trigger.http]]", "[[trigger.redis]]", "redis"),
            ("key_value_stores", "kv_stores", "kv_stores"),
            (
                "source = \"back.wasm\"",
                "source = \"b\"\nai_models = []",
                "ai_models",
            ),
            (
                "source = \"back.wasm\"",
                "source = { url = \"u\", digest = \"d\" }",
                "source",
            ),
            (
                "spin_manifest_version = 2",
                "spin_manifest_version = 1",
                "version",
            ),
            ("[application]", "[tool]\n[application]", "tool"),
        ] {
            let refusal = refusal(from, to);
            assert!(refusal.contains(word), "{to}: {refusal}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for (from, to, word) in [
            ("{ default = \"value\" }", "{}", "`plain` must be"),
            (
                "required = true",
                "required = true, default = \"\"",
                "`needed` must be",
            ),
            ("component = \"back\"", "component = \"gone\"", "`gone`"),
            ("private = true", "private = false", "private = true"),
            (
                "key_value_stores = [\"default\"]",
                "key_value_stores = [\"other\"]",
                "`other`",
            ),
            (
                "sqlite_databases = [\"default\"]",
                "sqlite_databases = [\"other\"]",
                "`other`",
            ),
            (
                "[component.back]",
                "[component.back_]\nsource = \"s\"\n[component.back]",
                "kebab",
            ),
            ("plain =", "Plain =", "Plain"),
            ("plain =", "plain_1 =", "plain_1"),
            ("one =", "one_1 =", "one_1"),
        ] {
            let refusal = refusal(from, to);
            assert!(refusal.contains(word), "{to}: {refusal}");
        }
    }
}
