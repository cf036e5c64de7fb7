//! The answers to requests that are not served for no reason of their own: the gateway is closed, or
//! the upstream does not answer.

use crate::{
    config::{PageSettings, Upstream},
    event::{Event, Incident},
    fault::{Answer, ConfigurationFault, Fault},
    gateway::{
        answer::refusal,
        context::{arrival::Target, call, deployment::Deployment, measured::Measured, random},
    },
    http::{inbound::Inbound, response::Response},
    page::{failure::Failure, problem::problem},
    platform::Platform,
};

/// The answer of a gateway that cannot open.
pub(in crate::gateway) fn closed<P: Platform>(
    platform: &Measured<'_, P>,
    request: &impl Inbound,
    fault: &ConfigurationFault,
) -> Response {
    let incident = random::incident(platform);
    let response = answer(
        &PageSettings::default(),
        request,
        Answer::MISCONFIGURED,
        &incident,
    );
    platform.record(&Event::Closed { incident, fault });
    response
}

/// The answer to a request that could not be forwarded, or whose upstream does not answer, or not as it must.
pub(in crate::gateway) fn upstream_failed<P: Platform>(
    deployment: &Deployment,
    platform: &Measured<'_, P>,
    request: &impl Inbound,
    fault: &Fault,
) -> Response {
    let incident = random::incident(platform);
    let settings = &deployment.config.page;
    let response = answer(settings, request, fault.answer(), &incident);
    platform.record(&Event::Refused {
        incident,
        fault,
        provider: None,
        upstream: upstream_of(deployment, request).map(|upstream| upstream.id.as_str()),
    });
    response
}

/// The upstream of a request, found once more, so that forwards that succeed need not carry its name.
fn upstream_of<'a>(deployment: &'a Deployment, request: &impl Inbound) -> Option<&'a Upstream> {
    let target = Target::parse(request.target()).ok()?;
    let config = &deployment.config;
    let matched = config.routes.find(&target.path, &request.method()).ok()?;
    config.upstream(matched.route().upstream)
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
    page.response(call::voice(request, settings))
}
