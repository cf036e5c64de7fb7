//! The header rewrites of a response, as one line of text.
//!
//! While an upstream answers, a host may have to hold it in another language: a line needs no freeing, and outlives the
//! instance that wrote it.

use super::{
    addresses::Origins,
    response::{ResponseRewrite, UpstreamKind},
};
use crate::{
    access::decision::Audience,
    http::rewrite::{Prefix, Rewrite},
};
use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};

/// None of the parts can hold it: they are words, origins, and paths in normal form.
const BETWEEN: char = ' ';

const PRINCIPAL: &str = "principal";
const EVERYONE: &str = "everyone";
const ASSETS: &str = "assets";
const SERVICE: &str = "service";
const CORS: &str = "cors";

impl ResponseRewrite {
    /// The rewrite as a line, for [`Self::of_line`]. The line leaves out the headers that are appended whatever
    /// the upstream answers ([`Self::set_cookies`] and [`Self::append`]).
    pub fn to_line(&self) -> String {
        let audience = match self.audience {
            Audience::Principal => PRINCIPAL,
            Audience::Everyone => EVERYONE,
        };
        let kind = match self.kind {
            UpstreamKind::Assets => ASSETS,
            UpstreamKind::Service => SERVICE,
        };
        let cors = if self.cors.is_some() { CORS } else { "" };
        let mut line = String::from(audience);
        let mut add = |part: &str| {
            line.push(BETWEEN);
            line.push_str(part);
        };
        add(kind);
        add(cors);
        let origins = self.origins.as_ref();
        add(origins.map_or("", |it| it.upstream.as_str()));
        add(origins.map_or("", |it| it.public.as_str()));
        if let Some(rewrite) = &self.rewrite {
            add(rewrite.strip.as_str());
            add(rewrite.add.as_str());
        }
        line
    }

    /// The rewrite of a line of [`Self::to_line`]; `None` for any other text.
    pub fn of_line(line: &str) -> Option<Self> {
        let mut parts = line.split(BETWEEN);
        let audience = match parts.next()? {
            PRINCIPAL => Audience::Principal,
            EVERYONE => Audience::Everyone,
            _ => return None,
        };
        let kind = match parts.next()? {
            ASSETS => UpstreamKind::Assets,
            SERVICE => UpstreamKind::Service,
            _ => return None,
        };
        let cors = match parts.next()? {
            CORS => Some(Vec::new()),
            "" => None,
            _ => return None,
        };
        let origins = match (parts.next()?, parts.next()?) {
            ("", "") => None,
            (upstream, public) => Some(Rc::new(Origins {
                upstream: upstream.to_owned(),
                public: public.to_owned(),
            })),
        };
        let rewrite = match (parts.next(), parts.next(), parts.next()) {
            (None, _, _) => None,
            (Some(strip), Some(add), None) => Some(Rc::new(Rewrite {
                strip: prefix(strip)?,
                add: prefix(add)?,
            })),
            _ => return None,
        };
        Some(Self {
            audience,
            set_cookies: Vec::new(),
            origins,
            rewrite,
            kind,
            cors,
        })
    }
}

fn prefix(text: &str) -> Option<Prefix> {
    if text.is_empty() {
        return Some(Prefix::default());
    }
    Prefix::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_line_with_a_part_too_few_many_or_wrong_is_none() {
        let good = "principal service  https://a.example https://b.example /x /y";
        assert!(ResponseRewrite::of_line(good).is_some());
        for line in [
            "principal service",
            "principal service cors",
            "principal service cars  ",
            "principal thing   ",
            "Principal service   ",
            "principal service  https://a.example https://b.example /x",
            "principal service  https://a.example https://b.example /x /y /z",
            "principal service  https://a.example https://b.example /x/ /y",
        ] {
            assert!(ResponseRewrite::of_line(line).is_none(), "{line}");
        }
    }
}
