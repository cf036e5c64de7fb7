//! Walks the tables of a configuration and collects every fault on the way.
//!
//! Reading goes on after a fault, so that all of them are reported at once; what could not be read
//! is `None`, and a configuration with any fault is never built.

use super::{
    at::{ConfigPath, Place},
    fault::{ConfigError, ConfigFault},
};
use alloc::{string::String, vec::Vec};
use core::{cell::RefCell, fmt};
use serde_json::{Map, Value};

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(RefCell<Vec<ConfigError>>);

/// A table, whose keys are all known ones.
pub(super) struct Table<'a> {
    at: ConfigPath,
    members: &'a Map<String, Value>,
    faults: &'a Faults,
}

/// A string and its place.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) at: Place<'t>,
    text: &'t str,
    faults: &'t Faults,
}

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A table.
    Table,
    /// A list.
    List,
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Something else, such as a fraction.
    Other,
}

/// Longer lists than any real configuration has.
const LONGEST_LIST: usize = 10_000;

impl Faults {
    #[inline(never)]
    pub(super) fn add(&self, at: ConfigPath, fault: ConfigFault) {
        self.0.borrow_mut().push(ConfigError { at, fault });
    }

    /// Adds a fault at a place in a table.
    #[inline(never)]
    pub(super) fn add_at(&self, place: Place<'_>, fault: ConfigFault) {
        self.add(place.into(), fault);
    }

    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.0.into_inner()
    }
}

