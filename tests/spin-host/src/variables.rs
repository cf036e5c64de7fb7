//! Variables: their names, their values from the environment, and the templates that put them together.

use crate::bindings::{SpinInterfaces, variables as wit};
use crate::manifest::Variable;
use crate::state::State;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use wasmtime::component::Accessor;
use wasmtime::{Result, bail, format_err};

/// The name of a variable in a manifest: words between underscores, each of them begun by a lower-case letter and made
/// of such and digits.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
pub struct VariableName(String);

impl VariableName {
    /// Reads a name.
    ///
    /// # Errors
    /// The fault of the name.
    pub fn parse(name: &str) -> Result<Self, String> {
        let begins_with_letter = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
        check_signs(name)?;
        if name.split('_').all(begins_with_letter) {
            return Ok(Self(name.to_owned()));
        }
        let fault = "has a word between underscores that does not begin with a letter";
        Err(format!("the variable name {name:?} {fault}"))
    }

    /// The environment variable that sets it.
    fn environment(&self) -> String {
        format!("SPIN_VARIABLE_{}", self.0.to_ascii_uppercase())
    }
}

/// Spin's rules for a name that a component asks for. Names that pass here and that no manifest may declare,
/// such as `key_1`, belong to no variable.
fn check_signs(name: &str) -> Result<(), String> {
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let fault = if name.is_empty() {
        "is empty"
    } else if !name.bytes().all(sign) {
        "has other signs than lower-case letters, digits and underscores"
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "does not begin with a letter"
    } else if name.ends_with('_') || name.contains("__") {
        "has an underscore at its end or two together"
    } else {
        return Ok(());
    };
    Err(format!("the variable name {name:?} {fault}"))
}

impl TryFrom<String> for VariableName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name)
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The variables of the application with their values.
#[derive(Debug, Default)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// Takes each value from `environment`, or else the default.
    ///
    /// # Errors
    /// The names of all required variables that have no value.
    pub fn resolve(
        variables: &BTreeMap<VariableName, Variable>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in variables {
            match environment(&name.environment()).or_else(|| variable.default.clone()) {
                Some(value) => {
                    values.insert(name.0.clone(), value);
                }
                None => missing.push(format!("{name} (set {})", name.environment())),
            }
        }
        if !missing.is_empty() {
            bail!(
                "no provider resolved required variable(s): {}",
                missing.join(", ")
            );
        }
        Ok(Self(values))
    }

    /// Puts values in the place of every `{{ name }}`.
    ///
    /// # Errors
    /// Braces that nothing closes, or a name that is not there.
    pub fn fill(&self, template: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((text, expression)) = rest.split_once("{{") {
            let Some((name, after)) = expression.split_once("}}") else {
                bail!("unmatched '{{{{' in the template {template:?}");
            };
            let name = name.trim();
            let value = self
                .0
                .get(name)
                .ok_or_else(|| format_err!("unknown variable {name:?} in {template:?}"))?;
            filled.push_str(text);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Fills the variables of one component.
    ///
    /// # Errors
    /// The first template that cannot be filled.
    pub fn component(
        &self,
        templates: &BTreeMap<VariableName, String>,
    ) -> Result<BTreeMap<String, String>> {
        templates
            .iter()
            .map(|(name, template)| Ok((name.0.clone(), self.fill(template)?)))
            .collect()
    }
}

impl wit::Host for State {
    fn convert_error(&mut self, error: wit::Error) -> Result<wit::Error> {
        Ok(error)
    }
}

impl<T: Send> wit::HostWithStore<T> for SpinInterfaces {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, wit::Error> {
        check_signs(&name).map_err(wit::Error::InvalidName)?;
        accessor
            .with(|mut access| access.get().component.variables.get(&name).cloned())
            .ok_or_else(|| wit::Error::Undefined(format!("no variable {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> BTreeMap<VariableName, Variable> {
        let variable = |default: Option<&str>| {
            let mut variable = Variable::default();
            variable.required = default.is_none();
            variable.default = default.map(str::to_owned);
            variable
        };
        BTreeMap::from([
            (VariableName::parse("host").unwrap(), variable(Some("one"))),
            (VariableName::parse("api_key").unwrap(), variable(None)),
        ])
    }

    fn environment(name: &str) -> Option<String> {
        (name == "SPIN_VARIABLE_API_KEY").then(|| "k".to_owned())
    }

    #[test]
    fn the_environment_comes_before_the_default() {
        let values = Values::resolve(&variables(), environment).unwrap();
        assert_eq!(values.fill("{{host}}/{{ api_key }}!").unwrap(), "one/k!");
        let values = Values::resolve(&variables(), |_| Some("e".to_owned())).unwrap();
        assert_eq!(values.fill("{{ host }}").unwrap(), "e");
    }

    #[test]
    fn a_required_variable_without_a_value_is_named() {
        let error = Values::resolve(&variables(), |_| None).unwrap_err();
        assert!(error.to_string().contains("SPIN_VARIABLE_API_KEY"));
        assert!(!error.to_string().contains("SPIN_VARIABLE_HOST"));
    }

    #[test]
    fn a_template_that_cannot_be_filled_is_refused() {
        let values = Values::resolve(&variables(), environment).unwrap();
        for template in ["{{ host", "{{ port }}", "{{ host }} {{"] {
            assert!(values.fill(template).is_err(), "{template}");
        }
        assert_eq!(values.fill("host }} {").unwrap(), "host }} {");
    }

    #[test]
    fn names_are_those_that_spin_takes() {
        for name in ["a", "a1", "api_key2", "a1_b2_c"] {
            assert!(VariableName::parse(name).is_ok(), "{name}");
            assert_eq!(check_signs(name), Ok(()), "{name}");
        }
        for name in ["", "A", "1a", "_a", "a_", "a__b", "a-b", "ä"] {
            assert!(VariableName::parse(name).is_err(), "{name}");
            assert!(check_signs(name).is_err(), "{name}");
        }
        for name in ["api_key_2", "a_1b", "a_1_b"] {
            assert!(VariableName::parse(name).is_err(), "{name}");
            assert_eq!(check_signs(name), Ok(()), "{name}");
        }
    }
}
