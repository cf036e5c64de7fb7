//! `[metrics]`: who may read the counters.

use super::{
    MetricsAccess,
    fault::ConfigFault,
    reader::Table,
    requirements::{self, Principals},
    sources::Sources,
    text,
};
use crate::access::routes::Access;

pub(super) const KEYS: &[&str] = &["access", "secret", "require"];

const WITH_SECRET: &[&str] = &["access", "secret"];
const WITH_SESSION: &[&str] = &["access", "require"];
const ACCESS: &[&str] = &["secret", "session"];

/// The rule for reading the counters; without the table nobody may.
pub(super) fn read(root: &Table<'_>, sources: &Sources<'_>) -> Option<MetricsAccess> {
    let table = root.table("metrics", KEYS)?;
    table.require("access");
    let is_secret = table.parsed("access", |text| match text {
        "secret" => Ok(true),
        "session" => Ok(false),
        _ => Err(ConfigFault::Word { allowed: ACCESS }),
    })?;
    let (needed, unused, known) = if is_secret {
        ("secret", "require", WITH_SECRET)
    } else {
        ("require", "secret", WITH_SESSION)
    };
    table.require(needed);
    if table.has(unused) {
        table.fault(unused, ConfigFault::UnknownKey { known });
    }
    if is_secret {
        return text::secret_at(&table, "secret").map(MetricsAccess::Secret);
    }
    Some(MetricsAccess::Session(requirements::read(
        &table,
        Principals {
            access: Access::Session,
            sources,
        },
    )))
}
