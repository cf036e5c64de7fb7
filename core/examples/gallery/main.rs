//! Writes every page of the gateway with its headers, as one JSON document to look at.
//!
//! `tests/browser` shows them in a browser, where they are held against the rules of accessibility and
//! photographed.

mod pages;

use lychgate_core::{
    http::path::RequestPath,
    page::{
        color::{Accent, Color},
        theme::Theme,
    },
};
use pages::{ORDINARY, Page, Values};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Longer than anything that a line has room for.
const LONG: Values<'static> = Values {
    who: Some(
        "Bundesanstalt-für-Materialforschung-und-prüfung_abteilung-sieben@personal.example.com",
    ),
    ..ORDINARY
};

fn main() -> io::Result<()> {
    let mut all = Vec::new();
    for (name, theme) in themes() {
        all.extend(
            pages::pages(&theme, ORDINARY)
                .iter()
                .map(|page| exhibit(name, page)),
        );
    }
    let long = pages::pages(&Theme::default(), LONG);
    all.extend(long.iter().map(|page| exhibit("long", page)));
    writeln!(io::stdout(), "{}", Value::from(all))
}

/// Looks by their names: ours; a dark colour and a name; a light colour, a name and a logo.
fn themes() -> [(&'static str, Theme); 3] {
    let accent = |text| Color::parse(text).map(Accent::new);
    let navy = Theme {
        name: Some("Gemeindearchiv Sankt Anna".to_owned()),
        logo: None,
        accent: accent("#14213d"),
    };
    let yellow = Theme {
        name: Some("Example Docs".to_owned()),
        logo: RequestPath::parse("/logo.svg").ok(),
        accent: accent("#ffcc00"),
    };
    [
        ("plain", Theme::default()),
        ("navy", navy),
        ("yellow", yellow),
    ]
}

fn exhibit(theme: &str, page: &Page) -> Value {
    let headers = page.response.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| [name.as_str(), value.as_str()])
        .collect();
    json!({
        "theme": theme,
        "name": page.name,
        "language": page.language,
        "status": page.response.status.code(),
        "headers": headers,
        "body": page.response.body,
    })
}
