//! The static files of `assets = true`: the folder that the manifest mounts at `/site`.
//!
//! The core says which names to look for and how to answer; here the folder is looked into. The result
//! is remembered for the rest of the second, and with it the contents of small files, so that a site that is
//! asked for a lot is not read anew for every request.

use crate::body::Body;
use crate::folder::{File, Folder, Modified, Unreadable};
use crate::instance::{self, SITE};
use crate::platform::now;
use crate::received::Received;
use crate::{fields, log, respond};
use lychgate_core::assets::entity_tag::EntityTag;
use lychgate_core::assets::plan::{Presence, Step, plan};
use lychgate_core::assets::response::{self, FileResponse, Found};
use lychgate_core::fault::UpstreamFault;
use lychgate_core::gateway::header_rewrites::{RequestRewrite, ResponseRewrite};
use lychgate_core::http::inbound::Inbound;
use lychgate_core::time::UnixTime;
use sha2::{Digest, Sha256};
use spin_sdk::wasip3::filesystem::types as filesystem;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The largest file that is read into memory, and told from others by its contents.
const LARGEST_REMEMBERED: u64 = 128 * 1024;

/// How much is remembered: names, and bytes of contents.
const MOST_NAMES: usize = 512;
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// A file that was there a moment ago, or the folder itself.
const GONE: Unreadable = Unreadable(filesystem::ErrorCode::NoEntry);

thread_local! {
    static FOLDER: OnceCell<Rc<Folder>> = const { OnceCell::new() };
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Facts about the folder. They are public, or at least no request's: the same for everyone.
#[derive(Default)]
struct Memory {
    known: BTreeMap<String, (UnixTime, Option<Rc<Known>>)>,
    bytes: u64,
}

/// A file.
struct Known {
    length: u64,
    modified: Option<Modified>,
    tag: Option<EntityTag>,
    /// `None` for a large file, which is opened again to be sent.
    contents: Option<Vec<u8>>,
}

/// Answers with a file, or with what there is to say where there is none.
///
/// # Errors
/// An answer that the host does not accept.
pub(crate) async fn serve(
    request: &RequestRewrite,
    response: &ResponseRewrite,
    received: &Received,
) -> Result<Response, ErrorCode> {
    match answer(request, received).await {
        Ok((answer, body)) => {
            let rewritten = response.apply(fields::of_ours(answer.headers));
            respond::with(answer.status.code(), rewritten, body)
        }
        Err(Unreadable(error)) => {
            log::host_error("filesystem", &format!("{error:?}"));
            let fault = UpstreamFault::Unreadable;
            let gateway = instance::gateway().await;
            respond::own(gateway.upstream_failed(&received.platform(), received, fault))
        }
    }
}

async fn answer(
    request: &RequestRewrite,
    received: &Received,
) -> Result<(FileResponse, Body), Unreadable> {
    let header = |name: &_| received.header(name);
    let mut step = plan(received.method(), request.target(), header);
    loop {
        step = match step {
            Step::Look(look) => {
                let presence = match known(look.name().as_str()).await? {
                    Some(_) => Presence::File,
                    None => Presence::Absent,
                };
                look.answer(presence)
            }
            Step::File(served) => {
                let name = served.name().as_str();
                let known = known(name).await?.ok_or(GONE)?;
                let answer = served.respond(&known.found());
                let body = body(name, &known, answer.body).await?;
                return Ok((answer, body));
            }
            Step::Respond(answer) => return Ok((answer, Body::none())),
        }
    }
}

/// The file that a name stands for: remembered within the second, else looked up.
async fn known(name: &str) -> Result<Option<Rc<Known>>, Unreadable> {
    let now = now();
    let remembered = MEMORY.with_borrow(|memory| match memory.known.get(name) {
        Some((at, known)) if *at == now => Some(known.clone()),
        Some(_) | None => None,
    });
    if let Some(known) = remembered {
        return Ok(known);
    }
    let known = match site().await?.open(name).await? {
        None => None,
        Some(file) => Some(read(name, file).await?),
    };
    MEMORY.with_borrow_mut(|memory| memory.remember(name, now, known.clone()));
    Ok(known)
}

/// A file with its tag; what is remembered of an earlier second serves as long as the file is the same.
async fn read(name: &str, file: File) -> Result<Rc<Known>, Unreadable> {
    let (length, modified) = (file.length, file.modified);
    let earlier = MEMORY.with_borrow(|memory| memory.known.get(name)?.1.clone());
    if let Some(earlier) = earlier
        && modified.is_some()
        && (earlier.length, earlier.modified) == (length, modified)
    {
        return Ok(earlier);
    }
    let contents = match length {
        0..=LARGEST_REMEMBERED => Some(file.whole().await?),
        _ => None,
    };
    let tag = match (&contents, modified) {
        (Some(contents), _) => Some(EntityTag::of_contents(&Sha256::digest(contents).into())),
        (None, Some(modified)) => {
            let seconds = UnixTime::from_seconds(modified.seconds);
            let tag = EntityTag::of_metadata(length, seconds, modified.nanoseconds);
            Some(tag)
        }
        (None, None) => None,
    };
    Ok(Rc::new(Known {
        length,
        modified,
        tag,
        contents,
    }))
}

/// The part of a file that an answer sends.
async fn body(name: &str, known: &Known, wanted: response::Body) -> Result<Body, Unreadable> {
    let (first, length) = match wanted {
        response::Body::Empty => return Ok(Body::none()),
        response::Body::Whole => (0, known.length),
        response::Body::Range(range) => (range.first(), range.length()),
    };
    if let Some(contents) = &known.contents {
        let part = usize::try_from(first)
            .ok()
            .zip(usize::try_from(length).ok());
        let part = part.and_then(|(first, length)| contents.get(first..)?.get(..length));
        return Ok(Body::of(part.unwrap_or_default().to_vec()));
    }
    let opened = site().await?.open(name).await?.ok_or(GONE)?;
    let contents = opened.contents(first);
    Ok(match wanted {
        response::Body::Range(_) => Body::beginning(contents, length),
        response::Body::Empty | response::Body::Whole => Body::passed(contents),
    })
}

async fn site() -> Result<Rc<Folder>, Unreadable> {
    if let Some(folder) = FOLDER.with(|kept| kept.get().cloned()) {
        return Ok(folder);
    }
    let folder = Rc::new(Folder::at(SITE).await?.ok_or(GONE)?);
    Ok(FOLDER.with(|kept| Rc::clone(kept.get_or_init(|| folder))))
}

impl Memory {
    fn remember(&mut self, name: &str, at: UnixTime, known: Option<Rc<Known>>) {
        let bytes = |known: &Option<Rc<Known>>| match known {
            Some(known) if known.contents.is_some() => known.length,
            Some(_) | None => 0,
        };
        let more = bytes(&known);
        let replaced = self.known.remove(name);
        let less = replaced.as_ref().map_or(0, |(_, known)| bytes(known));
        self.bytes = self.bytes.saturating_sub(less).saturating_add(more);
        if self.known.len() >= MOST_NAMES || self.bytes > MOST_BYTES {
            self.known.clear();
            self.bytes = more;
        }
        self.known.insert(name.to_owned(), (at, known));
    }
}

impl Known {
    fn found(&self) -> Found {
        Found {
            length: self.length,
            tag: self.tag.clone(),
            // As on Cloudflare: the time is that of an unpacking, which says nothing.
            modified: None,
        }
    }
}
