//! A letter before it is printed: its case, dates, reviewer and decisions.
//!
//! Letter `i` depends on the seed and `i` only. Near-twins of other letters come out of pools that are streams as well:
//! a decision names a case of a pool, and every letter that names it writes the same words with its own numbers and dates.

use jiff::civil::Date;

use super::grammar::{REGIONS, Scene, Streams, days_before};
use super::guidelines::{self, Form, Side, Topic};
use super::items::{self, Request};
use super::random::Random;
use super::rationales::{Subject, Writer};
use super::reviewers;
use super::vocabulary::overturned_share;

/// Letters decided in each year from 2013 on, in thousands: 130 to 185 thousand a year, fewer at the start.
const LETTERS_BY_YEAR: [u32; (LAST_YEAR - FIRST_YEAR + 1) as usize] =
    [12, 140, 165, 176, 172, 184, 164, 137, 133, 130, 130, 150];
pub const FIRST_YEAR: i16 = 2013;
pub const LAST_YEAR: i16 = 2024;

/// More letters than this would share case numbers.
pub const MOST_LETTERS: u64 = 9_000_000;

/// Letters that share a pool of cases: reviewers write series.
const SERIES: u64 = 64;

/// What the streams of a letter are for: a change to one part leaves the others as they are.
const CHANGED: u64 = 1;
const PRINTING: u64 = 2;
const SUMMARY: u64 = 3;
const CASE: u64 = 4;
const WORDS: u64 = 5;
const POOL: u64 = 6;
const ITEM: u64 = 7;
const DETAIL: u64 = 8;

const REGION_WEIGHTS: [u32; REGIONS.len()] = [38, 16, 14, 3, 9, 11, 4, 3, 2];

const PERSONS: [&str; 5] = ["the patient", "the injured worker", "the claimant", "this patient", "the employee"];

/// What is made, beside the seed.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub first_year: i16,
    pub last_year: i16,
    /// Of 100 letters, how many have other rationales than the plan without it.
    pub changed: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Notice,
    Professional,
    Numbered,
    ThreeSections2014,
    ThreeSections2015,
}

impl Layout {
    /// As `imr parse` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Notice => "notice_2013",
            Layout::Professional => "professional_review_2013",
            Layout::Numbered => "numbered_2014",
            Layout::ThreeSections2014 => "three_section_2014",
            Layout::ThreeSections2015 => "three_section_2015",
        }
    }
}

pub struct Letter {
    /// Name of its file without the extension; its id where no case number is printed.
    pub stem: String,
    pub case_number: String,
    /// Letters of 2013 and 2014 may lack the table of case number and dates.
    pub has_header: bool,
    pub layout: Layout,
    pub year: i16,
    pub decided: Date,
    pub assigned: Date,
    pub received: Date,
    pub denied: Date,
    pub injured: Date,
    pub expedited: bool,
    pub licensure: Vec<&'static str>,
    pub specialties: Vec<&'static str>,
    pub summary: String,
    pub decisions: Vec<Decision>,
    /// For the choices of its printing.
    pub printing: Random,
}

pub struct Decision {
    pub item: String,
    pub overturned: bool,
    pub claims_guideline: Option<String>,
    pub reviewer_guideline: Option<String>,
    /// Paragraphs.
    pub rationale: Vec<String>,
    pub category: &'static str,
    /// What its rationale is a near-twin of: a case of a pool, or another decision.
    pub twin_of: Option<String>,
}

/// What is decided: the part that near-twins share.
#[derive(Clone, Debug)]
struct Case {
    category: usize,
    treatment: usize,
    /// Whose recital is used: that of the decision it is a twin of.
    recital: usize,
    name: usize,
    region: usize,
    side: &'static str,
    person: &'static str,
    /// Overturned where this is below the share of its category and year.
    verdict: f64,
    /// Names the stream of the rationale's words.
    words: Vec<u64>,
    twin_of: Option<String>,
}

