//! Points of Workers Analytics Engine, where the deployment binds a data set as `LYCHGATE_METRICS`
//! (<https://developers.cloudflare.com/analytics/analytics-engine/>).
//!
//! Each line of the log is a point when it is written. What is forwarded writes nothing by itself: it is summed
//! up, and goes out with the first request after ten seconds, so that a warm request stays what it is. What an
//! isolate counted since then is lost with it. docs/reference/metrics.md says what stands in a point.

use crate::number::to_double;
use lychgate_core::event::Line;
use lychgate_core::gateway::Gateway;
use lychgate_core::time::{Milliseconds, UnixTime};
use worker::{AnalyticsEngineDataPointBuilder, AnalyticsEngineDataset};

/// Writes an event.
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

/// Writes what was forwarded since the last time, where that is a while ago.
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

/// A point, sampled by its first blob.
fn point(dataset: &AnalyticsEngineDataset, blobs: [&str; 4], doubles: [f64; 5]) {
    let [name, ..] = blobs;
    let point = AnalyticsEngineDataPointBuilder::new()
        .indexes([name])
        .blobs(blobs)
        .doubles(doubles);
    // A point that the runtime refuses is lost; the request goes on.
    drop(point.write_to(dataset));
}
