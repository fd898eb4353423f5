//! An item as treatments, category, body parts and sides.
//!
//! The rules are those by which the letters' items are labelled: the treatment named first gives the category, a vague
//! word only where nothing more particular is named; topicals, injections and what goes with a surgery have rules of
//! their own. Nothing is guessed: an item in which no name is found has no category.

use std::ops::Range;

use super::body_parts::{BODY_PARTS, Side};
use super::push_new;
use super::treatments::{Mention, Named, TREATMENTS, Treatment, Treatments};
use super::words::{Token, tokens};

/// Words for what is put on the skin.
const TOPICAL_FORMS: [&str; 19] = [
    "cream",
    "ointment",
    "gel",
    "lotion",
    "patch",
    "pad",
    "topical",
    "compound",
    "compounded",
    "transdermal",
    "balm",
    "roll",
    "spray",
    "foam",
    "paste",
    "rub",
    "emulgel",
    "plaster",
    "salve",
];
/// Words for what is swallowed, or taken up in the mouth or nose.
const ORAL_FORMS: [&str; 13] = [
    "tablet",
    "tab",
    "capsule",
    "cap",
    "oral",
    "orally",
    "mouth",
    "pill",
    "po",
    "sublingual",
    "buccal",
    "nasal",
    "intranasal",
];
/// Words for what is injected.
const INJECTED_FORMS: [&str; 8] =
    ["injection", "injected", "inject", "im", "intramuscular", "intramuscularly", "shot", "vial"];

/// Words of an item that are read. Real ones have a hundred; what goes on is a rationale that lost its label.
const MOST_WORDS: usize = 400;

pub const ADJUNCT: &str = "Surgery/Adjunct Surgical Services";
pub const TOPICAL_COMPOUNDS: &str = "Pharmaceuticals/Topical Compounds";
pub const TOPICAL_ANALGESICS: &str = "Pharmaceuticals/Topical Analgesics";
pub const OTHER_INJECTION: &str = "Injection/Other";

/// What an item is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Names of `schema/treatments.toml`, in the order of the item.
    pub concepts: Vec<&'static str>,
    /// `Top/Sub`; absent where nothing was recognised.
    pub category: Option<&'static str>,
    /// Why that category, for people.
    pub category_rule: Option<&'static str>,
    pub body_parts: Vec<&'static str>,
    pub sides: Vec<Side>,
    /// Something more than a vague word, or a visit in which something is done, is named.
    pub is_particular: bool,
}

/// A name found in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// What it stands for.
    pub concepts: Vec<&'static str>,
    pub category: &'static str,
    /// By which rule it was found, or why it does not count.
    pub rule: &'static str,
}

/// Reads an item, or the part of it that is asked for.
///
/// `surgical_adjunct`: the item says that it goes with a surgery.
#[must_use]
pub fn resolve(text: &str, surgical_adjunct: bool) -> Resolution {
    let treatments = &*TREATMENTS;
    let Names { tokens, mentions, counts, any_particular } = names(text);
    let mut resolution = Resolution { is_particular: any_particular, ..Resolution::default() };
    let counted: Vec<&Mention> =
        mentions.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(mention, _)| mention).collect();
    for concept in counted.iter().flat_map(|mention| treatments.concepts_of(mention.named)) {
        push_new(&mut resolution.concepts, concept);
    }
    if let Some((category, rule)) = category(treatments, text, &tokens, &counted, surgical_adjunct) {
        resolution.category = Some(category);
        resolution.category_rule = Some(rule);
    }
    (resolution.body_parts, resolution.sides) = body_parts(treatments, &tokens, &mentions, &counted);
    resolution
}

/// Each name in an item with what it stands for and by which rule, for people who extend the tables.
#[must_use]
pub fn explained(text: &str) -> Vec<Explained> {
    let treatments = &*TREATMENTS;
    let Names { tokens, mentions, counts, .. } = names(text);
    let explained = mentions.into_iter().zip(counts).map(|(mention, counts)| Explained {
        range: tokens[mention.tokens.start].range.start..tokens[mention.tokens.end - 1].range.end,
        concepts: treatments.concepts_of(mention.named),
        category: category_of(treatments, mention.named),
        rule: match mention {
            _ if !counts => "a vague word: something more particular is named",
            Mention { repaired: true, .. } => "a name but for one slip of spelling",
            Mention { in_context: true, .. } => "a name that counts in this context",
            Mention { named: Named::Product(_), .. } => "a product of several ingredients",
            _ => "a name",
        },
    });
    explained.collect()
}

/// The names in an item.
struct Names {
    tokens: Vec<Token>,
    mentions: Vec<Mention>,
    /// Of each mention, whether it counts: a vague word does not beside something particular.
    counts: Vec<bool>,
    any_particular: bool,
}