/// Makes letter `index`.
pub fn letter(writer: &Writer, plan: &Plan, index: u64) -> Letter {
    let mut random = Random::named(&[plan.seed, index]);
    let changed = Random::named(&[plan.seed, index, CHANGED]).chance(plan.changed / 100.0);
    let weights = LETTERS_BY_YEAR.iter().zip(FIRST_YEAR..);
    let weights: Vec<u32> = weights
        .map(|(&weight, year)| if (plan.first_year..=plan.last_year).contains(&year) { weight } else { 0 })
        .collect();
    let year = (FIRST_YEAR..=LAST_YEAR).nth(random.weighted(&weights)).unwrap_or(LAST_YEAR);
    let decided = days_before(jiff::civil::date(year, 12, 31), random.below(365));
    let layout = layout(decided, &mut random);
    let (case_number, stem) = case_number(year, index);
    let assigned = days_before(decided, random.between(14, 60));
    let received = days_before(assigned, random.between(5, 40));
    let denied = days_before(received, random.between(5, 30));
    let injured = days_before(denied, 90 + random.rank(7500) + random.below(300));
    let female = random.chance(0.44);
    let scene = Scene {
        region: random.weighted(&REGION_WEIGHTS),
        kind: 0,
        side: random.pick(&["left", "right", "left", "right", "bilateral"]),
        female,
        age: random.between(22, 50) + random.below(26),
        person: random.pick(&PERSONS),
        treatment: "",
        injured,
        decided,
        date_style: random.below(4),
        last_visit: random.between(45, 120),
    };
    let mut letter = Letter {
        stem,
        case_number,
        has_header: layout == Layout::Notice || year > 2014 || random.chance(0.92),
        layout,
        year,
        decided,
        assigned,
        received,
        denied,
        injured,
        expedited: random.chance(0.02),
        licensure: reviewers::licensure(&mut random),
        specialties: reviewers::specialties(&mut random),
        summary: String::new(),
        decisions: Vec::new(),
        printing: Random::named(&[plan.seed, index, PRINTING]),
    };
    let cases = cases(writer, plan, index, layout, changed, &scene, &mut random);
    let first = &cases[0];
    let category = &writer.vocabulary.categories[first.category];
    let treatment = &category.treatments[first.treatment];
    let requested =
        Scene { region: first.region, kind: category.kind, treatment: &treatment.names[first.name], ..scene };
    let name = [plan.seed, index, SUMMARY];
    letter.summary =
        writer.summary(&requested, &mut Streams { plot: Random::named(&name), detail: Random::named(&name).fork() });
    for (place, case) in cases.iter().enumerate() {
        letter.decisions.push(decision(writer, plan, index, place, case, &letter, &requested));
    }
    letter
}

fn layout(decided: Date, random: &mut Random) -> Layout {
    match (decided.year(), decided.month()) {
        (2013, ..=10) if random.chance(0.12) => Layout::Professional,
        (2013, ..=10) => Layout::Notice,
        (2013, _) | (2014, ..=3) => Layout::Numbered,
        (2014, _) => Layout::ThreeSections2014,
        _ => Layout::ThreeSections2015,
    }
}

/// The case number and the file's stem. The seven digits begin at 1000000, which no year has reached, so none was given
/// out; the earliest form had six.
fn case_number(year: i16, index: u64) -> (String, String) {
    // Both numbers have no common factor, so every letter gets a number of its own.
    let scattered = (index * 7_368_787 + 123_457) % MOST_LETTERS;
    if year == 2013 && scattered < 900_000 {
        let digits = 100_000 + scattered;
        return (format!("IMR 13-{digits}"), format!("IMR13-{digits}"));
    }
    let number = format!("CM{:02}-{}", year % 100, 1_000_000 + scattered);
    (number.clone(), number)
}

fn cases(
    writer: &Writer,
    plan: &Plan,
    index: u64,
    layout: Layout,
    changed: bool,
    scene: &Scene<'static>,
    random: &mut Random,
) -> Vec<Case> {
    let count = if layout == Layout::Professional { 1 } else { decision_count(random) };
    // Decisions of one letter come out alike more often than not.
    let letter_verdict = random.unit();
    let mut cases: Vec<Case> = Vec::with_capacity(count);
    for place in 0..count {
        let way = random.unit();
        let pool = match way {
            _ if way < 0.20 => Some((index / SERIES, random.rank(6), "series")),
            _ if way < 0.25 => Some((u64::MAX, random.rank(3000), "stock")),
            _ => None,
        };
        let mut own = Random::named(&[plan.seed, index, CASE, place as u64]);
        let mut case = match (pool, cases.last()) {
            (Some((number, entry, name)), _) => {
                let words = vec![plan.seed, POOL, number, entry as u64];
                let mut random = Random::named(&words);
                let region = random.weighted(&REGION_WEIGHTS);
                let twin_of =
                    if number == u64::MAX { format!("{name}/{entry}") } else { format!("{name}-{number}/{entry}") };
                let case = case(writer, region, None, words, &mut random);
                Case { twin_of: Some(twin_of), ..case }
            }
            (None, Some(last)) if own.chance(0.16) => {
                let (category, region, words) = (last.category, last.region, last.words.clone());
                let twin = case(writer, region, Some(category), words, &mut own);
                let (_, stem) = case_number(scene.decided.year(), index);
                let twin_of = last.twin_of.clone().unwrap_or_else(|| format!("{stem}/{place}"));
                Case {
                    recital: last.recital,
                    verdict: last.verdict,
                    person: last.person,
                    region,
                    twin_of: Some(twin_of),
                    ..twin
                }
            }
            _ => {
                let words = vec![plan.seed, index, WORDS, place as u64];
                let verdict = if own.chance(0.6) { letter_verdict } else { own.unit() };
                let case = case(writer, scene.region, None, words, &mut own);
                Case { verdict, person: scene.person, side: scene.side, ..case }
            }
        };
        if changed {
            case.words.push(CHANGED);
            case.words.push(index);
            case.twin_of = None;
        }
        cases.push(case);
    }
    cases
}