impl<'a> Table<'a> {
    /// The table `value`, where it is one; every key that is not `known` is a fault.
    pub(super) fn open(
        value: &'a Value,
        at: ConfigPath,
        known: &'static [&'static str],
        faults: &'a Faults,
    ) -> Option<Self> {
        let Value::Object(members) = value else {
            let (expected, found) = (Kind::Table, Kind::of(value));
            faults.add(at, ConfigFault::Kind { expected, found });
            return None;
        };
        for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
            faults.add(at.key(key), ConfigFault::UnknownKey { known });
        }
        Some(Self {
            at,
            members,
            faults,
        })
    }

    pub(super) const fn at(&self) -> &ConfigPath {
        &self.at
    }

    pub(super) const fn faults(&self) -> &'a Faults {
        self.faults
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn is_text(&self, key: &str) -> bool {
        self.members.get(key).is_some_and(Value::is_string)
    }

    /// Whether `word` stands at `key`.
    pub(super) fn is(&self, key: &str, word: &str) -> bool {
        self.members.get(key).and_then(Value::as_str) == Some(word)
    }

    const fn place<'t>(&'t self, key: &'t str) -> Place<'t> {
        Place::new(&self.at, key)
    }

    /// Adds a fault at `key`.
    pub(super) fn fault(&self, key: &str, fault: ConfigFault) {
        self.faults.add_at(self.place(key), fault);
    }

    /// Adds the fault that `key` is missing, where it is.
    #[inline(never)]
    pub(super) fn require(&self, key: &'static str) {
        if !self.has(key) {
            self.faults
                .add(self.at.clone(), ConfigFault::Missing { key });
        }
    }

    /// The string at `key`, where there is one.
    #[inline(never)]
    pub(super) fn text<'t>(&'t self, key: &'t str) -> Option<Text<'t>> {
        Text::open(self.members.get(key)?, self.place(key), self.faults)
    }

    /// The string at `key`, parsed by `parse`.
    pub(super) fn parsed<'t, T>(
        &'t self,
        key: &'t str,
        parse: impl FnOnce(&'t str) -> Result<T, ConfigFault>,
    ) -> Option<T> {
        self.text(key)?.parsed(parse)
    }

    /// The whole number at `key`.
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        let value = self.members.get(key)?;
        let number = value.as_i64();
        if number.is_none() {
            self.kind_fault(key, Kind::Number, value);
        }
        number
    }

    /// The boolean at `key`.
    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        let value = self.members.get(key)?;
        let boolean = value.as_bool();
        if boolean.is_none() {
            self.kind_fault(key, Kind::Boolean, value);
        }
        boolean
    }

    /// The value at `key`, of whatever kind, and its place.
    pub(super) fn value<'t>(&'t self, key: &'t str) -> Option<(Place<'t>, &'t Value)> {
        Some((self.place(key), self.members.get(key)?))
    }

    /// The items of the list at `key`, of whatever kind, and their places; an empty list is a
    /// fault, since it would say either "nothing" or "anything".
    pub(super) fn items<'t>(&'t self, key: &'t str) -> Option<Vec<(Place<'t>, &'t Value)>> {
        let list = self.list(key)?;
        if list.is_empty() {
            self.fault(key, ConfigFault::Empty);
        }
        let at = self.place(key);
        let items = list.iter().enumerate();
        Some(
            items
                .map(|(place, value)| (at.item(place), value))
                .collect(),
        )
    }

    /// The strings of the list at `key`; one that stands twice is a fault.
    #[inline(never)]
    fn texts<'t>(&'t self, key: &'t str) -> Option<Vec<Text<'t>>> {
        let mut texts: Vec<Text<'t>> = Vec::new();
        for (at, value) in self.items(key)? {
            let Some(text) = Text::open(value, at, self.faults) else {
                continue;
            };
            if texts.iter().any(|earlier| earlier.text == text.text) {
                self.faults.add_at(at, ConfigFault::Repeated);
            } else {
                texts.push(text);
            }
        }
        Some(texts)
    }

    /// The strings of the list at `key`, each parsed by `parse`.
    pub(super) fn parsed_list<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, ConfigFault>,
    ) -> Option<Vec<T>> {
        let mut all: Vec<T> = Vec::new();
        for text in self.texts(key)? {
            all.extend(text.parsed(&parse));
        }
        Some(all)
    }

    /// The table at `key`.
    pub(super) fn table(&self, key: &str, known: &'static [&'static str]) -> Option<Table<'a>> {
        Self::open(self.members.get(key)?, self.at.key(key), known, self.faults)
    }

    /// The keys and strings of the table at `key`, whatever the keys are; an empty table is a fault.
    pub(super) fn pairs<'t>(&'t self, key: &'t str) -> Option<Vec<(&'t str, Text<'t>)>> {
        let value = self.members.get(key)?;
        let Value::Object(members) = value else {
            self.kind_fault(key, Kind::Table, value);
            return None;
        };
        if members.is_empty() {
            self.fault(key, ConfigFault::Empty);
        }
        let at = self.place(key);
        let open = |(name, value): (&'t String, &'t Value)| {
            let text = Text::open(value, at.key(name), self.faults)?;
            Some((name.as_str(), text))
        };
        Some(members.iter().filter_map(open).collect())
    }

    /// The tables of the list at `key`, with their places; none where there is no such list.
    pub(super) fn tables(
        &self,
        key: &str,
        known: &'static [&'static str],
    ) -> Vec<(usize, Table<'a>)> {
        let at = self.at.key(key);
        let open = |(place, value)| {
            let table = Self::open(value, at.item(place), known, self.faults)?;
            Some((place, table))
        };
        let list = self.list(key).map_or(&[][..], Vec::as_slice);
        if list.is_empty() && self.members.get(key).is_some_and(Value::is_array) {
            self.fault(key, ConfigFault::Empty);
        }
        list.iter().enumerate().filter_map(open).collect()
    }

    fn list(&self, key: &str) -> Option<&'a Vec<Value>> {
        let value = self.members.get(key)?;
        let Value::Array(list) = value else {
            self.kind_fault(key, Kind::List, value);
            return None;
        };
        if list.len() > LONGEST_LIST {
            let most = LONGEST_LIST;
            self.fault(key, ConfigFault::TooMany { most });
            return None;
        }
        Some(list)
    }

    fn kind_fault(&self, key: &str, expected: Kind, value: &Value) {
        let found = Kind::of(value);
        self.fault(key, ConfigFault::Kind { expected, found });
    }
}

impl<'t> Text<'t> {
    fn open(value: &'t Value, at: Place<'t>, faults: &'t Faults) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self { at, text, faults }),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => {
                let (expected, found) = (Kind::Text, Kind::of(value));
                faults.add_at(at, ConfigFault::Kind { expected, found });
                None
            }
        }
    }

    /// The string, parsed by `parse`.
    pub(super) fn parsed<T>(
        self,
        parse: impl FnOnce(&'t str) -> Result<T, ConfigFault>,
    ) -> Option<T> {
        match parse(self.text) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.add_at(self.at, fault);
                None
            }
        }
    }
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Table,
            Value::Array(_) => Self::List,
            Value::String(_) => Self::Text,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_i64() => Self::Number,
            Value::Number(_) | Value::Null => Self::Other,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "a table",
            Self::List => "a list",
            Self::Text => "a string",
            Self::Number => "a whole number",
            Self::Boolean => "true or false",
            Self::Other => "something else",
        })
    }
}
