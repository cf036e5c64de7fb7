//! The table of routes: from path and method to the rules that hold.
//!
//! The path alone chooses a pattern, the most specific that matches. The method then selects among
//! the routes of that pattern, and where none fits the answer is 405: falling back to a wider
//! pattern would let `DELETE /api/x` reach a public `/**` because `/api/**` allows only `GET`.

use super::{
    aliases::{self, Aliases},
    condition::Condition,
    cors::Cors,
    pattern::{Pattern, Relation, collect_segments},
    principal::Credential,
    requirements::Requirements,
    trie::{GroupIndex, Trie},
};
use crate::{
    config::UpstreamIndex,
    http::{method::Method, path::RequestPath, rewrite::Rewrite},
};
use alloc::{borrow::Cow, rc::Rc, string::String, vec, vec::Vec};

/// A rule for the paths of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The paths.
    pub pattern: Pattern,
    /// The methods; `None` for all, and `GET` includes `HEAD`.
    pub methods: Option<Vec<Method>>,
    /// Who may come in at all.
    pub access: Access,
    /// What is asked beyond a credential.
    pub requirements: Requirements,
    /// Where requests go.
    pub upstream: UpstreamIndex,
    /// Whether that upstream serves one file under several paths.
    pub aliases: Aliases,
    /// How its paths differ from the public ones; shared with every request on its way.
    pub rewrite: Option<Rc<Rewrite>>,
    /// Which other sites' scripts may call it.
    pub cors: Option<Rc<Cors>>,
    /// What is asked of proofs of possession.
    pub dpop: Dpop,
    /// Which audiences of a token count here; `None` for all that its issuer has.
    pub audiences: Option<Vec<String>>,
}

/// What a route asks of the proofs of possession that tokens may be bound to (RFC 9449). Those of bound tokens are
/// verified everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dpop {
    /// Whether tokens must be bound.
    pub demand: DpopDemand,
    /// Where used proofs are remembered.
    pub replay: DpopReplay,
}

/// Whether tokens must be bound to a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DpopDemand {
    /// Tokens that are bound must be proven; others may come alone.
    #[default]
    WhereBound,
    /// Only tokens that are bound.
    Always,
}

/// Where used proofs are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DpopReplay {
    /// In this isolate or instance: cheap, and another one may take the proof once more within its short life.
    #[default]
    Memory,
    /// In the ledger: once and for all, for a round trip per request.
    Ledger,
}

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, without any credential being looked at.
    Public,
    /// Whoever has a session and meets the requirements.
    Session,
    /// Whoever has an access token and meets the requirements.
    Bearer,
    /// Whoever has one of the two and meets the requirements. Of both on one request the token counts alone.
    SessionOrBearer,
}

impl Access {
    /// Whether such a credential lets anyone in.
    pub const fn takes(self, credential: Credential) -> bool {
        match (self, credential) {
            // Requirements ask for a session even on a public route: nobody meets them without.
            (Self::Public | Self::Session | Self::SessionOrBearer, Credential::Session)
            | (Self::Bearer | Self::SessionOrBearer, Credential::Bearer) => true,
            (Self::Bearer, Credential::Session)
            | (Self::Public | Self::Session, Credential::Bearer) => false,
        }
    }
}

/// Routes, compiled: looking one up costs the same with five as with a thousand.
#[derive(Clone, Debug)]
pub struct RouteTable {
    groups: Vec<Vec<Route>>,
    trie: Trie,
    spellings: Spellings,
}

/// Whether routes of static files differ in what they ask, so that spellings must be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spellings {
    Alike,
    Differ,
}

/// Two routes that cannot stand beside each other, by their places in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteFault {
    /// The same pattern, and a method that both name.
    SameMethod {
        /// The earlier route.
        first: usize,
        /// The later route.
        second: usize,
        /// A method of both; `None` where one of the two takes all.
        method: Option<Method>,
    },
    /// Patterns that cross, with no route for the paths that both match.
    Crossing {
        /// The earlier route.
        first: usize,
        /// The later route.
        second: usize,
        /// The pattern of the paths that both match; a route for it settles the matter.
        both: Pattern,
    },
}

/// Why no route was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// No pattern matches: 404.
    Unknown,
    /// The pattern that matches has no route for the method: 405.
    MethodNotAllowed {
        /// What `Allow` lists.
        allow: Vec<Method>,
    },
}

/// The route of a request, and those of the other spellings of its file.
#[derive(Clone, Debug)]
pub struct RouteMatch<'a> {
    route: &'a Route,
    aliased: Vec<&'a Route>,
}

