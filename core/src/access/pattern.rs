//! Path patterns of routes: literal segments, `*` for one segment, `**` for any rest.
//!
//! Patterns are compared by the sets of paths they match: two patterns are nested, disjoint, or
//! cross each other. Crossing ones have no most specific among them and are refused together.

use super::readings;
use crate::{
    encoding::percent::{self, Plus},
    http::path::{self, PathFault, RequestPath},
};
use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

/// A path pattern, such as `/staff/**`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    steps: Vec<Step>,
    tail: Tail,
}

/// The test of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// This text, decoded; empty only as the last segment, where it is a trailing slash.
    Literal(String),
    /// `*`: anything but empty.
    Any,
}

/// The rest of a path that may follow the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    End,
    /// `**`: any segments, or none.
    Rest,
}

/// How the sets of paths of two patterns lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// No path matches both.
    Disjoint,
    /// The same paths.
    Same,
    /// The first matches a part of what the second matches.
    Inside,
    /// The first matches all that the second matches, and more.
    Around,
    /// Some paths match both, and each matches some that the other does not.
    Crossing,
}

/// Why a pattern was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternFault {
    /// The path itself has no normal form.
    Path(PathFault),
    /// A `.` or `..` segment, which no request path in normal form has.
    DotSegment,
    /// A star that is not a whole segment.
    StarInSegment {
        /// The segment as written.
        segment: String,
    },
    /// `**` before the end.
    RestBeforeEnd,
}

impl Pattern {
    /// Parses a pattern; escapes are brought to normal form, `%2A` is a literal star.
    ///
    /// # Errors
    /// Any [`PatternFault`].
    pub fn parse(pattern: &str) -> Result<Self, PatternFault> {
        let path = RequestPath::parse(pattern).map_err(PatternFault::Path)?;
        let is_dots = |segment: &str| {
            let decoded = percent::decode(segment, Plus::IsPlus);
            matches!(decoded.as_deref(), Some("." | ".."))
        };
        if pattern.split(['/', '\\']).any(is_dots) {
            return Err(PatternFault::DotSegment);
        }
        let inner = path.as_str().strip_prefix('/').unwrap_or_default();
        let mut steps = Vec::new();
        let mut tail = Tail::End;
        for (written, decoded) in inner.split('/').zip(path.segments()) {
            if tail == Tail::Rest {
                return Err(PatternFault::RestBeforeEnd);
            }
            match written {
                "**" => tail = Tail::Rest,
                "*" => steps.push(Step::Any),
                _ if written.contains('*') => {
                    let segment = written.to_string();
                    return Err(PatternFault::StarInSegment { segment });
                }
                _ => steps.push(Step::Literal(decoded.into_owned())),
            }
        }
        Ok(Self { steps, tail })
    }

    /// Whether every path this pattern matches lies at `base` or below it.
    pub fn is_below(&self, base: &RequestPath) -> bool {
        let mut steps = self.steps.iter();
        base.segments()
            .all(|segment| steps.next().is_some_and(|step| step.is_literal(&segment)))
    }

    /// The path of its literal segments up to the first star; empty where it begins with one.
    pub fn literal_start(&self) -> String {
        let mut start = String::new();
        for step in &self.steps {
            let Step::Literal(text) = step else {
                break;
            };
            start.push('/');
            start.push_str(&path::encode_segment(text));
        }
        start
    }

    /// How the paths of this pattern lie to those of `other`.
    pub fn relation(&self, other: &Self) -> Relation {
        let mut relation = Relation::Same;
        let (mut left, mut right) = (self.steps.iter(), other.steps.iter());
        loop {
            let step = match (left.next(), right.next()) {
                (Some(left), Some(right)) => left.relation(right),
                (None, None) => return relation.and(self.tail.relation(other.tail)),
                // The longer one lies inside a `**`, and is disjoint from an end.
                (Some(_), None) => return relation.and(other.tail.around_more(Relation::Inside)),
                (None, Some(_)) => return relation.and(self.tail.around_more(Relation::Around)),
            };
            relation = relation.and(step);
            if relation == Relation::Disjoint {
                return relation;
            }
        }
    }

