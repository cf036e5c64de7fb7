//! A loaded application: its components, ready to be started, and the ways between them.

use crate::allowed_hosts::AllowedHosts;
use crate::arguments::{Allocation, Arguments, Cache};
use crate::bindings;
use crate::inbound;
use crate::instance::Instances;
use crate::key_value::KeyValue;
use crate::logs::{Log, complain};
use crate::manifest::{Component as Declared, Manifest};
use crate::mounts;
use crate::outbound::Outbound;
use crate::routes::{RouteMatch, Routes};
use crate::sqlite::{self, Database};
use crate::state::{Shared, State};
use crate::variables::Values;
use http::uri::Scheme;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use std::collections::BTreeMap;
use std::env;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use wasmtime::component::{Component, Linker};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result, ensure,
    error::Context as _,
};
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{Error, WasiBody};

/// The components of an application, by id.
#[derive(Default)]
pub struct Components(OnceLock<BTreeMap<String, Served>>);

/// A component with the instances that it has now.
struct Served {
    /// The source of new instances.
    instances: Instances,
    handler: RwLock<ProxyHandler<Instances>>,
}

impl Served {
    fn new(instances: Instances) -> Self {
        Self {
            handler: RwLock::new(ProxyHandler::new(instances.clone())),
            instances,
        }
    }

    fn handler(&self) -> ProxyHandler<Instances> {
        let handler = self.handler.read();
        handler.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self) {
        let mut handler = self.handler.write().unwrap_or_else(PoisonError::into_inner);
        *handler = ProxyHandler::new(self.instances.clone());
    }
}

/// A loaded application.
pub struct Application {
    /// Which component answers what.
    pub routes: Routes,
    /// The components that answer.
    pub components: Arc<Components>,
}

impl Components {
    /// Begins with new instances, as a start of the host does, without compiling anything. Those there were answer what
    /// they are about to and take no more.
    pub fn forget(&self) {
        sqlite::begin_anew();
        for served in self.0.get().into_iter().flat_map(BTreeMap::values) {
            served.forget();
        }
    }

    /// Lets a component answer a request. A component that fails is a 500.
    ///
    /// # Errors
    /// A component that is not there, or a request that Spin does not take.
    pub async fn answer(
        &self,
        route: &RouteMatch<'_>,
        mut request: Request<WasiBody>,
        client: SocketAddr,
    ) -> Result<Response<WasiBody>> {
        inbound::set_uri(&mut request, Scheme::HTTP)?;
        let handler = self
            .0
            .get()
            .and_then(|components| components.get(route.component))
            .with_context(|| format!("unknown routing destination '{}'", route.component))?
            .handler();
        let answer = match inbound::prepare(&mut request, route, client) {
            Ok(()) => handler.handle((), request).await,
            Err(error) => Err(error),
        };
        Ok(answer.unwrap_or_else(|error| {
            complain(&format!(
                "a request to the component `{}` failed: {error:?}",
                route.component
            ));
            status(StatusCode::INTERNAL_SERVER_ERROR)
        }))
    }

    /// Lets a component answer a request of another component.
    ///
    /// # Errors
    /// A component that is not there.
    pub fn chain(
        self: &Arc<Self>,
        component: &str,
        request: Request<WasiBody>,
        client: SocketAddr,
    ) -> impl Future<Output = Result<Response<WasiBody>, Error>> + Send + use<> {
        let (components, component) = (Arc::clone(self), component.to_owned());
        // A component may chain to one that chains in turn.
        let answer: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move {
            let path = request.uri().path().to_owned();
            let route = RouteMatch::chained(&component, &path);
            let answer = components.answer(&route, request, client).await;
            answer.map_err(|error| Error::InternalError(Some(error.to_string())))
        });
        answer
    }
}

