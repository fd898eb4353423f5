//! Strength and form of the drug an item names.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// A number with a unit of strength, or a slash-joined pair without one ("Norco 10/325"). Grams and millilitres alone
/// are the size of a container, not a strength.
static STRENGTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:^|[^\w./-])(?P<strength>",
        r"\d[\d,]*(?:\.\d+)?(?:\s*(?:mg|mcg)?\s*[-/]\s*\d+(?:\.\d+)?){0,3}\s*(?:mg|mcg|\u{b5}g|meq|iu|i\.u\.|(?:international )?units?)\b",
        r"(?:\s*/\s*\d*(?:\.\d+)?\s*(?:hr|hour|h|ml|g|gm|actuation|spray|patch|act)\b)?",
        r"|\d+(?:\.\d+)?(?:\s*[-/]\s*\d+(?:\.\d+)?)?\s*%",
        r")",
    ))
});

/// A combination's strengths without a unit: "10/325", "37.5-325".
static BARE_PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[^\w./-])(?P<strength>\d{1,2}(?:\.\d+)?[/-](?:\d{3}|160|200|325|500|650))(?:[^\w/-]|$)")
});

/// Words for forms, the longest first; what they are called in the singular is in [`form`].
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\b|\d)(?P<form>tablets?|tabs?|capsules?|caplets?|caps?|softgels?|soft gels?|gel ?caps?|patch(?:es)?|creams?|gels?|ointments?|oint|",
        r"solutions?|injections?|injectables?|suspensions?|sprays?|drops|(?:eye|ear|ophthalmic) drop|powders?|lotions?|films?|",
        r"suppositor(?:y|ies))\b",
    ))
});

/// Things called gel or film that are none: "gel cushion", "plain films".
static NO_DRUG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bgel[\s-]+(?:cushion|pad|pack|insole|insert|mattress|wrap|overlay|heel|cup|pillow|sheet)s?\b|\b(?:plain|x-?ray|flat|flexion|extension)[\s-]+films?\b|\bfoot[\s-]+drops?\b|\bcap(?:\s+)?(?:refill|fee)",
    )
});

/// The first strength printed in `text`.
pub fn strength(text: &str) -> Option<String> {
    // Looked for first: the patterns are slow, and many items have no number.
    if !text.contains(char::is_numeric) {
        return None;
    }
    let first = |pattern: &Regex| pattern.captures(text)?.name("strength").map(|found| found.range());
    let found = [first(&STRENGTH), first(&BARE_PAIR)].into_iter().flatten().min_by_key(|found| found.start)?;
    Some(text[found].trim().to_owned())
}

/// The first form named in `text`, in the singular.
pub fn form(text: &str) -> Option<String> {
    let words = NO_DRUG.replace_all(text, " ");
    let found = FORM.captures(&words)?.name("form")?.as_str().to_ascii_lowercase();
    let starts = |start: &str| found.starts_with(start);
    let form = match () {
        () if starts("tab") || starts("caplet") => "tablet",
        () if starts("cap") || starts("soft") || starts("gelcap") || starts("gel cap") => "capsule",
        () if starts("patch") => "patch",
        () if starts("cream") => "cream",
        () if starts("gel") => "gel",
        () if starts("oint") => "ointment",
        () if starts("solution") => "solution",
        () if starts("inject") => "injection",
        () if starts("suspension") => "suspension",
        () if starts("spray") => "spray",
        () if found.contains("drop") => "drops",
        () if starts("powder") => "powder",
        () if starts("lotion") => "lotion",
        () if starts("film") => "film",
        () => "suppository",
    };
    Some(form.to_owned())
}
