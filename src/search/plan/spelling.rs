//! Words that the letters do not have: what may be meant, and what is searched for in their place.

use tantivy::schema::Field;

use super::{Planner, Searched};
use crate::index::analysis::{Form, analyze};
use crate::search::grammar::Node;
use crate::search::model::Corrected;
use crate::search::terms;
use crate::vocabulary::meaning::meanings;
use crate::vocabulary::treatments::TREATMENTS;
use crate::vocabulary::words::tokens;

/// A misspelt word of so many letters, one slip from a word of the letters, is taken for it.
const SURE_SLIP_LETTERS: usize = 7;

/// Words of the letters near a word they do not have, the nearest first.
struct Suggestion {
    did_you_mean: Vec<String>,
    /// It can hardly be anything but a slip.
    is_sure: bool,
}

impl Planner<'_> {
    /// Puts slips right before meanings are looked for: a word that neither the letters nor the tables have, and that can
    /// hardly be anything but a slip of one they do.
    pub(super) fn repair(&mut self, nodes: &mut [Node]) -> tantivy::Result<()> {
        if self.exact || self.excluded {
            return Ok(());
        }
        let searched = self.searched(None)?;
        for node in nodes {
            let Node::Word { field: None, text, wildcard: false } = node else { continue };
            let words = analyze(text);
            let [word] = &words[..] else { continue };
            let (true, Some(form)) = (word.wholes.is_empty(), word.parts.first()) else { continue };
            if self.occurs(&searched, form)? {
                continue;
            }
            let treatments = |text: &str| -> Vec<&'static str> {
                meanings(&tokens(text)).into_iter().flat_map(|meaning| meaning.treatments).collect()
            };
            let (suggestion, meant) = (self.suggestion(&searched, form)?, treatments(text));
            let is_same = |instead: &String| meant == treatments(instead);
            let is_sure_slip = suggestion.is_sure && suggestion.did_you_mean.first().is_some_and(is_same);
            if !is_sure_slip && !meanings(&tokens(text)).is_empty() {
                // A name the letters do not have, but the tables: what it means is searched for.
                continue;
            }
            if suggestion.is_sure {
                if let Some(instead) = self.spelling(&searched, text, form)? {
                    text.clone_from(&instead);
                }
            } else if let Some(meant) = TREATMENTS.meant_by(&form.text) {
                let message = format!("no decision has the word `{text}`; taken for `{meant}`");
                let did_you_mean = vec![meant.to_owned()];
                let typed = Some(std::mem::replace(text, meant.to_owned()));
                self.corrected.push(Corrected { message, typed, did_you_mean, searched_instead: true });
            }
        }
        Ok(())
    }

    /// A word that no decision has: says so, and what may be meant; searched instead unless exactness was asked for.
    pub(super) fn spelling(
        &mut self,
        searched: &[Searched],
        typed: &str,
        form: &Form,
    ) -> tantivy::Result<Option<String>> {
        let Suggestion { did_you_mean, is_sure } = self.suggestion(searched, form)?;
        let searched_instead = !self.exact && !self.excluded && !self.known && is_sure;
        let message = match did_you_mean.first() {
            Some(first) if searched_instead => {
                format!("no decision has the word `{typed}`; searched for `{first}` instead")
            }
            Some(first) => format!("no decision has the word `{typed}`; did you mean `{first}`?"),
            None => format!("no decision has the word `{typed}`"),
        };
        let instead = searched_instead.then(|| did_you_mean[0].clone());
        self.corrected.push(Corrected { message, typed: Some(typed.to_owned()), did_you_mean, searched_instead });
        Ok(instead)
    }

    /// What the letters have that may be meant by a word they do not have.
    fn suggestion(&self, searched: &[Searched], form: &Form) -> tantivy::Result<Suggestion> {
        let fields: Vec<Field> = searched.iter().map(|searched| searched.field).collect();
        let (did_you_mean, distance) = terms::suggestions(self.dictionary.searcher(), &fields, &form.text)?;
        // A short word, or one two slips away, is likely another word that the letters do not have: "valium" is not
        // "value". Only what can hardly be anything but a slip is searched for.
        let is_sure = distance == 1
            && form.text.chars().count() >= SURE_SLIP_LETTERS
            && did_you_mean.first().is_some_and(|first| first.chars().next() == form.text.chars().next());
        Ok(Suggestion { did_you_mean, is_sure })
    }

    /// A quoted word is never repaired, but a slip in it is pointed out.
    pub(super) fn note_absent_words(&mut self, searched: &[Searched], parts: &[&Form]) -> tantivy::Result<()> {
        let was_exact = std::mem::replace(&mut self.exact, true);
        for part in parts {
            if !self.occurs(searched, part)? {
                self.spelling(searched, &part.text, part)?;
            }
        }
        self.exact = was_exact;
        Ok(())
    }
}
