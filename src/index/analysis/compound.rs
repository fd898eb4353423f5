//! Builds the whole forms of a chunk: the spellings under which it is found in one piece.
//!
//! Every rule here is applied alike to the text and to the query, so two spellings find each other
//! as soon as they share one form. A form is added only if it makes two spellings meet that people
//! really use for one thing; each costs a posting for every occurrence.

use std::ops::{Range, RangeInclusive};

use super::chunk::{Chunk, Joint, Kind, Part, canonical_unit};

/// A number with more digits than this is a code, not a strength or part of a date.
const MOST_QUANTITY_DIGITS: usize = 4;

/// One whole form of a chunk or of several neighbouring parts of it.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    /// Index of the part at which the form begins.
    pub(super) first: usize,
    /// Index of the last part the form covers.
    pub(super) last: usize,
    /// Where the form stands in [`Chunk::letters`].
    pub(super) text: Range<usize>,
    /// Whether the form is a word that can be stemmed: `noncertified` for `non-certified`.
    pub(super) is_word: bool,
}

/// Fills `wholes` with the whole forms of the chunk, in the order in which they were found.
pub(super) fn find_wholes(chunk: &mut Chunk, wholes: &mut Vec<Whole>) {
    wholes.clear();
    let alone = chunk.parts.len() == 1;
    let decorated = chunk.number_sign || chunk.leading_point || chunk.parts.iter().any(|p| p.percent.is_some());
    if alone && !decorated {
        return;
    }
    let mut builder = Builder { chunk, wholes };
    if builder.chunk.number_sign {
        let text = format!("#{}", builder.text(0));
        builder.push(0, 0, &text);
    }
    let quantity_is_everything = builder.quantities();
    let level_is_everything = builder.spine_levels();
    if !quantity_is_everything && !level_is_everything {
        builder.as_written();
    }
    builder.written_together();
}

/// A number with an optional unit inside a quantity: `7.5` and `325mg` in `7.5/325mg`.
struct Amount {
    parts: RangeInclusive<usize>,
    unit: Option<&'static str>,
    text: String,
    /// Index of the last part, unit included.
    last: usize,
}

struct Builder<'a> {
    chunk: &'a mut Chunk,
    wholes: &'a mut Vec<Whole>,
}

