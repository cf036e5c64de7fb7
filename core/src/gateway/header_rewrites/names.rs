//! Names of header fields that go no further, as tables that are searched in a few comparisons.

use core::cmp::Ordering;

/// Names in lower case and in order. One that ends in a hyphen stands for all that begin so.
#[derive(Debug)]
pub(super) struct Names<const N: usize>([&'static str; N]);

/// Fields that a client addresses to the gateway alone, as the other end of its connection (RFC 9110, sections 7.6.1
/// and 10.1.1). `proxy` is no field of HTTP: CGI makes `HTTP_PROXY` of it, which programs take for a setting. `upgrade`
/// has a rule of its own.
pub(super) const TO_THE_NEXT_HOP: Names<9> = Names([
    "connection",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy",
    "proxy-",
    "te",
    "trailer",
    "transfer-encoding",
]);

/// Fields that an upstream may take for the word of the gateway in front of it: who sent the request, from where and
/// how, what was asked for, and what a server in front makes of the answer. Services behind other gateways, load
/// balancers and content networks believe these without a question, since there nobody but those can send them.
pub(super) const FOR_A_GATEWAY_TO_SAY: Names<124> = Names([
    "-wsat",
    "-wscc",
    "-wscs",
    "-wsis",
    "-wspr",
    "-wsra",
    "-wsrh",
    "-wsru",
    "-wssc",
    "-wssn",
    "-wssp",
    "cf-",
    "client-cert",
    "client-cert-",
    "client-ip",
    "client-verify",
    "cloudfront-",
    "do-connecting-ip",
    "eppn",
    "fastly-",
    "fly-client-ip",
    "fly-forwarded-",
    "forwarded",
    "forwarded-",
    "front-end-https",
    "incap-client-ip",
    "iv-",
    "l5d-",
    "mellon-",
    "ngrok-auth-",
    "oam-",
    "oidc-",
    "remote-",
    "shib-",
    "sm-",
    "smuser",
    "spin-",
    "ssl-client-",
    "tailscale-",
    "true-client-ip",
    "wl-proxy-",
    "x-accel-",
    "x-amzn-lattice-",
    "x-amzn-mtls-",
    "x-amzn-oidc-",
    "x-amzn-tls-",
    "x-anonymous-consumer",
    "x-apigateway-api-userinfo",
    "x-appengine-",
    "x-arr-",
    "x-auth-audience",
    "x-auth-email",
    "x-auth-groups",
    "x-auth-name",
    "x-auth-request-",
    "x-auth-roles",
    "x-auth-subject",
    "x-auth-user",
    "x-auth-userid",
    "x-auth-username",
    "x-authenticated-",
    "x-authentik-",
    "x-azure-",
    "x-client-cert",
    "x-client-cert-",
    "x-client-certificate",
    "x-client-dn",
    "x-client-ip",
    "x-client-verify",
    "x-clientip",
    "x-cluster-client-ip",
    "x-consumer-",
    "x-credential-",
    "x-endpoint-api-userinfo",
    "x-envoy-",
    "x-forwarded",
    "x-forwarded-",
    "x-goog-authenticated-",
    "x-goog-iap-",
    "x-host",
    "x-http-host-override",
    "x-http-method",
    "x-http-method-override",
    "x-id-token",
    "x-jwt-",
    "x-method-override",
    "x-middleware-subrequest",
    "x-ms-client-principal",
    "x-ms-client-principal-",
    "x-ms-token-",
    "x-nf-",
    "x-oidc-",
    "x-original-",
    "x-originating-ip",
    "x-pomerium-",
    "x-proxyuser-ip",
    "x-real-",
    "x-remote-",
    "x-rewrite-url",
    "x-rh-identity",
    "x-scheme",
    "x-script-name",
    "x-sendfile",
    "x-sendfile-",
    "x-ssl",
    "x-ssl-",
    "x-sucuri-",
    "x-tls-",
    "x-token-",
    "x-url-scheme",
    "x-user",
    "x-user-email",
    "x-user-groups",
    "x-user-info",
    "x-user-name",
    "x-user-roles",
    "x-userinfo",
    "x-username",
    "x-vercel-forwarded-for",
    "x-vercel-ip-",
    "x-vercel-oidc-token",
    "x-vercel-proxied-for",
    "x-vouch-",
    "x-webauth-",
]);

impl<const N: usize> Names<N> {
    /// Whether a name is one of these to a server that makes variables of names: many lose the case of letters and tell
    /// no sign from another (`HTTP_X_REAL_IP`).
    pub(super) fn has(&self, name: &str) -> bool {
        // A name that begins like an entry stands behind it, with nothing between the two.
        let end = self.0.partition_point(|entry| order(entry, name).is_le());
        let Some(entry) = end.checked_sub(1).and_then(|at| self.0.get(at)) else {
            return false;
        };
        match entry.ends_with('-') {
            true => begins_like(name, entry),
            false => is_like(name, entry),
        }
    }
}

fn order(entry: &str, name: &str) -> Ordering {
    entry.bytes().cmp(name.bytes().map(fold))
}

/// Whether a server may take `name` for `other`, which is in lower case.
pub(super) fn is_like(name: &str, other: &str) -> bool {
    name.len() == other.len() && begins_like(name, other)
}

/// Whether a server may take the beginning of `name` for `prefix`, which is in lower case.
pub(super) fn begins_like(name: &str, prefix: &str) -> bool {
    let start = name.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.iter().copied().map(fold).eq(prefix.bytes().map(fold)))
}

const fn fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte.to_ascii_lowercase()
    } else {
        b'-'
    }
}

/// Whether a name is under our prefix.
pub(super) fn is_ours(name: &str) -> bool {
    begins_like(name, "lychgate-")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn is_searchable<const N: usize>(names: &Names<N>) {
        for pair in names.0.windows(2) {
            let [one, next] = pair else { continue };
            assert!(one < next, "{one} stands before {next}");
            assert!(
                !one.ends_with('-') || !next.starts_with(one),
                "{one} covers {next}"
            );
        }
        let is_folded = |name: &str| name.bytes().all(|byte| fold(byte) == byte);
        assert!(names.0.iter().all(|name| is_folded(name)));
    }

    #[test]
    fn the_tables_can_be_searched_by_halves() {
        is_searchable(&TO_THE_NEXT_HOP);
        is_searchable(&FOR_A_GATEWAY_TO_SAY);
    }

    #[test]
    fn every_entry_is_found_and_its_neighbours_are_not() {
        for entry in FOR_A_GATEWAY_TO_SAY.0 {
            let has = |name: &str| FOR_A_GATEWAY_TO_SAY.has(name);
            match entry.strip_suffix('-') {
                Some(_) => assert!(has(entry) && has(&alloc::format!("{entry}a-b"))),
                None => {
                    assert!(has(entry) && has(&entry.to_ascii_uppercase().replace('-', "_")));
                    assert!(!has(&alloc::format!("{entry}z")), "{entry}");
                }
            }
            assert!(!has(&alloc::format!("y{entry}")), "{entry}");
        }
        for name in ["", "a", "zz", "x-", "accept", "x-requested-with", "-"] {
            assert!(!FOR_A_GATEWAY_TO_SAY.has(name), "{name}");
            assert!(!TO_THE_NEXT_HOP.has(name), "{name}");
        }
    }
}