/// An answer without a body.
pub fn status(status: StatusCode) -> Response<WasiBody> {
    let body = Empty::new().map_err(Error::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

impl Application {
    /// Reads, checks and compiles everything.
    ///
    /// # Errors
    /// Anything that is missing or wrong: an application starts whole or not at all.
    pub fn load(arguments: &Arguments) -> Result<Self> {
        let manifest = Manifest::load(&arguments.from)?;
        let routes = Routes::new(&manifest.trigger.http)?;
        let folder = arguments.from.parent().unwrap_or(Path::new(""));
        ensure!(
            !folder.join(".env").exists(),
            "there is a `.env` beside the manifest, which this host does not read; set the variables themselves"
        );
        let values = Values::resolve(&manifest.variables, |name| env::var(name).ok())?;
        let loader = Loader {
            arguments,
            folder,
            values,
            engine: engine(arguments.allocation, arguments.cache)?,
            ids: manifest.component.keys().cloned().collect(),
            store: Arc::new(KeyValue::new(
                "default",
                arguments.state_dir.join("sqlite_key_value.db"),
            )),
            components: Arc::default(),
        };
        std::fs::create_dir_all(&arguments.state_dir)
            .with_context(|| format!("cannot create {}", arguments.state_dir.display()))?;
        let mut handlers = BTreeMap::new();
        for (id, declared) in &manifest.component {
            let instances = loader
                .load(id, declared)
                .with_context(|| format!("failed to load the component `{id}`"))?;
            handlers.insert(id.clone(), Served::new(instances));
        }
        let components = loader.components;
        components.0.get_or_init(|| handlers);
        Ok(Self { routes, components })
    }
}

/// The common needs of loading each component.
struct Loader<'a> {
    arguments: &'a Arguments,
    folder: &'a Path,
    values: Values,
    engine: Engine,
    ids: Vec<String>,
    store: Arc<KeyValue>,
    components: Arc<Components>,
}

impl Loader<'_> {
    fn load(&self, id: &str, declared: &Declared) -> Result<Instances> {
        let Arguments {
            state_dir,
            echo,
            reuse,
            ..
        } = self.arguments;
        let allowed =
            AllowedHosts::parse(&declared.allowed_outbound_hosts, &self.values, &self.ids)?;
        let logs = state_dir.join("logs");
        let shared = Shared {
            id: id.to_owned(),
            environment: declared.environment.clone(),
            variables: self.values.component(&declared.variables)?,
            root: mounts::copy(declared, self.folder, &state_dir.join("mounts").join(id))?,
            stores: labels(&declared.key_value_stores, &self.store),
            databases: labels(
                &declared.sqlite_databases,
                &Database(state_dir.join("sqlite_db.db")),
            ),
            stdout: Log::open(&logs, id, "stdout", *echo)?,
            stderr: Log::open(&logs, id, "stderr", *echo)?,
        };
        Ok(Instances {
            engine: self.engine.clone(),
            service: self.compile(&declared.source)?,
            shared: Arc::new(shared),
            outbound: Outbound::new(id, allowed, Arc::clone(&self.components)),
            reuse: *reuse,
        })
    }

    fn compile(&self, source: &str) -> Result<ServicePre<State>> {
        let path = self.folder.join(source);
        ensure!(
            path.is_file(),
            "the wasm file {} is not there",
            path.display()
        );
        let component = Component::from_file(&self.engine, &path)
            .with_context(|| format!("failed to compile {}", path.display()))?;
        let mut linker = Linker::new(&self.engine);
        bindings::add_to_linker(&mut linker)?;
        ServicePre::new(linker.instantiate_pre(&component)?)
            .with_context(|| format!("{} does not answer wasi:http 0.3", path.display()))
    }
}

fn labels<T: Clone>(labels: &[String], value: &T) -> BTreeMap<String, T> {
    labels
        .iter()
        .map(|label| (label.clone(), value.clone()))
        .collect()
}

/// An engine as Spin configures it.
fn engine(allocation: Allocation, cache: Cache) -> Result<Engine> {
    let mut config = Config::new();
    if cache == Cache::Kept {
        // A user without a folder for caches waits for the compiler.
        config.cache(wasmtime::Cache::from_file(None).ok());
    }
    config.wasm_component_model(true);
    config.wasm_component_model_async(true);
    // Spin counts epochs to end what runs too long; the code that it compiles is slower for it.
    config.epoch_interruption(true);
    if allocation == Allocation::Pooling {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
        if let Ok(engine) = Engine::new(&config) {
            return Ok(engine);
        }
        // The pool needs terabytes of addresses, which not every system grants.
        config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    }
    Engine::new(&config)
}

/// Spin's limits.
fn pool() -> PoolingAllocationConfig {
    const MB: usize = 1 << 20;
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(1000)
        .total_memories(1000)
        .total_tables(2000)
        .total_stacks(1000)
        .total_core_instances(4000)
        .table_elements(100_000)
        .max_component_instance_size(10 * MB)
        .max_core_instance_size(10 * MB)
        .max_core_instances_per_component(200)
        .max_tables_per_component(64)
        .max_memories_per_component(32)
        .max_tables_per_module(2)
        .max_memories_per_module(2)
        .max_memory_size(4096 * MB)
        .linear_memory_keep_resident(2 * MB)
        .table_keep_resident(MB / 2);
    pool
}
