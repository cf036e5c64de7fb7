//! The loop guard: how often in a row a browser was signed in for one page.
//!
//! It stops a sign-in that goes in circles. A browser that loses the session cookie, or whose provider never
//! authenticates as a route asks, would be redirected without end, with nobody to see why. The browser keeps the
//! count: a user who changes it gets one more sign-in or one fewer.

use super::return_to::ReturnTo;
use crate::{
    encoding::{base64url, digits},
    time::Seconds,
};
use alloc::{format, string::String};
use sha2::{Digest, Sha256};

/// How many sign-ins there are before a page says that another does not help.
pub const MOST: u8 = 3;

/// How long after a sign-in the next one counts as following it.
pub const LIFETIME: Seconds = Seconds::minutes(5);

/// How many characters of the page's digest stand in the cookie.
const DIGEST_CHARACTERS: usize = 11;

/// The cookie's value after one more sign-in for `page`, where it was `before`: `count "-" page`, the page
/// as the first 11 characters of base64url(SHA-256(`return_to`)).
pub fn one_more(before: Option<&str>, page: &ReturnTo) -> String {
    let count = made(before, page).saturating_add(1).min(MOST);
    format!("{count}-{}", name(page))
}

/// The sign-ins made for `page`, as the cookie's value says; none where it is about another page or
/// is nothing that [`one_more`] wrote.
pub fn made(value: Option<&str>, page: &ReturnTo) -> u8 {
    let Some((count, of)) = value.and_then(|value| value.split_once('-')) else {
        return 0;
    };
    if of != name(page) {
        return 0;
    }
    digits::number(count).map_or(0, |count| {
        u8::try_from(count).map_or(MOST, |count| count.min(MOST))
    })
}

fn name(page: &ReturnTo) -> String {
    let mut digest = base64url::encode(&Sha256::digest(page.as_str()));
    digest.truncate(DIGEST_CHARACTERS);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn rounds_for_one_page_add_up_and_end() {
        let page = ReturnTo::parse("/members/?a=b");
        let mut value = None;
        for round in [1, 2, 3, 3] {
            let next = one_more(value.as_deref(), &page);
            assert_eq!(made(Some(&next), &page), round);
            value = Some(next);
        }
        let other = ReturnTo::parse("/members/?a=c");
        assert_eq!(made(value.as_deref(), &other), 0);
        assert_eq!(made(Some(&one_more(value.as_deref(), &other)), &other), 1);
    }

    #[test]
    fn what_we_did_not_write_counts_for_nothing() {
        let page = ReturnTo::home();
        let written = one_more(None, &page);
        let page_name = written.strip_prefix("1-").unwrap();
        for odd in ["", "-", "x", "1", "-1", "256-", "1-", "１-x"] {
            assert_eq!(made(Some(odd), &page), 0, "{odd}");
            let odd = odd.to_string() + "-" + page_name;
            assert!(made(Some(&odd), &page) <= MOST, "{odd}");
        }
        let many = "200-".to_string() + page_name;
        assert_eq!(made(Some(&many), &page), MOST);
    }
}
