//! Finds the most specific of many patterns in one walk along a path's segments.
//!
//! A node's children are tried literal first, then `*`, then its own `**`. Since no two patterns
//! cross without a third that decides, the first pattern found this way lies inside every other
//! one that matches: at each segment it is at most as wide as they are.

use super::pattern::{Pattern, Step, Tail};
use crate::ordered::OrderedMap;
use alloc::{borrow::Cow, string::String, vec, vec::Vec};

/// Patterns by their steps; each leads to the place of its group of routes.
#[derive(Clone, Debug)]
pub(super) struct Trie {
    /// The root is the first; a child comes after its parent.
    nodes: Vec<Node>,
}

/// The place of a group of routes that share a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupIndex(pub(super) usize);

#[derive(Clone, Debug, Default)]
struct Node {
    literals: OrderedMap<String, usize>,
    any: Option<usize>,
    end: Option<GroupIndex>,
    rest: Option<GroupIndex>,
}

/// A node or rest that is left to try; the best stands last.
enum Candidate {
    Node { node: usize, depth: usize },
    Rest(GroupIndex),
}

impl Trie {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
        }
    }

    /// Adds `pattern`, or returns the group that it leads to already.
    pub(super) fn insert(&mut self, pattern: &Pattern, group: GroupIndex) -> Option<GroupIndex> {
        let mut at = 0;
        for step in pattern.steps() {
            at = self.child(at, step);
        }
        let node = self.nodes.get_mut(at)?;
        let place = match pattern.tail() {
            Tail::End => &mut node.end,
            Tail::Rest => &mut node.rest,
        };
        if place.is_none() {
            *place = Some(group);
            return None;
        }
        *place
    }

    /// The group of exactly this pattern.
    pub(super) fn group_of(&self, pattern: &Pattern) -> Option<GroupIndex> {
        let mut node = self.nodes.first()?;
        for step in pattern.steps() {
            let next = match step {
                Step::Literal(text) => node.literals.get(text).copied(),
                Step::Any => node.any,
            };
            node = self.nodes.get(next?)?;
        }
        match pattern.tail() {
            Tail::End => node.end,
            Tail::Rest => node.rest,
        }
    }

    /// The group of the most specific pattern that matches.
    pub(super) fn find(&self, segments: &[Cow<'_, str>]) -> Option<GroupIndex> {
        let mut candidates = vec![Candidate::Node { node: 0, depth: 0 }];
        while let Some(candidate) = candidates.pop() {
            let (node, depth) = match candidate {
                Candidate::Rest(group) => return Some(group),
                Candidate::Node { node, depth } => (self.nodes.get(node)?, depth),
            };
            candidates.extend(node.rest.map(Candidate::Rest));
            let Some(segment) = segments.get(depth) else {
                if node.end.is_some() {
                    return node.end;
                }
                continue;
            };
            let depth = depth.saturating_add(1);
            let any = node.any.filter(|_| !segment.is_empty());
            let literal = node.literals.get(segment.as_ref()).copied();
            let children = any.into_iter().chain(literal);
            candidates.extend(children.map(|node| Candidate::Node { node, depth }));
        }
        None
    }

    /// The groups of all patterns that match; each node is looked at once at most.
    pub(super) fn find_all(&self, segments: &[Cow<'_, str>]) -> Vec<GroupIndex> {
        let mut found = Vec::new();
        let mut left = vec![(0, 0_usize)];
        while let Some((node, depth)) = left.pop() {
            let Some(node) = self.nodes.get(node) else {
                continue;
            };
            found.extend(node.rest);
            let Some(segment) = segments.get(depth) else {
                found.extend(node.end);
                continue;
            };
            let any = node.any.filter(|_| !segment.is_empty());
            let literal = node.literals.get(segment.as_ref()).copied();
            let below = any.into_iter().chain(literal);
            left.extend(below.map(|node| (node, depth.saturating_add(1))));
        }
        found
    }

    fn child(&mut self, at: usize, step: &Step) -> usize {
        let fresh = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else {
            return at;
        };
        let child = match step {
            Step::Literal(text) => match node.literals.get(text) {
                Some(child) => *child,
                None => {
                    node.literals.insert(text.clone(), fresh);
                    fresh
                }
            },
            Step::Any => *node.any.get_or_insert(fresh),
        };
        if child == fresh {
            self.nodes.push(Node::default());
        }
        child
    }
}
