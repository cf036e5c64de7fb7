//! The table of routes: from path and method to the rules that hold.
//!
//! The path alone chooses a pattern, the most specific that matches. The method then selects among
//! the routes of that pattern, and where none fits the answer is 405: falling back to a wider
//! pattern would let `DELETE /api/x` reach a public `/**` because `/api/**` allows only `GET`.

use super::{
    aliases::{self, Aliases},
    condition::Condition,
    conflicts::{RouteFault, crossings, same_method},
    cors::Cors,
    issuer_index::IssuerIndex,
    loose::LoosePatterns,
    pattern::{Pattern, Relation, collect_segments},
    principal::Credential,
    requirements::Requirements,
    trie::{GroupIndex, Trie},
    upstream_index::UpstreamIndex,
};
use crate::http::{method::Method, path::RequestPath, rewrite::Rewrite};
use alloc::{borrow::Cow, rc::Rc, string::String, vec, vec::Vec};

/// A rule for the paths of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The paths.
    pub pattern: Pattern,
    /// The methods; `None` for all, and `GET` includes `HEAD`.
    pub methods: Option<Vec<Method>>,
    /// The credentials that the route takes.
    pub access: Access,
    /// The requirements beyond a credential.
    pub requirements: Requirements,
    /// Where requests go.
    pub upstream: UpstreamIndex,
    /// Which other paths that upstream may take for the same.
    pub aliases: Aliases,
    /// How its paths differ from the public ones; shared with every request on its way.
    pub rewrite: Option<Rc<Rewrite>>,
    /// Which other sites' scripts may call it.
    pub cors: Option<Rc<Cors>>,
    /// The requirements on DPoP proofs.
    pub dpop: Dpop,
    /// Which audiences of a token count here; `None` for all that its issuer has.
    pub audiences: Option<Vec<String>>,
    /// The issuer of tokens that name none.
    pub opaque_issuer: Option<IssuerIndex>,
}

/// The requirements of a route on DPoP proofs (RFC 9449). Proofs for bound tokens are verified everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dpop {
    /// Whether tokens must be bound.
    pub demand: DpopDemand,
    /// Where used proofs are remembered.
    pub replay: DpopReplay,
}

/// Whether tokens must be bound to a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DpopDemand {
    /// Tokens that are bound must be proven; others may come alone.
    #[default]
    WhereBound,
    /// Only tokens that are bound.
    Always,
}

/// Where used proofs are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DpopReplay {
    /// In this isolate or instance: cheap, and another one may take the proof once more within its short life.
    #[default]
    Memory,
    /// In the ledger: once and for all, for a round trip per request.
    Ledger,
}

/// The credentials that a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, without any credential being looked at.
    Public,
    /// A session that meets the requirements.
    Session,
    /// An access token that meets the requirements.
    Bearer,
    /// One of the two that meets the requirements. Of both on one request the token counts alone.
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
    /// As upstreams may read paths.
    read: LoosePatterns,
    /// As file systems may take names.
    named: LoosePatterns,
    /// Of the routes of static files.
    files: Rules,
    /// Of all routes.
    all: Rules,
}

/// Whether routes differ in what they ask, so that it matters which of them a path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    Alike,
    Differ,
}

/// Why no route was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// No pattern matches: 404.
    Unknown,
    /// The pattern that matches has no route for the method: 405.
    MethodNotAllowed {
        /// The methods that `Allow` lists.
        allow: Vec<Method>,
    },
}

