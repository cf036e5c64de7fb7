//! The built Worker in workerd, or the built component on Spin, behind a real socket.
//!
//! A Node script starts it together with its upstreams and, unless the test brings one, the demo's
//! provider. Closing the script's standard input ends all of them, also when a test panics.

use super::{
    DatabaseCalls, Deployment, Host,
    configuration::{Places, configuration, secrets},
    provider_login, provider_server,
    root::{self, root},
    server::{End, Server},
    spin::{self, Spin},
    wire,
};
use crate::{
    http::{request::Request, response::Response},
    scripted::provider::{CLIENT_ID, CLIENT_SECRET, Provider},
};
use lychgate_core::time::UnixTime;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// How long a line may take from the gateway to its log. A line that is there is found at once.
const LOG_LIMIT: Duration = Duration::from_secs(120);

/// A running Worker.
pub struct Workerd {
    /// Kept until it is to end.
    _script: Server,
    origin: String,
    issuer: String,
    port: u16,
    control: u16,
    elsewhere: Option<u16>,
    provider: Option<Arc<Mutex<Provider>>>,
    spin: Option<Spin>,
    is_direct: bool,
    deployment: Mutex<Deployment>,
}

/// The deployment to run, and its surroundings.
pub struct Setup {
    /// Where it runs on Spin.
    pub spin: Option<Spin>,
    pub worker: &'static str,
    pub configuration: Option<Value>,
    pub secrets: Vec<(String, String)>,
    pub without: Vec<&'static str>,
    pub claims_in_id_token: bool,
    /// Whether calls of store and ledger are counted and can fail.
    pub is_counted: bool,
    /// Whether the provider is the scripted one.
    pub has_scripted_provider: bool,
    /// A scripted provider that runs already.
    pub provider: Option<Arc<Mutex<Provider>>>,
    /// A provider that is none of ours; nothing stands between the Worker and what it fetches.
    pub issuer: Option<String>,
    /// Whether nothing stands between the Worker and what it fetches.
    pub is_direct: bool,
    /// Service bindings, all to a Worker that echoes.
    pub services: Vec<&'static str>,
    /// More clients of the demo's provider, in the words of its metadata; `$ORIGIN` is filled in.
    pub clients: Value,
    /// More options of the script, such as faults that a deployment may have.
    pub planted: Vec<(&'static str, Value)>,
}

impl Setup {
    /// The deployment of the suites with the demo's provider.
    pub fn standard() -> Self {
        let mut configuration = configuration(&places("lychgate-demo"));
        // The query that the browser is sent with stays to be looked at; pushed requests have tests of their own.
        configuration["provider"][0]["pushed_authorization_requests"] = json!("never");
        Self {
            spin: None,
            worker: "build/worker",
            configuration: Some(configuration),
            secrets: secrets("SECRET-CLIENT-SECRET"),
            without: Vec::new(),
            claims_in_id_token: true,
            is_counted: false,
            has_scripted_provider: false,
            provider: None,
            issuer: None,
            is_direct: false,
            services: Vec::new(),
            clients: json!([]),
            planted: Vec::new(),
        }
    }

    /// The same with the scripted provider, calls counted.
    pub fn scripted() -> Self {
        Self {
            configuration: Some(configuration(&places(CLIENT_ID))),
            secrets: secrets(CLIENT_SECRET),
            is_counted: true,
            // A provider that closes its connection is to the Worker what it is.
            is_direct: true,
            has_scripted_provider: true,
            ..Self::standard()
        }
    }

    /// The same deployment as a component on Spin.
    #[must_use]
    pub fn on_spin(self, reuse: usize) -> Self {
        let component = match self.worker {
            "build/contract" => "build/spin-contract/lychgate.wasm",
            _ => "build/spin/lychgate.wasm",
        };
        Self {
            spin: Some(Spin {
                component,
                reuse,
                is_child: false,
            }),
            ..self
        }
    }

    /// The same where what is started is the parent of what serves.
    #[must_use]
    pub fn in_a_child(self) -> Self {
        let spin = self.spin.map(|spin| Spin {
            is_child: true,
            ..spin
        });
        Self { spin, ..self }
    }

    /// The same with the scripted provider and another place, built so that the suite reaches its inside.
    pub fn exposed() -> Self {
        Self {
            worker: "build/contract",
            is_counted: false,
            planted: vec![("elsewhere", json!(true))],
            ..Self::scripted()
        }
    }