impl RouteTable {
    /// Compiles routes.
    ///
    /// # Errors
    /// Every [`RouteFault`] there is.
    pub fn compile(routes: Vec<Route>) -> Result<Self, Vec<RouteFault>> {
        let spellings = spellings_of(&routes);
        let mut trie = Trie::new();
        let mut faults = Vec::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut group_of = Vec::new();
        for (place, route) in routes.iter().enumerate() {
            let next = GroupIndex(members.len());
            let known = trie.insert(&route.pattern, next);
            match known.and_then(|known| members.get_mut(known.0)) {
                None => members.push(vec![place]),
                Some(places) => {
                    faults.extend(same_method(&routes, places, place));
                    places.push(place);
                }
            }
            group_of.push(known.unwrap_or(next));
        }
        faults.extend(crossings(&routes, &members, &trie));
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut groups: Vec<Vec<Route>> = members.iter().map(|_| Vec::new()).collect();
        for (route, index) in routes.into_iter().zip(group_of) {
            if let Some(group) = groups.get_mut(index.0) {
                group.push(route);
            }
        }
        Ok(Self {
            groups,
            trie,
            spellings,
        })
    }

    /// The rules for `method` on `path`.
    ///
    /// A false match would decide by the rules of another path.
    ///
    /// # Errors
    /// [`NoRoute`]; a path that stacks so many file endings that its spellings are beyond counting
    /// is unknown.
    pub fn find(&self, path: &RequestPath, method: &Method) -> Result<RouteMatch<'_>, NoRoute> {
        let segments = collect_segments(path);
        let index = self.trie.find(&segments).ok_or(NoRoute::Unknown)?;
        let group = self.groups.get(index.0).ok_or(NoRoute::Unknown)?;
        let route = group
            .iter()
            .find(|route| route.takes(method))
            .ok_or_else(|| NoRoute::MethodNotAllowed {
                allow: allowed_methods(group),
            })?;
        let aliased = match (self.spellings, route.aliases) {
            (Spellings::Alike, _) | (_, Aliases::None) => Vec::new(),
            (Spellings::Differ, Aliases::StaticFiles) => self.aliased(&segments, index, method)?,
        };
        Ok(RouteMatch { route, aliased })
    }

    /// Whether some route asks for this `acr`.
    pub fn asks_for_acr(&self, acr: &str) -> bool {
        let mut asks = false;
        for route in self.routes() {
            route.requirements.visit(&mut |condition| {
                if let Condition::Acr(values) = condition {
                    asks |= values.iter().any(|value| value == acr);
                }
            });
        }
        asks
    }

    /// All routes, those of one pattern together.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.groups.iter().flatten()
    }

    fn aliased(
        &self,
        segments: &[Cow<'_, str>],
        own: GroupIndex,
        method: &Method,
    ) -> Result<Vec<&Route>, NoRoute> {
        let mut seen = vec![own];
        let mut aliased = Vec::new();
        let spellings = aliases::spellings(segments).map_err(|_| NoRoute::Unknown)?;
        for spelling in &spellings {
            let Some(index) = self.trie.find(spelling) else {
                continue;
            };
            if seen.contains(&index) {
                continue;
            }
            if self.narrows(own, index, segments, spelling) {
                continue;
            }
            seen.push(index);
            let group = self.groups.get(index.0).map_or(&[][..], Vec::as_slice);
            let files = || {
                let is_files = |route: &&Route| route.aliases == Aliases::StaticFiles;
                group.iter().filter(is_files)
            };
            // Where the other spelling has no route for this method, all of its rules hold:
            // taking none would open the file through the method that its owner left out.
            if files().any(|route| route.takes(method)) {
                aliased.extend(files().filter(|route| route.takes(method)));
            } else {
                aliased.extend(files());
            }
        }
        Ok(aliased)
    }

    /// Whether the route of a path has the last word against the wider one of another spelling: where it names
    /// that very path, or where the other spelling is a page that is not served at the index of a folder.
    ///
    /// All other rules hold, narrow ones above all: they were written for one spelling of the file. But what is
    /// wider was there to be narrowed, or nothing below a protected `/**` could be opened.
    fn narrows(
        &self,
        own: GroupIndex,
        other: GroupIndex,
        segments: &[Cow<'_, str>],
        spelling: &[Cow<'_, str>],
    ) -> bool {
        let pattern = |index: GroupIndex| Some(&self.groups.get(index.0)?.first()?.pattern);
        let (Some(own), Some(other)) = (pattern(own), pattern(other)) else {
            return false;
        };
        other.relation(own) == Relation::Around
            && (own.is_one_path() || aliases::is_led_away_to(segments, spelling))
    }
}

impl Route {
    /// Whether the route is for `method`.
    fn takes(&self, method: &Method) -> bool {
        match &self.methods {
            None => true,
            Some(methods) => {
                methods.contains(method)
                    || (*method == Method::Head && methods.contains(&Method::Get))
            }
        }
    }

    /// Whether the route asks for a credential. Requirements ask for one even on a public route:
    /// nobody meets them without.
    pub fn is_protected(&self) -> bool {
        match self.access {
            Access::Session | Access::Bearer | Access::SessionOrBearer => true,
            Access::Public => !self.requirements.is_empty(),
        }
    }

    /// Whether access tokens let anyone in.
    pub const fn takes_tokens(&self) -> bool {
        self.access.takes(Credential::Bearer)
    }

    /// Whether a credential that counts for one of `audiences` counts here; `None` for a session, which has none.
    ///
    /// A false "yes" hands a token that was issued for one service to another one.
    pub fn is_audience(&self, audiences: Option<&[String]>) -> bool {
        match (&self.audiences, audiences) {
            (None, _) | (_, None) => true,
            (Some(here), Some(theirs)) => theirs.iter().any(|audience| here.contains(audience)),
        }
    }

    /// Adds the scopes that the requirements name, each once.
    pub fn add_scopes<'a>(&'a self, scopes: &mut Vec<&'a str>) {
        self.requirements.scopes(scopes);
    }
}

impl<'a> RouteMatch<'a> {
    /// The route of the path itself.
    pub const fn route(&self) -> &'a Route {
        self.route
    }

    /// The routes of the other spellings of the same file.
    pub(super) fn aliased(&self) -> impl Iterator<Item = &'a Route> {
        self.aliased.iter().copied()
    }
}

