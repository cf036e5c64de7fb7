//! Where in the file a route stands.

use crate::{document::Document, position::Position};
use lychgate_core::{
    access::{pattern::Pattern, routes::Route},
    config::{
        at::ConfigPath,
        fault::{ConfigError, ConfigFault},
    },
    http::method::Method,
};
use serde_json::Value;

/// The position of the table that `route` was read from.
///
/// No two routes have a path and a method in common, so that these two say which one it is.
pub(crate) fn of(route: &Route, json: &Value, text: &str) -> Option<Position> {
    let routes = json.get("route")?.as_array()?;
    let place = routes.iter().position(|written| is_of(route, written))?;
    let document = Document::parse(text).ok()?;
    let at = ConfigPath::root().key("route").item(place);
    let fault = ConfigFault::Empty;
    Some(Position::of(
        text,
        document.locate(&ConfigError { at, fault }),
    ))
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
