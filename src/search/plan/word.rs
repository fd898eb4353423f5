//! One word typed: in every field it is looked for in, by its stem, as typed, and in its parts.

use tantivy::query::{BooleanQuery, ConstScoreQuery, EmptyQuery, Query};
use tantivy::schema::Field;

use super::clauses::{best_field, boosted, phrase_query, target, term_query};
use super::{Planner, Searched};
use crate::index::analysis::{Form, Word, analyze};
use crate::index::fields::Kind;
use crate::search::{filters, terms};

/// A word typed with a slash also finds its parts apart, for less.
const PARTS_APART: f32 = 0.5;
/// A whole code or compound is rarer and tells more than its parts.
const WHOLE_FORM: f32 = 1.2;

impl Planner<'_> {
    pub(super) fn word(&mut self, field: Option<&str>, text: &mut String) -> tantivy::Result<Box<dyn Query>> {
        let searched = self.searched(field)?;
        if let [only] = searched[..]
            && only.description.kind != Kind::Text
        {
            if let Some(words) = self.text_of(&only, text)? {
                return Ok(Box::new(ConstScoreQuery::new(self.word(Some(words), text)?, 0.0)));
            }
            return filters::value(self.searcher, only.field, only.description, text, &mut self.corrected);
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
        let queries =
            words.iter().map(|word| self.analyzed(field, &searched, word)).collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match <[_; 1]>::try_from(queries) {
            Ok([only]) => only,
            Err(queries) if queries.is_empty() => Box::new(EmptyQuery),
            Err(queries) => Box::new(BooleanQuery::intersection(queries)),
        })
    }

    /// The text to look in for a word that is no value of a field: `guideline:radicular`.
    pub(super) fn text_of(&self, asked: &Searched, text: &str) -> tantivy::Result<Option<&'static str>> {
        let Some(words_in) = asked.description.words_in.as_deref() else { return Ok(None) };
        let is_value = terms::frequency(self.searcher, asked.field, &text.trim().to_lowercase())? > 0;
        Ok((!is_value).then_some(words_in))
    }

    pub(super) fn occurs(&self, searched: &[Searched], form: &Form) -> tantivy::Result<bool> {
        for searched in searched {
            for term in self.look_up_terms(form) {
                if terms::frequency(self.searcher, searched.field, &term)? > 0 {
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
    fn analyzed(&mut self, field: Option<&str>, searched: &[Searched], word: &Word) -> tantivy::Result<Box<dyn Query>> {
        let label = || word.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut disjuncts: Vec<(Searched, Box<dyn Query>)> = Vec::new();
        let mut most_frequent = 0;
        for one in searched {
            let mut queries: Vec<Box<dyn Query>> = Vec::new();
            let plain =
                [word.parts.first()].into_iter().flatten().filter(|_| word.length == 1 && word.wholes.is_empty());
            for form in plain {
                for term in self.look_up_terms(form) {
                    most_frequent = most_frequent.max(terms::frequency(self.searcher, one.field, &term)?);
                    queries.push(term_query(one.field, &term));
                }
            }
            for whole in word.complete_wholes() {
                most_frequent = most_frequent.max(terms::frequency(self.searcher, one.field, &whole.text)?);
                queries.push(boosted(term_query(one.field, &whole.text), WHOLE_FORM));
            }
            if word.parts.len() > 1 {
                queries.push(phrase_query(one.field, &word.parts, 0));
                if !self.exact && word.parts.iter().all(|part| part.stem.is_some()) {
                    let apart = word.parts.iter().map(|part| self.stemmed(one.field, part)).collect();
                    queries.push(boosted(Box::new(BooleanQuery::intersection(apart)), PARTS_APART));
                }
            }
            for query in queries {
                let query = boosted(query, one.boost);
                self.note_part(label(), one, query.as_ref());
                disjuncts.push((*one, query));
            }
        }
        self.note_target(field, target(word, self.exact, self.rarity(most_frequent)));
        Ok(best_field(disjuncts))
    }

    pub(super) fn stemmed(&self, field: Field, form: &Form) -> Box<dyn Query> {
        Box::new(BooleanQuery::union(self.look_up_terms(form).iter().map(|term| term_query(field, term)).collect()))
    }
}
