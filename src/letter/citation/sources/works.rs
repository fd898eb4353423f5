//! Sources of no family: labels, books, articles, web sites, guidelines of other bodies.

use super::pages;
use super::qualifiers::stripped;
use super::reading::{source, trimmed};
use super::sections;
use crate::vocabulary::guidelines::{Family, GuidelineSource, words};

/// The works a text names; semicolons between names part them.
pub fn sources(text: &str) -> Vec<GuidelineSource> {
    let mut sources: Vec<GuidelineSource> = Vec::new();
    for part in apart(text) {
        let is_named = |source: &GuidelineSource| {
            !matches!(source.title.as_deref().map(str::to_ascii_lowercase).as_deref(), Some("none" | "n/a" | "na"))
        };
        if let Some(source) = work(part).filter(is_named) {
            sources.push(source);
        }
    }
    sources
}

/// The text cut at its semicolons, not those between a journal's year, volume and pages.
fn apart(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (place, _) in text.match_indices(';') {
        let after = text[place + 1..].trim_start();
        let numbered = text[..place].trim_end().ends_with(|mark: char| mark.is_ascii_digit())
            && after.starts_with(|mark: char| mark.is_ascii_digit());
        if !numbered && after.starts_with(|mark: char| mark.is_uppercase() || mark == 'h' || mark == 'w') {
            parts.push(&text[begin..place]);
            begin = place + 1;
        }
    }
    parts.push(&text[begin..]);
    parts.into_iter().flat_map(addresses).collect()
}

/// Several web addresses and nothing else, one by one.
fn addresses(text: &str) -> Vec<&str> {
    let all: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let address = |part: &&str| part.starts_with("http") || part.starts_with("www.");
    let only = !all.is_empty() && all.iter().all(|part| *part == "and" || address(part));
    if only { all.into_iter().filter(address).collect() } else { vec![text] }
}

fn work(text: &str) -> Option<GuidelineSource> {
    let plain = trimmed(text);
    if !plain.chars().any(char::is_alphanumeric) {
        return None;
    }
    let (kept, _) = stripped(plain);
    let kept = trimmed(&kept);
    if !kept.chars().any(char::is_alphabetic) {
        // Nothing but an address is its own title.
        return Some(source(Family::Other, Some(plain), None));
    }
    if is_article(plain) {
        let address = plain.find("http").or_else(|| plain.find("www.")).unwrap_or(plain.len());
        let title = if address == 0 { plain } else { &plain[..address] };
        return Some(source(Family::Other, Some(title), None));
    }
    let (title, rest) = title(kept);
    let mut work = source(Family::Other, Some(title), None);
    work.sections = sections::list(rest);
    Some(work)
}

/// An article's reference is a title as a whole: its commas part authors, volume and pages.
fn is_article(text: &str) -> bool {
    let all = words(text);
    let volume = text.match_indices([':', ';', '(']).any(|(place, _)| {
        text[..place].ends_with(|mark: char| mark.is_ascii_digit())
            && text[place + 1..].trim_start().starts_with(|mark: char| mark.is_ascii_digit())
    });
    volume
        || all.windows(2).any(|pair| pair[0].text == "et" && pair[1].text == "al")
        || all.iter().any(|word| matches!(word.text.as_str(), "doi" | "pmid"))
}

/// A work's title, up to its first comma, chapter or page, and what follows.
fn title(text: &str) -> (&str, &str) {
    let all = words(text);
    let chapter = all.iter().enumerate().skip(1).find(|(place, word)| {
        let numbered = all.get(place + 1).is_some_and(|next| next.text.starts_with(|mark: char| mark.is_ascii_digit()));
        (matches!(word.text.as_str(), "chapter" | "section") && numbered) || pages::at(text, &all, *place).is_some()
    });
    let chapter = chapter.map_or(text.len(), |(_, word)| word.start);
    let comma = commas(text).find(|place| *place < chapter);
    let end = comma.unwrap_or(chapter);
    (&text[..end], &text[end..])
}

/// The commas outside brackets.
fn commas(text: &str) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    text.char_indices().filter_map(move |(place, mark)| {
        match mark {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(place),
            _ => {}
        }
        None
    })
}
