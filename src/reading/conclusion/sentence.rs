//! One sentence of a rationale, and what it concludes.

use crate::vocabulary::words::floor;
use std::cell::OnceCell;
use std::ops::Range;

use regex::{Captures, Match};

use super::Conclusion;
use super::wording::{self, Statement};

/// How far before a wording its denial or speaker is looked for, in bytes: bounded so that a sentence without end costs
/// no more than its length.
const LOOK_BACK: usize = 400;

/// A sentence in lower case with its print faults mended.
pub struct Sentence {
    text: String,
    // Both are asked for every wording found; looked up once, a long sentence costs no more than its length.
    concluding: OnceCell<bool>,
    of_this_case: OnceCell<bool>,
}

/// A conclusion and where its wording stands.
struct Finding {
    at: usize,
    necessary: bool,
}

/// Splits `text` into sentences.
///
/// A full stop inside an abbreviation may split too much, which does no harm: a conclusion is one short clause.
pub fn sentences(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut sentences = Vec::new();
    let mut start = 0;
    for at in memchr::memchr3_iter(b'.', b'!', b'?', bytes) {
        let (before, after) = (at.checked_sub(1).and_then(|before| bytes.get(before)), bytes.get(at + 1));
        // "necessary.The": the space is lost in print.
        let fused = before.is_some_and(u8::is_ascii_lowercase) && after.is_some_and(u8::is_ascii_uppercase);
        if fused || after.is_none_or(|next| next.is_ascii_whitespace() || matches!(next, b'"' | b')' | b']' | 0xe2)) {
            sentences.push(&text[start..=at]);
            start = at + 1;
        }
    }
    if start < text.len() {
        sentences.push(&text[start..]);
    }
    sentences
}

