//! Words with what they mean: treatments, categories, parts of the body and other wordings stand beside the typed word.
//!
//! The typed words weigh most; another wording of the same a little less. A decision whose item is about the treatment
//! meant counts for that, whatever words it uses: so "hydrocodone" finds the items that say Norco. Words that mean
//! something together ("epidural steroid injection") are one part of the query, not three.

use std::ops::Range;

use super::clauses::{best_field, needle};
use super::{OTHER_FIELDS_SHARE, Planner, Searched};
use crate::index::analysis::{Form, analyze, name_term};
use crate::search::grammar::Node;
use crate::search::matching::Clause;
use crate::search::model::{Expanded, RankingPart};
use crate::search::snippet::Target;
use crate::vocabulary::meaning::{Meaning, meanings};
use crate::vocabulary::treatments::TREATMENTS;
use crate::vocabulary::words::{Token, tokens};

/// Weight of another wording beside the typed words.
const WORDING: f32 = 0.8;
/// Weight of a decision about the treatment meant, in weights of a word that is neither common nor rare. A treatment is what
/// a decision is about whether it is asked for often or not.
const TREATMENT: f32 = 2.0;
/// The same of a whole category.
const CATEGORY: f32 = 1.0;
/// The same of a part of the body.
const BODY_PART: f32 = 1.5;
/// The same of an outcome.
const OUTCOME: f32 = 0.4;
/// Terms that stand for more than themselves in one query; what a long text says further is searched as typed.
const MOST_MEANT: usize = 48;
/// Meanings that one word may hold (`EMG/NCS`).
const MOST_MEANINGS_OF_A_WORD: usize = 4;
/// Words in which meanings are looked for: each is compared with its context.
const MOST_WORDS_READ: usize = 256;
/// More wordings of one meaning than this are not searched: the rarest of them are hardly ever written.
const MOST_WORDINGS: usize = 12;

/// Some of the words side by side, and what they mean together.
pub(super) struct Unit {
    /// Places in the list of words.
    pub nodes: Range<usize>,
    pub meanings: Vec<Meaning>,
}

impl Unit {
    /// The words only say how a decision came out.
    pub(super) fn is_outcome(&self) -> bool {
        let is_outcome = |meaning: &Meaning| {
            meaning.outcome.is_some()
                && meaning.category.is_none()
                && meaning.treatments.is_empty()
                && meaning.body_parts.is_empty()
        };
        !self.meanings.is_empty() && self.meanings.iter().all(is_outcome)
    }

    /// The words name a drug.
    pub(super) fn is_drug(&self) -> bool {
        self.meanings.iter().flat_map(|meaning| &meaning.treatments).any(|name| TREATMENTS.is_drug(name))
    }
}

