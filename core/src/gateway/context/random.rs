//! Random values by what they are for.

use crate::{
    event::Incident,
    fault::{Fault, PlatformFault},
    platform::Platform,
};

/// `N` random bytes.
pub(in crate::gateway) fn bytes<const N: usize>(
    platform: &impl Platform,
) -> Result<[u8; N], Fault> {
    let mut out = [0; N];
    platform
        .fill_random(&mut out)
        .map_err(|_| Fault::from(PlatformFault::Random))?;
    Ok(out)
}

/// A new incident; without random bytes one that says so, since a page must be shown all the same.
pub(in crate::gateway) fn incident(platform: &impl Platform) -> Incident {
    Incident::new(bytes(platform).unwrap_or([0; 6]))
}
