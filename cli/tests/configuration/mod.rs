//! A configuration with nothing to mend in it.

/// One provider, static files, and a route for staff.
pub const GOOD: &str = r#"version = 1
public_url = "https://app.example.com"

[[key]]
id = 1
secret = "LYCHGATE_KEY_1"

[[provider]]
id = "example"
issuer = "https://op.example.com"
client_id = "edge"
client_secret = { secret = "CLIENT_SECRET" }

[[upstream]]
id = "site"
assets = true

[[route]]
path = "/**"
access = ["public"]
upstream = "site"

[[route]]
path = "/staff/**"
access = ["session"]
upstream = "site"
require = { any_group = ["staff"] }
"#;
