//! The query language: what someone typed becomes a tree, and never an error.
//!
//! Whatever cannot be meant is repaired or left out, and each repair is a [`Correction`] in plain
//! words, so that the answer can say what was searched. The module knows no index: the caller says
//! which fields exist, and decides how words side by side combine.
//!
//! From tightest to loosest: `NOT` and `-`, proximity (`/5`), `AND`, `OR`, words side by side. So
//! `a b OR c` is `a (b OR c)`. A quoted phrase is exact; everything else may be stemmed.
//!
//! Limits, so that no query can exhaust the stack or the index: 16 KiB, 1024 words and phrases,
//! 64 levels of parentheses.

mod display;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod word;

use std::ops::Bound;

use serde::Serialize;

/// Queries longer than this many bytes are cut.
pub const LONGEST_QUERY: usize = 16 * 1024;

/// Words, phrases and ranges beyond this many are left out.
pub const MOST_CLAUSES: usize = 1024;

/// Parentheses nested deeper than this are ignored, their contents kept.
pub const DEEPEST_NESTING: usize = 64;

/// The widest proximity or slop, in words; wider ones are narrowed to it.
pub const WIDEST_DISTANCE: u32 = 1000;

/// Words of quotations that may stand apart from one another (`"…"~5`, `"…" /5 "…"`). The engine follows every way in
/// which they can: twelve frequent words within a thousand took seconds on forty letters, and each word more multiplies that.
pub const MOST_LOOSE_WORDS: usize = 8;

/// A part of a query.
///
/// A `field` is lower-case and known to the caller; `None` means the fields searched by default.
///
/// [`Display`](std::fmt::Display) renders the canonical form, which parses to the same tree as long
/// as it keeps within [`LONGEST_QUERY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// One typed word; the analysis may still find several parts in it, as in `EMG/NCS`.
    Word {
        /// The field searched.
        field: Option<String>,
        /// As typed, without surrounding punctuation. Holds a letter or digit at least.
        text: String,
        /// Whether `*` (any characters) or `?` (one character) in `text` are wildcards.
        wildcard: bool,
    },
    /// Quoted words, to be matched exactly.
    Phrase {
        /// The field searched.
        field: Option<String>,
        /// The words without their quotes, white space folded.
        text: String,
        /// How many positions the words may be out of place.
        slop: u32,
    },
    /// Values between two bounds, as typed; the caller knows dates from numbers.
    Range {
        /// The field searched.
        field: String,
        /// The lowest value.
        lower: Bound<String>,
        /// The highest value; never open when `lower` is.
        upper: Bound<String>,
    },
    /// Any value at all: `field:*`.
    Exists {
        /// The field that must have one.
        field: String,
    },
    /// `left` and `right` within `distance` words of each other, in either order. Both are words
    /// or phrases of the same field.
    Near {
        /// A word or phrase.
        left: Box<Node>,
        /// A word or phrase of the same field.
        right: Box<Node>,
        /// In words.
        distance: u32,
    },
    /// Everything that does not match; never directly inside another `Not`.
    Not(Box<Node>),
    /// `+word`: must match however the caller combines its neighbours. Only directly in `Words`.
    Required(Box<Node>),
    /// All of two or more; never directly inside another `And`.
    And(Vec<Node>),
    /// Any of two or more; never directly inside another `Or`.
    Or(Vec<Node>),
    /// Two or more side by side, to be combined as the caller sees fit.
    Words(Vec<Node>),
}

impl Node {
    /// The same query with every word and phrase looked for in one field.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        self.set_field(field);
        self
    }

    /// Recursion is bounded: the parser limits nesting.
    fn set_field(&mut self, name: &str) {
        match self {
            Node::Word { field, .. } | Node::Phrase { field, .. } => *field = Some(name.to_owned()),
            Node::Range { field, .. } | Node::Exists { field } => name.clone_into(field),
            Node::Near { left, right, .. } => {
                left.set_field(name);
                right.set_field(name);
            }
            Node::Not(inner) | Node::Required(inner) => inner.set_field(name),
            Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => {
                for node in nodes {
                    node.set_field(name);
                }
            }
        }
    }
}

/// Something in a query that was not taken as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// What was done, in plain words, lower-case and without a full stop.
    pub what: String,
    /// Byte position in the query that it is about.
    pub at: usize,
}

/// A query as understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parsed {
    /// `None` when nothing to search for was typed.
    pub root: Option<Node>,
    /// What was repaired or left out, in the order of the query.
    pub corrections: Vec<Correction>,
}

/// Parses a query; `is_field` tells whether a lower-case name is a field.
///
/// A query of exclusions alone (`-surgery`) stands for everything but them.
///
/// # Example
///
/// ```
/// # use imr::search::grammar::parse;
/// let parsed = parse("item:mri AND \"red flags\" ~3", &|name| name == "item");
/// let root = parsed.root.expect("there is something to search for");
/// assert_eq!(root.to_string(), "item:mri AND \"red flags\"~3");
/// assert_eq!(parsed.corrections.len(), 1);
/// ```
#[must_use]
pub fn parse(query: &str, is_field: &dyn Fn(&str) -> bool) -> Parsed {
    let mut corrections = Vec::new();
    let kept = cut(query, &mut corrections);
    let tokens = lexer::Lexer::new(kept, is_field, &mut corrections).tokens();
    let root = parser::Parser::new(kept, &tokens, &mut corrections).parse();
    corrections.sort_by_key(|correction| correction.at);
    Parsed { root, corrections }
}

fn cut<'a>(query: &'a str, corrections: &mut Vec<Correction>) -> &'a str {
    if query.len() <= LONGEST_QUERY {
        return query;
    }
    let mut end = LONGEST_QUERY;
    while !query.is_char_boundary(end) {
        end -= 1;
    }
    corrections.push(Correction {
        what: format!("the query is longer than {LONGEST_QUERY} bytes, the rest was left out"),
        at: end,
    });
    &query[..end]
}