impl Planner<'_> {
    /// The words side by side as units; a word without a meaning is one by itself.
    pub(super) fn units(&self, nodes: &[Node]) -> Vec<Unit> {
        let meant = if self.exact || self.excluded { Vec::new() } else { meant_together(nodes) };
        let mut units: Vec<Unit> = Vec::new();
        let mut meant = meant.into_iter().take(MOST_MEANT).peekable();
        let mut at = 0;
        while at < nodes.len() {
            let unit = match meant.next_if(|unit| unit.nodes.start == at) {
                Some(unit) => unit,
                None => Unit { nodes: at..at + 1, meanings: Vec::new() },
            };
            at = unit.nodes.end;
            units.push(unit);
        }
        units
    }

    /// The query of words with a meaning: as typed, or in another wording, or by what the item is about.
    pub(super) fn meant(&mut self, nodes: &mut [Node], meanings: &[Meaning]) -> tantivy::Result<Clause> {
        let label = nodes.iter().map(Node::to_string).collect::<Vec<_>>().join(" ");
        let mut expanded = Expanded { typed: label.clone(), ..Expanded::default() };
        let mut other_words: Vec<Vec<Clause>> = Vec::new();
        let mut concepts: Vec<Vec<Clause>> = Vec::new();
        for meaning in meanings {
            other_words.push(self.other_wordings(&label, meaning, &mut expanded)?);
            concepts.push(self.concepts(&label, meaning, &mut expanded)?);
        }
        let typed = self.typed(nodes, !other_words.iter().all(Vec::is_empty) || !concepts.iter().all(Vec::is_empty))?;
        if !self.excluded && !expanded.is_empty() {
            self.expanded.push(expanded);
        }
        // Of several wordings in one text only the best counts.
        let others: Vec<Clause> = all_of(other_words);
        let mut worded = vec![typed];
        if !others.is_empty() {
            worded.push(Clause::Best { of: others, share: 0.0 });
        }
        let mut clauses = vec![Clause::Best { of: worded, share: OTHER_FIELDS_SHARE }];
        clauses.extend(all_of(concepts));
        Ok(Clause::any(clauses))
    }

    /// The words as typed: all of them. That none of the letters has one of them is no matter where its meaning is found.
    fn typed(&mut self, nodes: &mut [Node], has_other_ways: bool) -> tantivy::Result<Clause> {
        let remarks = self.corrected.len();
        let was_known = std::mem::replace(&mut self.known, true);
        let mut clauses = Vec::new();
        for node in nodes {
            clauses.push(self.plain(node)?);
        }
        self.known = was_known;
        if has_other_ways {
            self.withheld.extend(self.corrected.drain(remarks..));
        }
        Ok(match <[_; 1]>::try_from(clauses) {
            Ok([only]) => only,
            Err(clauses) => Clause::all(clauses),
        })
    }

    fn other_wordings(
        &mut self,
        label: &str,
        meaning: &Meaning,
        expanded: &mut Expanded,
    ) -> tantivy::Result<Vec<Clause>> {
        if !self.request.uses(RankingPart::Equivalents) {
            return Ok(Vec::new());
        }
        let searched = self.searched(None)?;
        let mut known: Vec<(u64, &str, Vec<Form>, Vec<String>)> = Vec::new();
        for &wording in &meaning.wordings {
            let forms: Vec<Form> = analyze(wording).into_iter().flat_map(|word| word.parts).collect();
            let terms = wording_terms(&forms);
            let frequency = self.most_frequent(&searched, &terms)?;
            if frequency > 0 {
                known.push((frequency, wording, forms, terms));
            }
        }
        known.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        known.truncate(MOST_WORDINGS);
        let mut typed_rarity = 0.0;
        for form in analyze(label).into_iter().flat_map(|word| word.parts) {
            typed_rarity += self.rarity(self.most_frequent(&searched, &self.look_up_terms(&form))?);
        }
        let mut clauses = Vec::new();
        for (frequency, wording, forms, terms) in known {
            // Rarer words would make another wording weigh more than what was typed.
            let weight = WORDING * (typed_rarity / self.rarity(frequency)).min(1.0);
            clauses.push(self.worded(&searched, wording, &terms, weight));
            self.note_target(None, Target { needle: needle(&forms, false), weight: WORDING * self.rarity(0) });
            if !expanded.words.iter().any(|known| known == wording) {
                expanded.words.push(wording.to_owned());
            }
        }
        Ok(clauses)
    }

    /// Decisions that have one of these terms, in the field that has most.
    fn most_frequent(&self, searched: &[Searched], terms: &[String]) -> tantivy::Result<u64> {
        let mut most = 0;
        for one in searched {
            for term in terms {
                most = most.max(self.dictionary.frequency(one.field, term)?);
            }
        }
        Ok(most)
    }

    /// A wording in every field that free words search.
    fn worded(&mut self, searched: &[Searched], wording: &str, terms: &[String], weight: f32) -> Clause {
        let mut disjuncts: Vec<(Searched, Clause)> = Vec::new();
        for one in searched {
            let terms = terms.iter().map(|term| Clause::term(one.field, term)).collect();
            let clause = Clause::any(terms).boosted(one.boost * weight);
            self.note_part(format!("= {wording}"), one, &clause);
            disjuncts.push((*one, clause));
        }
        best_field(disjuncts)
    }

    /// What the item is about: a treatment, a category, a part of the body.
    fn concepts(&mut self, label: &str, meaning: &Meaning, expanded: &mut Expanded) -> tantivy::Result<Vec<Clause>> {
        let mut queries = Vec::new();
        let one = |value: Option<&'static str>| value.into_iter().collect::<Vec<_>>();
        let owned = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect::<Vec<_>>();
        if self.request.uses(RankingPart::Concepts) {
            let treatments = self.about(label, "treatment", &meaning.treatments, TREATMENT, &mut queries)?;
            expanded.treatments.extend(owned(treatments));
            // A treatment says more than its category, which would only count it again.
            let category = meaning.category.filter(|_| meaning.treatments.is_empty());
            let category = self.about(label, "category", &one(category), CATEGORY, &mut queries)?;
            expanded.category = expanded.category.take().or(owned(category).pop());
            let outcome = self.about(label, "outcome", &one(meaning.outcome), OUTCOME, &mut queries)?;
            expanded.outcome = expanded.outcome.take().or(owned(outcome).pop());
        }
        if self.request.uses(RankingPart::BodyParts) {
            let parts = self.about(label, "body_part", &meaning.body_parts, BODY_PART, &mut queries)?;
            expanded.body_parts.extend(owned(parts));
        }
        Ok(queries)
    }

    /// Decisions with any of these values of a field; none weighs more than another. Gives the values some decision has.
    fn about<'v>(
        &mut self,
        label: &str,
        field: &str,
        values: &[&'v str],
        weight: f32,
        clauses: &mut Vec<Clause>,
    ) -> tantivy::Result<Vec<&'v str>> {
        let searched = self.searched(Some(field))?;
        let [one] = searched[..] else { return Ok(Vec::new()) };
        let (mut known, mut any, mut frequency) = (Vec::new(), Vec::new(), 0);
        for &value in values {
            // Values stand in the index in lower case.
            let term = value.to_lowercase();
            let decisions = self.dictionary.frequency(one.field, &term)?;
            if decisions > 0 {
                frequency += decisions;
                any.push(Clause::term(one.field, &term));
                known.push(value);
            }
        }
        if frequency > 0 {
            let clause = Clause::Constant { of: Box::new(Clause::any(any)), score: weight * self.rarity(0) / 2.0 };
            self.note_part(format!("{label} → {}", known.join(", ")), &one, &clause);
            clauses.push(clause);
        }
        Ok(known)
    }
}

