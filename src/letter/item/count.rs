//! Stated counts: how many tablets, sessions or pieces are in dispute, and how many refills.
//!
//! Only a count that the item states is read: `#60`, `QTY: 2`, "12 sessions", "x 12", "(8)", "two leg wraps". What
//! would have to be calculated (twice a week for six weeks), ranges, durations, weights, strengths and spinal levels
//! are none. Two stated counts add up; a count restated ("six (6) sessions", "12 visits (12)") is one.

mod tokens;
mod vocabulary;

use tokens::{Kind, Token, tokens};

/// More than a year of monthly refills is no number of refills: "refill #60" refills sixty pieces.
const MOST_REFILLS: u32 = 12;

/// The counts of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub quantity: Option<u32>,
    pub refills: Option<u32>,
}

/// How a number was stated to be a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statement {
    /// `#60`.
    Hash,
    /// "Qty 60", "quantity of 60".
    Labelled,
    /// "total of 12", "= 12": outranks its parts.
    Total,
    /// "12 physical therapy sessions".
    Noun,
    /// "One container of", "a prescription": gives way to what it contains.
    Container,
    /// "(8)", "x 12", "series of 3", "2 leg wraps" at the start.
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    statement: Statement,
    value: u32,
    /// Index of the number among the tokens.
    at: usize,
}

/// Where an item first says how often, and where for how long; past its end where it does not.
#[derive(Clone, Copy, Debug)]
struct Rhythm {
    frequency: usize,
    duration: usize,
}