    /// The Worker of the ledger's contract.
    pub fn contract() -> Self {
        Self {
            worker: "build/contract",
            configuration: None,
            secrets: Vec::new(),
            ..Self::standard()
        }
    }
}

fn secrets_by_name(secrets: &[(String, String)]) -> BTreeMap<String, String> {
    secrets.iter().cloned().collect()
}

/// Places that the script fills in.
fn places(client_id: &str) -> Places {
    Places {
        public_url: "$ORIGIN".to_owned(),
        issuer: "$ISSUER".to_owned(),
        api: "$API".to_owned(),
        client_id: client_id.to_owned(),
    }
}

/// The script that runs a deployment, and what it is told.
fn asked_of_script(
    setup: &Setup,
    provider: Option<&Arc<Mutex<Provider>>>,
) -> (&'static str, Value) {
    let mut asked = json!({
        "worker": setup.worker,
        "bindings": secrets_by_name(&setup.secrets),
        "without": setup.without,
        "claimsInIdToken": setup.claims_in_id_token,
        "counted": setup.is_counted,
        "direct": setup.is_direct,
        "services": setup.services,
    });
    for (name, value) in &setup.planted {
        asked[*name] = value.clone();
    }
    if let Some(configuration) = &setup.configuration {
        asked["configuration"] = json!(configuration.to_string());
    }
    if let Some(provider) = provider {
        asked["issuer"] = json!(provider.lock().unwrap().issuer);
    }
    asked["clients"] = setup.clients.clone();
    if let Some(issuer) = &setup.issuer {
        asked["issuer"] = json!(issuer);
        asked["direct"] = json!(true);
    }
    let script = match &setup.spin {
        None => "tests/workerd/run.mjs",
        Some(spin) => {
            asked["component"] = json!(spin.component);
            asked["reuse"] = json!(spin.reuse);
            asked["program"] = json!(spin::program(&root()));
            asked["child"] = json!(spin.is_child);
            "tests/spin/run.mjs"
        }
    };
    (script, asked)
}

impl Workerd {
    /// Starts a deployment and waits until it serves.
    pub fn start(setup: &Setup) -> Self {
        let root = root();
        let built = match &setup.spin {
            None => root.join(setup.worker).join("index.js"),
            Some(spin) => root.join(spin.component),
        };
        assert!(
            built.is_file(),
            "{} is not built; `cargo xtask test` builds it first",
            built.display()
        );
        let running = setup.provider.clone();
        let start = || setup.has_scripted_provider.then(provider_server::start);
        let provider = running.or_else(start);
        let (script, asked) = asked_of_script(setup, provider.as_ref());
        let mut node = root::node();
        node.arg(script).arg(asked.to_string()).current_dir(root);
        let name = if setup.spin.is_some() {
            "spin"
        } else {
            "workerd"
        };
        let mut script = Server::start(name, &mut node, End::OfInput);
        let line = script.line();
        let started: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{name} said something else first: {line:?}"));
        let origin = started["origin"].as_str().unwrap().to_owned();
        let port = origin.rsplit(':').next().unwrap().parse().unwrap();
        Self {
            _script: script,
            issuer: started["issuer"].as_str().unwrap_or_default().to_owned(),
            control: u16::try_from(started["control"].as_u64().unwrap()).unwrap(),
            origin,
            port,
            provider,
            elsewhere: started["elsewhere"]
                .as_u64()
                .map(|port| port.try_into().unwrap()),
            spin: setup.spin,
            is_direct: asked["direct"] == true,
            deployment: Mutex::new(Deployment {
                configuration: setup.configuration.clone().unwrap_or_default(),
                secrets: setup.secrets.clone(),
                without: setup.without.clone(),
            }),
        }
    }

    /// Asks the script that runs it all.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::new(method, path).with_body(body.to_string().as_bytes());
        wire::exchange(self.control, "localhost", &request).json()
    }

    /// The calls of store and ledger since the last time.
    pub fn calls(&self) -> Vec<String> {
        let made = self
            .send(&Request::new("GET", "/.test/calls"))
            .expect(200)
            .json();
        serde_json::from_value(made).unwrap()
    }

    /// The points that were written to the data set since the last time.
    pub fn points(&self) -> Vec<Value> {
        let written = self.send(&Request::new("GET", "/.test/points"));
        serde_json::from_value(written.expect(200).json()).unwrap()
    }

    /// Makes store or ledger fail from now on.
    pub fn fail(&self, faults: &Value) {
        let request =
            Request::new("POST", "/.test/faults").with_body(faults.to_string().as_bytes());
        self.send(&request).expect(200);
    }

    /// Makes fetches of that path fail from now on.
    pub fn fail_fetches(&self, path: &str, fault: &Value) {
        assert!(!self.is_direct, "nothing stands between them");
        self.control("POST", "/fault", &json!({"path": path, "fault": fault}));
    }

    /// The fetches since the last time.
    pub fn fetches(&self) -> Vec<String> {
        assert!(!self.is_direct, "nothing stands between them");
        serde_json::from_value(self.control("GET", "/fetches", &Value::Null)).unwrap()
    }

