//! Checks that the client that sends a token holds the key that it is bound to (RFC 9449).

use crate::{
    access::routes::{Dpop, DpopDemand, DpopReplay},
    bearer::{
        AccessToken, AccessTokenFault, DpopFault, Scheme,
        cache::TokenDigest,
        dpop::{ProvenRequest, UnverifiedProof, UsedProof},
        used_proofs::NotNoted,
    },
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::context::{
        arrival::Target,
        call::Call,
        record::{self, NewValue, Once},
    },
    http::{header::HeaderName, inbound::Inbound},
    platform::{
        Platform,
        ledger::{Partition, PartitionKind, RecordName},
    },
    time::Seconds,
};

/// Checks that the token came as it must: alone where it is bound to nothing, and with a proof of this request where
/// it is bound.
///
/// # Errors
/// [`BrowserFault::Token`] where the proof is missing, wrong or used (RFC 9449, section 4.3), and [`PlatformFault`] where
/// nobody can tell. A false `Ok` lets a thief of the token in.
pub(in crate::gateway) async fn prove<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    target: &Target<'_>,
    scheme: Scheme,
    token: &AccessToken,
    digest: &TokenDigest,
    dpop: Dpop,
) -> Result<(), Fault> {
    let thumbprint = match (scheme, token.thumbprint(), dpop.demand) {
        // A plain Bearer token passes here: it is bound to no key, and the route asks for no proof.
        (Scheme::Bearer, None, DpopDemand::WhereBound) => return Ok(()),
        (Scheme::Bearer, None, DpopDemand::Always) | (Scheme::Dpop, None, _) => {
            return Err(refused(AccessTokenFault::Unbound));
        }
        // A thief who stole the token has not stolen the key.
        (Scheme::Bearer, Some(_), _) => return Err(refused(AccessTokenFault::Unproven)),
        (Scheme::Dpop, Some(thumbprint), _) => thumbprint,
    };
    let field = call.request.header(&HeaderName::DPOP);
    let field = field.ok_or_else(|| refuse(DpopFault::Missing))?;
    let proof = UnverifiedProof::read(&field).map_err(refuse)?;
    let signature = {
        let check = proof.check().map_err(refuse)?;
        let verdict = call.platform.verify_signature(&check).await;
        let verdict = verdict.map_err(|_| Fault::from(PlatformFault::Verifier))?;
        check
            .prove(verdict)
            .ok_or_else(|| refuse(DpopFault::Signature))?
    };
    let method = call.request.method();
    let request = ProvenRequest {
        method: &method,
        origin: &call.deployment.config.public_url,
        path: &target.path,
        token: digest,
        thumbprint,
        now: call.now,
    };
    let used = proof.accept(&signature, &request).map_err(refuse)?;
    match dpop.replay {
        DpopReplay::Memory => mark_in_memory(call, &used),
        DpopReplay::Ledger => mark_in_ledger(call, &used).await,
    }
}

fn mark_in_memory<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    used: &UsedProof,
) -> Result<(), Fault> {
    let noted = call
        .deployment
        .used_proofs
        .borrow_mut()
        .note(used, call.now);
    noted.map_err(|fault| match fault {
        NotNoted::Replayed => refuse(DpopFault::Replayed),
        // Nobody can say later that it was used, so it is not used at all.
        NotNoted::Full => PlatformFault::ProofsFull.into(),
    })
}

/// A mark whose write is in doubt counts as used.
async fn mark_in_ledger<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    used: &UsedProof,
) -> Result<(), Fault> {
    let partition = Partition {
        kind: PartitionKind::ProofKey,
        id: used.thumbprint,
    };
    let mark = NewValue {
        value: &[],
        // Clocks of two machines differ.
        expires: used.until.plus(Seconds::new(60)),
    };
    match record::write_once(call, &partition, &RecordName::proof(used.id), mark).await? {
        Once::Written => Ok(()),
        Once::AlreadyThere => Err(refuse(DpopFault::Replayed)),
    }
}

fn refuse(fault: DpopFault) -> Fault {
    refused(AccessTokenFault::Dpop(fault))
}

fn refused(fault: AccessTokenFault) -> Fault {
    BrowserFault::Token(fault).into()
}
