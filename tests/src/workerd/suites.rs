//! The gateway's contract with a real provider, and the attacks with the scripted one.

use crate::{
    attack,
    gateway::{named_cases, run_named},
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
};
use std::rc::Rc;

#[test]
fn the_worker_keeps_the_contract_with_a_real_provider() {
    let host: Rc<dyn Host> = Rc::new(Workerd::start(&Setup::standard()));
    run_named(&named_cases(), || Rc::clone(&host));
}

#[test]
fn attacks_on_the_worker_fail() {
    let host: Rc<dyn Host> = Rc::new(Workerd::start(&Setup::scripted()));
    run_named(&attack::everywhere_cases(), || Rc::clone(&host));
}
