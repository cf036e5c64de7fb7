//! The next steps, by the files of hosts beside a configuration.

use crate::{print::problem::Problem, workers};
use lychgate_core::{config::Config, gateway};
use std::path::Path;

/// A hint where only the file of one host has problems, and the file of another host stands beside it: perhaps nobody
/// deploys to the first.
pub(super) fn step_after(file: &Path, problems: &[Problem]) -> Option<String> {
    let hosts = [
        ("wrangler.toml", "Workers", "spin.toml"),
        ("spin.toml", "Spin", "wrangler.toml"),
    ];
    let (name, host, _) = hosts.into_iter().find(|(name, _, other)| {
        let here = file.with_file_name(name);
        problems.iter().all(|problem| problem.place.file == here)
            && file.with_file_name(other).exists()
    })?;
    Some(format!("delete {name} where you do not deploy to {host}"))
}

/// The steps for a configuration that passed, one a line, in order; never none.
pub(super) fn steps(file: &Path, config: &Config) -> Vec<String> {
    let is_beside = |name: &str| file.with_file_name(name).exists();
    let mut steps = Vec::new();
    let on_this_machine = config.public_url.is_loopback();
    if is_beside("wrangler.toml") || workers::unread(file).is_some() {
        let step = if on_this_machine {
            "on Workers: put the secrets into .dev.vars, then `npx wrangler dev`"
        } else {
            "on Workers: `npx wrangler deploy`, then `npx wrangler secret put NAME` for each secret"
        };
        steps.push(step.to_owned());
    }
    if is_beside("spin.toml") {
        let secrets = config.secret_names().into_iter();
        let variables = secrets.map(|secret| gateway::spin_variable(&secret.0));
        let variables: Vec<String> = variables.collect();
        steps.push(format!(
            "on Spin: `spin build`, set the variables {}, then `spin up`",
            variables.join(", ")
        ));
    }
    if steps.is_empty() {
        steps.push(
            "put a wrangler.toml or a spin.toml beside it, for the host that it goes to".to_owned(),
        );
    } else {
        steps
            .push("then: `lychgate doctor`, which looks at the deployment from outside".to_owned());
        if on_this_machine {
            steps.push("before you deploy: set public_url to the address in browsers".to_owned());
        }
    }
    steps
}
