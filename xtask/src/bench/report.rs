//! The measurements, for people: on standard output, and in a part of `docs/BENCHMARKS.md`.

use super::Measured;
use crate::failure::{Doing, Failure, Outcome};
use crate::place::Place;
use std::fs;
use std::process::Command;

/// A table with one line per scenario; the first is what the others are compared with.
pub(super) fn table(all: &[&Measured]) -> String {
    let mut text = String::from(
        "| | CPU per request | rounds from .. to | more than the first | times the first |\n\
         |---|---:|---:|---:|---:|\n",
    );
    for measured in all {
        let (median, name) = (measured.median(), measured.name);
        let (lowest, highest) = measured.span();
        let first = all.first().copied().unwrap_or(measured);
        text.push_str(&format!(
            "| {name} | {median:.0} us | {lowest:.0} .. {highest:.0} us | {:.0} us | {:.2} |\n",
            measured.more_than(first),
            measured.times(first),
        ));
    }
    text
}

/// A table of one thing against another, line by line.
pub(super) fn pairs(first: &str, second: &str, all: &[(&Measured, &Measured)]) -> String {
    let mut text = format!("| | {first} | {second} | times |\n|---|---:|---:|---:|\n");
    for (one, other) in all {
        text.push_str(&format!(
            "| {} | {:.0} us | {:.0} us | {:.2} |\n",
            one.name,
            one.median(),
            other.median(),
            other.times(one)
        ));
    }
    text
}

/// The targets: the most that each may be, and what it is.
pub(super) fn targets(all: &[(&str, f64, f64)]) -> String {
    let mut text = String::from("| target | at most | measured | |\n|---|---:|---:|---|\n");
    for (name, most, measured) in all {
        let met = if measured <= most { "met" } else { "missed" };
        text.push_str(&format!("| {name} | {most} | {measured:.2} | {met} |\n"));
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

/// The installed version of an npm package.
pub(super) fn installed(place: &Place, name: &str) -> String {
    let path = place.at("node_modules").join(name).join("package.json");
    let text = fs::read_to_string(path).unwrap_or_default();
    let found = text.split_once("\"version\": \"");
    let found = found.and_then(|(_, rest)| rest.split('"').next());
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
        let (a, b) = (
            measured("a", &[3.0, 1.0, 2.0]),
            measured("b", &[6.0, 4.0, 5.0]),
        );
        let text = table(&[&a, &b]);
        assert!(
            text.contains("| a | 2 us | 1 .. 3 us | 0 us | 1.00 |"),
            "{text}"
        );
        assert!(
            text.contains("| b | 5 us | 4 .. 6 us | 3 us | 2.50 |"),
            "{text}"
        );
        let text = targets(&[("b of a", 2.5, b.times(&a)), ("a of b", 0.1, a.times(&b))]);
        assert!(text.contains("| b of a | 2.5 | 2.50 | met |"), "{text}");
        assert!(text.contains("| a of b | 0.1 | 0.40 | missed |"), "{text}");
        let text = pairs("5", "1,000", &[(&a, &b)]);
        assert!(text.contains("| a | 2 us | 5 us | 2.50 |"), "{text}");
    }
}
