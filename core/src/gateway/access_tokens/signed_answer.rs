//! An answer that its issuer has to sign (RFC 9701), verified with the keys that the issuer publishes.

use crate::{
    bearer::{
        online::{self, AnswerFault},
        signed_answer::{Expectation, Said, SignedAnswerFault},
    },
    config::IssuerIndex,
    fault::{Fault, IssuerFault},
    gateway::{access_tokens::keys, context::call::Call, key_sets::verify::Unproven},
    http::{inbound::Inbound, outbound::Reply},
    platform::Platform,
};

/// What the answer of the issuer at `index` says.
///
/// # Errors
/// [`IssuerFault`] where it is not signed as it has to be, and any fault of the issuer's keys. A false accept lets
/// anyone in who stands between us and the issuer.
pub(in crate::gateway) async fn read<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    index: IssuerIndex,
    reply: &Reply,
    expected: Expectation<'_>,
) -> Result<Said, Fault> {
    let unusable = |fault: AnswerFault| Fault::from(IssuerFault::Answer(fault));
    let answer = online::signed(reply).map_err(unusable)?;
    let mut current = keys::current(call, index).await?;
    let allowed = &expected.issuer.algorithms;
    let proven = current.prove(call, answer.token(), allowed).await;
    call.do_later(current.keys.later.take());
    let proven = proven.map_err(|unproven| match unproven {
        Unproven::NotSigned(fault) => unusable(SignedAnswerFault::Signature(fault).into()),
        Unproven::Unknown(fault) => fault,
    })?;
    let said = answer.accept(&proven.proof, expected, call.platform.now());
    said.map_err(|fault| unusable(fault.into()))
}