/// 1.75 on average; one letter of 5000 is a long list.
fn decision_count(random: &mut Random) -> usize {
    if random.chance(0.0002) {
        return random.between(12, 21);
    }
    let mut count = 1;
    if random.chance(0.34) {
        count = 2;
        while count < 21 && random.chance(0.55) {
            count += 1;
        }
    }
    count
}

fn case(writer: &Writer, region: usize, category: Option<usize>, words: Vec<u64>, random: &mut Random) -> Case {
    let index = category.unwrap_or_else(|| writer.vocabulary.category(random));
    let category = &writer.vocabulary.categories[index];
    let treatment = random.rank(category.treatments.len());
    let names = &category.treatments[treatment].names;
    let psyche = REGIONS.len() - 1;
    let is_of_psyche = category.name.starts_with("Psych");
    Case {
        category: index,
        treatment,
        recital: category.treatments[treatment].number,
        name: if random.chance(0.45) { 0 } else { random.rank(names.len()) },
        region: category.treatments[treatment].region.unwrap_or(if is_of_psyche { psyche } else { region }),
        side: random.pick(&["left", "right", "bilateral"]),
        person: random.pick(&PERSONS),
        verdict: random.unit(),
        words,
        twin_of: None,
    }
}

fn decision(
    writer: &Writer,
    plan: &Plan,
    index: u64,
    place: usize,
    case: &Case,
    letter: &Letter,
    scene: &Scene,
) -> Decision {
    let category = &writer.vocabulary.categories[case.category];
    let treatment = &category.treatments[case.treatment];
    let overturned = case.verdict < overturned_share(letter.year) * category.overturned;
    let mut random = Random::named(&[plan.seed, index, ITEM, place as u64]);
    let item = items::item(
        &Request {
            category,
            treatment,
            name: &treatment.names[case.name],
            region: case.region,
            side: case.side,
            decided: letter.decided,
            may_be_modified: matches!(letter.layout, Layout::ThreeSections2014 | Layout::ThreeSections2015),
        },
        &mut random,
    );
    let scene = Scene {
        region: case.region,
        kind: category.kind,
        side: case.side,
        person: case.person,
        treatment: &item.short,
        ..*scene
    };
    let mut streams =
        Streams { plot: Random::named(&case.words), detail: Random::named(&[plan.seed, index, DETAIL, place as u64]) };
    let subject = Subject { treatment: case.recital, overturned };
    let rationale = writer.rationale(&subject, &scene, &mut streams);
    let form = match letter.year {
        ..=2014 => Form::Pages,
        2015 if letter.decided.month() < 6 => Form::Pages,
        2015..=2017 => Form::Sections,
        _ => Form::Disorders,
    };
    let topic = Topic { kind: category.kind, region: case.region, form, year: letter.year };
    let (claims_guideline, reviewer_guideline) = match letter.layout {
        Layout::Professional => (None, Some(guidelines::relied_upon(&topic, &mut random))),
        Layout::Notice | Layout::Numbered => {
            let who = if letter.layout == Layout::Notice { "Expert Reviewer" } else { "Physician Reviewer" };
            let claims = guidelines::sentence(Side::Claims, who, &topic, &mut random);
            (Some(claims), Some(guidelines::sentence(Side::Reviewer, who, &topic, &mut random)))
        }
        Layout::ThreeSections2014 | Layout::ThreeSections2015 => {
            let claims = guidelines::line(Side::Claims, &topic, &mut random);
            (Some(claims), Some(guidelines::line(Side::Reviewer, &topic, &mut random)))
        }
    };
    Decision {
        item: item.printed,
        overturned,
        claims_guideline,
        reviewer_guideline,
        rationale,
        category: category.name,
        twin_of: case.twin_of.clone(),
    }
}
