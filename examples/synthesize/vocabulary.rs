//! Treatments out of `schema/treatments.toml`, and how often each category and treatment is asked for.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::grammar::{KINDS, REGIONS, push_number};
use super::random::Random;

/// The shares of the categories, of 1000 decisions. The totals of pharmaceuticals, rehabilitation and diagnostic testing
/// are those of 2024, held for all years; the others fill up what is left.
/// With it: the kind of `grammar/rationales.txt`, and how often it is overturned, all decisions being 1.
const CATEGORIES: &[(&str, u32, &str, f64)] = &[
    ("Pharmaceuticals/Opioids", 70, "opioid", 0.95),
    ("Pharmaceuticals/NSAID", 45, "nsaid", 1.2),
    ("Pharmaceuticals/Muscle Relaxant", 40, "sedating", 0.6),
    ("Pharmaceuticals/Topical Analgesics", 32, "topical", 0.7),
    ("Pharmaceuticals/Topical Compounds", 20, "topical", 0.3),
    ("Pharmaceuticals/Anti-epilepsy", 24, "nerve", 1.3),
    ("Pharmaceuticals/Proton Pump Inhibitors", 24, "drug", 1.1),
    ("Pharmaceuticals/Antidepressant", 18, "nerve", 1.4),
    ("Pharmaceuticals/Sedative-hypnotics", 12, "sedating", 0.5),
    ("Pharmaceuticals/Benzodiazepines", 9, "sedating", 0.5),
    ("Pharmaceuticals/Misc Analgesics", 6, "nsaid", 1.0),
    ("Pharmaceuticals/Antiemetic", 4, "drug", 0.7),
    ("Pharmaceuticals/H2 Blocker", 3, "drug", 1.0),
    ("Pharmaceuticals/Antimigraine", 3, "drug", 1.1),
    ("Pharmaceuticals/GI Agents", 3, "drug", 1.3),
    ("Pharmaceuticals/Nutritional Products", 3, "drug", 0.4),
    ("Pharmaceuticals/Viscosupplementation", 3, "injection", 1.0),
    ("Pharmaceuticals/Adrenal Cortical Steroids", 2, "drug", 0.9),
    ("Pharmaceuticals/Anti-infectives", 2, "drug", 1.2),
    ("Pharmaceuticals/Other", 2, "drug", 0.9),
    ("Pharmaceuticals/Stimulants", 1, "drug", 0.7),
    ("Pharmaceuticals/Impotence Agents", 1, "drug", 0.7),
    ("Rehabilitation/PT/OT", 118, "therapy", 1.0),
    ("Rehabilitation/Acupuncture", 45, "acupuncture", 1.0),
    ("Rehabilitation/Chiropractic", 34, "therapy", 0.9),
    ("Rehabilitation/Other Therapies", 18, "therapy", 0.6),
    ("Diagnostic Testing/Imaging", 58, "imaging", 1.2),
    ("Diagnostic Testing/EMG/NCV", 22, "electro", 1.4),
    ("Diagnostic Testing/Lab & Pathology", 22, "test", 1.1),
    ("Diagnostic Testing/Other", 14, "test", 0.9),
    ("Evaluation & Management/Office Visits & Consults", 77, "visit", 1.82),
    ("Evaluation & Management/Dental", 3, "visit", 1.82),
    ("DMEPOS/DME", 38, "device", 0.7),
    ("DMEPOS/Electrical Stimulation", 20, "device", 0.6),
    ("DMEPOS/Prosthetics & Orthotics", 20, "device", 0.9),
    ("DMEPOS/Supplies", 7, "device", 0.8),
    ("Injection/Epidural", 27, "injection", 0.4),
    ("Injection/Facet", 16, "injection", 0.4),
    ("Injection/Other", 32, "injection", 0.4),
    ("Surgery/Adjunct Surgical Services", 28, "adjunct", 1.0),
    ("Surgery/Spine", 12, "surgery", 0.8),
    ("Surgery/Non-arthroscopic", 12, "surgery", 1.2),
    ("Surgery/Arthroscopic", 10, "surgery", 1.3),
    ("Surgery/Surgical Consult", 6, "visit", 1.6),
    ("Psych Services/Therapies", 14, "psych", 1.7),
    ("Psych Services/Evaluation & Management", 6, "psych", 1.7),
    ("Home Health/Home Health", 5, "care", 0.8),
    ("Programs/Programs", 5, "psych", 0.9),
    ("Therapies/Other", 2, "care", 0.6),
    ("Transportation/Transportation", 2, "care", 0.9),
];