/// The route of a request, and those of the other paths that its upstream may take for the same.
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
        let files = routes.iter().filter(|route| is_file(route));
        let files = rules_of(files, asks_alike);
        let all = rules_of(routes.iter(), |one, other| {
            asks_alike(one, other) && one.methods == other.methods
        });
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
        let patterns = || {
            let leaders = groups.iter().filter_map(|group| group.first());
            leaders.map(|route| &route.pattern)
        };
        Ok(Self {
            read: LoosePatterns::of_readings(patterns()),
            named: LoosePatterns::of_names(patterns()),
            groups,
            trie,
            files,
            all,
        })
    }

    /// The rules for `method` on `path`.
    ///
    /// A false match would decide by the rules of another path.
    ///
    /// # Errors
    /// [`NoRoute`]; a path that stacks so many file endings that its spellings are beyond counting
    /// is unknown, and so is one that an upstream could read as a path with `..` in it. A method that no route takes for
    /// one of the paths that an upstream may read is not allowed.
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
        let aliased = match (route.aliases, self.files, self.all) {
            (Aliases::StaticFiles, Rules::Differ, _) => {
                let mut aliased = self.aliased(&segments, index, method)?;
                let named = self.named.named(path, &segments, index);
                for other in named.map_err(|_| NoRoute::Unknown)? {
                    self.lend(other, method, is_file, &mut aliased);
                }
                aliased
            }
            (Aliases::LooseReadings, _, Rules::Differ) => {
                self.meant(path, &segments, index, method)?
            }
            (Aliases::None, _, _)
            | (Aliases::StaticFiles, Rules::Alike, _)
            | (Aliases::LooseReadings, _, Rules::Alike) => Vec::new(),
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
            self.lend(index, method, is_file, &mut aliased);
        }
        Ok(aliased)
    }

    /// The routes that an upstream may read the path as, beside its own. They count whatever their upstreams are: the
    /// rule of a public path was written for what stands there.
    fn meant(
        &self,
        path: &RequestPath,
        segments: &[Cow<'_, str>],
        own: GroupIndex,
        method: &Method,
    ) -> Result<Vec<&Route>, NoRoute> {
        let meant = self
            .read
            .meant(path, segments, own, |group| self.pattern_of(group));
        let mut all = Vec::new();
        for index in meant.map_err(|_| NoRoute::Unknown)? {
            let group = self.groups.get(index.0).map_or(&[][..], Vec::as_slice);
            let known = all.len();
            all.extend(group.iter().filter(|route| route.takes(method)));
            // An upstream that reads the path so would carry the method out where its owner left it out.
            if all.len() == known {
                let allow = allowed_methods(group);
                return Err(NoRoute::MethodNotAllowed { allow });
            }
        }
        Ok(all)
    }

    /// Adds the routes of another spelling of a file whose rules hold for `method`, of those that `counts`. Where that
    /// pattern has no route for the method, all of its rules hold: taking none would open the page through the method
    /// that its owner left out, and files are only read.
    fn lend<'a>(
        &'a self,
        group: GroupIndex,
        method: &Method,
        counts: impl Fn(&Route) -> bool,
        lent: &mut Vec<&'a Route>,
    ) {
        let group = self.groups.get(group.0).map_or(&[][..], Vec::as_slice);
        let counted = || group.iter().filter(|route| counts(route));
        if counted().any(|route| route.takes(method)) {
            lent.extend(counted().filter(|route| route.takes(method)));
        } else {
            lent.extend(counted());
        }
    }

    fn pattern_of(&self, group: GroupIndex) -> Option<&Pattern> {
        Some(&self.groups.get(group.0)?.first()?.pattern)
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
        let (Some(own), Some(other)) = (self.pattern_of(own), self.pattern_of(other)) else {
            return false;
        };
        other.relation(own) == Relation::Around
            && (own.is_one_path() || aliases::is_led_away_to(segments, spelling))
    }
}

impl Route {
    /// Whether the route is for `method`. None is for `TRACE`, whose answer shows a client the proof that it may not know.
    pub(super) fn takes(&self, method: &Method) -> bool {
        match &self.methods {
            _ if method.is_trace() => false,
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

    /// The routes of the other paths that the upstream may take for the same.
    pub(super) fn aliased(&self) -> impl Iterator<Item = &'a Route> {
        self.aliased.iter().copied()
    }
}

fn is_file(route: &Route) -> bool {
    route.aliases == Aliases::StaticFiles
}

fn rules_of<'a>(
    mut routes: impl Iterator<Item = &'a Route>,
    alike: impl Fn(&Route, &Route) -> bool,
) -> Rules {
    let Some(first) = routes.next() else {
        return Rules::Alike;
    };
    if routes.all(|route| alike(route, first)) {
        Rules::Alike
    } else {
        Rules::Differ
    }
}

/// Whether two routes ask the same of a request that they take.
fn asks_alike(one: &Route, other: &Route) -> bool {
    one.access == other.access
        && one.requirements == other.requirements
        && one.audiences == other.audiences
        && one.cors == other.cors
        && one.dpop == other.dpop
}

fn allowed_methods(group: &[Route]) -> Vec<Method> {
    if group.iter().any(|route| route.methods.is_none()) {
        return Method::NAMED.to_vec();
    }
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
