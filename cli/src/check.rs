//! `lychgate check`: the configuration itself, and what stands around it.

pub use crate::problem::{Note, Problem};
use crate::{
    Ending, canonical,
    document::{Document, SyntaxError},
    exact_paths, logo, open_paths,
    position::Position,
    problem::Found,
    rotation, rules, surroundings, text_file,
};
use lychgate_core::{
    config::{Config, UpstreamTarget},
    time::UnixTime,
};
use serde_json::Value;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Larger than any configuration that the core reads, so that a wrong file is not read whole.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A configuration without errors.
#[derive(Debug)]
pub struct Checked {
    /// As the core understands it.
    pub config: Config,
    /// As canonical JSON, for the edge.
    pub json: String,
    /// What is worth knowing about the files beside it.
    pub notes: Vec<Note>,
}

/// Why there is no [`Checked`].
#[derive(Debug)]
pub enum CheckError {
    /// A file could not be read.
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is wrong, in the order of the files; never empty.
    Problems(Vec<Problem>),
}

/// A configuration that was read, whatever stands around it.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The file as it is.
    pub(crate) text: String,
    /// The file as JSON.
    pub(crate) document: Value,
}

/// Checks the configuration in `file` and the `wrangler.toml` and `spin.toml` beside it.
///
/// # Errors
/// [`CheckError`]
pub fn check(file: &Path) -> Result<Checked, CheckError> {
    let loaded = load(file)?;
    let Found {
        problems,
        mut notes,
    } = surroundings::look(file, &loaded.config)?;
    if !problems.is_empty() {
        return Err(CheckError::Problems(problems));
    }
    notes.extend(open_paths::notes(file, &loaded)?);
    notes.extend(rules::notes(file, &loaded));
    notes.extend(exact_paths::notes(file, &loaded));
    let Loaded {
        config, document, ..
    } = loaded;
    Ok(Checked {
        config,
        json: canonical::to_text(&document),
        notes,
    })
}

/// Reads the configuration in `file` alone.
fn load(file: &Path) -> Result<Loaded, CheckError> {
    let text = read(file)?;
    let document = Document::parse(&text).map_err(|errors| {
        let problems = errors
            .iter()
            .map(|error| syntax_problem(file, &text, error));
        CheckError::Problems(problems.collect())
    })?;
    let json = canonical::to_text(&document.to_json());
    let config = Config::from_json(json.as_bytes()).map_err(|errors| {
        let problems = errors.iter().map(|error| Problem {
            file: file.to_owned(),
            at: Position::of(&text, document.locate(error)),
            what: error.to_string(),
            hint: error.hint(),
        });
        CheckError::Problems(in_order(problems.collect()))
    })?;
    let document = document.to_json();
    Ok(Loaded {
        config,
        text,
        document,
    })
}

/// The configuration in `file`, or `None` after saying what is wrong with it.
pub(crate) fn load_or_tell(file: &Path, messages: &mut impl Write) -> io::Result<Option<Loaded>> {
    match load(file) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(error) => error.tell(messages).map(|()| None),
    }
}

impl CheckError {
    /// Says what is wrong.
    pub(crate) fn tell(&self, messages: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Problems(problems) => problems
                .iter()
                .try_for_each(|problem| writeln!(messages, "{problem}")),
            Self::Unreadable { file, error } => writeln!(
                messages,
                "lychgate: cannot read {}: {error}",
                file.display()
            ),
        }
    }
}

pub(crate) fn command(
    file: &Path,
    emit_json: Option<&Path>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let checked = match check(file) {
        Ok(checked) => checked,
        Err(error) => {
            error.tell(messages)?;
            return Ok(match error {
                CheckError::Problems(_) => Ending::ProblemsFound,
                CheckError::Unreadable { .. } => Ending::NotCarriedOut,
            });
        }
    };
    if let Some(unread) = surroundings::unread(file) {
        writeln!(
            messages,
            "{}: not checked: run_worker_first must be true, _redirects must not rewrite with 200, and services must hold each service of an upstream",
            unread.display()
        )?;
    }
    let notes = rotation::notes(&checked.config, now());
    let notes = notes.into_iter().chain(logo::note(&checked.config));
    for note in notes.chain(rules::note_of_metrics(&checked.config)) {
        writeln!(messages, "{}: note: {note}", file.display())?;
    }
    for note in &checked.notes {
        writeln!(messages, "{note}")?;
    }
    if let Some(out) = emit_json
        && let Err(error) = write(out, &checked.json)
    {
        writeln!(
            messages,
            "lychgate: cannot write {}: {error}",
            out.display()
        )?;
        return Ok(Ending::NotCarriedOut);
    }
    writeln!(
        output,
        "{}: ok: {}",
        file.display(),
        summary(&checked.config)
    )?;
    Ok(Ending::Done)
}

pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from_seconds(since.map_or(0, |since| since.as_secs()))
}

/// As they stand in the file.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.at);
    problems
}

/// Reads a file that must be there.
pub(crate) fn read(file: &Path) -> Result<String, CheckError> {
    text_file::read(file, LARGEST).map_err(|error| CheckError::Unreadable {
        file: file.to_owned(),
        error,
    })
}

pub(crate) fn syntax_problem(file: &Path, text: &str, error: &SyntaxError) -> Problem {
    Problem {
        file: file.to_owned(),
        at: Position::of(text, error.offset),
        what: error.what.clone(),
        hint: None,
    }
}

/// Writes beside the target first, so that nobody ever reads half a configuration.
fn write(out: &Path, json: &str) -> io::Result<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = out.with_file_name(name);
    let written = fs::write(&fresh, json).and_then(|()| fs::rename(&fresh, out));
    if written.is_err() {
        // The first error is the one to report, not that of tidying up after it.
        drop(fs::remove_file(&fresh));
    }
    written
}

fn summary(config: &Config) -> String {
    let routes = config.routes.routes().count();
    let protected = config.routes.routes().filter(|route| route.is_protected());
    let assets = config
        .upstreams
        .iter()
        .filter(|upstream| matches!(upstream.target, UpstreamTarget::Assets))
        .count();
    let secrets: Vec<&str> = config
        .secret_names()
        .iter()
        .map(|name| name.0.as_str())
        .collect();
    let providers = config.providers.iter();
    let issuers: Vec<&str> = providers.map(|provider| provider.issuer.as_str()).collect();
    let sign_in = match issuers.as_slice() {
        [] => "no sign-in".to_owned(),
        some => format!("sign-in at {}", some.join(", ")),
    };
    let tokens: Vec<&str> = config
        .issuers
        .iter()
        .map(|issuer| issuer.issuer.as_str())
        .collect();
    let tokens = match tokens.as_slice() {
        [] => String::new(),
        some => format!("; access tokens of {}", some.join(", ")),
    };
    format!(
        "{}; {routes} routes, {} of them protected; {} upstreams, {assets} of them static files; {sign_in}{tokens}; secrets to set: {}",
        config.public_url,
        protected.count(),
        config.upstreams.len(),
        secrets.join(", ")
    )
}
