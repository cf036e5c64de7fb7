//! Places in a configuration, such as `route[2].access`.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

/// The place of a value: keys and list places from the root down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigPath(Vec<Step>);

/// One step down into a table or list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// An item of a list, counted from zero.
    Item(usize),
}

/// A place in a table, which becomes a [`ConfigPath`] only where something is wrong there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    table: &'t ConfigPath,
    key: &'t str,
    below: Below<'t>,
}

/// The step below a key.
#[derive(Clone, Copy, Debug)]
enum Below<'t> {
    Nothing,
    Key(&'t str),
    Item(usize),
}

impl<'t> Place<'t> {
    /// The value of `key` in the table at `table`.
    pub(super) const fn new(table: &'t ConfigPath, key: &'t str) -> Self {
        let below = Below::Nothing;
        Self { table, key, below }
    }

    /// The value of `key` in the table here.
    pub(super) const fn key(self, key: &'t str) -> Self {
        let below = Below::Key(key);
        Self { below, ..self }
    }

    /// The item at `place` in the list here.
    pub(super) const fn item(self, place: usize) -> Self {
        let below = Below::Item(place);
        Self { below, ..self }
    }
}

impl From<Place<'_>> for ConfigPath {
    fn from(place: Place<'_>) -> Self {
        let path = place.table.key(place.key);
        match place.below {
            Below::Nothing => path,
            Below::Key(key) => path.key(key),
            Below::Item(item) => path.item(item),
        }
    }
}

impl ConfigPath {
    /// The whole configuration.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The value of `key` in the table here.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The item at `place` in the list here.
    #[must_use]
    pub fn item(&self, place: usize) -> Self {
        self.with(Step::Item(place))
    }

    /// The steps from the root down.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if place == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_path_reads_from_the_root_down() {
        let path = ConfigPath::root().key("route").item(2).key("access");
        assert_eq!(path.to_string(), "route[2].access");
        assert_eq!(path.steps().len(), 3);
        assert_eq!(ConfigPath::root().to_string(), "");
    }
}
