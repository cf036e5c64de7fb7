//! The statements of the ledger, as hosts carry them out.

use crate::document::{STORAGE, blocks};

/// The Workers host. It is another crate, for another target, so its text is compared.
const WORKERS: &str = include_str!("../../../edge-worker/src/ledger/object.rs");

/// Text with every run of white space and every line continuation as one space.
fn on_one_line(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "\\");
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn storage_md_has_the_statements_of_the_host() {
    let block = blocks(STORAGE, "```sql").concat();
    let lines = block.lines().filter(|line| !line.starts_with("--"));
    let statements = lines.collect::<Vec<_>>().join("\n");
    let statements: Vec<&str> = statements.split("\n\n").collect();
    assert_eq!(statements.len(), 2);
    let host = on_one_line(WORKERS);
    for statement in statements {
        let statement = format!("\"{}\"", on_one_line(statement));
        assert!(host.contains(&statement), "not in the host: {statement}");
    }
}