    /// The pattern of the readings of the paths that this one matches: what an upstream may take for one of them.
    pub fn loosened(&self) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            match step {
                Step::Literal(text) => {
                    steps.extend(readings::of_literal(text).into_iter().map(Step::Literal));
                }
                Step::Any => steps.push(Step::Any),
            }
        }
        Self {
            steps,
            tail: self.tail,
        }
    }

    /// The pattern of the paths of files that this one names on a file system that folds letters.
    pub(super) fn folded(&self) -> Self {
        let fold = |step: &Step| match step {
            Step::Literal(text) => Step::Literal(readings::fold_name(text).into_owned()),
            Step::Any => Step::Any,
        };
        Self {
            steps: self.steps.iter().map(fold).collect(),
            tail: self.tail,
        }
    }

    /// Whether it is `/`.
    pub(super) fn is_root(&self) -> bool {
        self.tail == Tail::End && matches!(self.steps.as_slice(), [step] if step.is_literal(""))
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) const fn tail(&self) -> Tail {
        self.tail
    }

    /// Whether the pattern has a `*`; without one, two patterns never cross.
    pub(super) fn has_any(&self) -> bool {
        self.steps.contains(&Step::Any)
    }

    /// Whether it has no star, and so matches one path alone.
    pub(super) fn is_one_path(&self) -> bool {
        self.tail == Tail::End && !self.has_any()
    }

    /// The pattern of the paths that match both, where the two are not disjoint.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        let longest = self.steps.len().max(other.steps.len());
        let mut steps = Vec::with_capacity(longest);
        for index in 0..longest {
            let mut both = [self, other]
                .into_iter()
                .filter_map(|pattern| pattern.steps.get(index));
            let literal = both.clone().find(|step| step.literal().is_some());
            steps.extend(literal.or_else(|| both.next()).cloned());
        }
        let tail = match (self.tail, other.tail) {
            (Tail::Rest, Tail::Rest) => Tail::Rest,
            (Tail::End, _) | (_, Tail::End) => Tail::End,
        };
        Self { steps, tail }
    }
}

/// The pattern as it would be written in normal form.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match step {
                Step::Literal(text) => {
                    write!(f, "/{}", path::encode_segment(text).replace('*', "%2A"))?;
                }
                Step::Any => f.write_str("/*")?,
            }
        }
        match self.tail {
            Tail::End => Ok(()),
            Tail::Rest => f.write_str("/**"),
        }
    }
}

impl Step {
    pub(super) fn is_literal(&self, segment: &str) -> bool {
        self.literal() == Some(segment)
    }

    fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Any => None,
        }
    }

    fn relation(&self, other: &Self) -> Relation {
        match (self, other) {
            (Self::Any, Self::Any) => Relation::Same,
            (Self::Literal(left), Self::Literal(right)) if left == right => Relation::Same,
            (Self::Literal(_), Self::Literal(_)) => Relation::Disjoint,
            (Self::Literal(text), Self::Any) if !text.is_empty() => Relation::Inside,
            (Self::Any, Self::Literal(text)) if !text.is_empty() => Relation::Around,
            (Self::Literal(_), Self::Any) | (Self::Any, Self::Literal(_)) => Relation::Disjoint,
        }
    }
}

impl Tail {
    const fn relation(self, other: Self) -> Relation {
        match (self, other) {
            (Self::End, Self::End) | (Self::Rest, Self::Rest) => Relation::Same,
            (Self::End, Self::Rest) => Relation::Inside,
            (Self::Rest, Self::End) => Relation::Around,
        }
    }

    const fn around_more(self, relation: Relation) -> Relation {
        match self {
            Self::Rest => relation,
            Self::End => Relation::Disjoint,
        }
    }
}

impl Relation {
    /// The relation of two products of sets, of which `self` and `other` relate the factors.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Disjoint, _) | (_, Self::Disjoint) => Self::Disjoint,
            (Self::Crossing, _) | (_, Self::Crossing) => Self::Crossing,
            (Self::Same, relation) | (relation, Self::Same) => relation,
            (Self::Inside, Self::Inside) => Self::Inside,
            (Self::Around, Self::Around) => Self::Around,
            (Self::Inside, Self::Around) | (Self::Around, Self::Inside) => Self::Crossing,
        }
    }
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(fault) => fault.fmt(f),
            Self::DotSegment => f.write_str("a pattern has no . or .. segments"),
            Self::StarInSegment { segment } => {
                write!(
                    f,
                    "a star stands for a whole segment, not for a part of \"{segment}\""
                )
            }
            Self::RestBeforeEnd => f.write_str("** stands at the end of a pattern only"),
        }
    }
}