impl Sentence {
    pub fn of(printed: &str) -> Self {
        let mut text = printed.to_ascii_lowercase();
        if !text.is_ascii() {
            text = text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\"");
            text = text.replace(['\u{2010}', '\u{2011}'], "-");
        }
        for mend in wording::MENDED.iter() {
            if let Some(mended) = mend.mend(&text) {
                text = mended.replace("medically  ", "medically ");
            }
        }
        Self { text, concluding: OnceCell::new(), of_this_case: OnceCell::new() }
    }

    /// What the sentence concludes in the words of the field.
    pub fn firm_conclusion(&self) -> Option<Conclusion> {
        let text = self.text.as_str();
        if wording::FORM_HEADING.is_match(text) {
            return None;
        }
        if let Some(overturned) = self.denial_falls() {
            return Some(Self::plain(overturned));
        }
        if self.has_any(&["part", "modif"]) && wording::PARTLY.is_match(text) && !self.tells_history() {
            return Some(Conclusion::Partly);
        }
        let mut findings = Vec::new();
        if text.contains("nec") || text.contains("medically") || text.contains("clinical") || text.contains("medical") {
            self.necessity(&mut findings);
        }
        if findings.is_empty() {
            self.certification(&mut findings);
        }
        self.combined(findings)
    }

    /// What the sentence concludes in weaker words, or in words that may be a guideline's.
    pub fn soft_conclusion(&self) -> Option<Conclusion> {
        let text = self.text.as_str();
        let case = self.speaks_of_this_case() || self.draws_conclusion();
        if !case || wording::ADVICE.is_match(text) || wording::FORM_HEADING.is_match(text) {
            return None;
        }
        let mut findings: Vec<Finding> = Vec::new();
        for found in wording::SOFT_STATE.find_all(text) {
            let starts = |start: &&str| found.state.starts_with(start);
            let adverse = ["un", "in", "contra", "experimental", "exce", "prem"].iter().any(starts)
                && !["indicated", "in ac", "in ke", "in li", "in ag"].iter().any(starts);
            let denied = self.is_denied(&found);
            self.note(&mut findings, &found, denied == adverse, true);
        }
        for found in wording::SOFT_VERB.captures_iter(text) {
            let at = found.get(0).map_or(0, |whole| whole.start());
            let necessary = found.name("for").is_some();
            let denied = necessary && wording::DENYING.is_match(self.clause_before(at));
            let conditional = necessary && self.is_conditional(at);
            if !self.is_reported(at) && !conditional {
                findings.push(Finding { at, necessary: necessary && !denied });
            }
        }
        // A guideline's own sentence denies or recommends for patients in general.
        findings
            .retain(|finding| !wording::GUIDELINE_SPEAKS.is_match(self.before(finding.at)) || self.draws_conclusion());
        findings.sort_by_key(|finding| finding.at);
        findings.last().map(|last| Self::plain(last.necessary))
    }

    /// Whether the sentence is worded as one that concludes ("therefore", "the request").
    pub fn draws_conclusion(&self) -> bool {
        *self.concluding.get_or_init(|| wording::CONCLUDING.is_match(&self.text))
    }

    /// Whether the sentence speaks of this patient or this request.
    fn speaks_of_this_case(&self) -> bool {
        *self.of_this_case.get_or_init(|| wording::THIS_CASE.is_match(&self.text))
    }

    pub fn names_remainder(&self) -> bool {
        wording::REMAINDER.is_match(&self.text)
    }

    pub fn names_amount(&self) -> bool {
        wording::AMOUNT.is_match(&self.text)
    }

    fn plain(necessary: bool) -> Conclusion {
        if necessary { Conclusion::Necessary } else { Conclusion::NotNecessary }
    }

    /// Whether the denial is overturned (true) or upheld (false); nothing where the sentence does not say.
    fn denial_falls(&self) -> Option<bool> {
        let text = self.text.as_str();
        match text.trim_matches(|around: char| !around.is_alphabetic()) {
            "upheld" => return Some(false),
            "overturned" => return Some(true),
            _ => {}
        }
        // Plain words first: a sentence without them is not searched for the wording they stand in.
        let has_state = self.has_any(&["upheld", "affirmed", "sustained", "overturned", "reversed", "set aside"]);
        if let Some((at, found)) = has_state.then(|| wording::DENIAL_STATE.find_all(text).pop()).flatten() {
            let falls = matches!(found.state, "overturned" | "reversed" | "set aside");
            let told = ["was ", "had "].iter().any(|past| text[found.group.clone()].starts_with(past));
            return (!self.is_conditional(at) && !told).then(|| falls != self.is_denied(&found));
        }
        if !self.has_any(&["uphold", "affirm", "sustain", "overturn", "revers", "concur", "agree"]) {
            return None;
        }
        let found = wording::DENIAL_OBJECT.captures_iter(text).last()?;
        let verb = named(&found, "verb");
        let falls =
            ["overturn", "revers", "disagree", "in disagree"].iter().any(|start| verb.as_str().starts_with(start));
        let at = verb.start();
        (!self.is_conditional(at)).then(|| falls != wording::DENYING.is_match(self.clause_before(at)))
    }

    /// Every wording of medical necessity.
    fn necessity(&self, findings: &mut Vec<Finding>) {
        let text = self.text.as_str();
        if let Some(found) = wording::BARE_NECESSARY.find(text) {
            findings.push(Finding { at: 0, necessary: !found.as_str().contains("not") });
            return;
        }
        for found in wording::NECESSARY.find_all(text) {
            let denied = self.is_denied(&found);
            self.note(findings, &found, denied == found.state.contains("unn"), false);
        }
        if self.has_any(&["find", "found", "deem", "consider", "believe", "judge"]) {
            self.found_necessary(findings);
        }
        if !wording::NECESSITY.is_match(text) {
            return;
        }
        let lacks: Vec<Match<'_>> = wording::NO_NECESSITY.find_iter(text).collect();
        for (at, found) in wording::NECESSITY_STATE.find_all(text) {
            // "No medical necessity is established" is said once, below.
            let lack = lacks[..lacks.partition_point(|lack| lack.start() <= at)].last();
            if lack.is_some_and(|lack| lack.end() > at) {
                continue;
            }
            let lacking = ["un", "questionable", "lacking", "absent"];
            let adverse = lacking.iter().any(|start| found.state.starts_with(start));
            let denied = self.is_denied(&found);
            // "Medical necessity is determined by" explains how; only "could not be determined" concludes.
            let open = matches!(found.state, "determined" | "ascertained" | "addressed" | "clarified");
            if denied || !open {
                self.note(findings, &found, denied == adverse, false);
            }
        }
        for found in wording::NECESSITY_OBJECT.captures_iter(text) {
            self.necessity_object(findings, &found);
        }
        findings.extend(lacks.iter().map(|lack| Finding { at: lack.start(), necessary: false }));
        for found in wording::THERE_IS_NECESSITY.find_iter(text).filter(|found| !self.is_conditional(found.start())) {
            findings.push(Finding { at: found.start(), necessary: true });
        }
    }

    /// "I find the request medically necessary".
    fn found_necessary(&self, findings: &mut Vec<Finding>) {
        for found in wording::FOUND_NECESSARY.captures_iter(&self.text) {
            let necessary = !wording::DENYING.is_match(named(&found, "group").as_str()) && found.name("not").is_none();
            findings.push(Finding { at: found.get(0).map_or(0, |whole| whole.end()), necessary });
        }
    }

    /// Whether one of these stands anywhere in the sentence.
    fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.contains(word))
    }

    /// "The record does not establish medical necessity"; "to establish medical necessity" alone concludes nothing.
    fn necessity_object(&self, findings: &mut Vec<Finding>, found: &Captures<'_>) {
        let verb = named(found, "verb");
        if self.is_reported(verb.start()) {
            return;
        }
        let clause = self.clause_before(verb.start());
        // "There were no exceptional factors which would demonstrate medical necessity" speaks of an exception only.
        if clause.contains("exceptional factor") || clause.contains("extenuating") {
            return;
        }
        if wording::WITHHELD.is_match(clause) {
            findings.push(Finding { at: verb.start(), necessary: false });
            return;
        }
        let infinitive = clause.trim_end().ends_with(" to");
        let sufficient = clause.contains("sufficient") || clause.contains("adequate") || clause.contains("enough");
        let hypothetical = [" would", " could", " may", " might", " must", " should"]
            .iter()
            .any(|word| clause.trim_end().ends_with(word));
        if (!infinitive || sufficient) && !hypothetical && !self.is_conditional(verb.start()) {
            findings.push(Finding { at: verb.start(), necessary: true });
        }
    }

    /// Certified, authorized, denied: only where no earlier review is told of.
    fn certification(&self, findings: &mut Vec<Finding>) {
        if self.tells_history() {
            return;
        }
        if let Some(found) = wording::RECOMMENDED.captures(&self.text) {
            let adverse =
                named(&found, "state").as_str().starts_with("non") || named(&found, "state").as_str() == "denial";
            let denied = wording::DENYING.is_match(named(&found, "group").as_str());
            findings.push(Finding { at: named(&found, "state").start(), necessary: denied == adverse });
            return;
        }
        for found in wording::CERTIFIED.captures_iter(&self.text) {
            let Some(state) = found.name("state").or_else(|| found.name("bare")) else { continue };
            let adverse = state.as_str().trim_start_matches(|first: char| !first.is_alphabetic());
            let adverse = adverse.starts_with("non") || adverse.starts_with("den") || adverse.starts_with("rej");
            let group = found.name("group").map_or("", |group| group.as_str());
            // "was denied" and "has been authorized" tell what went before; only the present tense decides.
            let decides =
                ["was ", "were ", "had ", "has ", "have ", "been ", "to "].iter().all(|told| !group.starts_with(told));
            let denied = wording::DENYING.is_match(group);
            let necessary = denied == adverse;
            let subject_known = self.draws_conclusion() || group.contains("recommend") || found.name("bare").is_some();
            if decides
                && subject_known
                && !(necessary && self.is_conditional(state.start()))
                && !self.is_reported(state.start())
            {
                findings.push(Finding { at: state.start(), necessary });
            }
        }
    }

    /// Keeps a finding unless it is a condition, a recital or somebody else's opinion.
    fn note(&self, findings: &mut Vec<Finding>, predicate: &Statement<'_>, necessary: bool, soft: bool) {
        let group = &predicate.group;
        let words = || self.text[group.clone()].split_whitespace();
        let hypothetical = words().any(|word| matches!(word, "may" | "might" | "could" | "can" | "must"))
            || (!soft && words().any(|word| word == "would") && !self.draws_conclusion())
            || (words().any(|word| word == "should") && !self.draws_conclusion());
        let condition_after = wording::CONDITION_AFTER.captures(&self.text[predicate.end..]);
        // "The request is medically necessary for the treatment of her pain" states no condition.
        let binds = |condition: &Captures<'_>| condition.name("strict").is_some() || !self.draws_conclusion();
        let conditional = condition_after.as_ref().is_some_and(binds) || self.is_conditional(group.start);
        let of_weaning = necessary && wording::WEANING.is_match(self.clause_before(group.start));
        if necessary && (hypothetical || conditional || of_weaning) {
            return;
        }
        let is_general =
            self.has_any(&["in the absence of"]) && wording::GENERAL_RULE.is_match(self.before(group.start));
        if is_general || self.is_reported(group.start) {
            return;
        }
        let recited = wording::GUIDELINE_SPEAKS.is_match(self.before(group.start));
        if recited && !self.draws_conclusion() && !self.speaks_of_this_case() {
            return;
        }
        findings.push(Finding { at: group.start, necessary });
    }

    /// Whether the predicate is denied, by itself or by the statement around it.
    fn is_denied(&self, predicate: &Statement<'_>) -> bool {
        if wording::DENYING.is_match(&self.text[predicate.group.clone()]) {
            return true;
        }
        let clause = self.clause_before(predicate.group.end);
        if clause.trim_start().starts_with("no ") && !clause.contains(" that ") {
            return true;
        }
        let Some(denial) = wording::DENIED_STATEMENT.find(clause) else { return false };
        // The statement denied has to reach the predicate: by "that", "to be" or "as".
        let between = &clause[denial.start()..];
        [" that ", " to be ", " as ", " how ", " why "].iter().any(|link| between.contains(link))
            || clause.trim_start().starts_with("neither")
            || clause.trim_start().starts_with("none of")
    }

    /// One conclusion of several in a sentence.
    fn combined(&self, mut findings: Vec<Finding>) -> Option<Conclusion> {
        findings.sort_by_key(|finding| finding.at);
        let last = findings.last()?;
        let concedes = wording::CONCEDING.is_match(&self.text);
        let opposite = findings.iter().any(|finding| finding.necessary != last.necessary);
        if opposite && !concedes {
            return Some(Conclusion::Partly);
        }
        let tail = &self.text[floor(&self.text, self.text.len().saturating_sub(LOOK_BACK)).max(last.at)..];
        if let Some(ellipsis) = wording::ELLIPSIS.captures(tail) {
            let necessary = ellipsis.name("not").is_none();
            if necessary != last.necessary {
                return Some(if concedes { Self::plain(necessary) } else { Conclusion::Partly });
            }
        }
        Some(Self::plain(last.necessary))
    }

    fn tells_history(&self) -> bool {
        wording::HISTORY.is_match(&self.text)
    }

    /// Whether somebody else says what stands at `at`.
    fn is_reported(&self, at: usize) -> bool {
        wording::OTHER_SPEAKER.is_match(self.clause_before(at))
    }

    fn is_conditional(&self, at: usize) -> bool {
        wording::CONDITION_BEFORE.is_match(self.before(at))
    }

    /// The text before `at`, as far as it may matter.
    fn before(&self, at: usize) -> &str {
        let start = floor(&self.text, at.saturating_sub(LOOK_BACK));
        &self.text[start..at]
    }

    /// The clause that `at` belongs to, as far as it stands before it.
    fn clause_before(&self, at: usize) -> &str {
        let before = self.before(at);
        let start = wording::BOUNDARY.find_iter(before).last().map_or(0, |boundary| boundary.end());
        &before[start..]
    }
}

/// The named part of a match; the patterns that are asked for it always have it.
fn named<'t>(found: &Captures<'t>, name: &str) -> Part<'t> {
    Part(found.name(name))
}

/// A part of a match that reads as empty where it is missing.
struct Part<'t>(Option<Match<'t>>);

impl<'t> Part<'t> {
    fn as_str(&self) -> &'t str {
        self.0.map_or("", |found| found.as_str())
    }

    fn range(&self) -> Range<usize> {
        self.0.map_or(0..0, |found| found.range())
    }

    fn start(&self) -> usize {
        self.range().start
    }
}
