//! What was measured, for people: on standard output, and in a part of `docs/BENCHMARKS.md`.

use super::Measured;
use crate::failure::{Doing, Failure, Outcome};
use crate::place::Place;
use std::fs;
use std::process::Command;

/// A table with one line per scenario; the first is what the others are compared with.
pub(super) fn table(all: &[Measured]) -> String {
    let base = all.first().map_or(f64::NAN, Measured::median);
    let mut text = String::from(
        "| | CPU per request | rounds from .. to | of the first |\n|---|---:|---:|---:|\n",
    );
    for measured in all {
        let (median, name) = (measured.median(), measured.name);
        let lowest = measured.rounds.first().copied().unwrap_or(f64::NAN);
        let highest = measured.rounds.last().copied().unwrap_or(f64::NAN);
        text.push_str(&format!(
            "| {name} | {median:.0} us | {lowest:.0} .. {highest:.0} us | {:.2} |\n",
            median / base
        ));
    }
    text
}

/// The machine, in one line.
pub(super) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models = cpus
        .lines()
        .filter_map(|line| line.strip_prefix("model name"));
    let models: Vec<&str> = models
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']))
        .collect();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or("an unknown system");
    let model = models.first().copied().unwrap_or("unknown processor");
    format!(
        "{} cores of {model}, {}",
        models.len(),
        system.trim_matches('"')
    )
}

/// The first line that a program says about its version.
pub(super) fn version(program: &mut Command) -> String {
    let output = program
        .output()
        .ok()
        .filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let first = text.as_deref().and_then(|text| text.lines().next());
    first.unwrap_or("of unknown version").to_owned()
}

/// The locked version of a crate.
pub(super) fn locked(place: &Place, name: &str) -> String {
    let lock = fs::read_to_string(place.at("Cargo.lock")).unwrap_or_default();
    let start = format!("name = \"{name}\"\nversion = \"");
    let found = lock
        .split_once(&start)
        .and_then(|(_, rest)| rest.split('"').next());
    format!("{name} {}", found.unwrap_or("of unknown version"))
}

/// Puts a text between the two marks of a part of the page.
///
/// # Errors
/// A page without these marks.
pub(super) fn write(place: &Place, part: &str, text: &str) -> Outcome {
    let path = place.at("docs/BENCHMARKS.md");
    let page = fs::read_to_string(&path).doing("cannot read docs/BENCHMARKS.md")?;
    let page = replaced(&page, part, text)
        .ok_or_else(|| Failure::new(format!("docs/BENCHMARKS.md has no part {part}")))?;
    fs::write(&path, page).doing("cannot write docs/BENCHMARKS.md")
}

fn replaced(page: &str, part: &str, text: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- {part} -->\n"),
        format!("<!-- end of {part} -->"),
    );
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let page = "a\n<!-- spin -->\nold\n<!-- end of spin -->\nb\n";
        let expected = "a\n<!-- spin -->\nnew\n<!-- end of spin -->\nb\n";
        assert_eq!(replaced(page, "spin", "new\n").as_deref(), Some(expected));
        assert_eq!(replaced(page, "other", "new\n"), None);
    }

    #[test]
    fn the_first_is_what_the_others_are_compared_with() {
        let measured = |name, rounds: &[f64]| Measured {
            name,
            rounds: rounds.to_vec(),
        };
        let text = table(&[
            measured("a", &[1.0, 2.0, 3.0]),
            measured("b", &[4.0, 5.0, 6.0]),
        ]);
        assert!(text.contains("| a | 2 us | 1 .. 3 us | 1.00 |"), "{text}");
        assert!(text.contains("| b | 5 us | 4 .. 6 us | 2.50 |"), "{text}");
    }
}