fn names(text: &str) -> Names {
    let treatments = &*TREATMENTS;
    let mut tokens = tokens(text);
    tokens.truncate(MOST_WORDS);
    let mentions = treatments.mentions(&tokens);
    let treatment_of = |mention: &Mention| treatment_of(treatments, mention);
    let is_generic = |mention: &Mention| treatment_of(mention).is_some_and(|treatment| treatment.generic);
    let is_particular =
        |mention: &Mention| treatment_of(mention).is_none_or(|treatment| !treatment.generic && !treatment.aside);
    let any_particular = mentions.iter().any(is_particular);
    let leads = |mention: &Mention| {
        let words =
            tokens[mention.tokens.clone()].iter().map(|token| token.folded.as_str()).collect::<Vec<_>>().join(" ");
        mention.tokens.start == 0
            && treatment_of(mention).is_some_and(|treatment| treatment.leads.contains(&words.as_str()))
    };
    // A specialist's consultation says more than the word itself; a treatment it is for does not.
    let consults = |mention: &Mention| treatment_of(mention).is_some_and(Treatment::is_visit);
    let any_consultation = mentions.iter().any(|mention| !is_generic(mention) && consults(mention));
    // "PT, 6 visits": the visits are those of the treatment.
    let is_bare_visit = |mention: &Mention| {
        any_particular && mention.tokens.len() == 1 && tokens[mention.tokens.start].folded == "visit"
    };
    let counts = |mention: &Mention| {
        (!is_generic(mention) || !any_particular || (leads(mention) && !any_consultation)) && !is_bare_visit(mention)
    };
    let counts = mentions.iter().map(counts).collect();
    Names { tokens, mentions, counts, any_particular }
}

/// The treatment a mention names; a product names several.
fn treatment_of<'t>(treatments: &'t Treatments, mention: &Mention) -> Option<&'t Treatment> {
    match mention.named {
        Named::Treatment(place) => Some(&treatments.treatments[place]),
        Named::Product(_) => None,
    }
}

fn category_of(treatments: &Treatments, named: Named) -> &'static str {
    match named {
        Named::Treatment(place) => treatments.treatments[place].category,
        Named::Product(place) => treatments.products[place].category,
    }
}

fn category(
    treatments: &Treatments,
    text: &str,
    tokens: &[Token],
    mentions: &[&Mention],
    surgical_adjunct: bool,
) -> Option<(&'static str, &'static str)> {
    let treatment_of = |mention: &Mention| treatment_of(treatments, mention);
    let is_aside = |mention: &&&Mention| treatment_of(mention).is_some_and(|treatment| treatment.aside);
    let Some(first) = mentions.iter().find(|mention| !is_aside(mention)).or_else(|| mentions.first()) else {
        return surgical_adjunct.then_some((ADJUNCT, "the item says that it goes with a surgery"));
    };
    let own = category_of(treatments, first.named);
    let is_drug = own.starts_with("Pharmaceuticals/");
    if surgical_adjunct && !is_drug {
        return Some((ADJUNCT, "the item says that it goes with a surgery"));
    }
    let Some(treatment) = treatment_of(first) else { return Some((own, "the product named first")) };
    if let Some(category) = treatments.category_in_context(treatment, tokens) {
        return Some((category, "the treatment named first, in this context"));
    }
    if treatment.adjunct {
        return Some((ADJUNCT, "a service that goes with a surgery"));
    }
    if is_drug {
        let drugs: Vec<&Treatment> =
            mentions.iter().filter_map(|mention| treatment_of(mention)).filter(|one| one.is_drug()).collect();
        return Some(drug_category(text, tokens, treatment, &drugs));
    }
    Some((own, "the treatment named first"))
}

fn drug_category(
    text: &str,
    tokens: &[Token],
    first: &Treatment,
    drugs: &[&Treatment],
) -> (&'static str, &'static str) {
    let says = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.folded.as_str()));
    let is_oral = says(&ORAL_FORMS);
    let is_topical = (says(&TOPICAL_FORMS) || text.contains('%')) && !is_oral;
    let several = drugs.iter().filter(|drug| drug.name != first.name).count() > 0;
    let is_compounded = says(&["compound", "compounded", "compounding"]);
    // A cream of several drugs is a compound even where the vehicle is all that the item says of it.
    if is_topical && drugs.iter().all(|drug| drug.topical) && (several || is_compounded) {
        return (TOPICAL_COMPOUNDS, "several drugs in one topical");
    }
    if is_topical && first.topical {
        return (TOPICAL_ANALGESICS, "a drug in a topical form");
    }
    if first.injectable && says(&INJECTED_FORMS) && !is_oral {
        return (OTHER_INJECTION, "a drug given as an injection");
    }
    (first.category, "the drug named first")
}

/// The parts and sides named, but for those inside a name that hides them, and those a treatment implies.
fn body_parts(
    treatments: &Treatments,
    tokens: &[Token],
    mentions: &[Mention],
    counted: &[&Mention],
) -> (Vec<&'static str>, Vec<Side>) {
    let hides =
        |mention: &&Mention| treatment_of(treatments, mention).is_some_and(|treatment| treatment.hides_body_part);
    let (mut parts, sides) = if mentions.iter().any(|mention| hides(&mention)) {
        let mut visible = tokens.to_vec();
        for mention in mentions.iter().filter(hides) {
            visible[mention.tokens.clone()].iter_mut().for_each(|token| token.folded.clear());
        }
        BODY_PARTS.find(&visible)
    } else {
        BODY_PARTS.find(tokens)
    };
    for mention in counted {
        if let Named::Treatment(place) = mention.named {
            for part in &treatments.treatments[place].body_parts {
                push_new(&mut parts, *part);
            }
        }
    }
    (parts, sides)
}