/// Asked for most of their category, where the table's order is another.
const POPULAR: &[&str] = &[
    "physical therapy",
    "occupational therapy",
    "acupuncture",
    "chiropractic manipulation",
    "tramadol",
    "oxycodone",
    "pain management consultation",
    "psychology consultation",
    "follow-up visit",
    "office visit",
    "massage therapy",
    "functional capacity evaluation",
    "urine drug test",
    "functional restoration program",
    "topical compound",
    "extracorporeal shockwave therapy",
    "home health care",
    "cognitive behavioral therapy",
    "knee arthroscopy",
    "lumbar fusion",
    "carpal tunnel release",
    "assistant surgeon",
    "cold therapy",
    "trigger point injection",
];

/// The share of denials overturned, in a year and in one for all categories together.
pub fn overturned_share(year: i16) -> f64 {
    const KNOWN: [(f64, f64); 4] = [(2016.0, 0.084), (2019.0, 0.104), (2023.0, 0.102), (2024.0, 0.127)];
    let year = f64::from(year);
    if year <= KNOWN[0].0 {
        return KNOWN[0].1;
    }
    KNOWN
        .windows(2)
        .find(|pair| year <= pair[1].0)
        .map_or(KNOWN[3].1, |pair| pair[0].1 + (pair[1].1 - pair[0].1) * (year - pair[0].0) / (pair[1].0 - pair[0].0))
}

#[derive(Deserialize)]
struct Table {
    treatment: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    category: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    brands: Vec<String>,
    #[serde(default)]
    generic: bool,
}

/// One treatment with what it is called, the usual name first.
#[derive(Debug)]
pub struct Treatment {
    pub number: usize,
    pub names: Vec<String>,
    /// The region that its name speaks of, if it does.
    pub region: Option<usize>,
}

/// The treatments of one category, those asked for most first.
#[derive(Debug)]
pub struct Category {
    pub name: &'static str,
    pub kind: usize,
    /// Overturned so many times as often as all decisions.
    pub overturned: f64,
    pub treatments: Vec<Treatment>,
}

impl Category {
    pub fn is_drug(&self) -> bool {
        self.name.starts_with("Pharmaceuticals") && !self.name.ends_with("Viscosupplementation")
    }
}

/// What can be asked for.
#[derive(Debug)]
pub struct Vocabulary {
    pub categories: Vec<Category>,
    weights: Vec<u32>,
    drugs: Vec<(usize, u32)>,
    drug_weights: Vec<u32>,
}

impl Vocabulary {
    /// Reads the table.
    ///
    /// # Errors
    /// A table that is no TOML, and a category without treatments.
    pub fn read() -> Result<Self> {
        let table: Table = toml::from_str(include_str!("../../schema/treatments.toml"))?;
        let mut categories = Vec::new();
        let mut number = 0;
        for &(name, _, kind, overturned) in CATEGORIES {
            let mut entries: Vec<&Entry> = table.treatment.iter().filter(|entry| entry.category == name).collect();
            // The sort is stable: popular ones first, the others as the table has them, vague words last.
            entries.sort_by_key(|entry| {
                (POPULAR.iter().position(|popular| *popular == entry.name).unwrap_or(usize::MAX), entry.generic)
            });
            let treatments: Vec<Treatment> = entries
                .into_iter()
                .map(|entry| {
                    number += 1;
                    treatment(entry, number)
                })
                .collect();
            anyhow::ensure!(!treatments.is_empty(), "no treatment stands in category `{name}`");
            let kind = KINDS.iter().position(|known| *known == kind).with_context(|| format!("no kind `{kind}`"))?;
            categories.push(Category { name, kind, overturned, treatments });
        }
        let weights: Vec<u32> = CATEGORIES.iter().map(|&(_, weight, ..)| weight).collect();
        // The factors are read against their own mean, so that all decisions come to the share of the year.
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let mean: f64 = categories.iter().zip(&weights).map(|(one, &weight)| one.overturned * f64::from(weight)).sum();
        let fixed = |name: &str| ["Evaluation", "Psych", "Injection"].iter().any(|group| name.starts_with(group));
        let fixed_part: f64 = categories
            .iter()
            .zip(&weights)
            .filter(|(one, _)| fixed(one.name))
            .map(|(one, &weight)| one.overturned * f64::from(weight))
            .sum();
        let scale = (total - fixed_part) / (mean - fixed_part);
        for category in categories.iter_mut().filter(|category| !fixed(category.name)) {
            category.overturned *= scale;
        }
        let drugs: Vec<(usize, u32)> = categories
            .iter()
            .enumerate()
            .filter(|(_, category)| category.is_drug())
            .map(|(index, _)| (index, weights[index]))
            .collect();
        let drug_weights = drugs.iter().map(|&(_, weight)| weight).collect();
        Ok(Vocabulary { categories, weights, drugs, drug_weights })
    }

