//! The components of a `spin.toml`, version 2, and the ways to them.
//!
//! A fault that Spin itself would refuse is left out here, for Spin to say.

use crate::configuration::document::{Document, SyntaxError, entry};
use toml::de::{DeTable, DeValue};

/// Where the component looks for its configuration and for static files, without the slash.
pub(super) const CONFIGURATION: &str = "lychgate";
pub(super) const SITE: &str = "site";

/// A manifest, as far as it concerns Lychgate.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Names of the application's variables.
    pub(super) variables: Vec<String>,
    pub(super) components: Vec<Component>,
    /// Those of HTTP.
    pub(super) triggers: Vec<Trigger>,
}

/// A component, by itself or inside a trigger.
#[derive(Debug)]
pub(super) struct Component {
    /// None where Spin makes one up.
    pub(super) id: Option<String>,
    pub(super) offset: usize,
    /// Their names.
    pub(super) variables: Placed<Vec<String>>,
    /// Where its files stand, without a slash at the front.
    pub(super) files: Placed<Vec<String>>,
    /// The folder here whose files stand at `/site`.
    pub(super) site: Option<String>,
    pub(super) allowed_outbound_hosts: Placed<Vec<String>>,
    /// Whether there is a list in the form before that one, which is not read.
    pub(super) has_older_list: bool,
    pub(super) key_value_stores: Placed<Vec<String>>,
    pub(super) sqlite_databases: Placed<Vec<String>>,
}

/// The value of a key, and where it stands; where the key is missing, what it belongs to.
#[derive(Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// `[[trigger.http]]`
#[derive(Debug)]
pub(super) struct Trigger {
    pub(super) offset: usize,
    /// Its place in [`Manifest::components`]; none for an answer that stands in the manifest.
    pub(super) component: Option<usize>,
    pub(super) route: Route,
}

/// The place from which a trigger can be reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Everyone, at these paths.
    Public(String),
    /// Other components alone.
    Private,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Syntax errors of the file.
    pub(super) fn read(text: &str) -> Result<Self, Vec<SyntaxError>> {
        let document = Document::parse(text)?;
        let root = document.root();
        let mut components = Vec::new();
        if let Some((DeValue::Table(all), _)) = document.value(&["component"]) {
            for (id, component) in all.iter() {
                if let DeValue::Table(table) = component.get_ref() {
                    let id_text = Some(id.get_ref().to_string());
                    components.push(Component::read(id_text, id.span().start, table));
                }
            }
        }
        // A table does not keep the order of the file.
        components.sort_by_key(|component| component.offset);
        let mut triggers = Vec::new();
        if let Some((DeValue::Array(all), _)) = document.value(&["trigger", "http"]) {
            for trigger in all.iter() {
                if let DeValue::Table(table) = trigger.get_ref() {
                    let start = trigger.span().start;
                    triggers.push(Trigger::read(start, table, &mut components));
                }
            }
        }
        Ok(Self {
            variables: keys(root, "variables", 0).value,
            components,
            triggers,
        })
    }

    /// The public routes that lead to the component at this place.
    pub(super) fn public_routes(&self, component: usize) -> impl Iterator<Item = (&str, usize)> {
        let to_it = move |trigger: &&Trigger| trigger.component == Some(component);
        self.triggers
            .iter()
            .filter(to_it)
            .filter_map(Trigger::public)
    }

    /// The place of the component called `id`.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        position(&self.components, id)
    }
}

impl Component {
    fn read(id: Option<String>, offset: usize, table: &DeTable<'_>) -> Self {
        Self {
            id,
            offset,
            variables: keys(table, "variables", offset),
            files: list(table, "files", offset, mounted),
            site: list(table, "files", offset, source_of_site).value.pop(),
            allowed_outbound_hosts: list(table, "allowed_outbound_hosts", offset, text),
            has_older_list: entry(table, "allowed_http_hosts").is_some(),
            key_value_stores: list(table, "key_value_stores", offset, text),
            sqlite_databases: list(table, "sqlite_databases", offset, text),
        }
    }

    /// Whether some of its files stand in this folder of the root.
    pub(super) fn has_files_in(&self, folder: &str) -> bool {
        self.files.value.iter().any(|path| first_of(path) == folder)
    }

    /// Whether some of its files could stand there: a folder at the root, or a pattern, may have it inside.
    pub(super) fn may_have_files_in(&self, folder: &str) -> bool {
        let open = |first: &str| first.is_empty() || first.contains(['*', '?', '[']);
        let mut firsts = self.files.value.iter().map(|path| first_of(path));
        firsts.any(|first| first == folder || open(first))
    }

