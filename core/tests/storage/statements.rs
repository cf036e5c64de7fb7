//! The statements of the ledger, as every host carries them out.

use crate::document::{STORAGE, blocks};
use lychgate_core::platform::sql::{INSERT, UPDATE};

/// Text with every run of white space as one space.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn storage_md_has_the_statements_of_the_hosts() {
    let block = blocks(STORAGE, "```sql").concat();
    let lines = block.lines().filter(|line| !line.starts_with("--"));
    let statements = lines.collect::<Vec<_>>().join("\n");
    let statements: Vec<String> = statements.split("\n\n").map(on_one_line).collect();
    assert_eq!(statements, [INSERT, UPDATE]);
}
