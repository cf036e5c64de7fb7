//! Properties of rewrites, for any of them.

use super::{
    addresses::Origins,
    response::{PlainResponse, ResponseRewrite, TELLING, UpstreamKind},
};
use crate::{
    access::decision::Audience,
    http::rewrite::{Prefix, Rewrite},
};
use alloc::{format, rc::Rc, vec::Vec};
use proptest::prelude::*;

fn prefixes() -> impl Strategy<Value = Prefix> {
    let parsed = |text: &str| Prefix::parse(text).unwrap_or_default();
    prop_oneof![Just(""), Just("/v1"), Just("/a%20b/c")].prop_map(parsed)
}

prop_compose! {
    fn rewrites()(
        is_public: bool,
        is_file: bool,
        has_cors: bool,
        has_origins: bool,
        rewrite in proptest::option::of((prefixes(), prefixes())),
    ) -> ResponseRewrite {
        ResponseRewrite {
            audience: if is_public { Audience::Everyone } else { Audience::Principal },
            set_cookies: Vec::new(),
            origins: has_origins.then(|| Rc::new(Origins {
                upstream: "http://[2001:db8::1]:8080".into(),
                public: "https://app.example.com".into(),
            })),
            rewrite: rewrite.map(|(strip, add)| Rc::new(Rewrite { strip, add })),
            kind: if is_file { UpstreamKind::Assets } else { UpstreamKind::Service },
            cors: has_cors.then(Vec::new),
        }
    }
}

fn tells(name: &str) -> bool {
    let is_named = TELLING.names.iter().any(|names| names.contains(&name));
    let begins = TELLING.beginnings.iter().any(|it| name.starts_with(it));
    is_named || begins || (name.ends_with(TELLING.ending) && name.len() > TELLING.ending.len())
}

proptest! {
    #[test]
    fn a_line_says_all_that_depends_on_the_response(rewrite in rewrites()) {
        let again = ResponseRewrite::of_line(&rewrite.to_line());
        prop_assert_eq!(format!("{again:?}"), format!("{:?}", Some(rewrite)));
    }

    #[test]
    fn other_texts_are_no_rewrites(text in "[ -~]{0,40}") {
        prop_assume!(!text.starts_with("principal ") && !text.starts_with("everyone "));
        prop_assert!(ResponseRewrite::of_line(&text).is_none());
    }

    #[test]
    fn whatever_is_dropped_tells(
        rewrite in rewrites(),
        start in "|[a-z]{1,4}",
        stem in "-cache-control|expires|pragma|lychgate|access-control|surrogate-control|te|upgrade|x",
        rest in "|[-_.a-z]{0,8}",
    ) {
        let name = format!("{start}{stem}{rest}");
        let is_taken_by_hosts = ["te", "upgrade"].contains(&name.as_str());
        prop_assert!(tells(&name) || is_taken_by_hosts || !rewrite.strips(&name));
    }

    #[test]
    fn whatever_is_moved_tells(
        rewrite in rewrites(),
        name in "link|location|refresh|content-location|sourcemap|[a-z-]{1,12}",
        value in "<?/v1/[a-z]{0,3}>?|5;/v1",
    ) {
        prop_assert!(tells(&name) || rewrite.address(&name, &value).is_none());
    }

    #[test]
    fn what_tells_of_nothing_is_rewritten_alike(
        rewrite in rewrites(),
        content_type in "text/html|image/png|text/html; charset=utf-8|nonsense",
        own in "public|no-store|max-age=1",
    ) {
        let policy = rewrite.cache_control(Some(&content_type), Some(&own));
        match rewrite.of_plain() {
            PlainResponse::Ask => {}
            PlainResponse::Keep => prop_assert_eq!(policy, None),
            PlainResponse::CacheControl(plain) => prop_assert_eq!(policy, Some(plain)),
        }
    }
}