    /// The Worker's log, as soon as `wanted` is in it, or after a while.
    pub fn wait_for_log(&self, wanted: &str) -> String {
        let begun = Instant::now();
        loop {
            let log = self.control("GET", "/log", &Value::Null);
            let log = log.as_str().unwrap().to_owned();
            if log.contains(wanted) || begun.elapsed() > LOG_LIMIT {
                return log;
            }
            thread::yield_now();
        }
    }

    /// The configuration as it is deployed.
    pub fn configuration(&self) -> String {
        let text = self.control("GET", "/configuration", &Value::Null);
        text.as_str().unwrap().to_owned()
    }

    /// Whether it is a component on Spin.
    pub const fn is_on_spin(&self) -> bool {
        self.spin.is_some()
    }

    /// The port it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The port at which another place listens.
    pub fn elsewhere_port(&self) -> u16 {
        self.elsewhere.unwrap()
    }

    /// Whether an instance serves more than one request.
    pub fn remembers(&self) -> bool {
        self.spin.is_none_or(|spin| spin.reuse > 1)
    }

    /// Sends a request as it stands.
    pub fn exchange(&self, request: &Request) -> Response {
        wire::exchange(self.port, self.authority(), request)
    }

    /// Sends requests at the same time.
    pub fn exchange_all(&self, requests: &[Request]) -> Vec<Response> {
        let (port, authority) = (self.port, self.authority());
        thread::scope(|scope| {
            let running: Vec<_> = requests
                .iter()
                .map(|request| scope.spawn(move || wire::exchange(port, authority, request)))
                .collect();
            let responses = running.into_iter().map(|thread| thread.join().unwrap());
            responses.collect()
        })
    }
}

impl Host for Workerd {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    fn send(&self, request: &Request) -> Response {
        self.exchange(request)
    }

    fn send_all(&self, requests: &[Request]) -> Vec<Response> {
        self.exchange_all(requests)
    }

    fn at_provider(&self, location: &str, login: &str) -> String {
        let callback = match &self.provider {
            Some(provider) => {
                let person = crate::scripted::provider::Person::by_login(login);
                provider.lock().unwrap().authorize(location, &person)
            }
            None => provider_login::sign_in(&self.issuer, location, login),
        };
        callback.strip_prefix(&self.origin).unwrap().to_owned()
    }

    fn scripted_provider(&self) -> Option<Arc<Mutex<Provider>>> {
        self.provider.clone()
    }

    fn is_one_instance(&self) -> bool {
        self.spin.is_none()
    }

    fn opens_web_sockets(&self) -> bool {
        self.spin.is_none()
    }

    fn forget(&self) {
        self.control("POST", "/forget", &Value::Null);
    }

    fn lose_log(&self) {
        // A runtime of Workers has a console, and nobody behind it who could go.
        if self.is_on_spin() {
            self.control("POST", "/lose-log", &Value::Null);
        }
    }

    fn database_calls(&self) -> Option<DatabaseCalls> {
        if !self.is_on_spin() {
            return None;
        }
        let said = self.exchange(&Request::new("GET", "/.well-known/spin/calls"));
        // Spin itself does not count them.
        (said.status == 200).then(|| {
            let said = said.json();
            DatabaseCalls {
                connections: said["connections"].as_u64().unwrap(),
                statements: said["statements"].as_u64().unwrap(),
            }
        })
    }

    fn deployment(&self) -> Deployment {
        self.deployment.lock().unwrap().clone()
    }

    fn deploy(&self, deployment: &Deployment) {
        let asked = json!({
            "configuration": deployment.configuration.to_string(),
            "bindings": secrets_by_name(&deployment.secrets),
            "without": deployment.without,
        });
        self.control("POST", "/deploy", &asked);
        *self.deployment.lock().unwrap() = deployment.clone();
    }

    fn bindings(&self) -> &'static [&'static str] {
        match self.spin {
            Some(_) => &["key_value_stores", "sqlite_databases", "site"],
            None => &["LYCHGATE_STORE", "LYCHGATE_LEDGER", "ASSETS"],
        }
    }

    fn token_requests(&self) -> usize {
        use crate::scripted::provider::settings::Endpoint;
        if let Some(provider) = &self.provider {
            return provider.lock().unwrap().count(Endpoint::Token);
        }
        let port = self.issuer.rsplit(':').next().unwrap().parse().unwrap();
        let log = wire::exchange(
            port,
            "localhost",
            &Request::new("GET", "/test/token-requests"),
        );
        log.json().as_array().unwrap().len()
    }

    fn api_requests(&self) -> usize {
        let count = self.control("GET", "/api-requests", &Value::Null);
        usize::try_from(count.as_u64().unwrap()).unwrap()
    }

    fn now(&self) -> UnixTime {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        UnixTime::from_seconds(since.unwrap().as_secs())
    }
}
