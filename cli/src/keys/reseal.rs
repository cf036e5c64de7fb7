//! `lychgate keys reseal`: has a deployment seal all user records with its newest directory key.
//!
//! The deployment walks its roster in steps; this command asks for one after the other. It proves who it is with the
//! secret that `[directory]` names, which it takes from the environment under that name and sends to no other place than
//! the deployment.

use super::arguments::Asked;
use crate::{Environment, check::compiled, ending::Ending};
use lychgate_core::{config::Config, http::url::Origin};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    time::Duration,
};

/// A step makes some forty calls of the ledger.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How often a step is asked for again that gave no answer: it does no harm to repeat one.
const TRIES: u32 = 3;

/// The sums over all steps of a walk.
#[derive(Clone, Copy, Default)]
struct Walk {
    users: u64,
    resealed: u64,
    unreadable: u64,
}

/// After a walk that sealed something, another one looks whether a part of the deployment that still had the old order of
/// keys sealed more meanwhile. So many find no end.
const MOST_WALKS: u32 = 10;

pub(crate) fn command(
    asked: &Asked,
    environment: Environment<'_>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let walked = match compiled::configuration(&asked.config) {
        Ok(config) => walk(&config, asked, environment, messages)?,
        Err(what) => Err(what),
    };
    match walked {
        Ok((
            Walk {
                unreadable: 0,
                users,
                ..
            },
            resealed,
        )) => {
            writeln!(
                output,
                "{users} users; {resealed} records and roster entries were sealed anew, and none is left under another key"
            )?;
            Ok(Ending::Done)
        }
        Ok((
            Walk {
                unreadable, users, ..
            },
            resealed,
        )) => {
            writeln!(
                output,
                "{users} users; {resealed} records and roster entries were sealed anew"
            )?;
            writeln!(
                messages,
                "lychgate: no directory key opens what is kept of {unreadable} users: keep every earlier key that may"
            )?;
            Ok(Ending::ProblemsFound)
        }
        Err(what) => {
            writeln!(messages, "lychgate: {what}")?;
            Ok(Ending::NotCarriedOut)
        }
    }
}

/// Walks until nothing is left to seal: the last walk, and what all of them sealed.
fn walk(
    config: &Config,
    asked: &Asked,
    environment: Environment<'_>,
    messages: &mut impl Write,
) -> io::Result<Result<(Walk, u64), String>> {
    let deployment = match Deployment::of(config, asked, environment) {
        Ok(deployment) => deployment,
        Err(what) => return Ok(Err(what)),
    };
    let mut resealed: u64 = 0;
    for _ in 0..MOST_WALKS {
        let walk = match once(&deployment, messages)? {
            Ok(walk) => walk,
            Err(what) => return Ok(Err(what)),
        };
        resealed = resealed.saturating_add(walk.resealed);
        if walk.resealed == 0 {
            return Ok(Ok((walk, resealed)));
        }
    }
    Ok(Err(
        "every walk finds more under an earlier key: is the new order of keys deployed everywhere?"
            .to_owned(),
    ))
}

fn once(deployment: &Deployment, messages: &mut impl Write) -> io::Result<Result<Walk, String>> {
    let mut walk = Walk::default();
    let mut from: Option<String> = None;
    loop {
        let step = match deployment.step(from.as_deref()) {
            Ok(step) => step,
            Err(what) => return Ok(Err(what)),
        };
        let sum = |all: &mut u64, more: u64| *all = all.saturating_add(more);
        sum(&mut walk.users, step.users);
        sum(&mut walk.resealed, step.resealed);
        sum(&mut walk.unreadable, step.unreadable);
        match step.next {
            // A walk that stands still would never end.
            Some(next) if from.as_ref() == Some(&next) => {
                return Ok(Err("the walk does not go on".to_owned()));
            }
            Some(next) => {
                let Walk {
                    users, resealed, ..
                } = walk;
                writeln!(messages, "{users} users, {resealed} sealed anew; going on")?;
                from = Some(next);
            }
            None => return Ok(Ok(walk)),
        }
    }
}

