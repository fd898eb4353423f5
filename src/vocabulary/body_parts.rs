//! Parts of the body and sides, as items and queries name them.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::lexicon::{Context, Found, Groups, Lexicon};
use super::push_new;
use super::words::{Token, sequence};

/// `schema/body_parts.toml`.
pub static BODY_PARTS: LazyLock<BodyParts> = LazyLock::new(|| {
    let table: Table = packed!("body_parts");
    BodyParts::of(table)
});

/// A side of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Left,
    Right,
    Bilateral,
}

impl Side {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
            Side::Bilateral => "bilateral",
        }
    }
}

/// The table as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Table {
    pub part: Vec<Part>,
    pub several: Vec<Several>,
    pub no_part: Vec<NoPart>,
    pub level: Vec<Level>,
    pub side: Vec<SideNames>,
}

/// One part of the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: &'static str,
    /// Words that say just this part, each of which people type for the others.
    #[serde(borrow, default)]
    pub called: Vec<&'static str>,
    /// All words that are about it.
    #[serde(borrow, default)]
    pub names: Vec<&'static str>,
    #[serde(default)]
    pub ambiguous: Vec<Placed>,
    /// Short forms that hold a side (RUE).
    #[serde(default)]
    pub sided: Vec<Sided>,
}

/// A name that counts only in context or in a place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    #[serde(borrow, default)]
    pub with: Vec<&'static str>,
    #[serde(borrow, default)]
    pub without: Vec<&'static str>,
    /// `@part`: a part of the body is named right after it.
    #[serde(default)]
    pub before: Option<&'static str>,
    /// The word right after it is none of these.
    #[serde(borrow, default)]
    pub without_next: Vec<&'static str>,
}

/// A name that holds a side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sided {
    pub name: &'static str,
    pub side: Side,
    #[serde(borrow, default)]
    pub with: Vec<&'static str>,
}

/// Names of several parts at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Several {
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    #[serde(borrow)]
    pub parts: Vec<&'static str>,
}

/// Names that hold a part's word and are no part ("hand surgeon").
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoPart {
    #[serde(borrow)]
    pub names: Vec<&'static str>,
}

/// Vertebral levels of one letter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub letter: char,
    pub from: u8,
    pub to: u8,
    pub part: &'static str,
    /// Letter and number may stand apart where a second number follows ("L 4-5").
    #[serde(default)]
    pub spaced: bool,
    /// Right after a level of this letter it adds no part ("C7-T1" is the neck).
    #[serde(default)]
    pub yields_to: Option<char>,
    /// It is no level beside these words ("free T3").
    #[serde(borrow, default)]
    pub without: Vec<&'static str>,
}

/// The names of a side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideNames {
    pub name: Side,
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    #[serde(default)]
    pub ambiguous: Vec<Placed>,
}

/// What a name says: parts (none for names that only look like one) and a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Places in the list of parts.
    pub parts: Vec<usize>,
    pub side: Option<Side>,
    place: Place,
}

/// What must hold of the words right after a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    before_part: bool,
    without_next: Vec<String>,
}

/// The table made ready for reading.
#[derive(Debug)]
pub struct BodyParts {
    pub parts: Vec<Part>,
    names: Lexicon<Said>,
    sides: Lexicon<(Side, Place)>,
    levels: Vec<(Level, usize, Context)>,
}

impl BodyParts {
    #[must_use]
    pub fn of(table: Table) -> Self {
        let groups = level_words(&table.level);
        let place_of = |name: &str| table.part.iter().position(|part| part.name == name);
        let said = |parts: Vec<usize>, side| Said { parts, side, place: Place::default() };
        let mut names = Lexicon::default();
        for (number, part) in table.part.iter().enumerate() {
            std::iter::once(&part.name).chain(&part.names).for_each(|name| {
                // A name may be safe in some contexts only.
                if !part.ambiguous.iter().any(|placed| placed.is_named(name)) {
                    names.add(name, None, said(vec![number], None));
                }
            });
            for placed in &part.ambiguous {
                let context = Arc::new(Context::of(&placed.with, &placed.without, &groups));
                let value = Said { parts: vec![number], side: None, place: Place::of(placed) };
                for name in &placed.names {
                    names.add(name, Some(Arc::clone(&context)), value.clone());
                }
            }
            for sided in &part.sided {
                let context = (!sided.with.is_empty()).then(|| Arc::new(Context::of(&sided.with, &[], &groups)));
                names.add(sided.name, context, said(vec![number], Some(sided.side)));
            }
        }
        for several in &table.several {
            let parts: Vec<usize> = several.parts.iter().filter_map(|part| place_of(part)).collect();
            several.names.iter().for_each(|name| names.add(name, None, said(parts.clone(), None)));
        }
        for name in table.no_part.iter().flat_map(|no_part| &no_part.names) {
            names.add(name, None, said(Vec::new(), None));
        }
        let mut sides = Lexicon::default();
        for side in &table.side {
            side.names.iter().for_each(|name| sides.add(name, None, (side.name, Place::default())));
            for placed in &side.ambiguous {
                let context = Arc::new(Context::of(&placed.with, &placed.without, &groups));
                for name in &placed.names {
                    sides.add(name, Some(Arc::clone(&context)), (side.name, Place::of(placed)));
                }
            }
        }
        let level = |level: &Level| {
            let context = Context::of(&[], &level.without, &groups);
            Some((level.clone(), place_of(level.part)?, context))
        };
        let levels = table.level.iter().filter_map(level).collect();
        Self { names, sides, levels, parts: table.part }
    }

