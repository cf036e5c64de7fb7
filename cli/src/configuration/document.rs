//! A TOML file as JSON, with the place of every key and value kept.

use lychgate_core::config::{
    at::Step,
    fault::{ConfigError, ConfigFault},
};
use serde_json::{Map, Number, Value};
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A parsed file.
pub(crate) struct Document<'a> {
    root: Spanned<DeTable<'a>>,
}

/// A syntax error and its place.
pub(crate) struct SyntaxError {
    pub(crate) what: String,
    pub(crate) offset: usize,
}

impl<'a> Document<'a> {
    /// Parses TOML.
    ///
    /// # Errors
    /// Every syntax error that can be told apart.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Vec<SyntaxError>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { root });
        }
        let errors = errors.iter().map(|error| SyntaxError {
            what: error.message().trim().replace('\n', ", "),
            offset: error.span().map_or(0, |span| span.start),
        });
        Err(errors.collect())
    }

    /// The whole file.
    pub(crate) fn root(&self) -> &DeTable<'a> {
        self.root.get_ref()
    }

    /// The file as JSON; points in time become strings.
    pub(crate) fn to_json(&self) -> Value {
        table_to_json(self.root.get_ref())
    }

    /// The value that `keys` lead to, and its offset.
    pub(crate) fn value(&self, keys: &[&str]) -> Option<(&DeValue<'a>, usize)> {
        let (last, tables) = keys.split_last()?;
        let mut table = self.root.get_ref();
        for key in tables {
            let DeValue::Table(inner) = entry(table, key)?.1.get_ref() else {
                return None;
            };
            table = inner;
        }
        let (key, value) = entry(table, last)?;
        Some((value.get_ref(), key.start))
    }

    /// The offset of what `error` is about: a key where the key is wrong or its value is a table,
    /// else the value. `None` for the file as a whole.
    pub(crate) fn locate(&self, error: &ConfigError) -> Option<usize> {
        let about_key = matches!(error.fault, ConfigFault::UnknownKey { .. });
        let mut offset = None;
        let mut table = Some(self.root.get_ref());
        let mut list = None;
        for step in error.at.steps() {
            let value = match (step, table, list) {
                (Step::Key(key), Some(inside), _) => {
                    let Some((key, value)) = entry(inside, key) else {
                        break;
                    };
                    offset = Some(if about_key {
                        key.start
                    } else {
                        value.span().start
                    });
                    value
                }
                (Step::Item(place), _, Some(inside)) => {
                    let inside: &toml::de::DeArray<'_> = inside;
                    let Some(value) = inside.get(*place) else {
                        break;
                    };
                    offset = Some(value.span().start);
                    value
                }
                (Step::Key(_), None, _) | (Step::Item(_), _, None) => break,
            };
            (table, list) = (value.get_ref().as_table(), value.get_ref().as_array());
        }
        offset
    }
}

/// The value at `name`, and where its key stands.
pub(crate) fn entry<'t, 'a>(
    table: &'t DeTable<'a>,
    name: &str,
) -> Option<(Range<usize>, &'t Spanned<DeValue<'a>>)> {
    let mut entries = table.iter();
    let (key, value) = entries.find(|(key, _)| key.get_ref() == name)?;
    Some((key.span(), value))
}

fn table_to_json(table: &DeTable<'_>) -> Value {
    let members = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), value_to_json(value.get_ref())));
    Value::Object(members.collect::<Map<_, _>>())
}

fn value_to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Null, |number| Value::Number(number.into())),
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        DeValue::Boolean(boolean) => Value::Bool(*boolean),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(list) => {
            let items = list.iter().map(|item| value_to_json(item.get_ref()));
            Value::Array(items.collect())
        }
        DeValue::Table(table) => table_to_json(table),
    }
}