impl Rhythm {
    fn of(tokens: &[Token<'_>]) -> Self {
        let first = |stated: &dyn Fn(usize) -> bool| (0..tokens.len()).find(|&at| stated(at)).unwrap_or(tokens.len());
        let lasts = |at: usize| {
            tokens[at].number.is_some() && tokens.get(at + 1).is_some_and(|unit| unit.is_in(&vocabulary::DURATIONS))
        };
        Self { frequency: first(&|at| is_frequency(tokens, at)), duration: first(&lasts) }
    }
}

/// The counts stated in `text`.
pub fn counts(text: &str) -> Counts {
    let lower = text.to_ascii_lowercase();
    let tokens = tokens(&lower);
    let rhythm = Rhythm::of(&tokens);
    let mut found = Vec::new();
    let mut refills = None;
    let mut at = 0;
    while at < tokens.len() {
        if let Some((number, value)) = refill_at(&tokens, at) {
            refills = Some(refills.unwrap_or(0u32).saturating_add(value));
            at = number + 1;
            continue;
        }
        if let Some(count) = count_at(&tokens, rhythm, at) {
            found.push(count);
        }
        at += 1;
    }
    Counts { quantity: total(&tokens, &found), refills }
}

/// A refill count whose statement begins at `at`: the index of its last token, and the count.
fn refill_at(tokens: &[Token<'_>], at: usize) -> Option<(usize, u32)> {
    let token = &tokens[at];
    if token.is_in(&vocabulary::REFILLS) {
        return refills_after(tokens, at);
    }
    let is_noun = |place: usize| tokens.get(place).is_some_and(|token| token.is_in(&vocabulary::REFILLS));
    if let Some(value) = token.whole_number() {
        let mut noun = at + 1;
        if restated(tokens, noun, value) {
            noun += 3;
        }
        while tokens.get(noun).is_some_and(|word| word.is_any(&["additional", "more", "further", "extra", "monthly"])) {
            noun += 1;
        }
        // In "#60 refills: 2" the noun belongs to the number behind it.
        let stated = is_noun(noun) && value <= MOST_REFILLS && refills_after(tokens, noun).is_none();
        return (stated && !in_compound(tokens, at)).then_some((noun, value));
    }
    let value = match token.text {
        "no" | "without" => 0,
        "a" => 1,
        _ => return None,
    };
    (is_noun(at + 1) && refills_after(tokens, at + 1).is_none()).then_some((at + 1, value))
}

/// The number that a word for refills at `noun` takes behind it: "refills: 2", "refill x 2".
fn refills_after(tokens: &[Token<'_>], noun: usize) -> Option<(usize, u32)> {
    let mut number = noun + 1;
    while tokens.get(number).is_some_and(|token| token.is_any(&[":", "=", "x", "times", "of", "(", ".", "-", "#"])) {
        number += 1;
    }
    let value = tokens.get(number)?.whole_number()?;
    let unit = tokens
        .get(number + 1)
        .is_some_and(|next| next.is_in(&vocabulary::NO_COUNT) && !next.is_any(&["times", "time"]));
    (value <= MOST_REFILLS && !unit && !in_compound(tokens, number)).then_some((number, value))
}

/// The number at `at`, if the item states it as a count.
fn count_at(tokens: &[Token<'_>], rhythm: Rhythm, at: usize) -> Option<Count> {
    let value = tokens[at].whole_number()?;
    let statement = statement(tokens, rhythm, at, value)?;
    Some(Count { statement, value, at })
}

fn statement(tokens: &[Token<'_>], rhythm: Rhythm, at: usize, value: u32) -> Option<Statement> {
    if tokens.get(at + 1).is_some_and(|next| next.is("%")) || in_range(tokens, at) {
        return None;
    }
    if is_tooth(tokens, at) {
        return None;
    }
    if let Some(statement) = labelled(tokens, at, value) {
        return Some(statement);
    }
    // A brand that is called by a number.
    if at > 0 && tokens[at - 1].is("synvisc") {
        return None;
    }
    // From here on a long number is a code (CPT 97110), not a count.
    if in_compound(tokens, at) || !tokens[at].integral || value == 0 || value >= 1000 {
        return None;
    }
    if is_total(tokens, at) {
        return Some(Statement::Total);
    }
    if let Some(statement) = counted_noun(tokens, rhythm, at, value) {
        return statement;
    }
    let stated = in_parentheses(tokens, at, value)
        || multiplied(tokens, rhythm, at)
        || repeated(tokens, rhythm, at)
        || of_series(tokens, at)
        || after_noun(tokens, rhythm, at);
    stated.then_some(Statement::Other)
}

/// `#60`, "Qty: 60", "quantity of #60", "No. 60".
fn labelled(tokens: &[Token<'_>], at: usize, value: u32) -> Option<Statement> {
    let mut label = at;
    while label > 0 && tokens[label - 1].is_any(&[":", ".", "=", "-", "(", "of", "is", "x", "requested", "total"]) {
        label -= 1;
    }
    let before = &tokens[..at];
    if before.last()?.is("#") {
        let of_series = tokens.get(at + 1).is_some_and(|next| next.is("of"))
            && tokens.get(at + 2).is_some_and(|next| next.whole_number().is_some());
        let counts = !of_series && !is_codeine_grade(tokens, at, value) && !is_tooth(tokens, at);
        return counts.then_some(Statement::Hash);
    }
    if label > 0 && tokens[label - 1].is_in(&vocabulary::QUANTITY) && !in_compound(tokens, at) {
        return Some(Statement::Labelled);
    }
    let numero = at >= 2 && tokens[at - 1].is(".") && tokens[at - 2].is_any(&["no", "nos"]);
    (numero && !is_codeine_grade(tokens, at, value)).then_some(Statement::Hash)
}

/// "Tylenol #3" is acetaminophen with 30 mg of codeine, not three tablets.
fn is_codeine_grade(tokens: &[Token<'_>], at: usize, value: u32) -> bool {
    let drug =
        tokens[at.saturating_sub(6)..at].iter().rposition(|token| token.is_any(&["tylenol", "codeine", "apap", "cod"]));
    let counted = tokens[..at.saturating_sub(1)].iter().any(|token| token.is("#"));
    (2..=4).contains(&value) && drug.is_some() && !counted
}

/// "tooth #30", "teeth #8 and #9": the numbers are those of the teeth.
fn is_tooth(tokens: &[Token<'_>], at: usize) -> bool {
    let listed = |token: &&Token<'_>| token.number.is_some() || token.is_any(&["#", ",", "and", "&", "-", "to", ":"]);
    tokens[..at].iter().rev().find(|token| !listed(token)).is_some_and(|token| {
        token.is_any(&["tooth", "teeth", "crown", "crowns", "implant", "implants", "canal", "canals"])
    })
}

/// "a total of 12", "total: 12", "12 total", "2x4 = 8".
fn is_total(tokens: &[Token<'_>], at: usize) -> bool {
    if followed_by_unit(tokens, at) {
        return false;
    }
    let mut before = at;
    while before > 0 && tokens[before - 1].is_any(&[":", "of", "is"]) {
        before -= 1;
    }
    let named = before > 0 && tokens[before - 1].is_any(&["total", "totaling", "totalling", "="]);
    let next = |offset: usize, words: &[&str]| tokens.get(at + offset).is_some_and(|token| token.is_any(words));
    let closes =
        |offset: usize| tokens.get(at + offset).is_none_or(|token| token.kind == Kind::Mark || token.is("for"));
    let noun = |offset: usize| tokens.get(at + offset).is_some_and(|token| token.is_in(&vocabulary::COUNTED));
    let noun_total = noun(1) && next(2, &["total"]) && closes(3);
    named || (next(1, &["total"]) && closes(2)) || (next(1, &["total"]) && noun(2)) || noun_total
}

/// "12 more sessions", "two leg wraps" at the start. `Some(None)`: a noun follows that makes it no count.
#[expect(
    clippy::option_option,
    reason = "undecided, decided against, or decided for: a fourth enum would name the same"
)]
fn counted_noun(tokens: &[Token<'_>], rhythm: Rhythm, at: usize, value: u32) -> Option<Option<Statement>> {
    // "2x6 visits" says how often and how long, whatever noun follows.
    let is_number = |place: usize| tokens[place].number.is_some() && !in_compound(tokens, place);
    if at >= 2 && tokens[at - 1].is_any(&["x", "times", "\u{d7}"]) && is_number(at - 2) {
        return Some(None);
    }
    let mut next = at + 1;
    if restated(tokens, next, value) {
        next += 3;
    }
    if tokens.get(next).is_some_and(|token| token.is("-")) {
        next += 1;
    }
    let first = tokens.get(next)?;
    if first.is_in(&vocabulary::NO_COUNT) {
        let is_time = first.is("time") || (first.is("times") && !multiplied(tokens, rhythm, at));
        return if is_time { None } else { Some(None) };
    }
    let noun = (next..(next + 9).min(tokens.len()))
        .take_while(|&place| {
            tokens[place].kind == Kind::Word && !tokens[place].is_in(&vocabulary::PHRASE_END)
                || tokens[place].is_any(&["/", "-", "&"])
        })
        .find(|&place| tokens[place].is_in(&vocabulary::COUNTED));
    let dosed = at > 0 && tokens[at - 1].is_in(&vocabulary::DOSE_VERBS);
    if let Some(noun) = noun {
        let rate = is_rate(tokens, noun + 1)
            || dosed
            || (tokens[noun].is_in(&vocabulary::DOSES) && is_dosage(tokens, noun + 1));
        let container = tokens[noun].is_in(&vocabulary::CONTAINERS) && value == 1;
        let statement = if container { Statement::Container } else { Statement::Noun };
        return Some((!rate).then_some(statement));
    }
    let hyphened = tokens.get(at + 1).is_some_and(|token| token.is("-"));
    let leads = starts_phrase(tokens, at) && first.kind == Kind::Word && !hyphened && !dosed;
    let plain_noun =
        leads && !first.is_in(&vocabulary::PHRASE_END) && !is_dosage(tokens, next) && !is_rate(tokens, next);
    plain_noun.then_some(Some(if value == 1 { Statement::Container } else { Statement::Other }))
}

/// Whether a phrase starts at `at`: at the beginning, after a label or a word such as "post-op" or "additional".
fn starts_phrase(tokens: &[Token<'_>], at: usize) -> bool {
    at == 0 || tokens[at - 1].is_in(&vocabulary::LEADS)
}

/// "(8)": a count of its own, unless it restates the number before it.
fn in_parentheses(tokens: &[Token<'_>], at: usize, value: u32) -> bool {
    let enclosed = at > 0 && tokens[at - 1].is("(") && tokens.get(at + 1).is_some_and(|next| next.is(")"));
    enclosed && !(at >= 2 && tokens[at - 2].number == Some(value))
}

/// "x 12", "times 1": not "2 x 6", nor the weeks of "twice a week x 6".
fn multiplied(tokens: &[Token<'_>], rhythm: Rhythm, at: usize) -> bool {
    if at == 0 || !tokens[at - 1].is_any(&["x", "times", "\u{d7}"]) || followed_by_unit(tokens, at) {
        return false;
    }
    let is_factor = |place: usize| {
        let token = &tokens[place];
        token.is(")") || (token.number.is_some() && !in_compound(tokens, place))
    };
    let factor_follows = tokens.get(at + 1).is_some_and(|next| next.is_any(&["x", "\u{d7}", "times"]));
    if factor_follows || (at >= 2 && is_factor(at - 2)) {
        return false;
    }
    let counts_noun = at >= 2 && tokens[at - 2].is_in(&vocabulary::COUNTED);
    counts_noun || at - 1 <= rhythm.frequency || rhythm.duration < at - 1
}

/// "one time", "3 times", where nothing says how often.
fn repeated(tokens: &[Token<'_>], rhythm: Rhythm, at: usize) -> bool {
    let mut time = at + 1;
    if tokens.get(time).is_some_and(|token| token.is("-")) {
        time += 1;
    }
    let times = tokens.get(time).is_some_and(|token| token.is_any(&["time", "times"]));
    let product = tokens.get(time + 1).is_some_and(|next| next.number.is_some() || next.is("("));
    times && !product && !is_rate(tokens, time + 1) && rhythm.frequency == tokens.len()
}

/// "series of 3", "set of two".
fn of_series(tokens: &[Token<'_>], at: usize) -> bool {
    at >= 2
        && tokens[at - 1].is_any(&["of", ":"])
        && tokens[at - 2].is_any(&["series", "set", "course", "number"])
        && !followed_by_unit(tokens, at)
}

/// "sessions: 12", "injections, three (3)".
fn after_noun(tokens: &[Token<'_>], rhythm: Rhythm, at: usize) -> bool {
    let mut noun = at;
    while noun > 0 && tokens[noun - 1].is_any(&[":", ",", "-", "x", "times"]) {
        noun -= 1;
    }
    let after = if tokens[at].number.is_some_and(|value| restated(tokens, at + 1, value)) { at + 4 } else { at + 1 };
    let bounded = tokens.get(after).is_none_or(|next| {
        next.kind == Kind::Mark && !next.is_any(&["/", "-", "("]) || next.is_any(&["for", "to", "with"])
    });
    noun > 0 && tokens[noun - 1].is_in(&vocabulary::SESSIONS) && bounded && rhythm.frequency >= at
}

/// Whether the number at `at` measures time, weight, size or the like.
fn followed_by_unit(tokens: &[Token<'_>], at: usize) -> bool {
    let mut next = at + 1;
    if tokens[at].number.is_some_and(|value| restated(tokens, next, value)) {
        next += 3;
    }
    let hyphen = tokens.get(next).is_some_and(|token| token.is("-"));
    tokens
        .get(next + usize::from(hyphen))
        .is_some_and(|token| token.is_in(&vocabulary::NO_COUNT) && !token.is_any(&["time"]))
}

/// Whether "(`value`)" stands at `at`.
fn restated(tokens: &[Token<'_>], at: usize, value: u32) -> bool {
    tokens.get(at).is_some_and(|token| token.is("("))
        && tokens.get(at + 1).is_some_and(|token| token.number == Some(value))
        && tokens.get(at + 2).is_some_and(|token| token.is(")"))
}

/// Whether the words at `at` make a rate of what stands before: "per week", "a week", "weekly", "/ week".
fn is_rate(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |offset: usize, words: &[&str]| tokens.get(at + offset).is_some_and(|token| token.is_any(words));
    word(0, &["per", "each", "every", "weekly", "daily", "monthly", "biweekly"])
        || (word(0, &["a", "/", "x"]) && tokens.get(at + 1).is_some_and(|unit| unit.is_in(&vocabulary::DURATIONS)))
}

/// Whether the words at `at` say how to take what stands before.
fn is_dosage(tokens: &[Token<'_>], at: usize) -> bool {
    let at = at + usize::from(tokens.get(at).is_some_and(|token| token.is_any(&[",", "."])));
    tokens.get(at).is_some_and(|token| token.is_in(&vocabulary::DOSAGE) || is_rate(tokens, at))
}

/// "twice a week", "3 x week", "weekly", "2 per week".
fn is_frequency(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if token.is_any(&["weekly", "daily", "monthly", "biweekly", "twice", "once"]) {
        return true;
    }
    at > 0
        && token.is_in(&vocabulary::DURATIONS)
        && tokens[at - 1].is_any(&["per", "a", "/", "each", "every", "x", "times", "time", "-"])
}

/// "12-18", "6 to 8", "1 or 2".
fn in_range(tokens: &[Token<'_>], at: usize) -> bool {
    let joins = |place: usize| {
        tokens.get(place).is_some_and(|token| token.is_any(&["-", "to", "or", "through", "thru", "\u{2013}"]))
    };
    let number = |place: usize| tokens.get(place).is_some_and(|token| token.number.is_some());
    (joins(at + 1) && number(at + 2)) || (at >= 2 && joins(at - 1) && number(at - 2))
}

/// Whether the number is part of a longer sign: a level, a date, a strength, a code ("L4-5", "11/14/16", "10/325").
fn in_compound(tokens: &[Token<'_>], at: usize) -> bool {
    let joined = |left: usize, right: usize| tokens[left].end == tokens[right].start;
    let mark = |place: usize| tokens[place].is_any(&["-", "/", ".", "\u{2013}"]);
    let before = at >= 2 && mark(at - 1) && joined(at - 1, at) && joined(at - 2, at - 1);
    let after = at + 2 < tokens.len()
        && mark(at + 1)
        && joined(at, at + 1)
        && joined(at + 1, at + 2)
        && tokens[at + 2].number.is_some();
    before || after
}

/// The quantity that `found` amounts to.
fn total(tokens: &[Token<'_>], found: &[Count]) -> Option<u32> {
    let labelled = |count: &&Count| matches!(count.statement, Statement::Hash | Statement::Labelled);
    if found.iter().any(|count| labelled(&count)) {
        return sum(tokens, found.iter().filter(labelled));
    }
    if let Some(total) = found.iter().rev().find(|count| count.statement == Statement::Total) {
        return Some(total.value);
    }
    let contents = |count: &&Count| count.statement != Statement::Container;
    if found.iter().any(|count| contents(&count)) {
        return sum(tokens, found.iter().filter(contents));
    }
    sum(tokens, found.iter())
}

/// Adds up, a restated count once.
fn sum<'a>(tokens: &[Token<'_>], counts: impl Iterator<Item = &'a Count>) -> Option<u32> {
    let mut quantity: Option<u32> = None;
    let mut last: Option<&Count> = None;
    for count in counts {
        let restates = last.is_some_and(|last| last.value == count.value && is_restatement(tokens, last, count));
        if !restates {
            quantity = Some(quantity.unwrap_or(0).saturating_add(count.value));
        }
        last = Some(count);
    }
    quantity
}

/// Whether `second` says `first` again: nothing adds it, and it is stated in another way.
fn is_restatement(tokens: &[Token<'_>], first: &Count, second: &Count) -> bool {
    let between = &tokens[first.at..second.at];
    let added = between.iter().any(|token| token.is_any(&["and", "plus", "with", ";", "&", "+"]));
    !added && (first.statement != second.statement || first.statement == Statement::Other)
}
