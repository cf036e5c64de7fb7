//! Where in the file something of the configuration stands.

use super::{document::Document, load::Loaded};
use lychgate_core::{
    access::{pattern::Pattern, routes::Route},
    config::{
        at::ConfigPath,
        fault::{ConfigError, ConfigFault},
    },
    http::method::Method,
};
use serde_json::Value;

/// The offset of the table that `route` was read from.
///
/// No two routes have a path and a method in common, so that these two say which one it is.
pub(crate) fn route(route: &Route, loaded: &Loaded) -> Option<usize> {
    let routes = loaded.document.get("route")?.as_array()?;
    let place = routes.iter().position(|written| is_of(route, written))?;
    setting(ConfigPath::root().key("route").item(place), loaded)
}

/// The offset of a setting.
pub(crate) fn setting(at: ConfigPath, loaded: &Loaded) -> Option<usize> {
    let document = Document::parse(loaded.source.text()).ok()?;
    let fault = ConfigFault::Empty;
    document.locate(&ConfigError { at, fault })
}

fn is_of(route: &Route, written: &Value) -> bool {
    let path = written.get("path").and_then(Value::as_str);
    let pattern = path.and_then(|path| Pattern::parse(path).ok());
    let methods = written.get("methods").and_then(Value::as_array);
    let methods = methods.map(|methods| {
        let methods = methods.iter().filter_map(Value::as_str);
        methods.map(Method::parse).collect::<Vec<_>>()
    });
    pattern.as_ref() == Some(&route.pattern) && methods == route.methods
}