/// Only a pattern with a `*` can cross another, which keeps this from being quadratic.
fn crossings(routes: &[Route], members: &[Vec<usize>], trie: &Trie) -> Vec<RouteFault> {
    let leaders = || {
        let first = members.iter().filter_map(|places| places.first());
        first.filter_map(|place| Some((routes.get(*place)?, *place)))
    };
    let mut faults = Vec::new();
    for (left, first) in leaders().filter(|(route, _)| route.pattern.has_any()) {
        for (right, second) in leaders() {
            let reported = right.pattern.has_any() && second <= first;
            if reported || left.pattern.relation(&right.pattern) != Relation::Crossing {
                continue;
            }
            let both = left.pattern.intersection(&right.pattern);
            if trie.group_of(&both).is_none() {
                faults.push(RouteFault::Crossing {
                    first: first.min(second),
                    second: first.max(second),
                    both,
                });
            }
        }
    }
    faults
}

fn spellings_of(routes: &[Route]) -> Spellings {
    let mut files = routes
        .iter()
        .filter(|route| route.aliases == Aliases::StaticFiles);
    let Some(first) = files.next() else {
        return Spellings::Alike;
    };
    let same = |route: &Route| {
        route.access == first.access
            && route.requirements == first.requirements
            && route.audiences == first.audiences
    };
    if files.all(same) {
        Spellings::Alike
    } else {
        Spellings::Differ
    }
}

fn same_method(routes: &[Route], places: &[usize], second: usize) -> Option<RouteFault> {
    let later = routes.get(second)?;
    places.iter().find_map(|&first| {
        let method = match (&routes.get(first)?.methods, &later.methods) {
            (None, _) | (_, None) => None,
            (Some(_), Some(methods)) => {
                let earlier = routes.get(first)?;
                let head = [Method::Head];
                let implied = head.iter().filter(|method| later.takes(method));
                let mut claimed = methods.iter().chain(implied);
                Some(claimed.find(|method| earlier.takes(method))?.clone())
            }
        };
        Some(RouteFault::SameMethod {
            first,
            second,
            method,
        })
    })
}

fn allowed_methods(group: &[Route]) -> Vec<Method> {
    let mut allow: Vec<Method> = Vec::new();
    for method in group
        .iter()
        .filter_map(|route| route.methods.as_ref())
        .flatten()
    {
        if !allow.contains(method) {
            allow.push(method.clone());
        }
        if *method == Method::Get && !allow.contains(&Method::Head) {
            allow.push(Method::Head);
        }
    }
    allow
}

#[cfg(test)]
#[path = "routes_tests.rs"]
mod tests;
