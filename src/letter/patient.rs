//! Age and sex of the injured worker, as the summary's opening sentences say them.

use super::model::{Patient, Sex};

/// How far after the age the sex may stand, in bytes ("a 58 year old right-hand dominant female").
const NEAR_BYTES: usize = 80;
/// The opening words of a summary, in which the injured worker is introduced.
const OPENING_CHARACTERS: usize = 160;

/// Reads "52-year-old female", "65 year old male", "63 y/o woman", "68yo man"; the first one in the summary counts.
#[must_use]
pub fn read(summary: &str) -> Patient {
    for (at, _) in summary.match_indices(['y', 'Y']) {
        let Some(after) = year_old_at(&summary[at..]) else { continue };
        let Some(age) = age_before(&summary[..at]) else { continue };
        let rest = &summary[at + after..];
        let near = rest
            .char_indices()
            .take_while(|(index, _)| *index < NEAR_BYTES)
            .map(|(_, letter)| letter)
            .collect::<String>();
        return Patient { age: Some(age), sex: sex_in(&near).or_else(|| sex_before(&summary[..at])) };
    }
    // No age is printed (or a slip): the opening words still say the sex ("the claimant is a female cook").
    let opening: String = summary.chars().take(OPENING_CHARACTERS).collect();
    Patient { age: None, sex: sex_in(&opening).or_else(|| pronoun_in(&opening)) }
}

/// Bytes of "year old", "year-old", "years old", "y/o", "yo", "yr old" at the start.
fn year_old_at(text: &str) -> Option<usize> {
    const FORMS: [&str; 12] = [
        "year-old",
        "year old",
        "years-old",
        "years old",
        "year- old",
        "year -old",
        "yr old",
        "yr-old",
        "yrs old",
        "y/o",
        "y.o.",
        "yo ",
    ];
    FORMS
        .iter()
        .find(|form| text.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form)))
        .map(|form| form.len())
}

fn age_before(text: &str) -> Option<u8> {
    let text = text.trim_end_matches(|letter: char| letter.is_whitespace() || letter == '-');
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let age = text[text.len() - digits..].parse().ok()?;
    // Injured workers: anything else is a typing slip or another person.
    (14..=105).contains(&age).then_some(age)
}

fn sex_in(text: &str) -> Option<Sex> {
    text.split(|letter: char| !letter.is_alphanumeric()).find_map(sex_of_word)
}

/// "The injured worker was hurt when a shelf came down on her head": the opening speaks of nobody else.
fn pronoun_in(text: &str) -> Option<Sex> {
    text.split(|letter: char| !letter.is_alphanumeric()).find_map(|word| match word.to_ascii_lowercase().as_str() {
        "she" | "her" => Some(Sex::Female),
        "he" | "his" | "him" => Some(Sex::Male),
        _ => None,
    })
}

/// "The female injured worker is 58 years old".
fn sex_before(text: &str) -> Option<Sex> {
    let from = text
        .char_indices()
        .rev()
        .map(|(index, _)| index)
        .take_while(|index| index + NEAR_BYTES / 2 > text.len())
        .last()?;
    sex_in(&text[from..])
}

fn sex_of_word(word: &str) -> Option<Sex> {
    match word.to_ascii_lowercase().as_str() {
        "female" | "woman" | "lady" => Some(Sex::Female),
        "male" | "man" | "gentleman" => Some(Sex::Male),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_and_sex_as_summaries_say_them() {
        for (summary, age, sex) in [
            ("She is a 68-year-old female patient", Some(68), Some(Sex::Female)),
            ("The injured worker is a(n) 54 year old male, who", Some(54), Some(Sex::Male)),
            ("a 63 y/o woman", Some(63), Some(Sex::Female)),
            ("The 58 year old female injured worker", Some(58), Some(Sex::Female)),
            ("The male worker is 41 years old.", Some(41), Some(Sex::Male)),
            ("a 45 year old employee with back pain", Some(45), None),
            ("symptoms for 3 years; a 39-year-old man", Some(39), Some(Sex::Male)),
            ("the claimant has low back pain", None, None),
            ("The worker was hurt when a shelf came down on her head", None, Some(Sex::Female)),
        ] {
            assert_eq!(read(summary), Patient { age, sex }, "{summary}");
        }
    }
}
