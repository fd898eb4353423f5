//! A clause made ready for the segments of an index: its lists looked up and weighed, like lists pooled.

use std::sync::Arc;

use tantivy::Term;
use tantivy::postings::TermInfo;
use tantivy::query::{Bm25Weight, PhraseQuery, Query, Weight};
use tantivy::schema::Field;

use super::clause::Clause;
use crate::search::terms::Dictionary;

/// Alternatives are pooled by what they can score: those that reach at least this share of what the best can, those that
/// reach the next, and the rest. A word is rare in items and frequent in rationales, so it is found there far more often
/// than among the best.
const SHARES: [f32; 2] = [0.5, 0.15];

/// A clause ready for every segment.
pub struct Compiled {
    pub lists: Vec<List>,
    pub pools: Vec<Pool>,
    /// So many of the pools are those of the words; the others are the filters'.
    pub word_pools: usize,
    pub conditions: Vec<Condition>,
    /// What decides whether a decision is found, by its place among the conditions.
    pub condition: usize,
    /// What a found decision scores.
    pub part: Part,
    /// Further conditions, in the order given.
    pub filters: Vec<usize>,
}

/// Decisions in the order of their numbers, with what each adds to a score.
pub enum List {
    Term {
        field: Field,
        /// Where the term stands in each segment.
        infos: Arc<[Option<TermInfo>]>,
        weight: Option<Bm25Weight>,
    },
    /// What the engine finds and scores itself: at most `most`.
    Other { weight: Box<dyn Weight>, boost: f32, most: f32 },
}

/// Lists that are united before anything else is asked.
#[derive(Default)]
pub struct Pool {
    pub lists: Vec<usize>,
    /// Decisions in them, counted once for each list.
    decisions: u64,
}

impl Pool {
    /// The bit of a pool in a set of pools; those after the 63rd share the last one.
    pub fn bit(pool: usize) -> u64 {
        1 << pool.min(63)
    }
}

/// What decides whether a decision is found. Others are named by their places.
pub enum Condition {
    Everything,
    Nothing,
    Pool(usize),
    Any(Vec<usize>),
    Mix { must: Vec<usize>, should: Vec<usize>, at_least: usize, must_not: Vec<usize> },
}

/// What a found decision scores.
pub struct Part {
    /// The pools one of which a decision is in if this adds anything.
    pub pools: u64,
    pub kind: Kind,
}

pub enum Kind {
    Nothing,
    List(usize),
    Constant {
        condition: usize,
        score: f32,
    },
    Best {
        of: Vec<Part>,
        share: f32,
    },
    Sum(Vec<Part>),
    /// The sum, where the condition is met: a decision that meets it is in a pool of each of `needs`.
    Where {
        condition: usize,
        needs: Vec<u64>,
        of: Vec<Part>,
    },
}

impl Part {
    const NOTHING: Part = Part { pools: 0, kind: Kind::Nothing };

    /// Several parts as one; those that add nothing are left out.
    fn of(mut parts: Vec<Part>, kind: impl FnOnce(Vec<Part>) -> Kind) -> Part {
        parts.retain(|part| !matches!(part.kind, Kind::Nothing));
        if parts.is_empty() { Part::NOTHING } else { Part { pools: 0, kind: kind(parts) } }
    }
}

impl Compiled {
    /// Looks up and weighs everything a clause names; `filters` must be met as well and add nothing. Without `scored`
    /// nothing is weighed.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn of(dictionary: &Dictionary, clause: &Clause, filters: &[&Clause], scored: bool) -> tantivy::Result<Self> {
        let (lists, pool_of, pools, conditions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut compiler = Compiler { dictionary, scored, lists, pool_of, pools, conditions };
        let (condition, mut part) = compiler.compile(clause)?;
        compiler.settle(&mut part);
        let word_pools = compiler.pools.len();
        compiler.scored = false;
        let filters =
            filters.iter().map(|filter| Ok(compiler.compile(filter)?.0)).collect::<tantivy::Result<Vec<_>>>()?;
        let Compiler { lists, pools, conditions, .. } = compiler;
        Ok(Self { lists, pools, word_pools, conditions, condition, part, filters })
    }
}

