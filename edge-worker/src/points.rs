//! Data points of Workers Analytics Engine, where the deployment binds a data set as `LYCHGATE_METRICS`
//! (<https://developers.cloudflare.com/analytics/analytics-engine/>).
//!
//! Lychgate writes a point with each line of the log. Forwarded requests write none by themselves, so that a request
//! that the caches decide costs no more: Lychgate counts them, and writes the sums with the first request after ten
//! seconds. An isolate that ends loses its counts since the last sums. docs/reference/metrics.md describes a point.

use crate::number::to_double;
use lychgate_core::event::Line;
use lychgate_core::gateway::Gateway;
use lychgate_core::time::{Milliseconds, UnixTime};
use worker::{AnalyticsEngineDataPointBuilder, AnalyticsEngineDataset};

/// Writes the point of a line of the log.
pub(crate) fn write(dataset: &AnalyticsEngineDataset, line: &Line<'_>) {
    let event = line.event;
    let timings = line.timings;
    let span =
        |span: Option<Milliseconds>| span.map_or(0.0, |span| to_double(span.as_milliseconds()));
    point(
        dataset,
        [
            event.name(),
            event.code().unwrap_or_default(),
            event.provider().unwrap_or_default(),
            "",
        ],
        [
            1.0,
            span(Some(timings.total)),
            span(timings.provider),
            span(timings.ledger),
            span(timings.store),
        ],
    );
}

/// Writes how many requests were forwarded since the last time, where that was ten seconds ago or more.
pub(crate) fn report(dataset: &AnalyticsEngineDataset, gateway: &Gateway, now: UnixTime) {
    let Some(forwarded) = gateway.report(now) else {
        return;
    };
    for (access, count) in [
        ("public", forwarded.public),
        ("session", forwarded.session),
        ("bearer", forwarded.bearer),
    ] {
        if count > 0 {
            let doubles = [to_double(count), 0.0, 0.0, 0.0, 0.0];
            point(dataset, ["forwarded", "", "", access], doubles);
        }
    }
}

/// Writes a point. Its first blob is its index, by which Analytics Engine samples.
fn point(dataset: &AnalyticsEngineDataset, blobs: [&str; 4], doubles: [f64; 5]) {
    let [name, ..] = blobs;
    let point = AnalyticsEngineDataPointBuilder::new()
        .indexes([name])
        .blobs(blobs)
        .doubles(doubles);
    // A point that the runtime refuses is lost; the request goes on.
    drop(point.write_to(dataset));
}