    /// The parts and sides a text names, each once, in its order.
    #[must_use]
    pub fn find(&self, tokens: &[Token]) -> (Vec<&'static str>, Vec<Side>) {
        let (mut parts, mut sides) = (Vec::new(), Vec::new());
        let named = self.named(tokens);
        for found in &named {
            for &part in &found.value.parts {
                push_new(&mut parts, self.parts[part].name);
            }
        }
        for side in self.sides(tokens, &named) {
            push_new(&mut sides, side);
        }
        (parts, sides)
    }

    /// Each name of a part and each vertebral level, from left to right.
    #[must_use]
    pub fn named(&self, tokens: &[Token]) -> Vec<Found<Said>> {
        let mut found: Vec<Found<Said>> = self.names.find(tokens);
        found.retain(|name| self.stands(&name.value.place, &tokens[name.tokens.end..]));
        let levels =
            self.levels(tokens).into_iter().filter(|(at, _)| !found.iter().any(|name| name.tokens.contains(at)));
        let levels: Vec<Found<Said>> = levels
            .map(|(at, part)| Found {
                value: Said { parts: vec![part], side: None, place: Place::default() },
                tokens: at..at + 1,
                in_context: false,
            })
            .collect();
        found.extend(levels);
        found.sort_by_key(|name| name.tokens.start);
        found
    }

    /// Whether the words after a name are those it asks for.
    fn stands(&self, place: &Place, after: &[Token]) -> bool {
        (!place.before_part || self.starts_part(after))
            && !after.first().is_some_and(|next| place.without_next.contains(&next.folded))
    }

    fn starts_part(&self, tokens: &[Token]) -> bool {
        self.names.find(tokens).first().is_some_and(|first| first.tokens.start == 0 && !first.value.parts.is_empty())
    }

    /// The sides a text names, those inside names of parts (RUE) included.
    fn sides(&self, tokens: &[Token], named: &[Found<Said>]) -> Vec<Side> {
        let mut sides: Vec<(usize, Side)> = Vec::new();
        for found in self.sides.find(tokens) {
            let (side, place) = found.value;
            if self.stands(&place, &tokens[found.tokens.end..]) {
                sides.push((found.tokens.start, side));
            }
        }
        sides.extend(named.iter().filter_map(|found| Some((found.tokens.start, found.value.side?))));
        sides.sort_by_key(|(at, _)| *at);
        sides.into_iter().map(|(_, side)| side).collect()
    }

    /// Vertebral levels (L4, L4-5, C5/6, "L 4-5") with the parts they stand for, by their token.
    fn levels(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut last: Option<(usize, char)> = None;
        for at in 0..tokens.len() {
            let Some((level, part, context)) = self.levels.iter().find(|(level, _, _)| is_level(level, &tokens[at..]))
            else {
                continue;
            };
            let beside = last.filter(|(before, _)| at - before <= 2).map(|(_, letter)| letter);
            last = Some((at, level.letter));
            let yields =
                level.yields_to.is_some() && beside == level.yields_to.map(|letter| letter.to_ascii_uppercase());
            if !yields && context.holds(tokens, &(at..at + 1)) {
                found.push((at, *part));
            }
        }
        found
    }
}

/// The levels themselves as the group `@level`.
fn level_words(levels: &[Level]) -> Groups {
    let words: Vec<String> = levels
        .iter()
        .flat_map(|level| (level.from..=level.to).map(|number| format!("{}{number}", level.letter)))
        .collect();
    Groups::of(std::iter::once(("level", words.iter().map(String::as_str).collect())))
}

impl Placed {
    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

impl Place {
    fn of(placed: &Placed) -> Self {
        Self {
            before_part: placed.before.is_some(),
            without_next: placed.without_next.iter().flat_map(|word| sequence(word)).collect(),
        }
    }
}

/// Whether a level of this letter starts here: `l4`; or, spaced, `l`, `4` and a further number or level.
fn is_level(level: &Level, tokens: &[Token]) -> bool {
    let letter = level.letter.to_ascii_lowercase();
    let number = |text: &str| text.parse::<u8>().is_ok_and(|number| (level.from..=level.to).contains(&number));
    let Some(rest) = tokens.first().and_then(|token| token.folded.strip_prefix(letter)) else { return false };
    if !rest.is_empty() {
        return number(rest);
    }
    let is_number = |token: &Token| token.folded.parse::<u8>().is_ok();
    let is_spelt = |token: &Token| {
        token.folded.len() <= 3
            && token.folded.starts_with(['c', 't', 'l', 's'])
            && token.folded[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    level.spaced
        && tokens.get(1).is_some_and(|token| number(&token.folded))
        && tokens.get(2).is_some_and(|token| is_number(token) || is_spelt(token))
}
