//! A cookie jar that keeps and refuses what browsers keep and refuse (RFC 6265bis, section 5.7).

use lychgate_core::time::{Seconds, UnixTime};

/// A browser's cookies for one host.
#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Cookie>);

/// A cookie that was kept.
#[derive(Clone, Debug)]
pub struct Cookie {
    pub name: String,
    pub value: String,
    pub expires: Option<UnixTime>,
    pub is_http_only: bool,
    pub same_site: String,
}

impl Jar {
    /// Obeys one `Set-Cookie` field.
    ///
    /// # Errors
    /// The reason for which a browser drops the field.
    pub fn take(&mut self, field: &str, now: UnixTime) -> Result<(), &'static str> {
        let mut parts = field.split(';').map(str::trim);
        let (name, value) = parts
            .next()
            .and_then(|pair| pair.split_once('='))
            .ok_or("no pair")?;
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(key, value)| (key.to_ascii_lowercase(), value))
            .collect();
        let attribute = |key: &str| {
            let found = attributes.iter().rev().find(|(name, _)| name == key);
            found.map(|(_, value)| *value)
        };
        let lower = name.to_ascii_lowercase();
        let is_http_only = attribute("httponly").is_some();
        if lower.starts_with("__host-") {
            if attribute("secure").is_none() {
                return Err("__Host- without Secure");
            }
            if attribute("path") != Some("/") {
                return Err("__Host- without Path=/");
            }
            if attribute("domain").is_some() {
                return Err("__Host- with Domain");
            }
        }
        if lower.starts_with("__host-http-") && !is_http_only {
            return Err("__Host-Http- without HttpOnly");
        }
        let max_age: Option<i64> = attribute("max-age").map(|text| text.parse().unwrap());
        self.0.retain(|cookie| cookie.name != name);
        if max_age.is_some_and(|seconds| seconds <= 0) {
            return Ok(());
        }
        let lifetime = |seconds: i64| now.plus(Seconds::new(seconds.try_into().unwrap()));
        self.0.push(Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            expires: max_age.map(lifetime),
            is_http_only,
            same_site: attribute("samesite").unwrap_or_default().to_owned(),
        });
        Ok(())
    }

    /// The `Cookie` header that goes with a request now.
    pub fn header(&self, now: UnixTime) -> Option<String> {
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|cookie| cookie.expires.is_none_or(|end| now < end))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The cookie with a name.
    pub fn cookie(&self, name: &str) -> Option<&Cookie> {
        self.0.iter().find(|cookie| cookie.name == name)
    }

    /// The cookies whose names begin with `prefix`.
    pub fn starting_with(&self, prefix: &str) -> Vec<&Cookie> {
        let matching = |cookie: &&Cookie| cookie.name.starts_with(prefix);
        self.0.iter().filter(matching).collect()
    }

    /// Puts a value there, as someone who holds the machine can.
    pub fn put(&mut self, name: &str, value: &str) {
        self.0.retain(|cookie| cookie.name != name);
        self.0.push(Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            expires: None,
            is_http_only: true,
            same_site: "Lax".to_owned(),
        });
    }

    /// Forgets a cookie.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|cookie| cookie.name != name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(1_000);

    #[test]
    fn a_prefix_needs_its_attributes() {
        let good = "__Host-Http-x=1; Path=/; Secure; HttpOnly";
        assert_eq!(Jar::default().take(good, NOW), Ok(()));
        for bad in [
            "__Host-Http-x=1; Path=/; HttpOnly",
            "__Host-Http-x=1; Secure; HttpOnly",
            "__Host-Http-x=1; Path=/a; Secure; HttpOnly",
            "__Host-Http-x=1; Path=/; Secure",
            "__Host-Http-x=1; Path=/; Secure; HttpOnly; Domain=example.com",
        ] {
            assert!(Jar::default().take(bad, NOW).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cookie_lives_for_its_max_age_and_zero_removes_it() {
        let mut jar = Jar::default();
        jar.take("a=1; Max-Age=60", NOW).unwrap();
        assert_eq!(
            jar.header(NOW.plus(Seconds::new(59))).as_deref(),
            Some("a=1")
        );
        assert_eq!(jar.header(NOW.plus(Seconds::new(60))), None);
        jar.take("a=; Max-Age=0", NOW).unwrap();
        assert_eq!(jar.header(NOW), None);
    }
}
