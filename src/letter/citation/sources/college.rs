//! ACOEM's guidelines cited as such, outside the schedule.

use super::qualifiers::stripped;
use super::reading::{source, trimmed};
use super::sections;
use crate::vocabulary::guidelines::{Family, GuidelineSource, TABLE, words};

/// What is printed after "ACOEM".
pub fn source_of(text: &str) -> GuidelineSource {
    let (text, edition) = stripped(text);
    let text = without_lead(&text);
    let (title, rest) = title(text);
    let mut source = source(Family::Acoem, title.as_deref(), edition);
    source.sections = sections::list(rest);
    source
}

/// The text without the words of the practice guidelines' own name.
fn without_lead(text: &str) -> &str {
    let mut text = trimmed(text);
    loop {
        let first = text.split(|mark: char| !mark.is_alphanumeric()).next().unwrap_or_default();
        let lead = matches!(
            first.to_ascii_lowercase().as_str(),
            "practice"
                | "guidelines"
                | "guideline"
                | "occupational"
                | "medicine"
                | "s"
                | "the"
                | "acoem"
                | "mdguidelines"
                | "edition"
                | "recommendations"
                | "revised"
        );
        let named = TABLE.mtus_names.at(text, &words(text), 0).is_some();
        if !lead || named {
            return text.trim_start_matches(')').trim_start();
        }
        text = trimmed(&text[first.len()..]);
    }
}

/// The chapter's name, and what follows it.
fn title(text: &str) -> (Option<String>, &str) {
    let all = words(text);
    let mut place = 0;
    let mut number = None;
    if all.first().is_some_and(|word| matches!(word.text.as_str(), "chapter" | "ch" | "chapters")) {
        number = all.get(1).filter(|word| word.text.parse::<u8>().is_ok());
        place = 1 + usize::from(number.is_some());
    }
    let known = TABLE.mtus_names.at(text, &all, place).or_else(|| TABLE.acoem_names.at(text, &all, place));
    if let Some(found) = known {
        let whole = text[found.end..].trim_start();
        let ends = !whole.starts_with(char::is_alphanumeric)
            || whole.to_ascii_lowercase().starts_with("chapter")
            || found.words > 1;
        if ends {
            let rest = text[found.end..].trim_start();
            let rest = ["Chapter", "chapter", "Guidelines", "Guideline", "guidelines", "guideline"]
                .iter()
                .find_map(|word| rest.strip_prefix(word))
                .unwrap_or(rest);
            return (Some(text[all[place].start..found.end].to_owned()), rest);
        }
    }
    let begin = all.get(place).map_or(text.len(), |word| word.start);
    let rest = &text[begin..];
    let stop = rest.find([',', ';', ':', '/']).or_else(|| rest.find(" - ")).unwrap_or(rest.len());
    let name = trimmed(&rest[..stop]);
    let kind = name.to_ascii_lowercase();
    let page = ["page", "pg", "pp", "p."].iter().any(|page| kind.starts_with(page));
    let chapter =
        ["disorder", "complaint", "chapter", "condition", "introduction"].iter().any(|word| kind.contains(word));
    match number {
        Some(_) if !page && name.starts_with(char::is_uppercase) => (Some(name.to_owned()), &rest[stop..]),
        Some(number) => (Some(format!("Chapter {}", number.text)), rest),
        None if chapter => {
            let bare = name.strip_suffix(" Chapter").or_else(|| name.strip_suffix(" chapter")).unwrap_or(name);
            (Some(bare.to_owned()), &rest[stop..])
        }
        None => (None, rest),
    }
}
