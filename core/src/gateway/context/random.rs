//! Random values by what they are for.

use crate::{
    event::Incident,
    fault::{Fault, PlatformFault},
    platform::Platform,
};

/// `N` random bytes.
///
/// # Errors
/// [`PlatformFault::Random`] where the host has none; nothing may be sealed or signed then.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{RandomError, for_tests::Edge};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn without_random_bytes_there_is_an_incident_and_nothing_else() {
        let good = Edge::default();
        assert_eq!(bytes(&good), Ok([7; 6]));
        assert_eq!(incident(&good).as_str(), "070707070707");
        let bad = Edge {
            random: Err(RandomError),
            ..Edge::default()
        };
        assert_eq!(bytes::<6>(&bad), Err(PlatformFault::Random.into()));
        assert_eq!(incident(&bad).as_str(), "000000000000");
    }
}