struct Compiler<'a> {
    dictionary: &'a Dictionary<'a>,
    scored: bool,
    lists: Vec<List>,
    /// The pool of each list.
    pool_of: Vec<usize>,
    pools: Vec<Pool>,
    conditions: Vec<Condition>,
}

/// Alternatives while they are gathered: their lists, and what else they ask.
#[derive(Default)]
struct Alternatives {
    lists: Vec<Alternative>,
    others: Vec<usize>,
}

struct Alternative {
    list: usize,
    /// What a decision of it can score at most.
    most: f32,
    decisions: u64,
}

impl Compiler<'_> {
    /// A clause by itself. Recursion is bounded: the grammar limits nesting.
    fn compile(&mut self, clause: &Clause) -> tantivy::Result<(usize, Part)> {
        let mut alternatives = Alternatives::default();
        let part = self.gather(clause, &mut alternatives)?;
        let mut any = self.pooled(&alternatives.lists);
        any.append(&mut alternatives.others);
        let condition = match any.len() {
            0 => self.condition(Condition::Nothing),
            1 => any[0],
            _ => self.condition(Condition::Any(any)),
        };
        Ok((condition, part))
    }

    /// The lists of some alternatives in pools, as conditions.
    fn pooled(&mut self, alternatives: &[Alternative]) -> Vec<usize> {
        let best = alternatives.iter().map(|one| one.most).fold(0.0, f32::max);
        let level = |one: &Alternative| SHARES.iter().filter(|share| one.most < best * **share).count();
        let mut pools = Vec::new();
        for wanted in 0..=SHARES.len() {
            let mut pool = Pool::default();
            for one in alternatives.iter().filter(|one| level(one) == wanted) {
                pool.lists.push(one.list);
                pool.decisions += one.decisions;
                self.pool_of[one.list] = self.pools.len();
            }
            if !pool.lists.is_empty() {
                pools.push(self.condition(Condition::Pool(self.pools.len())));
                self.pools.push(pool);
            }
        }
        pools
    }

    /// Notes the pools of a part, when its lists are in them.
    fn settle(&self, part: &mut Part) {
        match &mut part.kind {
            Kind::Nothing | Kind::Constant { .. } => {}
            Kind::List(list) => part.pools = Pool::bit(self.pool_of[*list]),
            Kind::Best { of, .. } | Kind::Sum(of) | Kind::Where { of, .. } => {
                for part in of.iter_mut() {
                    self.settle(part);
                }
                part.pools = of.iter().fold(0, |pools, part| pools | part.pools);
            }
        }
    }

    fn compile_all(&mut self, clauses: &[Clause]) -> tantivy::Result<Vec<(usize, Part)>> {
        clauses.iter().map(|clause| self.compile(clause)).collect()
    }

    /// A clause as one of several alternatives.
    fn gather(&mut self, clause: &Clause, into: &mut Alternatives) -> tantivy::Result<Part> {
        let dictionary = self.dictionary;
        match clause {
            Clause::Nothing => Ok(Part::NOTHING),
            Clause::Everything => {
                into.others.push(self.condition(Condition::Everything));
                Ok(Part::NOTHING)
            }
            Clause::Term { term, boost } => {
                let entry = dictionary.look_up(term)?;
                let weight = self.weight(std::slice::from_ref(term), *boost)?;
                let most = weight.as_ref().map(Bm25Weight::max_score);
                let list = List::Term { field: term.field(), infos: entry.infos.clone(), weight };
                Ok(self.list(list, most, entry.decisions, into))
            }
            Clause::Phrase { terms, slop, boost } => {
                let words: Vec<Term> = terms.iter().map(|(_, term)| term.clone()).collect();
                let most = self.weight(&words, *boost)?.map(|weight| weight.max_score());
                let query = PhraseQuery::new_with_offset_and_slop(terms.clone(), *slop);
                let weight = query.weight(dictionary.scoring(self.scored))?;
                let list = List::Other { weight, boost: *boost, most: most.unwrap_or(0.0) };
                Ok(self.list(list, most, dictionary.rarest(&words)?, into))
            }
            Clause::Engine(query) => {
                let weight = query.weight(dictionary.scoring(false))?;
                Ok(self.list(List::Other { weight, boost: 1.0, most: 0.0 }, None, dictionary.decisions(), into))
            }
            Clause::Constant { of, score } => {
                let scored = std::mem::replace(&mut self.scored, false);
                let (condition, _) = self.compile(of)?;
                self.scored = scored;
                into.others.push(condition);
                if !scored || *score == 0.0 {
                    return Ok(Part::NOTHING);
                }
                Ok(Part { pools: self.pools_of(condition), kind: Kind::Constant { condition, score: *score } })
            }
            Clause::Best { of, share } => {
                let parts = of.iter().map(|clause| self.gather(clause, into)).collect::<tantivy::Result<_>>()?;
                Ok(Part::of(parts, |of| Kind::Best { of, share: *share }))
            }
            Clause::Mix { must, should, at_least, must_not }
                if must.is_empty() && must_not.is_empty() && *at_least <= 1 =>
            {
                let parts = should.iter().map(|clause| self.gather(clause, into)).collect::<tantivy::Result<_>>()?;
                Ok(Part::of(parts, Kind::Sum))
            }
            Clause::Mix { must, should, at_least, must_not } => {
                // Without anything that must be met, one of the others has to be.
                let at_least = if must.is_empty() { (*at_least).max(1) } else { *at_least };
                let mut must = self.compile_all(must)?;
                must.sort_by_key(|(condition, _)| self.decisions_of(*condition));
                let should = self.compile_all(should)?;
                let must_not = self.compile_all(must_not)?.into_iter().map(|(condition, _)| condition).collect();
                let needs = must.iter().map(|(condition, _)| self.pools_of(*condition)).collect();
                let (must, mut parts): (Vec<usize>, Vec<Part>) = must.into_iter().unzip();
                let (should, others): (Vec<usize>, Vec<Part>) = should.into_iter().unzip();
                parts.extend(others);
                let condition = self.condition(Condition::Mix { must, should, at_least, must_not });
                into.others.push(condition);
                Ok(Part::of(parts, |of| Kind::Where { condition, needs, of }))
            }
        }
    }

    fn weight(&self, words: &[Term], boost: f32) -> tantivy::Result<Option<Bm25Weight>> {
        self.scored.then(|| Ok(self.dictionary.weight(words)?.boost_by(boost))).transpose()
    }

    fn condition(&mut self, condition: Condition) -> usize {
        self.conditions.push(condition);
        self.conditions.len() - 1
    }

    /// Adds a list to some alternatives, unless it is empty.
    fn list(&mut self, list: List, most: Option<f32>, decisions: u64, into: &mut Alternatives) -> Part {
        if decisions == 0 {
            return Part::NOTHING;
        }
        let place = self.lists.len();
        self.lists.push(list);
        self.pool_of.push(usize::MAX);
        into.lists.push(Alternative { list: place, most: most.unwrap_or(0.0), decisions });
        most.map_or(Part::NOTHING, |_| Part { pools: 0, kind: Kind::List(place) })
    }

    /// The pools one of which a decision is in that meets a condition; all, where it may be in none.
    fn pools_of(&self, condition: usize) -> u64 {
        let any = |of: &[usize]| of.iter().fold(0, |pools, &one| pools | self.pools_of(one));
        match &self.conditions[condition] {
            Condition::Everything => u64::MAX,
            Condition::Nothing => 0,
            Condition::Pool(pool) => Pool::bit(*pool),
            Condition::Any(of) => any(of),
            Condition::Mix { must, should, .. } => must.first().map_or_else(|| any(should), |&one| self.pools_of(one)),
        }
    }

    /// About how many decisions have to be read to know who meets a condition.
    fn decisions_of(&self, condition: usize) -> u64 {
        let all = |of: &[usize]| of.iter().map(|&one| self.decisions_of(one)).sum();
        match &self.conditions[condition] {
            Condition::Everything | Condition::Nothing => 0,
            Condition::Pool(pool) => self.pools[*pool].decisions,
            Condition::Any(of) => all(of),
            Condition::Mix { must, should, must_not, .. } => {
                [must, should, must_not].into_iter().map(|of| all(of)).sum()
            }
        }
    }
}
