//! `[session]`: how long a session lives and how fresh its rights are.

use super::{
    Freshness, SameSite, SessionRules, duration::span_at, fault::ConfigFault, reader::Table,
};
use crate::time::Seconds;

pub(super) const KEYS: &[&str] = &[
    "idle_timeout",
    "absolute_timeout",
    "freshness",
    "fresh_for",
    "same_site",
    "bounded_by_token",
];

const FRESHNESS: &[&str] = &["fast", "strict"];
const SAME_SITE: &[&str] = &["lax", "strict"];

/// The store keeps nothing for less than a minute, so no session is shorter.
const SHORTEST: Seconds = Seconds::minutes(1);
const LONGEST: Seconds = Seconds::minutes(30 * 24 * 60);
const FRESHEST: Seconds = Seconds::new(1);
const STALEST: Seconds = Seconds::minutes(1);

const DEFAULT: SessionRules = SessionRules {
    idle_timeout: Seconds::minutes(30),
    absolute_timeout: Seconds::minutes(10 * 60),
    freshness: Freshness::Fast(Seconds::new(10)),
    same_site: SameSite::Lax,
    bounded_by_token: false,
};

/// The rules, with defaults for what is not written.
pub(super) fn read(root: &Table<'_>) -> SessionRules {
    let Some(table) = root.table("session", KEYS) else {
        return DEFAULT;
    };
    let span = |key| span_at(&table, key, SHORTEST, LONGEST);
    let idle = span("idle_timeout").unwrap_or(DEFAULT.idle_timeout);
    let absolute = span("absolute_timeout").unwrap_or(DEFAULT.absolute_timeout);
    if idle > absolute {
        let key = if table.has("idle_timeout") {
            "idle_timeout"
        } else {
            "absolute_timeout"
        };
        table.fault(key, ConfigFault::IdleAboveAbsolute);
    }
    let same_site = table.parsed("same_site", |text| match text {
        "lax" => Ok(SameSite::Lax),
        "strict" => Ok(SameSite::Strict),
        _ => Err(ConfigFault::Word { allowed: SAME_SITE }),
    });
    SessionRules {
        idle_timeout: idle,
        absolute_timeout: absolute,
        freshness: freshness(&table),
        same_site: same_site.unwrap_or(DEFAULT.same_site),
        bounded_by_token: table
            .boolean("bounded_by_token")
            .unwrap_or(DEFAULT.bounded_by_token),
    }
}

fn freshness(table: &Table<'_>) -> Freshness {
    let word = table.parsed("freshness", |text| match text {
        "fast" => Ok(DEFAULT.freshness),
        "strict" => Ok(Freshness::Strict),
        _ => Err(ConfigFault::Word { allowed: FRESHNESS }),
    });
    let fresh_for = span_at(table, "fresh_for", FRESHEST, STALEST);
    match (word.unwrap_or(DEFAULT.freshness), fresh_for) {
        (Freshness::Strict, Some(_)) => {
            table.fault("fresh_for", ConfigFault::FreshForWithStrict);
            Freshness::Strict
        }
        (Freshness::Fast(_), Some(fresh_for)) => Freshness::Fast(fresh_for),
        (freshness, None) => freshness,
    }
}
