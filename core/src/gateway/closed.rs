//! The answer of a gateway that cannot open.

use super::{outcome::Outcome, random, refusal};
use crate::{
    event::Event,
    fault::ConfigurationFault,
    http::inbound::Inbound,
    page::{failure::Failure, problem::problem},
    platform::Platform,
};

pub(super) fn answer<P: Platform>(
    platform: &P,
    request: &impl Inbound,
    fault: &ConfigurationFault,
) -> Outcome {
    let incident = random::incident(platform);
    platform.record(&Event::Closed {
        incident: incident.clone(),
        fault,
    });
    let answer = ConfigurationFault::ANSWER;
    Outcome::Respond(if refusal::wants_html(request) {
        let page = Failure {
            status: answer.status,
            incident: Some(incident.as_str()),
            retry: None,
        };
        page.response()
    } else {
        problem(answer.status, answer.code.as_str(), Some(incident.as_str()))
    })
}
