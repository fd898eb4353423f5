//! One word typed: in every field it is looked for in, by its stem, as typed, and in its parts.

use tantivy::schema::Field;

use super::clauses::{best_field, phrase, target, words_of};
use super::{Planner, Searched};
use crate::index::analysis::{Form, Word, analyze};
use crate::index::fields::Kind;
use crate::search::filters;
use crate::search::matching::Clause;

/// A word typed with a slash also finds its parts apart, for less.
const PARTS_APART: f32 = 0.5;
/// A whole code or compound is rarer and tells more than its parts.
const WHOLE_FORM: f32 = 1.2;

impl Planner<'_> {
    pub(super) fn word(&mut self, field: Option<&str>, text: &mut String) -> tantivy::Result<Clause> {
        let searched = self.searched(field)?;
        if let [only] = searched[..]
            && only.description.kind != Kind::Text
        {
            if let Some(words) = self.text_of(&only, text)? {
                return Ok(self.word(Some(words), text)?.silent());
            }
            return filters::value(self.dictionary, only.field, only.description, text, &mut self.corrected);
        }
        let mut words = analyze(text);
        if let [word] = &words[..]
            && word.wholes.is_empty()
            && let Some(form) = word.parts.first()
            && !self.occurs(&searched, form)?
            && let Some(instead) = self.spelling(&searched, text, form)?
        {
            text.clone_from(&instead);
            words = analyze(text);
        }
        let clauses =
            words.iter().map(|word| self.analyzed(field, &searched, word)).collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match <[_; 1]>::try_from(clauses) {
            Ok([only]) => only,
            Err(clauses) if clauses.is_empty() => Clause::Nothing,
            Err(clauses) => Clause::all(clauses),
        })
    }

    /// The text to look in for a word that is no value of a field: `guideline:radicular`.
    pub(super) fn text_of(&self, asked: &Searched, text: &str) -> tantivy::Result<Option<&'static str>> {
        let Some(words_in) = asked.description.words_in.as_deref() else { return Ok(None) };
        let is_value = self.dictionary.frequency(asked.field, &text.trim().to_lowercase())? > 0;
        Ok((!is_value).then_some(words_in))
    }

    pub(super) fn occurs(&self, searched: &[Searched], form: &Form) -> tantivy::Result<bool> {
        for searched in searched {
            for term in self.look_up_terms(form) {
                if self.dictionary.frequency(searched.field, &term)? > 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The terms by which a form is looked up: by stem, or only as typed.
    pub(super) fn look_up_terms(&self, form: &Form) -> Vec<String> {
        if self.exact { vec![form.text.clone()] } else { form.stemmed_terms() }
    }

    /// One word of the analysis: a plain word, or parts joined as in `EMG/NCS`.
    fn analyzed(&mut self, field: Option<&str>, searched: &[Searched], word: &Word) -> tantivy::Result<Clause> {
        let label = || word.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut disjuncts: Vec<(Searched, Clause)> = Vec::new();
        let mut most_frequent = 0;
        for one in searched {
            let mut clauses: Vec<Clause> = Vec::new();
            let plain =
                [word.parts.first()].into_iter().flatten().filter(|_| word.length == 1 && word.wholes.is_empty());
            for form in plain {
                for term in self.look_up_terms(form) {
                    most_frequent = most_frequent.max(self.dictionary.frequency(one.field, &term)?);
                    clauses.push(Clause::term(one.field, &term));
                }
            }
            for whole in word.complete_wholes() {
                most_frequent = most_frequent.max(self.dictionary.frequency(one.field, &whole.text)?);
                clauses.push(Clause::term(one.field, &whole.text).boosted(WHOLE_FORM));
            }
            // A strength or a code has one spelling as a whole; words joined otherwise may also stand beside each other.
            let is_code = word.complete_wholes().next().is_some() && word.parts.iter().any(|part| part.stem.is_none());
            if word.parts.len() > 1 && !is_code {
                clauses.push(phrase(one.field, &words_of(&word.parts), 0));
                if !self.exact && word.parts.iter().all(|part| part.stem.is_some()) {
                    let apart = word.parts.iter().map(|part| self.stemmed(one.field, part)).collect();
                    clauses.push(Clause::all(apart).boosted(PARTS_APART));
                }
            }
            for clause in clauses {
                let clause = clause.boosted(one.boost);
                self.note_part(label(), one, &clause);
                disjuncts.push((*one, clause));
            }
        }
        self.note_target(field, target(word, self.exact, self.rarity(most_frequent)));
        Ok(best_field(disjuncts))
    }

    pub(super) fn stemmed(&self, field: Field, form: &Form) -> Clause {
        Clause::any(self.look_up_terms(form).iter().map(|term| Clause::term(field, term)).collect())
    }
}
