//! Runs tests that cargo compiled for wasm32, in Node: cargo calls it as the runner of that target.
//!
//! It speaks with the support code of `wasm-bindgen-test`, whose version is pinned beside that of
//! wasm-bindgen. Their own runner would do the same, but also drives browsers, and compiling what it needs
//! for that takes longer than all these tests.

use crate::failure::{Doing, Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::process::run;
use std::path::Path;
use wasm_bindgen_cli_support::{Bindgen, Output};

/// How the support code marks the exports that are tests; `$` before the name means ignored.
const TEST_EXPORT: &str = "__wbgt_";

/// The script that Node runs; the names of the exports follow as arguments, after how many were filtered out.
const SCRIPT: &str = r#"
const captured = {};
for (const method of ["debug", "log", "info", "warn", "error"]) {
  const original = console[method];
  global[`__wbgtest_og_console_${method}`] = original;
  console[method] = (...values) => (captured[method] ?? original)(values);
}
global.__wbg_test_invoke = (test) => test();
const wasm = require("./tests.js");
for (const method of ["debug", "log", "info", "warn", "error"]) {
  captured[method] = wasm[`__wbgtest_console_${method}`];
}
const [filtered, ...names] = process.argv.slice(2);
const context = new wasm.WasmBindgenTestContext(false);
context.filtered_count(Number(filtered));
context.run(names.map((name) => wasm.__wasm[name])).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error) => {
    global.__wbgtest_og_console_error(error);
    process.exit(1);
  },
);
"#;

/// Runs the tests of one file; words that are no options select those whose names contain them.
///
/// # Errors
/// A failed test, or a file without any: nothing would have been tested then.
pub(crate) fn run_file(
    place: &Place,
    file: &Path,
    words: &[&str],
    interrupt: &Interrupt,
) -> Outcome {
    let name = file.file_stem().unwrap_or_default();
    let folder = place.build("wasm-tests").join(name);
    let all = write_glue(file, &folder)
        .map_err(|error| format!("{error:#}"))
        .doing("wasm-bindgen failed")?;
    if all.is_empty() {
        return Err(Failure::new(format!("{} holds no test", file.display())));
    }
    let filters: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted =
        |test: &&String| filters.is_empty() || filters.iter().any(|filter| test.contains(**filter));
    let chosen: Vec<&String> = all.iter().filter(wanted).collect();
    let script = folder.join("run.cjs");
    fresh::write(&script, SCRIPT.as_bytes())?;
    // The repository's own package file makes Node read scripts as modules, which the glue is not.
    fresh::write(&folder.join("package.json"), br#"{"type":"commonjs"}"#)?;
    let mut node = node::command(place);
    node.arg(&script)
        .arg(all.len().saturating_sub(chosen.len()).to_string());
    run("the tests in Node", node.args(chosen), interrupt)
}

fn write_glue(file: &Path, folder: &Path) -> Result<Vec<String>, impl std::fmt::Display + use<>> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(file)
        .out_name("tests")
        .debug(true)
        .export_wasm(true)
        .emit_start(false)
        .nodejs(true)
        .and_then(|bindgen| bindgen.generate_output())
        .and_then(|mut output| output.emit(folder).map(|()| tests(&output)))
}

fn tests(output: &Output) -> Vec<String> {
    let names = output.wasm().exports.iter().map(|export| &export.name);
    names
        .filter(|name| name.starts_with(TEST_EXPORT))
        .cloned()
        .collect()
}