    /// A category, as often as its share.
    pub fn category(&self, random: &mut Random) -> usize {
        random.weighted(&self.weights)
    }

    /// Appends a drug with its strength, as lists of medications have it.
    pub fn push_drug(&self, out: &mut String, random: &mut Random) {
        let (category, _) = self.drugs[random.weighted(&self.drug_weights)];
        let treatment = &self.categories[category].treatments[random.rank(self.categories[category].treatments.len())];
        let name = &treatment.names[random.rank(treatment.names.len())];
        out.push_str(name);
        if random.chance(0.6) {
            out.push(' ');
            push_strength(out, treatment, random);
        }
    }
}

fn treatment(entry: &Entry, number: usize) -> Treatment {
    let mut names = vec![entry.name.clone()];
    // Brands stand before the rarer names: letters print them often.
    names.extend(entry.brands.iter().take(6).cloned());
    names.extend(entry.names.iter().take(8).cloned());
    Treatment { number, region: region_of(&entry.name), names }
}

fn region_of(name: &str) -> Option<usize> {
    const WORDS: &[(&str, &str)] = &[
        ("lumbar", "back"),
        ("sacroiliac", "back"),
        ("thoracolumb", "back"),
        ("cervical", "neck"),
        ("occipital", "neck"),
        ("shoulder", "shoulder"),
        ("rotator", "shoulder"),
        ("subacromial", "shoulder"),
        ("clavic", "shoulder"),
        ("slap", "shoulder"),
        ("biceps", "shoulder"),
        ("elbow", "elbow"),
        ("cubital", "elbow"),
        ("ulnar", "elbow"),
        ("carpal", "hand"),
        ("wrist", "hand"),
        ("hand ", "hand"),
        ("thumb", "hand"),
        ("finger", "hand"),
        ("knee", "knee"),
        ("menisc", "knee"),
        ("genicular", "knee"),
        ("ankle", "foot"),
        ("foot", "foot"),
        ("heel", "foot"),
        ("plantar", "foot"),
        ("walking boot", "foot"),
        ("hip ", "hip"),
        ("hernia", "hip"),
        ("psych", "psyche"),
        ("cognitive", "psyche"),
    ];
    let region = WORDS.iter().find(|(word, _)| name.contains(word))?.1;
    REGIONS.iter().position(|known| *known == region)
}

/// Appends a strength. A drug has a few of its own, always the same; a combination two numbers.
pub fn push_strength(out: &mut String, treatment: &Treatment, random: &mut Random) {
    const STRENGTHS: [usize; 14] = [5, 10, 15, 20, 25, 30, 50, 75, 100, 150, 200, 300, 500, 800];
    let own = Random::named(&[0xd05e, treatment.number as u64]).below(STRENGTHS.len() - 2);
    let first = STRENGTHS[own + random.rank(3)];
    if treatment.names[0].contains('/') {
        push_number(out, first.min(50));
        out.push('/');
        push_number(out, [325, 500, 300, 200][treatment.number % 4]);
    } else {
        push_number(out, first);
        if random.chance(0.04) {
            out.push_str(".5");
        }
    }
    out.push_str(if random.chance(0.8) { "mg" } else { " mg" });
}
