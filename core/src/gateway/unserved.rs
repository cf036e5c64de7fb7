//! The answers to requests that are not served for no reason of their own: the gateway is closed, or
//! the upstream does not answer.

use super::{measured::Measured, random, refusal, serve};
use crate::{
    config::PageSettings,
    event::{Event, Incident},
    fault::{Answer, ConfigurationFault, Fault, UpstreamFault},
    http::{inbound::Inbound, response::Response},
    page::{failure::Failure, problem::problem},
    platform::Platform,
};

/// The answer of a gateway that cannot open.
pub(super) fn closed<P: Platform>(
    platform: &Measured<'_, P>,
    request: &impl Inbound,
    fault: &ConfigurationFault,
) -> Response {
    let incident = random::incident(platform);
    let response = answer(
        &PageSettings::default(),
        request,
        ConfigurationFault::ANSWER,
        &incident,
    );
    platform.record(&Event::Closed { incident, fault });
    response
}

/// The answer to a request that was forwarded to an upstream which does not answer, or not in time.
pub(super) fn upstream_failed<P: Platform>(
    settings: &PageSettings,
    platform: &Measured<'_, P>,
    request: &impl Inbound,
    fault: UpstreamFault,
) -> Response {
    let fault = Fault::Upstream(fault);
    let incident = random::incident(platform);
    let response = answer(settings, request, fault.answer(), &incident);
    platform.record(&Event::Refused {
        incident,
        fault: &fault,
        provider: None,
    });
    response
}

fn answer(
    settings: &PageSettings,
    request: &impl Inbound,
    answer: Answer,
    incident: &Incident,
) -> Response {
    if !refusal::wants_html(request) {
        return problem(answer.status, answer.code.as_str(), Some(incident.as_str()));
    }
    let page = Failure {
        status: answer.status,
        incident: Some(incident.as_str()),
        retry: None,
    };
    page.response(serve::voice(request, settings))
}