impl Builder<'_> {
    fn part(&self, index: usize) -> Option<&Part> {
        self.chunk.parts.get(index)
    }

    fn text(&self, index: usize) -> &str {
        self.part(index).map_or("", |part| self.chunk.part_text(part))
    }

    fn is_number(&self, index: usize) -> bool {
        self.part(index).is_some_and(|part| part.kind == Kind::Digits)
    }

    fn joint(&self, index: usize) -> Option<Joint> {
        self.part(index).map(|part| part.joint)
    }

    fn push(&mut self, first: usize, last: usize, text: &str) {
        let is_part = first == last && self.text(first) == text;
        let is_known =
            self.wholes.iter().any(|whole| whole.first == first && &self.chunk.letters[whole.text.clone()] == text);
        if is_part || is_known {
            return;
        }
        let from = self.chunk.letters.len();
        self.chunk.letters.push_str(text);
        self.wholes.push(Whole { first, last, text: from..self.chunk.letters.len(), is_word: false });
    }

    /// Adds the forms of every quantity; says whether one quantity makes up the whole chunk, so
    /// that the chunk needs no form as written.
    fn quantities(&mut self) -> bool {
        let count = self.chunk.parts.len();
        let mut index = 0;
        let mut is_everything = false;
        while index < count {
            let inside_code = self.joint(index) == Some(Joint::Character('.'));
            if !self.is_number(index) || inside_code {
                index += 1;
                continue;
            }
            let amounts = self.amounts_from(index);
            let next = amounts.last().map_or(index, |amount| amount.last) + 1;
            let has_canonical_form = self.push_quantity(&amounts);
            is_everything = index == 0 && next == count && has_canonical_form;
            index = next;
        }
        is_everything
    }

    /// The amounts joined by `/` or `-` that begin at part `index`, which is a number.
    fn amounts_from(&self, index: usize) -> Vec<Amount> {
        let mut amounts = Vec::new();
        let mut first = index;
        loop {
            let amount = self.amount_from(first);
            first = amount.last + 1;
            amounts.push(amount);
            let joined = matches!(self.joint(first), Some(Joint::Character('/' | '-')));
            if !joined || !self.is_number(first) {
                return amounts;
            }
        }
    }

    fn amount_from(&self, first: usize) -> Amount {
        let mut text = String::new();
        if first == 0 && self.chunk.leading_point {
            text.push_str("0.");
        }
        text.push_str(self.text(first));
        let mut last = first;
        while self.is_number(last + 1) && self.joint(last + 1) == Some(Joint::Character('.')) {
            last += 1;
            text.push('.');
            text.push_str(self.text(last));
        }
        let percent = self.part(last).and_then(|part| part.percent);
        let unit_follows = matches!(self.joint(last + 1), Some(Joint::Unit | Joint::Character('-')));
        let unit = if percent.is_some() {
            Some("%")
        } else if unit_follows {
            canonical_unit(self.text(last + 1))
        } else {
            None
        };
        let unit_is_part = unit.is_some() && percent.is_none();
        Amount { parts: first..=last, unit, text, last: if unit_is_part { last + 1 } else { last } }
    }

    /// Adds the forms of one quantity: each decimal and each strength in it, and, for several
    /// amounts, the strength as pharmacists write it, `10/325mg`. Says whether the last was done.
    fn push_quantity(&mut self, amounts: &[Amount]) -> bool {
        for amount in amounts {
            self.push(*amount.parts.start(), *amount.parts.end(), &amount.text);
            if let Some(unit) = amount.unit {
                let strength = format!("{}{unit}", amount.text);
                self.push(*amount.parts.start(), amount.last, &strength);
            }
        }
        let (Some(first), Some(last)) = (amounts.first(), amounts.last()) else {
            return false;
        };
        if amounts.len() < 2 {
            return false;
        }
        let same_unit = amounts.iter().all(|amount| amount.unit.is_none() || amount.unit == last.unit);
        let short = amounts.iter().all(|amount| amount.text.len() <= MOST_QUANTITY_DIGITS);
        if !same_unit || (last.unit.is_none() && !short) {
            return false;
        }
        let numbers: Vec<&str> = amounts.iter().map(|amount| amount.text.as_str()).collect();
        let slashed = numbers.join("/");
        let (start, end) = (*first.parts.start(), last.last);
        self.push(start, *last.parts.end(), &slashed);
        if let Some(unit) = last.unit {
            self.push(start, end, &format!("{slashed}{unit}"));
        }
        last.unit.is_some()
    }

    /// Adds both spellings of every pair of spine levels; says whether a pair is the whole chunk.
    fn spine_levels(&mut self) -> bool {
        let count = self.chunk.parts.len();
        let mut found = false;
        let mut upper = spine_level(self.text(0), None);
        for index in 1..count {
            let inherited = upper.map(|(letter, _)| letter);
            let lower = spine_level(self.text(index), inherited);
            let joined = matches!(self.joint(index), Some(Joint::Character('-' | '/')));
            if let (Some(above), Some(below)) = (upper, lower)
                && joined
                && above != below
            {
                let (letter, number) = above;
                let (next_letter, next_number) = below;
                found = true;
                self.push(index - 1, index, &format!("{letter}{number}-{next_letter}{next_number}"));
                if letter == next_letter {
                    self.push(index - 1, index, &format!("{letter}{number}-{next_number}"));
                }
            }
            upper = if joined { lower } else { None };
        }
        found && count == 2
    }

    fn as_written(&mut self) {
        let mut text = String::new();
        for (index, part) in self.chunk.parts.iter().enumerate() {
            match part.joint {
                Joint::First if self.chunk.leading_point => text.push_str("0."),
                Joint::First => {}
                Joint::Unit => {
                    let unit = self.text(index);
                    text.push_str(canonical_unit(unit).unwrap_or(unit));
                    continue;
                }
                Joint::Character(character) => text.push(character),
            }
            text.push_str(self.chunk.part_text(part));
            if part.percent.is_some() {
                text.push('%');
            }
        }
        let last = self.chunk.parts.len() - 1;
        self.push(0, last, &text);
    }

    /// `non-certified` and `x-ray` are also written `noncertified` and `xray`.
    fn written_together(&mut self) {
        let [first, second] = self.chunk.parts.as_slice() else {
            return;
        };
        let hyphenated = second.joint == Joint::Character('-');
        if !hyphenated || first.kind != Kind::Letters || second.kind != Kind::Letters {
            return;
        }
        let together = format!("{}{}", self.chunk.part_text(first), self.chunk.part_text(second));
        self.push(0, 1, &together);
        if let Some(whole) = self.wholes.last_mut() {
            whole.is_word = true;
        }
    }
}

/// The letter and number of a spine level (`l4`), or of a bare number after one (`5` in `L4-5`).
fn spine_level(text: &str, inherited: Option<char>) -> Option<(char, u8)> {
    let mut rest = text.chars();
    let (letter, digits) = match rest.next()? {
        letter @ ('c' | 't' | 'l' | 's') => (letter, rest.as_str()),
        _ => (inherited?, text),
    };
    let plain = (1..=2).contains(&digits.len()) && !digits.starts_with('0');
    let number: u8 = digits.parse().ok().filter(|_| plain)?;
    let lowest = match letter {
        'c' => 8,
        't' => 12,
        'l' => 6,
        _ => 5,
    };
    (1..=lowest).contains(&number).then_some((letter, number))
}
