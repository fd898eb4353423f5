//! What is asked of a decision, as a tree.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::Query;
use tantivy::schema::Field;

/// A condition on a decision, with what it adds to the score of those that meet it. Scores are never negative.
#[derive(Clone, Debug)]
pub enum Clause {
    /// Every decision, for nothing.
    Everything,
    /// No decision.
    Nothing,
    /// A term of a text, weighed by BM25.
    Term { term: Term, boost: f32 },
    /// Two or more terms of one text at these places, or so near them that they have to move by `slop` at most; weighed by
    /// BM25 as one word as rare as all of them.
    Phrase { terms: Vec<(usize, Term)>, slop: u32, boost: f32 },
    /// What one of the engine's own queries finds, for nothing.
    Engine(Arc<dyn Query>),
    /// The same decisions, all for this score.
    Constant { of: Box<Clause>, score: f32 },
    /// Any of these: the score of the best, and this share of the others'.
    Best { of: Vec<Clause>, share: f32 },
    /// Those that must all be met, those of which at least so many must be, and those of which none may be. The scores of
    /// what is met add up.
    Mix { must: Vec<Clause>, should: Vec<Clause>, at_least: usize, must_not: Vec<Clause> },
}

impl Clause {
    /// A term in a field.
    pub fn term(field: Field, term: &str) -> Self {
        Self::Term { term: Term::from_field_text(field, term), boost: 1.0 }
    }

    /// Any of these; scores add up.
    pub fn any(of: Vec<Clause>) -> Self {
        Self::Mix { must: Vec::new(), should: of, at_least: 1, must_not: Vec::new() }
    }

    /// All of these; scores add up.
    pub fn all(of: Vec<Clause>) -> Self {
        Self::Mix { must: of, should: Vec::new(), at_least: 0, must_not: Vec::new() }
    }

    /// Every decision but these.
    pub fn everything_but(excluded: Clause) -> Self {
        Self::Mix { must: vec![Self::Everything], should: Vec::new(), at_least: 0, must_not: vec![excluded] }
    }

    /// The same decisions for nothing.
    pub fn silent(self) -> Self {
        Self::Constant { of: Box::new(self), score: 0.0 }
    }

    /// The same with all scores multiplied.
    pub fn boosted(self, by: f32) -> Self {
        let each = |of: Vec<Clause>| of.into_iter().map(|clause| clause.boosted(by)).collect();
        match self {
            Self::Term { term, boost } => Self::Term { term, boost: boost * by },
            Self::Phrase { terms, slop, boost } => Self::Phrase { terms, slop, boost: boost * by },
            Self::Constant { of, score } => Self::Constant { of, score: score * by },
            Self::Best { of, share } => Self::Best { of: each(of), share },
            Self::Mix { must, should, at_least, must_not } => {
                Self::Mix { must: each(must), should: each(should), at_least, must_not }
            }
            scoreless @ (Self::Everything | Self::Nothing | Self::Engine(_)) => scoreless,
        }
    }
}
