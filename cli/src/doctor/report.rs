//! All findings: the heaviest first for people, in the order of the checks for programs.

use super::finding::{Finding, Verdict};
use crate::{print::style, values::Form};
use lychgate_core::http::url::Origin;
use serde_json::json;
use std::io::{self, Write};

/// Verdicts by their weight, and what stands above their findings.
const HEADINGS: [(Verdict, &str); 4] = [
    (Verdict::Fail, "To mend"),
    (Verdict::Warn, "To think about"),
    (Verdict::Skip, "Not looked at"),
    (Verdict::Pass, "As it should be"),
];

pub(super) fn write(
    form: Form,
    origin: &Origin,
    findings: &[Finding],
    output: &mut impl Write,
) -> io::Result<()> {
    match form {
        Form::Text => write_text(origin, findings, output),
        Form::Json => {
            let listed: Vec<_> = findings.iter().map(Finding::to_json).collect();
            let report = json!({"url": origin.to_string(), "findings": listed});
            writeln!(output, "{report}")
        }
    }
}

fn write_text(origin: &Origin, findings: &[Finding], output: &mut impl Write) -> io::Result<()> {
    let strong = style::STRONG;
    for (verdict, heading) in HEADINGS {
        let mut of_it = findings
            .iter()
            .filter(|it| it.verdict == verdict)
            .peekable();
        if of_it.peek().is_some() {
            writeln!(output, "{strong}{heading}{strong:#}")?;
            of_it.try_for_each(|finding| writeln!(output, "{finding}"))?;
            writeln!(output)?;
        }
    }
    let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
    writeln!(
        output,
        "{strong}{origin}:{strong:#} {} to mend, {} to think about, {} not looked at, {} as it should be",
        count(Verdict::Fail),
        count(Verdict::Warn),
        count(Verdict::Skip),
        count(Verdict::Pass)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::Check;
    use lychgate_core::http::url::Url;

    fn printed(form: Form) -> String {
        let findings = [
            Finding::pass(Check::Address, "it is well"),
            Finding::skip(Check::Clock, "no date"),
            Finding::warn(Check::PlainHttp, "it may be meant", "see to it"),
            Finding::fail(Check::Health, "it is closed", "open it"),
            Finding::fail(Check::Keys, "there are none", "publish some"),
        ];
        let url = Url::parse("https://app.example.com/").unwrap();
        let mut output = Vec::new();
        write(form, url.origin(), &findings, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn the_heaviest_comes_first_with_its_reason_and_its_remedy() {
        let text = printed(Form::Text);
        let words = |line: &&str| line.get(..4).unwrap_or_default().to_owned();
        let is_finding = |line: &&str| line.contains("  ") && !line.starts_with(' ');
        let order: Vec<String> = text
            .lines()
            .filter(is_finding)
            .map(|it| words(&it))
            .collect();
        assert_eq!(order, ["fail", "fail", "warn", "skip", "pass"]);
        let health = "To mend\nfail  health: it is closed\n      why: ";
        assert!(text.starts_with(health), "{text}");
        assert!(
            text.contains("\n      do:  open it\nfail  keys: "),
            "{text}"
        );
        let last = text.lines().last().unwrap();
        assert!(last.contains("2 to mend, 1 to think about"), "{last}");
    }

    #[test]
    fn programs_get_the_order_of_the_checks_and_no_reasons() {
        let text = printed(Form::Json);
        let first = "{\"findings\":[{\"advice\":null,\"check\":\"address\",\"verdict\":\"pass\",\"what\":\"it is well\"}";
        assert!(text.starts_with(first), "{text}");
        assert!(!text.contains("why"), "{text}");
    }
}
