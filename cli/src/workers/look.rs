//! Looks at the settings of a Worker as a whole.

use super::{
    assets, redirects, services,
    wrangler::{self, Environment},
};
use crate::{
    configuration::load::{CheckError, read, syntax},
    print::{problem::Problem, source::Source},
};
use lychgate_core::config::Config;
use std::path::{Path, PathBuf};

/// The problems in the `wrangler.toml` beside `file`, and in the redirects of the static files that it names.
///
/// Assets that it names are served even where the configuration has no upstream for them, so they are looked at in any
/// case.
///
/// # Errors
/// [`CheckError::Unreadable`], for files that are there.
pub(crate) fn problems(file: &Path, config: &Config) -> Result<Vec<Problem>, CheckError> {
    let wrangler = file.with_file_name("wrangler.toml");
    if !wrangler.exists() {
        return Ok(Vec::new());
    }
    let source = Source::toml(&wrangler, read(&wrangler)?);
    let all = match wrangler::read(source.text()) {
        Ok(all) => all,
        Err(errors) => return Ok(syntax(&source, &errors)),
    };
    let mut problems = Vec::new();
    for environment in &all {
        problems.extend(services::problems(&source, environment, config));
        problems.extend(of_assets(&source, environment, config));
        let assets = environment.assets.as_ref();
        if let Some(directory) = assets.and_then(|assets| assets.directory.as_ref()) {
            let redirects = wrangler.with_file_name(directory).join("_redirects");
            problems.extend(rewrites(&redirects)?);
        }
    }
    Ok(problems)
}

fn of_assets(source: &Source, environment: &Environment, config: &Config) -> Vec<Problem> {
    let Some(assets) = &environment.assets else {
        return Vec::new();
    };
    let problems = assets::settings(assets, config).map(|(what, hint)| Problem {
        place: source.place(assets.offset),
        what,
        hint: Some(hint),
    });
    problems.collect()
}

/// A configuration of wrangler that is not looked at, because it is JSON with comments.
pub(crate) fn unread(file: &Path) -> Option<PathBuf> {
    ["wrangler.jsonc", "wrangler.json"]
        .map(|name| file.with_file_name(name))
        .into_iter()
        .find(|beside| beside.exists())
}

fn rewrites(file: &Path) -> Result<Vec<Problem>, CheckError> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let source = Source::plain(file, read(file)?);
    let problem = |rewrite: redirects::Rewrite<'_>| Problem {
        place: source.place_of_line(rewrite.line),
        what: format!(
            "{} is answered with the file at {}, whatever the routes say of it",
            rewrite.from, rewrite.to
        ),
        hint: Some("redirect with 301 or 302 instead of rewriting with 200".to_owned()),
    };
    let rewrites = redirects::rewrites(source.text()).into_iter();
    Ok(rewrites.map(problem).collect())
}