/// The terms by which a wording is found: one word in any form, several as a name.
fn wording_terms(forms: &[Form]) -> Vec<String> {
    match forms {
        [form] => form.stemmed_terms(),
        [] => Vec::new(),
        forms => vec![name_term(forms)],
    }
}

/// One meaning: each of its clauses is a way of its own. Several meanings in one word (`EMG/NCS`): all of them.
fn all_of(mut by_meaning: Vec<Vec<Clause>>) -> Vec<Clause> {
    if by_meaning.len() == 1 {
        return by_meaning.remove(0);
    }
    if by_meaning.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    vec![Clause::all(by_meaning.into_iter().map(Clause::any).collect())]
}

/// Runs of plain words with a meaning. A meaning takes whole words; several meanings may share one word.
fn meant_together(nodes: &[Node]) -> Vec<Unit> {
    let mut words: Vec<Token> = Vec::new();
    let mut node_of: Vec<usize> = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        match node {
            Node::Word { field: None, text, wildcard: false } => words.extend(tokens(text)),
            // Nothing is meant across what is quoted, excluded or restricted to a field.
            _ => words.push(Token { folded: "\u{0}".into(), range: 0..0 }),
        }
        node_of.resize(words.len(), place);
    }
    words.truncate(MOST_WORDS_READ);
    let starts_word = |at: usize| at == 0 || node_of[at - 1] != node_of[at];
    let ends_word = |end: usize| end == node_of.len() || node_of[end - 1] != node_of[end];
    let mut units: Vec<Unit> = Vec::new();
    let mut inside: Vec<Meaning> = Vec::new();
    for meaning in meanings(&words) {
        let range = meaning.tokens.clone();
        let nodes = node_of[range.start]..node_of[range.end - 1] + 1;
        if starts_word(range.start) && ends_word(range.end) {
            units.push(Unit { nodes, meanings: vec![meaning] });
        } else if nodes.len() == 1 {
            // `EMG/NCS`: the meanings of one word count where together they are all of it.
            let follows =
                inside.last().is_some_and(|before| before.tokens.end == range.start && !starts_word(range.start));
            if !follows {
                inside.clear();
            }
            if follows || starts_word(range.start) {
                inside.push(meaning);
            }
            // A word of many parts is a list that somebody pasted.
            if ends_word(range.end) && (1..=MOST_MEANINGS_OF_A_WORD).contains(&inside.len()) {
                units.push(Unit { nodes, meanings: std::mem::take(&mut inside) });
            }
        }
    }
    units
}
