//! The gateway in this process, on the scripted platform.
//!
//! It plays the adapter: it forwards, and carries out the header rewrites, exactly as asked.

use super::{
    DatabaseCalls, Deployment, Host,
    configuration::{Places, configuration, secrets},
    upstream,
};
use crate::{
    executor::{block_on, block_on_all},
    http::{
        request::{Received, Request},
        response::Response,
    },
    scripted::{
        Place, Scripted, World,
        provider::{CLIENT_ID, CLIENT_SECRET, ISSUER, Person, Provider, settings::Endpoint},
        schedule::Call,
    },
};
use lychgate_core::{
    gateway::{
        Forward, ForwardTarget, Gateway, Later, Outcome, WarmRequest, fields::Fields,
        header_rewrites::ResponseRewrite, is_telling,
    },
    http::inbound::Inbound,
    secret::Secret,
    time::UnixTime,
};
use serde_json::Value;
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Mutex},
};

/// The deployment's address.
pub const ORIGIN: &str = "https://app.example.com";
/// The API's address.
pub const API: &str = "https://api.example.com";

/// A gateway at one place of a world.
pub struct InProcess {
    pub world: Rc<World>,
    pub edge: Scripted,
    pub gateway: RefCell<Rc<Gateway>>,
    setup: RefCell<Setup>,
    api_requests: Rc<RefCell<Vec<Request>>>,
}

/// The parts of a deployment.
#[derive(Clone)]
pub struct Setup {
    pub configuration: Value,
    pub secrets: Vec<(String, String)>,
}

impl Setup {
    /// The configuration that the suites run.
    pub fn standard() -> Self {
        let places = Places {
            public_url: ORIGIN.to_owned(),
            issuer: ISSUER.to_owned(),
            api: API.to_owned(),
            client_id: CLIENT_ID.to_owned(),
        };
        Self {
            configuration: configuration(&places),
            secrets: secrets(CLIENT_SECRET),
        }
    }

    /// The gateway of this deployment.
    pub fn gateway(&self) -> Gateway {
        let look_up = |name: &str| {
            let found = self.secrets.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| Secret::new(value.clone()))
        };
        Gateway::start(self.configuration.to_string().as_bytes(), look_up)
    }
}

impl InProcess {
    /// The standard deployment in a world of its own.
    pub fn new() -> Self {
        Self::with(&Setup::standard())
    }

    /// A deployment in a world of its own.
    pub fn with(setup: &Setup) -> Self {
        Self::in_world(setup, &World::new(), Place(0))
    }

    /// A deployment's isolate at a place of a world, with nothing in memory.
    pub fn in_world(setup: &Setup, world: &Rc<World>, place: Place) -> Self {
        Self {
            world: Rc::clone(world),
            edge: world.edge(place),
            gateway: RefCell::new(Rc::new(setup.gateway())),
            setup: RefCell::new(setup.clone()),
            api_requests: Rc::default(),
        }
    }

    /// The same deployment at another place.
    pub fn elsewhere(&self) -> Self {
        Self::in_world(
            &self.setup.borrow(),
            &self.world,
            Place(self.edge.place.0 + 1),
        )
    }

    /// The isolate's gateway.
    pub fn gateway(&self) -> Rc<Gateway> {
        Rc::clone(&self.gateway.borrow())
    }

    /// Answers a request; the work for afterwards is left to the caller.
    pub async fn serve(&self, request: &Request) -> (Response, Option<Later>) {
        let received = Received::new(request, self.authority());
        let (cookie, authorization) = (request.joined("cookie"), request.joined("authorization"));
        let warm = WarmRequest {
            method: received.method(),
            target: received.target(),
            host: received.host(),
            cookie: cookie.as_deref(),
            authorization: authorization.as_deref(),
            is_telling: request.headers.iter().any(|(name, _)| is_telling(name)),
        };
        let gateway = self.gateway();
        let (outcome, later) = match gateway.warm(&warm, self.world.now()) {
            Some(outcome) => (outcome, None),
            None => gateway.handle(&self.edge, &received).await,
        };
        let response = match outcome {
            Outcome::Respond(response) => own(response),
            Outcome::Forward(forward) => self.forward(request, &forward),
        };
        (response, later)
    }

