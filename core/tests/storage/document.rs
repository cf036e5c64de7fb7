//! Reads the vectors out of STORAGE.md.

use std::collections::BTreeMap;

/// The page itself.
pub(crate) const STORAGE: &str = include_str!("../../../STORAGE.md");

const BEGIN: &str = "```vector ";
const END: &str = "```";

/// The text of every fenced block `vector NAME`, by its name.
pub(crate) fn vectors(page: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix(BEGIN) else {
            continue;
        };
        let inside = lines.by_ref().take_while(|line| *line != END);
        let text = inside.map(|line| format!("{line}\n")).collect();
        let earlier = found.insert(name.to_owned(), text);
        assert_eq!(earlier, None, "the vector {name} stands there twice");
    }
    found
}

/// The text of every fenced block that begins with this line.
pub(crate) fn blocks(page: &str, begin: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while lines.by_ref().any(|line| line == begin) {
        let inside = lines.by_ref().take_while(|line| *line != END);
        found.push(inside.map(|line| format!("{line}\n")).collect());
    }
    found
}

#[test]
fn a_block_reads_as_its_lines() {
    let page = "text\n```vector a\nx = 1\ny = 2\n```\n```json\nz\n```\n```vector b\n```\n";
    let read = vectors(page);
    assert_eq!(read.len(), 2);
    assert_eq!(read["a"], "x = 1\ny = 2\n");
    assert_eq!(read["b"], "");
    assert_eq!(blocks(page, "```json"), ["z\n"]);
}
