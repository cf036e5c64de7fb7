//! From a request to the file that answers it, one look at the folder after the other.

use super::{
    condition::Conditions,
    file_name::FileName,
    resolve::{self, Then, Try},
    response::{FileResponse, Found},
};
use crate::{
    encoding::percent,
    http::{header::HeaderName, method::Method, path::RequestPath, response::Status},
};
use alloc::{string::String, vec};

/// The next step of the adapter.
#[derive(Debug)]
pub enum Step {
    /// It looks for a file, and says whether it is there.
    Look(Look),
    /// It sends a file, or a part of it, or only what is known about it.
    File(ServedFile),
    /// It sends this, which needs no file.
    Respond(FileResponse),
}

/// A file to look for. There are at most 40 of them for one request, and for most one or two.
#[derive(Debug)]
pub struct Look {
    current: Try,
    is_about: Subject,
    rest: vec::IntoIter<Try>,
    request: AssetRequest,
}

/// The file to answer with.
#[derive(Debug)]
pub struct ServedFile {
    name: FileName,
    status: Status,
    request: AssetRequest,
}

/// The kind of entry under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A regular file.
    File,
    /// Nothing, or a folder, or anything else that is no file. Also where the name is too long for
    /// the host, or something on the way to it is no folder. Another failure to look is no answer
    /// here: the adapter says 503 then.
    Absent,
}

#[derive(Clone, Copy, Debug)]
enum Subject {
    File,
    /// The other file, which decides against it.
    Unless,
}

/// The parts of a request that decide about its answer.
#[derive(Debug)]
struct AssetRequest {
    method: Method,
    /// The query with its `?`, for redirects.
    search: String,
    respelled: Option<String>,
    conditions: Conditions,
}

/// How the request for `target`, the path and query that the gateway forwards, is answered.
///
/// `header` gives the value of a request header, repeated fields joined by `, `.
pub fn plan(method: Method, target: &str, header: impl Fn(&HeaderName) -> Option<String>) -> Step {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Ok(path) = RequestPath::parse(path) else {
        return Step::Respond(FileResponse::empty(Status::BAD_REQUEST, &method));
    };
    let request = AssetRequest {
        method,
        search: search(query),
        respelled: resolve::respelled(&path),
        conditions: Conditions::read(header),
    };
    request.next(resolve::tries(&path).into_iter())
}

impl Look {
    /// The file to look for.
    pub const fn name(&self) -> &FileName {
        match (self.is_about, &self.current.unless) {
            (Subject::Unless, Some(other)) => other,
            (Subject::Unless | Subject::File, _) => &self.current.name,
        }
    }

    /// The next step, now that it is known what [`Look::name`] is.
    pub fn answer(mut self, presence: Presence) -> Step {
        match (self.is_about, presence, &self.current.unless) {
            (Subject::File, Presence::File, Some(_)) => {
                self.is_about = Subject::Unless;
                Step::Look(self)
            }
            (Subject::File, Presence::File, None) | (Subject::Unless, Presence::Absent, _) => {
                self.request.decide(self.current)
            }
            (Subject::File, Presence::Absent, _) | (Subject::Unless, Presence::File, _) => {
                self.request.next(self.rest)
            }
        }
    }
}

impl ServedFile {
    /// The file to open.
    pub const fn name(&self) -> &FileName {
        &self.name
    }

    /// The response, now that it is known what the file is like.
    pub fn respond(&self, found: &Found) -> FileResponse {
        let AssetRequest {
            method, conditions, ..
        } = &self.request;
        match self.status {
            Status::OK => FileResponse::of_file(&self.name, found, method, conditions),
            other => FileResponse::whole(other, &self.name, found, method, conditions),
        }
    }
}

impl AssetRequest {
    fn next(self, mut rest: vec::IntoIter<Try>) -> Step {
        match rest.next() {
            Some(current) => Step::Look(Look {
                current,
                is_about: Subject::File,
                rest,
                request: self,
            }),
            None => Step::Respond(FileResponse::empty(Status::NOT_FOUND, &self.method)),
        }
    }

    fn decide(self, decided: Try) -> Step {
        if !matches!(self.method, Method::Get | Method::Head) {
            return Step::Respond(FileResponse::method_not_allowed(&self.method));
        }
        let status = match (decided.then, &self.respelled) {
            (Then::Redirect(path), _) => return self.redirect(&path),
            (Then::Serve | Then::NotFound, Some(path)) => return self.redirect(path),
            (Then::Serve, None) => Status::OK,
            (Then::NotFound, None) => Status::NOT_FOUND,
        };
        Step::File(ServedFile {
            name: decided.name,
            status,
            request: self,
        })
    }

    fn redirect(&self, path: &str) -> Step {
        let location = [path, &self.search].concat();
        Step::Respond(FileResponse::redirect(location, &self.method))
    }
}

/// The query as browsers write it (WHATWG URL, special-query percent-encode set), with its `?` where
/// it says anything.
fn search(query: &str) -> String {
    let mut search = String::with_capacity(query.len().saturating_add(1));
    if !query.is_empty() {
        search.push('?');
    }
    for byte in query.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'<' | b'>' | b'\'') {
            search.push(char::from(byte));
        } else {
            percent::push_encoded(&mut search, byte);
        }
    }
    search
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