    /// How a hint speaks of one of its tables.
    pub(super) fn section(&self, key: &str) -> String {
        match &self.id {
            Some(id) => format!("[component.{id}.{key}]"),
            None => format!("{key} of the component"),
        }
    }

    /// How a sentence speaks of it.
    pub(super) fn name(&self) -> String {
        match &self.id {
            Some(id) => format!("the component \"{id}\""),
            None => "a component without a name".to_owned(),
        }
    }
}

impl Trigger {
    fn read(offset: usize, table: &DeTable<'_>, components: &mut Vec<Component>) -> Self {
        let component = entry(table, "component");
        let component = component.and_then(|(at, component)| {
            if let DeValue::Table(inside) = component.get_ref() {
                let named = entry(table, "id").and_then(|(_, id)| text(id.get_ref()));
                let id = named.map(|id| format!("{id}-component"));
                components.push(Component::read(id, at.start, inside));
                return components.len().checked_sub(1);
            }
            position(components, component.get_ref().as_str()?)
        });
        let route = entry(table, "route");
        Self {
            offset: route.as_ref().map_or(offset, |(at, _)| at.start),
            component,
            route: route.map_or_else(Route::unsaid, |(_, route)| Route::read(route.get_ref())),
        }
    }

    /// The paths at which everyone reaches it, and where they are written.
    pub(super) fn public(&self) -> Option<(&str, usize)> {
        match &self.route {
            Route::Public(route) => Some((route, self.offset)),
            Route::Private => None,
        }
    }
}

impl Route {
    /// A route that does not say that it is private counts as public, and as all paths where it names none.
    fn unsaid() -> Self {
        Self::Public("/...".to_owned())
    }

    fn read(value: &DeValue<'_>) -> Self {
        if let Some(route) = value.as_str() {
            return Self::Public(normal(route));
        }
        let private = value.as_table().and_then(|table| entry(table, "private"));
        match private.map(|(_, value)| value.get_ref()) {
            Some(DeValue::Boolean(true)) => Self::Private,
            Some(_) | None => Self::unsaid(),
        }
    }
}

/// One spelling for each route: a slash in front, none at the end, and three dots for any rest.
fn normal(route: &str) -> String {
    let path = route.strip_prefix('/').unwrap_or(route);
    let path = path.strip_suffix('/').unwrap_or(path);
    match path.strip_suffix('*') {
        Some(rest) if rest.is_empty() || rest.ends_with('/') => format!("/{rest}..."),
        Some(_) | None => format!("/{path}"),
    }
}

fn position(components: &[Component], id: &str) -> Option<usize> {
    let called = |component: &Component| component.id.as_deref() == Some(id);
    components.iter().position(called)
}

fn keys(table: &DeTable<'_>, name: &str, otherwise: usize) -> Placed<Vec<String>> {
    let Some((at, value)) = entry(table, name) else {
        return Placed {
            value: Vec::new(),
            offset: otherwise,
        };
    };
    let names = value.get_ref().as_table().map(|inside| {
        let names = inside.iter().map(|(key, _)| key.get_ref().to_string());
        names.collect()
    });
    Placed {
        value: names.unwrap_or_default(),
        offset: at.start,
    }
}

fn list(
    table: &DeTable<'_>,
    name: &str,
    otherwise: usize,
    read: fn(&DeValue<'_>) -> Option<String>,
) -> Placed<Vec<String>> {
    let Some((at, value)) = entry(table, name) else {
        return Placed {
            value: Vec::new(),
            offset: otherwise,
        };
    };
    let items = value.get_ref().as_array().map(|items| {
        let items = items.iter().filter_map(|item| read(item.get_ref()));
        items.collect()
    });
    Placed {
        value: items.unwrap_or_default(),
        offset: at.start,
    }
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Where files of `files` stand: a pattern below its own path, a pair at its destination.
fn mounted(value: &DeValue<'_>) -> Option<String> {
    let path = match value.as_table() {
        Some(pair) => text(entry(pair, "destination")?.1.get_ref())?,
        None => text(value)?,
    };
    Some(path.trim_start_matches('/').to_owned())
}

/// Where files at `/site` come from.
fn source_of_site(value: &DeValue<'_>) -> Option<String> {
    let pair = value.as_table()?;
    let source = text(entry(pair, "source")?.1.get_ref())?;
    (mounted(value)?.trim_end_matches('/') == SITE).then_some(source)
}

/// The first segment of a path.
fn first_of(path: &str) -> &str {
    let mut segments = path
        .split('/')
        .filter(|segment| !matches!(*segment, "" | "."));
    segments.next().unwrap_or_default()
}
