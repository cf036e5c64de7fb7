//! Issuers that nobody has, though they look like one: a configuration with them is sound, and no one ever gets in.
//!
//! An issuer is compared byte for byte with what stands in metadata and tokens. Of some services it is known what that
//! is; of all, that it is not the address of their metadata.

use super::fault::ConfigFault;
use crate::http::url::Url;
use alloc::borrow::ToOwned;

/// Where a service keeps the metadata of an issuer (RFC 8615).
const WELL_KNOWN: &str = "/.well-known/";

/// Services whose issuer is their origin, without a slash at the end.
const ORIGINS: [&str; 3] = [
    "https://accounts.google.com",
    "https://appleid.apple.com",
    "https://gitlab.com",
];

/// Checks what is written as an issuer.
///
/// # Errors
/// [`ConfigFault::IssuerIsMetadata`], [`ConfigFault::IssuerOfNobody`] and [`ConfigFault::IssuerForm`].
pub(super) fn check(issuer: &str, url: &Url) -> Result<(), ConfigFault> {
    if let Some((before, _)) = issuer.split_once(WELL_KNOWN) {
        let perhaps = before.to_owned();
        return Err(ConfigFault::IssuerIsMetadata { perhaps });
    }
    let host = url.origin().host();
    let is_below = |domain: &str| {
        let prefix = host.strip_suffix(domain);
        prefix.is_some_and(|prefix| prefix.ends_with('.'))
    };
    let wrong = |preset| Err(ConfigFault::IssuerForm { preset });
    if host == "login.microsoftonline.com" {
        return entra(url.target());
    }
    if let Some(origin) = ORIGINS
        .into_iter()
        .find(|it| it.ends_with(&alloc::format!("//{host}")))
    {
        return match issuer == origin {
            true => Ok(()),
            false => Err(ConfigFault::IssuerOfNobody {
                perhaps: Some(origin),
            }),
        };
    }
    if host == "github.com" {
        return Err(ConfigFault::IssuerOfNobody { perhaps: None });
    }
    if is_below("auth0.com") && !issuer.ends_with('/') {
        return wrong("auth0");
    }
    let is_okta = ["okta.com", "oktapreview.com", "okta-emea.com"]
        .into_iter()
        .any(is_below);
    let label = host.split('.').next().unwrap_or_default();
    if is_okta && label.ends_with("-admin") {
        return wrong("okta");
    }
    Ok(())
}

/// Entra's issuers have the directory's id in them. `common` and the like, and the names of directories, lead to
/// metadata whose issuer is another; so does an address without `/v2.0`.
fn entra(path: &str) -> Result<(), ConfigFault> {
    let mut segments = path.split('/').skip(1);
    let (directory, version) = (segments.next(), segments.next());
    let is_id = directory.is_some_and(is_directory_id);
    if is_id && version == Some("v2.0") && segments.next().is_none() {
        Ok(())
    } else {
        Err(ConfigFault::IssuerForm { preset: "entra" })
    }
}

/// Whether a text is the id of a directory of Entra's: tokens name their issuer by it, whatever name the directory was
/// asked for by.
pub(super) fn is_directory_id(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    let fits = |(place, byte): (usize, u8)| match dashes.contains(&place) {
        true => byte == b'-',
        false => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn checked(issuer: &str) -> Result<(), ConfigFault> {
        check(issuer, &Url::parse(issuer).unwrap())
    }

    #[test]
    fn issuers_that_somebody_has_pass() {
        for issuer in [
            "https://op.example.com",
            "https://op.example.com/",
            "https://op.example.com/realms/a",
            "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
            "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
            "https://accounts.google.com",
            "https://example.eu.auth0.com/",
            "https://login.example.com",
            "https://example.okta.com/oauth2/default",
            "https://token.actions.githubusercontent.com",
            "https://notauth0.com",
        ] {
            assert_eq!(checked(issuer), Ok(()), "{issuer}");
        }
    }

    #[test]
    fn the_address_of_metadata_is_no_issuer() {
        for path in [
            "openid-configuration",
            "oauth-authorization-server",
            "jwks.json",
        ] {
            let issuer = alloc::format!("https://op.example.com/a/.well-known/{path}");
            let perhaps = "https://op.example.com/a".to_owned();
            assert_eq!(
                checked(&issuer),
                Err(ConfigFault::IssuerIsMetadata { perhaps })
            );
        }
    }

    #[test]
    fn what_no_service_says_of_itself_is_no_issuer() {
        let form = |preset| Err(ConfigFault::IssuerForm { preset });
        for path in [
            "common/v2.0",
            "organizations/v2.0",
            "consumers/v2.0",
            "example.onmicrosoft.com/v2.0",
            "11111111-2222-3333-4444-555555555555",
            "11111111-2222-3333-4444-555555555555/v2.0/",
            "11111111-2222-3333-4444-55555555555A/v2.0",
            "",
        ] {
            let issuer = alloc::format!("https://login.microsoftonline.com/{path}");
            assert_eq!(checked(&issuer), form("entra"), "{issuer}");
        }
        assert_eq!(checked("https://example.eu.auth0.com"), form("auth0"));
        assert_eq!(checked("https://dev-1-admin.okta.com"), form("okta"));
        let google = Some("https://accounts.google.com");
        for issuer in [
            "https://accounts.google.com/",
            "https://accounts.google.com/o/oauth2",
        ] {
            let nobody = Err(ConfigFault::IssuerOfNobody { perhaps: google });
            assert_eq!(checked(issuer), nobody, "{issuer}");
        }
        let none = Err(ConfigFault::IssuerOfNobody { perhaps: None });
        assert_eq!(checked("https://github.com"), none);
    }
}
