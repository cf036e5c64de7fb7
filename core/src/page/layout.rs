//! The one layout of all pages, and the headers that go with it.

use super::{html::Html, script::Script, theme::Theme, voice::Voice};
use crate::http::{
    header::{HeaderName, HeaderValue},
    response::{Response, Status},
    url::Origin,
};
use alloc::{format, string::String};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// The style of every page. The digest of it and of the theme's rules stands in the policy, so that no other applies.
const STYLE: &str = include_str!("style.css");

/// The parts that differ between pages.
pub(super) struct Layout<'a> {
    /// The status of the response.
    pub(super) status: Status,
    /// Title and heading.
    pub(super) heading: &'static str,
    /// The content below the heading.
    pub(super) content: Html,
    /// Links and buttons.
    pub(super) ways: Html,
    /// The identifier of this failure in the log.
    pub(super) incident: Option<&'a str>,
    /// Where a form on the page may lead.
    pub(super) form: FormTargets<'a>,
}

/// Where a form may lead, redirects after it included.
pub(super) enum FormTargets<'a> {
    /// The page has no form.
    None,
    /// This site, and the origins that it redirects to once the form has arrived.
    SiteAnd(&'a [Origin]),
}

impl Layout<'_> {
    /// The page as a response.
    pub(super) fn response(self, voice: Voice<'_>) -> Response {
        self.response_with(Script::None, voice)
    }

    /// The page with a script of ours.
    pub(super) fn response_with(self, script: Script<'_>, voice: Voice<'_>) -> Response {
        let policy = policy(&self.form, script, voice.theme);
        let status = self.status;
        let mut response = Response::new(status)
            .with_header(
                HeaderName::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            )
            .with_header(HeaderName::CONTENT_SECURITY_POLICY, policy)
            .with_header(
                HeaderName::X_FRAME_OPTIONS,
                HeaderValue::from_static("DENY"),
            )
            .with_header(
                HeaderName::VARY,
                HeaderValue::from_static("accept-language"),
            );
        // A site may sign people in in a window that it opened. A page on the way must not part the two,
        // and shows nothing that an opener could want.
        if !script.leads_on() {
            response = response.with_header(
                HeaderName::CROSS_ORIGIN_OPENER_POLICY,
                HeaderValue::from_static("same-origin"),
            );
        }
        with_common_headers(response).with_body(self.document(script, voice))
    }

    fn document(self, script: Script<'_>, voice: Voice<'_>) -> String {
        let mut html = Html::new()
            .raw("<!doctype html><html lang=\"")
            .raw(voice.language.tag())
            .raw("\"><head><meta charset=\"utf-8\">")
            .raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .raw("<meta name=\"robots\" content=\"noindex\">")
            .html(&script.in_head())
            .raw("<title>")
            .raw(self.heading);
        if let Some(name) = &voice.theme.name {
            html = html.raw(" \u{b7} ").text(name);
        }
        html = html
            .raw("</title><style>")
            .raw(STYLE)
            .text(voice.theme.rules())
            .raw("</style></head>")
            .raw(if script.leads_on() {
                "<body class=\"brief\"><main>"
            } else {
                "<body><main>"
            })
            .raw("<svg viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
            .raw("<path vector-effect=\"non-scaling-stroke\" d=\"M0 20 50 1l50 19\"></path></svg>")
            .raw("<div class=\"gate\">");
        html = html
            .html(&site(voice.theme))
            .raw("<h1>")
            .raw(self.heading)
            .raw("</h1>")
            .html(&self.content)
            .raw("<div class=\"ways\">")
            .html(&self.ways)
            .raw("</div>");
        if let Some(incident) = self.incident {
            html = html
                .raw("<p class=\"incident\">")
                .raw(voice.language.words().incident)
                .raw(" <code>")
                .text(incident)
                .raw("</code></p>");
        }
        html.raw("</div></main>")
            .html(&script.in_body())
            .raw("</body></html>")
            .into_string()
    }
}

/// The site that the page belongs to: the logo, which is called by the name, or the name alone.
fn site(theme: &Theme) -> Html {
    let name = theme.name.as_deref();
    let html = Html::new().raw("<p class=\"site\">");
    let html = match (&theme.logo, name) {
        (Some(logo), _) => html
            .raw("<img src=\"")
            .text(logo.as_str())
            .raw("\" alt=\"")
            .text(name.unwrap_or_default())
            .raw("\">"),
        (None, Some(name)) => html.text(name),
        (None, None) => return Html::new(),
    };
    html.raw("</p>")
}

/// The headers of everything we answer ourselves: kept by nobody, sent on to nobody, read as what
/// it is. A 503 also says when to come back.
pub(super) fn with_common_headers(response: Response) -> Response {
    let unavailable = response.status == Status::SERVICE_UNAVAILABLE;
    let response = response
        .with_header(
            HeaderName::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        )
        .with_header(
            HeaderName::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        )
        .with_header(
            HeaderName::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        )
        .with_header(
            HeaderName::X_ROBOTS_TAG,
            HeaderValue::from_static("noindex"),
        );
    if !unavailable {
        return response;
    }
    response.with_header(HeaderName::RETRY_AFTER, HeaderValue::from_static("5"))
}

fn policy(form: &FormTargets<'_>, script: Script<'_>, theme: &Theme) -> HeaderValue {
    let style = [STYLE, theme.rules()].concat();
    let digest = BASE64_STANDARD.encode(Sha256::digest(style.as_str()));
    let images = match theme.logo {
        Some(_) => "img-src 'self'; ",
        None => "",
    };
    let mut targets = String::new();
    match form {
        FormTargets::None => targets.push_str(" 'none'"),
        FormTargets::SiteAnd(origins) => {
            targets.push_str(" 'self'");
            for origin in *origins {
                targets.push_str(&format!(" {origin}"));
            }
        }
    }
    let policy = format!(
        "default-src 'none'; {images}{}style-src 'sha256-{digest}'; form-action{targets}; \
         base-uri 'none'; frame-ancestors 'none'",
        script.directive()
    );
    // An origin is ASCII by its type; were it not, the page would lose its style and its form.
    HeaderValue::parse(policy).unwrap_or_else(|| {
        HeaderValue::from_static(
            "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        )
    })
}
