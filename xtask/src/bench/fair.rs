//! Whether all that are compared do the same job, so that none is quick by leaving something out.

use super::load::{self, NAVIGATION, Target};
use crate::failure::{Failure, Outcome};

/// Something that lets requests through to the upstream only with a session and a group.
pub(super) struct Guard {
    /// As it is called in a failure.
    pub(super) name: &'static str,
    /// A request of a member for what members may see.
    pub(super) allowed: Target,
    /// The same where it needs a group that the member is not in.
    pub(super) forbidden: &'static str,
}

/// Asks for what must be refused, and for what must not.
///
/// # Errors
/// An answer that is not the right one.
pub(super) fn check(guard: &Guard) -> Outcome {
    let Guard {
        name,
        allowed,
        forbidden,
    } = guard;
    let spoofed = allowed
        .with("lychgate-user", "admin")
        .with("lychgate-groups", "staff");
    for (who, target) in [
        ("a member", allowed),
        ("a member who claims more", &spoofed),
    ] {
        let (status, body) = load::ask(target)?;
        expect(name, who, 200, status)?;
        if !body.contains(allowed.shows) {
            return Err(Failure::new(format!(
                "{name} tells the upstream something else of {who}: {body}"
            )));
        }
    }
    let elsewhere = Target {
        path: forbidden,
        ..allowed.clone()
    };
    let nobody = |headers: &str| Target {
        headers: headers.to_owned(),
        ..allowed.clone()
    };
    let script = "sec-fetch-mode: cors\r\nsec-fetch-dest: empty\r\n";
    for (who, target, expected) in [
        ("a member without the group", elsewhere, 403),
        ("nobody on the way to a page", nobody(NAVIGATION), 302),
        ("a script without a session", nobody(script), 401),
    ] {
        let (status, _) = load::ask(&target)?;
        // 303 says what 302 came to mean: go there with a GET.
        expect(
            name,
            who,
            expected,
            if status == 303 { 302 } else { status },
        )?;
    }
    Ok(())
}

fn expect(name: &str, who: &str, expected: u16, status: u16) -> Outcome {
    if status == expected {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{name} answers {who} with {status} instead of {expected}"
    )))
}
