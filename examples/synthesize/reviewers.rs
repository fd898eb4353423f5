//! The anonymous physicians: where they are licensed and in what.

use super::random::Random;

const STATES: [&str; 16] = [
    "California",
    "Texas",
    "New York",
    "Florida",
    "Illinois",
    "Ohio",
    "Pennsylvania",
    "Georgia",
    "Michigan",
    "Maryland",
    "Arizona",
    "Oregon",
    "Nevada",
    "Washington",
    "New Mexico",
    "Minnesota",
];

const SPECIALTIES: [&str; 20] = [
    "Occupational Medicine",
    "Physical Medicine and Rehabilitation",
    "Anesthesiology",
    "Orthopedic Surgery",
    "Family Practice",
    "Internal Medicine",
    "Preventive Medicine",
    "Chiropractor",
    "Acupuncture",
    "Neurology",
    "Emergency Medicine",
    "Psychologist",
    "Psychiatry",
    "Neurological Surgery",
    "Podiatrist",
    "General Surgery",
    "Dentist",
    "Plastic Surgery",
    "Ophthalmology",
    "Urology",
];

const SUBSPECIALTIES: [&str; 6] =
    ["Pain Management", "Sports Medicine", "Hand Surgery", "Addiction Medicine", "Spine Surgery", "Geriatric Medicine"];

/// States, California in most.
pub fn licensure(random: &mut Random) -> Vec<&'static str> {
    let first = random.rank(STATES.len());
    let mut states = vec![STATES[first]];
    if random.chance(0.3) {
        states.push(STATES[(first + 1 + random.below(STATES.len() - 1)) % STATES.len()]);
    }
    states
}

/// One specialty or two.
pub fn specialties(random: &mut Random) -> Vec<&'static str> {
    let mut specialties = vec![random.pick_by_rank(&SPECIALTIES)];
    if random.chance(0.35) {
        specialties.push(random.pick_by_rank(&SUBSPECIALTIES));
    }
    specialties
}
