//! Odd paths of protected pages: each looseness at each segment, and all pairs of one with one of the whole path.

use std::collections::BTreeSet;

/// The pages that the servers have and the routes protect.
pub const PAGES: [&str; 4] = [
    "/ex/admin/x",
    "/ex/reports",
    "/members/list",
    "/files/closed/x",
];

/// The changes that may be made to one segment.
const SEGMENT: [fn(&str) -> String; 17] = [
    |it| it.to_owned(),
    |it| it.to_ascii_uppercase(),
    |it| {
        let (first, rest) = it.split_at(1);
        first.to_ascii_uppercase() + rest
    },
    |it| format!("{it};"),
    |it| format!("{it};v=1"),
    |it| format!("{it}%3Bv=1"),
    |it| format!("{it}%253Bv=1"),
    |it| format!(";/{it}"),
    |it| format!(";a=b;c/{it};"),
    |it| format!("{it}%20"),
    |it| format!("%20{it}"),
    |it| format!("{it}."),
    |it| format!("{it}%2520"),
    |it| format!("%25{:x}{}", it.as_bytes()[0], &it[1..]),
    |it| format!("%25{:x}{}", it.as_bytes()[0].to_ascii_uppercase(), &it[1..]),
    |it| format!("%{:x}{}", it.as_bytes()[0], &it[1..]),
    |it| format!("%2E/{it}"),
];

/// The changes that may be made to the whole path.
const WHOLE: [fn(&str) -> String; 19] = [
    |it| it.to_owned(),
    |it| format!("{it}/"),
    |it| format!("{it}/;"),
    |it| format!("{it};/"),
    |it| format!("{it}."),
    |it| format!("{it}%20"),
    |it| format!("{it}%252f"),
    |it| format!("{it}%253fx"),
    |it| format!("{it}%3Fx"),
    |it| format!("{it}%23x/y"),
    |it| format!("{it}%2500.png"),
    |it| format!("/;{it}"),
    |it| format!("/;v=1{it}"),
    |it| format!("/%20{it}"),
    |it| format!("/%252f{it}"),
    |it| format!("/x/%252e%252e{it}"),
    |it| format!("/x;%252f..{it}"),
    |it| it.replacen('/', "/x/../", 1),
    |it| format!("/{}", it[1..].replacen('/', "%252f", 1)),
];

/// All of them, each once, but for the pages' own paths.
pub fn odd() -> Vec<String> {
    let mut all = BTreeSet::new();
    for page in PAGES {
        let segments: Vec<&str> = page.split('/').skip(1).collect();
        for place in 0..segments.len() {
            for change in SEGMENT {
                let mut changed: Vec<String> = segments.iter().map(|it| (*it).to_owned()).collect();
                changed[place] = change(segments[place]);
                let path = format!("/{}", changed.join("/"));
                all.extend(WHOLE.iter().map(|whole| whole(&path)));
            }
        }
    }
    all.retain(|path| !PAGES.contains(&path.as_str()));
    all.into_iter().collect()
}
