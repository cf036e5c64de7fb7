//! The address of ours where signing in begins.

use crate::{
    access::step_up::StepUp,
    config::Provider,
    encoding::parameters,
    gateway::context::call::Call,
    http::inbound::Inbound,
    oidc::{authorization_request, return_to::ReturnTo},
    platform::Platform,
};
use alloc::{format, string::String};

/// Our own address where signing in begins, with one provider or with the choice.
pub(in crate::gateway) fn location<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    return_to: Option<&ReturnTo>,
    provider: Option<&Provider>,
    step_up: &StepUp,
) -> String {
    let mut location = format!("{}?", call.deployment.endpoint("login"));
    if let Some(return_to) = return_to {
        parameters::push(&mut location, "return_to", return_to.as_str());
    }
    if let Some(provider) = provider {
        parameters::push(&mut location, "provider", &provider.id);
    }
    authorization_request::push_step_up(&mut location, step_up);
    location
}