/// A request path's decoded segments, collected once for several look-ups.
pub(super) fn collect_segments(path: &RequestPath) -> Vec<Cow<'_, str>> {
    path.segments().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn patterns_are_kept_in_normal_form() {
        assert_eq!(pattern("/%61!/*/**").to_string(), "/a!/*/**");
        assert_eq!(pattern("/a%21b"), pattern("/a!b"));
        assert_eq!(pattern("/%2A%23é").to_string(), "/%2A%23%C3%A9");
        assert!(!pattern("/%2A").has_any());
        assert!(pattern("/*").has_any());
    }

    #[test]
    fn what_cannot_match_a_normal_path_is_refused() {
        for (bad, fault, good) in [
            ("", PatternFault::Path(PathFault::NotAbsolute), "/"),
            (
                "staff",
                PatternFault::Path(PathFault::NotAbsolute),
                "/staff",
            ),
            ("/a//b", PatternFault::Path(PathFault::EmptySegment), "/a/b"),
            (
                "/a%2fb",
                PatternFault::Path(PathFault::ForbiddenEscape),
                "/a%21b",
            ),
            (
                "/a?b=c",
                PatternFault::Path(PathFault::Character),
                "/a%3fb=c",
            ),
            ("/a/../b", PatternFault::DotSegment, "/a/..b"),
            ("/a/.", PatternFault::DotSegment, "/a/"),
            ("/a/%2e/b", PatternFault::DotSegment, "/a/%2ea/b"),
            ("/..", PatternFault::DotSegment, "/..."),
            ("/**/x", PatternFault::RestBeforeEnd, "/*/x"),
            ("/**/", PatternFault::RestBeforeEnd, "/**"),
        ] {
            assert_eq!(Pattern::parse(bad), Err(fault), "{bad}");
            assert!(Pattern::parse(good).is_ok(), "{good}");
        }
        for bad in ["/*.css", "/a*", "/***", "/a/**b"] {
            let fault = Pattern::parse(bad).unwrap_err();
            assert!(matches!(fault, PatternFault::StarInSegment { .. }), "{bad}");
        }
    }

    #[test]
    fn relations_are_those_of_the_sets_of_paths() {
        for (left, right, relation) in [
            ("/a", "/a", Relation::Same),
            ("/a", "/%61", Relation::Same),
            ("/a!", "/a%21", Relation::Same),
            ("/a", "/b", Relation::Disjoint),
            ("/a", "/a/", Relation::Disjoint),
            ("/a", "/a/b", Relation::Disjoint),
            ("/a", "/*", Relation::Inside),
            ("/", "/*", Relation::Disjoint),
            ("/a/", "/a/*", Relation::Disjoint),
            ("/", "/**", Relation::Inside),
            ("/a", "/a/**", Relation::Inside),
            ("/a/", "/a/**", Relation::Inside),
            ("/a/*", "/a/**", Relation::Inside),
            ("/*/**", "/**", Relation::Inside),
            ("/a/**", "/b/**", Relation::Disjoint),
            ("/a/**", "/*/b", Relation::Crossing),
            ("/a/*", "/*/b", Relation::Crossing),
            ("/a/*/c", "/*/b/**", Relation::Crossing),
            ("/a/*/c", "/*/b/d", Relation::Disjoint),
            ("/a/**", "/*", Relation::Crossing),
        ] {
            let (left, right) = (pattern(left), pattern(right));
            assert_eq!(left.relation(&right), relation, "{left} {right}");
            let reverse = if relation == Relation::Inside {
                Relation::Around
            } else {
                relation
            };
            assert_eq!(right.relation(&left), reverse, "{right} {left}");
        }
    }

    #[test]
    fn two_patterns_meet_in_one() {
        for (left, right, both) in [
            ("/a/**", "/*", "/a"),
            ("/a/*", "/*/b", "/a/b"),
            ("/a/**", "/*/b/**", "/a/b/**"),
            ("/*/**", "/**", "/*/**"),
        ] {
            let (left, right) = (pattern(left), pattern(right));
            assert_eq!(left.intersection(&right), pattern(both));
            assert_eq!(right.intersection(&left), pattern(both));
        }
    }

    #[test]
    fn a_loosened_pattern_matches_readings() {
        for (written, loosened) in [
            ("/ex/Admin/**", "/ex/admin/**"),
            ("/ex/reports/", "/ex/reports"),
            ("/ex/;/a;v=1/*/b.", "/ex/a/*/b"),
            ("/%2561/*/", "/a/*"),
            ("/a%252fb", "/a/b"),
            ("/a/**", "/a/**"),
        ] {
            assert_eq!(pattern(written).loosened(), pattern(loosened), "{written}");
        }
        assert_eq!(pattern("/").loosened().to_string(), "");
        assert!(pattern("/").is_root() && !pattern("/**").is_root());
    }

    #[test]
    fn below_means_at_a_path_or_under_it() {
        let base = RequestPath::parse("/auth").unwrap();
        for below in ["/auth", "/auth/", "/auth/**", "/auth/login", "/%61uth/x"] {
            assert!(pattern(below).is_below(&base), "{below}");
        }
        for beside in ["/authx", "/**", "/*/login", "/a/auth"] {
            assert!(!pattern(beside).is_below(&base), "{beside}");
        }
    }
}
