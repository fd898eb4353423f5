//! Invented names by number: the same number is always the same name, and low numbers are the frequent ones.

use super::random::Random;

/// How many surnames there are.
pub const SURNAMES: usize = 400_000;

/// How many clinics and towns there are.
pub const PLACES: usize = 120_000;

const ONSETS: [&str; 32] = [
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr", "r", "s", "sh",
    "st", "t", "th", "tr", "v", "w", "wh", "y", "z", "kl", "sw",
];
const VOWELS: [&str; 12] = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "ia", "ou", "au", "oo"];
const CODAS: [&str; 16] = ["", "n", "r", "l", "s", "m", "nd", "rt", "ck", "ll", "x", "ng", "rn", "th", "sk", "tt"];
const ENDINGS: [&str; 24] = [
    "son", "man", "er", "ez", "berg", "ton", "ford", "ski", "yan", "ian", "ley", "ham", "wood", "ini", "o", "a", "ett",
    "well", "mann", "as", "is", "ov", "elli", "worth",
];
const CLINICS: [&str; 12] = [
    "Medical Group",
    "Orthopedic Institute",
    "Spine Center",
    "Pain Clinic",
    "Surgery Center",
    "Hospital",
    "Rehabilitation",
    "Imaging",
    "Occupational Health",
    "Physical Therapy",
    "Medical Center",
    "Family Practice",
];

/// Appends surname `number`.
pub fn push_surname(out: &mut String, number: usize) {
    let start = out.len();
    let mut letters = Random::named(&[0x5ca1_ab1e, number as u64]);
    // Rare names are longer: the common ones are few, so short ones suffice.
    let syllables = 1 + usize::from(number > 300) + usize::from(number > 60_000);
    for _ in 0..syllables {
        out.push_str(letters.pick(&ONSETS));
        out.push_str(letters.pick(&VOWELS));
        out.push_str(letters.pick_by_rank(&CODAS));
    }
    out.push_str(letters.pick(&ENDINGS));
    if let Some(first) = out.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
}

/// Appends clinic `number`, named after a town or its founder.
pub fn push_place(out: &mut String, number: usize) {
    push_surname(out, number * 7 + 3);
    out.push(' ');
    out.push_str(CLINICS[number % CLINICS.len()]);
}

/// How many clinical words there are.
pub const TERMS: usize = 60_000;

const STEMS: [&str; 44] = [
    "arthro", "chondro", "cranio", "dermato", "dys", "entero", "fibro", "gastro", "hemi", "hemo", "hepato", "hyper",
    "hypo", "infra", "inter", "intra", "kerato", "laryngo", "lipo", "lympho", "macro", "meta", "micro", "myelo", "myo",
    "neuro", "osteo", "para", "peri", "phlebo", "pleuro", "poly", "pseudo", "radiculo", "retro", "rhino", "sclero",
    "spondylo", "sub", "supra", "syn", "teno", "thoraco", "vaso",
];
const MIDDLES: [&str; 40] = [
    "articul", "brachi", "capsul", "cervic", "cost", "crur", "cut", "disc", "dors", "fasci", "femor", "fibul",
    "gluteal", "humer", "ili", "ischi", "labr", "lamin", "ligament", "lumb", "malleol", "menisc", "muscul", "nev",
    "occipit", "patell", "ped", "peron", "plant", "radi", "sacr", "scapul", "spin", "stern", "tars", "tend", "tibi",
    "troch", "uln", "vertebr",
];
const SUFFIXES: [&str; 22] = [
    "algia", "itis", "osis", "opathy", "ectomy", "otomy", "oplasty", "ar", "al", "oid", "odynia", "omalacia", "oscopy",
    "ogram", "ography", "asthenia", "oma", "ia", "ism", "odesis", "olysis", "ose",
];

/// Appends clinical word `number`: most are built like real ones and mean nothing.
pub fn push_term(out: &mut String, number: usize) {
    let mut parts = Random::named(&[0x7e2_a11, number as u64]);
    if !number.is_multiple_of(3) {
        out.push_str(parts.pick(&STEMS));
    }
    if number > 2000 {
        out.push_str(parts.pick(&STEMS));
    }
    out.push_str(parts.pick(&MIDDLES));
    out.push_str(parts.pick(&SUFFIXES));
}