struct Deployment {
    agent: ureq::Agent,
    url: String,
    authorization: String,
}

struct Step {
    users: u64,
    resealed: u64,
    unreadable: u64,
    next: Option<String>,
}

impl Deployment {
    fn of(config: &Config, asked: &Asked, environment: Environment<'_>) -> Result<Self, String> {
        let directory = config.directory.as_ref();
        let directory = directory.ok_or("the configuration has no [[directory_key]]")?;
        let name = directory.operator.as_ref();
        let name = &name
            .ok_or("the configuration has no [directory] with a secret")?
            .0;
        let secret = environment(name).unwrap_or_default();
        if secret.trim().is_empty() {
            return Err(format!(
                "set {name} in the environment to the secret that the deployment has under this name"
            ));
        }
        let origin = asked
            .url
            .as_ref()
            .map_or(&config.public_url, |url| url.origin());
        check(origin)?;
        let config_agent = ureq::Agent::config_builder()
            // The secret goes to the deployment and nowhere that it leads to.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(TIME_LIMIT))
            .user_agent(concat!("lychgate/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config_agent.into(),
            url: format!("{origin}{}/directory/reseal", config.base_path),
            authorization: format!("Bearer {}", secret.trim()),
        })
    }

    fn step(&self, from: Option<&str>) -> Result<Step, String> {
        let body = from.map_or_else(|| json!({}), |from| json!({ "from": from }));
        let body = body.to_string();
        let mut tries = 1;
        loop {
            match self.ask(&body) {
                Ok(answer) => return read(&answer),
                Err(Failed::ForGood(what)) => return Err(what),
                Err(Failed::Now(what)) if tries >= TRIES => return Err(what),
                Err(Failed::Now(_)) => tries = tries.saturating_add(1),
            }
        }
    }

    fn ask(&self, body: &str) -> Result<Value, Failed> {
        let request = self.agent.post(&self.url);
        let request = request
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .header("accept", "application/json");
        let mut answer = request
            .send(body)
            .map_err(|error| Failed::Now(format!("{}: {error}", self.url)))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string();
        let value = text.ok().and_then(|text| serde_json::from_str(&text).ok());
        let value: Value = value.unwrap_or_default();
        match status {
            200 => Ok(value),
            401 => Err(Failed::ForGood(format!(
                "{}: the deployment has another secret",
                self.url
            ))),
            404 => Err(Failed::ForGood(format!(
                "{}: there is no such endpoint; deploy with [directory] first",
                self.url
            ))),
            status => {
                let incident = value.get("incident").and_then(Value::as_str);
                let incident =
                    incident.filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let incident =
                    incident.map_or_else(String::new, |text| format!(" (incident {text})"));
                Err(Failed::Now(format!(
                    "{}: {status}{incident}; the deployment's log has the reason",
                    self.url
                )))
            }
        }
    }
}

enum Failed {
    /// It may work the next time.
    Now(String),
    ForGood(String),
}

/// The secret crosses no network in clear.
fn check(origin: &Origin) -> Result<(), String> {
    let text = origin.to_string();
    match text.starts_with("https://") || origin.is_loopback() {
        true => Ok(()),
        false => Err(format!(
            "{text} is neither https nor a loopback address, and the secret would cross the network in clear"
        )),
    }
}

fn read(answer: &Value) -> Result<Step, String> {
    let number = |name: &str| answer.get(name).and_then(Value::as_u64);
    let next = match answer.get("next") {
        Some(Value::String(next)) => Some(Some(next.clone())),
        Some(Value::Null) => Some(None),
        Some(_) | None => None,
    };
    let numbers = ["users", "resealed", "unreadable"].map(number);
    match (numbers, next) {
        ([Some(users), Some(resealed), Some(unreadable)], Some(next)) => Ok(Step {
            users,
            resealed,
            unreadable,
            next,
        }),
        _ => Err("the answer is not one of this version".to_owned()),
    }
}
