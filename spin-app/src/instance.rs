//! The gateway of this instance.
//!
//! The configuration is a mounted file and every secret a variable that has to be asked for, so a first
//! request makes the gateway and the others of this instance find it. One that cannot open answers 503 to
//! everything; where the reason may pass by itself, the next request tries again.
//!
//! Whether the manifest grants a store and a database is known by opening both. A host refuses at once what was not
//! granted, and may take any time for what was. So nobody waits for it: the gateway opens meanwhile, and is closed
//! should a refusal come later.

use crate::folder::{Folder, Unreadable};
use crate::{ledger, log, store};
use futures_util::future::{Either, select};
use lychgate_core::fault::ConfigurationFault;
use lychgate_core::gateway::{Configured, Gateway, spin_variable};
use lychgate_core::secret::Secret;
use spin_sdk::variables::{self, Error};
use spin_sdk::wasip3::spawn;
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

/// Where the manifest mounts the compiled configuration and the static files.
pub(crate) const CONFIGURATION: (&str, &str) = ("/lychgate", "lychgate.json");
pub(crate) const SITE: &str = "/site";

/// The most bytes of a configuration; thousands of routes fit.
const LARGEST_CONFIGURATION: u64 = 4 * 1024 * 1024;

thread_local! {
    static GATEWAY: RefCell<Option<Rc<Gateway>>> = const { RefCell::new(None) };
}

/// How long a gateway is good for.
enum Started {
    Lasting(Gateway),
    ForNow(Gateway),
}

/// The gateway, made where there is none yet.
pub(crate) async fn gateway() -> Rc<Gateway> {
    #[cfg(feature = "contract")]
    if crate::contract::is_cold() {
        let (Started::Lasting(gateway) | Started::ForNow(gateway)) = start().await;
        return Rc::new(gateway);
    }
    if let Some(gateway) = GATEWAY.with_borrow(Clone::clone) {
        return gateway;
    }
    match start().await {
        // Another request may have made one meanwhile; then that one counts, with what it remembers.
        Started::Lasting(gateway) => {
            GATEWAY.with_borrow_mut(|kept| Rc::clone(kept.get_or_insert_with(|| Rc::new(gateway))))
        }
        Started::ForNow(gateway) => Rc::new(gateway),
    }
}

async fn start() -> Started {
    let granted = Box::pin(lacking());
    match select(pin!(open()), granted).await {
        Either::Left((started, granted)) => {
            spawn(async move {
                if let Some(name) = granted.await {
                    let closed = Rc::new(lacks(name));
                    GATEWAY.with_borrow_mut(|kept| *kept = Some(closed));
                }
            });
            started
        }
        Either::Right((Some(name), _)) => Started::Lasting(lacks(name)),
        Either::Right((None, opening)) => opening.await,
    }
}

/// The store or database that the manifest does not grant, as soon as that is known.
async fn lacking() -> Option<&'static str> {
    let store = async {
        let lacks = "a store: key_value_stores of the manifest must list \"default\"";
        (!store::is_granted().await).then_some(lacks)
    };
    let ledger = async {
        let lacks = "a database: sqlite_databases of the manifest must list \"default\"";
        (!ledger::is_granted().await).then_some(lacks)
    };
    match select(pin!(store), pin!(ledger)).await {
        Either::Left((None, ledger)) => ledger.await,
        Either::Right((None, store)) => store.await,
        Either::Left((lacks, _)) | Either::Right((lacks, _)) => lacks,
    }
}

const fn lacks(name: &'static str) -> Gateway {
    Gateway::closed(ConfigurationFault::MissingBinding { name })
}

async fn open() -> Started {
    let lacks = |name| Started::Lasting(lacks(name));
    let json = match configuration().await {
        Ok(Some(json)) => json,
        Ok(None) => {
            return lacks(
                "the configuration: the manifest must mount it at /lychgate/lychgate.json",
            );
        }
        Err(error) => return unreadable("/lychgate/lychgate.json, which cannot be read", &error),
    };
    let configured = Configured::read(&json);
    let mut secrets = Vec::new();
    for name in configured.secret_names() {
        match variables::get(spin_variable(&name)).await {
            Ok(value) => secrets.push((name, value)),
            Err(Error::Undefined(_)) => {}
            Err(error) => {
                log::host_error("variables", &error.to_string());
                let fault = ConfigurationFault::MissingSecret { name };
                return Started::ForNow(Gateway::closed(fault));
            }
        }
    }
    let gateway = Gateway::open(configured, |name| {
        let found = secrets.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| Secret::new(value.clone()))
    });
    if !gateway.services().is_empty() {
        return lacks("service bindings, which Spin does not have: name a component by its url");
    }
    if gateway.needs_assets() {
        match Folder::at(SITE).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                return lacks("the static files: the manifest must mount them at /site");
            }
            Err(error) => return unreadable("/site, which cannot be read", &error),
        }
    }
    Started::Lasting(gateway)
}

/// A gateway that is closed to the requests of now: what failed once may succeed the next time.
fn unreadable(name: &'static str, Unreadable(error): &Unreadable) -> Started {
    log::host_error("filesystem", &format!("{error:?}"));
    Started::ForNow(Gateway::closed(ConfigurationFault::MissingBinding { name }))
}

/// The compiled configuration; `None` where there is none, or one that is too large.
async fn configuration() -> Result<Option<Vec<u8>>, Unreadable> {
    let (path, name) = CONFIGURATION;
    let Some(folder) = Folder::at(path).await? else {
        return Ok(None);
    };
    match folder.open(name).await? {
        Some(file) if file.length <= LARGEST_CONFIGURATION => file.whole().await.map(Some),
        Some(_) | None => Ok(None),
    }
}
