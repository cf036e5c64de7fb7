//! The logout request to the provider (OpenID Connect RP-Initiated Logout 1.0, section 2).

use crate::{encoding::parameters, http::url::Url, secret::Secret};
use alloc::string::String;

/// The URL that ends the user's session at the provider and leads back to us.
pub fn location(
    end_session_endpoint: &Url,
    client_id: &str,
    post_logout_redirect_uri: &str,
    id_token_hint: Option<&Secret<String>>,
) -> Url {
    let mut query = String::new();
    // A hint that makes the URL too long for servers on the way is left out: it is a hint.
    if let Some(hint) = id_token_hint.filter(|hint| hint.expose().len() <= LONGEST_HINT) {
        parameters::push(&mut query, "id_token_hint", hint.expose());
    }
    parameters::push(&mut query, "client_id", client_id);
    parameters::push(
        &mut query,
        "post_logout_redirect_uri",
        post_logout_redirect_uri,
    );
    end_session_endpoint.with_query(&query)
}

const LONGEST_HINT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_overlong_hint_is_left_out() {
        let url = Url::parse("https://op.example.com/end").unwrap();
        let at = |hint: usize| {
            let hint = Secret::new("h".repeat(hint));
            location(
                &url,
                "edge",
                "https://app.example.com/auth/signed-out",
                Some(&hint),
            )
            .to_string()
        };
        assert!(at(10).contains("id_token_hint=hhhhhhhhhh&client_id=edge"));
        assert!(!at(4097).contains("id_token_hint"));
    }
}