    /// Answers a request and does the work for afterwards.
    pub async fn serve_whole(&self, request: &Request) -> Response {
        let (response, later) = self.serve(request).await;
        if let Some(later) = later {
            self.gateway().finish(&self.edge, later).await;
        }
        response
    }

    fn forward(&self, request: &Request, forward: &Forward) -> Response {
        let edit = &forward.request;
        let mut sent = Request::new(&request.method, edit.target()).with_body(&request.body);
        for (name, value) in edit.apply(bytes_of(&request.headers)) {
            sent = sent.with(&name, &String::from_utf8(value).unwrap());
        }
        let answer = match &forward.target {
            ForwardTarget::Assets => upstream::assets(&sent),
            ForwardTarget::Url(origin) => {
                assert_eq!(origin.to_string(), API);
                self.api_requests.borrow_mut().push(sent.clone());
                upstream::api(&sent)
            }
            ForwardTarget::Service { name, .. } => panic!("nobody is bound as {}", name.0),
        };
        edited(answer, &forward.response)
    }
}

/// A response of the gateway's own.
fn own(response: lychgate_core::http::response::Response) -> Response {
    let headers = response.headers.iter();
    Response {
        status: response.status.code(),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned()))
            .collect(),
        body: response.body.into_bytes(),
    }
}

fn edited(answer: Response, edit: &ResponseRewrite) -> Response {
    let fields = edit.apply(bytes_of(&answer.headers)).into_iter();
    Response {
        headers: fields
            .map(|(name, value)| (name, String::from_utf8(value).unwrap()))
            .collect(),
        ..answer
    }
}

fn bytes_of(fields: &[(String, String)]) -> Fields {
    let fields = fields.iter();
    fields
        .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
        .collect()
}

impl Host for InProcess {
    fn origin(&self) -> &str {
        ORIGIN
    }

    fn issuer(&self) -> &str {
        ISSUER
    }

    fn send(&self, request: &Request) -> Response {
        block_on(self.serve_whole(request))
    }

    fn send_all(&self, requests: &[Request]) -> Vec<Response> {
        self.world.schedule.borrow_mut().before = 1;
        let responses = block_on_all(requests.iter().map(|request| self.serve_whole(request)));
        self.world.schedule.borrow_mut().before = 0;
        responses
    }

    fn at_provider(&self, location: &str, login: &str) -> String {
        let person = Person::by_login(login);
        let callback = self.world.provider().authorize(location, &person);
        callback.strip_prefix(ORIGIN).unwrap().to_owned()
    }

    fn scripted_provider(&self) -> Option<Arc<Mutex<Provider>>> {
        Some(self.world.shared_provider())
    }

    fn forget(&self) {
        *self.gateway.borrow_mut() = Rc::new(self.setup.borrow().gateway());
    }

    fn database_calls(&self) -> Option<DatabaseCalls> {
        let of_ledger = [Call::LedgerRead, Call::LedgerList, Call::LedgerWrite];
        let calls = of_ledger.map(|call| self.world.count(call));
        let calls = calls.iter().sum::<usize>().try_into().unwrap();
        Some(DatabaseCalls {
            connections: calls,
            statements: calls,
        })
    }

    fn deployment(&self) -> Deployment {
        let Setup {
            configuration,
            secrets,
        } = self.setup.borrow().clone();
        Deployment {
            configuration,
            secrets,
            without: Vec::new(),
        }
    }

    fn deploy(&self, deployment: &Deployment) {
        assert!(deployment.without.is_empty(), "nothing is bound here");
        self.setup.replace(Setup {
            configuration: deployment.configuration.clone(),
            secrets: deployment.secrets.clone(),
        });
        self.forget();
    }

    fn bindings(&self) -> &'static [&'static str] {
        &[]
    }

    fn token_requests(&self) -> usize {
        self.world.provider().count(Endpoint::Token)
    }

    fn api_requests(&self) -> usize {
        self.api_requests.borrow().len()
    }

    fn now(&self) -> UnixTime {
        self.world.now()
    }
}
