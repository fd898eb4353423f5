//! Statements about sources outside the schedule: cut at the names of publishers, each stretch read by its own grammar.

use super::qualifiers::stripped;
use super::reading::{depths, in_address, opens, sequence, source, trimmed};
use super::{college, disability, schedule, works};
use crate::vocabulary::guidelines::{Family, GuidelineSource, TABLE, Word, words};

/// A publisher's name in the text.
#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    pub family: Family,
    /// First byte of the name.
    pub start: usize,
    /// First byte of what it introduces: after the name, or the name itself where that is the title.
    pub content: usize,
}

/// The sources of a statement.
pub fn sources(text: &str) -> Vec<GuidelineSource> {
    stretches(text, &anchors(text))
}

/// The stretches between the anchors, read.
pub fn stretches(text: &str, anchors: &[Anchor]) -> Vec<GuidelineSource> {
    let first = anchors.first().map_or(text.len(), |anchor| anchor.start);
    let mut sources = before(&text[..first], anchors);
    let ends = anchors.iter().skip(1).map(|anchor| anchor.start).chain([text.len()]);
    let mut bare: Vec<Family> = Vec::new();
    let mut found = Vec::new();
    for (anchor, end) in anchors.iter().zip(ends) {
        let content = &text[anchor.content.min(end)..end];
        let read = match anchor.family {
            Family::Odg => disability::sources(content),
            Family::Acoem => vec![college::source_of(content)],
            Family::Mtus => schedule_in(content),
            Family::Other => works::sources(content),
        };
        for source in read {
            if source.title.is_none() && source.sections.is_empty() && source.edition.is_none() {
                bare.push(source.family);
            }
            found.push(source);
        }
    }
    // "Official Disability Guidelines, ODG Treatment in Workers' Comp, Low Back": the name alone is no second source.
    for family in bare {
        let more = found.iter().any(|source: &GuidelineSource| {
            source.family == family && (source.title.is_some() || !source.sections.is_empty())
        }) || sources.iter().any(|source| source.family == family);
        let place = found.iter().position(|source| {
            source.family == family && source.title.is_none() && source.sections.is_empty() && source.edition.is_none()
        });
        let twice = found
            .iter()
            .filter(|source| source.family == family && source.title.is_none() && source.sections.is_empty())
            .count()
            > 1;
        if let Some(place) = place.filter(|_| more || twice) {
            found.remove(place);
        }
    }
    sources.extend(found);
    sources
}

/// A chapter of the schedule cited in a statement that is not about it.
fn schedule_in(text: &str) -> Vec<GuidelineSource> {
    let sources = schedule::sources(text);
    if sources.is_empty() { vec![source(Family::Mtus, None, None)] } else { sources }
}

/// What stands before the first publisher: a chapter of the one that follows, or a work of no family.
fn before(text: &str, anchors: &[Anchor]) -> Vec<GuidelineSource> {
    let lead = trimmed(text);
    let stop = [
        "the",
        "per",
        "see",
        "based on",
        "based on the",
        "as per",
        "as per the",
        "according to",
        "according to the",
        "in the",
        "from the",
    ];
    if lead.is_empty() || stop.iter().any(|stop| lead.eq_ignore_ascii_case(stop)) {
        return Vec::new();
    }
    let address = lead.contains("http") || lead.contains("www.");
    let own = !address || lead.to_ascii_lowercase().contains("odg");
    if own && !anchors.is_empty() && !stripped(lead).0.chars().any(char::is_alphanumeric) {
        return Vec::new();
    }
    let disability = anchors.iter().any(|anchor| anchor.family == Family::Odg);
    let chapter = lead.to_ascii_lowercase().contains("chapter");
    if disability::begins_with_chapter(lead) && (disability || chapter) {
        return disability::sources(lead);
    }
    works::sources(lead)
}

/// The publishers' names, in order. Names in brackets only repeat what stands before them, unless there is no other.
fn anchors(text: &str) -> Vec<Anchor> {
    let words = words(text);
    let depths = depths(text, &words);
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut place = 0;
    while place < words.len() {
        let found = match (depths[place], in_address(text, &words[place])) {
            (0, false) => anchor(text, &words, place, &anchors),
            (0, true) => address(text, &words, place),
            _ => None,
        };
        match found {
            Some((anchor, taken)) => {
                anchors.push(anchor);
                place += taken.max(1);
            }
            None => place += 1,
        }
    }
    if !anchors.iter().any(|anchor| anchor.family != Family::Other) {
        let bracketed =
            (0..words.len()).filter(|place| depths[*place] > 0).find_map(|place| publisher(&words[place..]));
        if let Some((family, _)) = bracketed.filter(|_| anchors.is_empty()) {
            anchors.push(Anchor { family, start: 0, content: 0 });
        }
    }
    anchors
}

/// A web address named as a source of its own, joined by "and" or a semicolon. ODG's own site is none.
fn address(text: &str, words: &[Word], place: usize) -> Option<(Anchor, usize)> {
    let start = words[place].start;
    let gap = &text[place.checked_sub(1).map(|before| words[before].end)?..start];
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |length| start + length);
    let own = text[start..end].to_ascii_lowercase().contains("odg");
    let begins = gap.ends_with(' ') && (gap.contains(';') || words[place - 1].text == "and");
    (begins && !own).then(|| {
        let taken = words[place..].iter().take_while(|word| word.start < end).count();
        (Anchor { family: Family::Other, start, content: start }, taken)
    })
}

fn anchor(text: &str, words: &[Word], place: usize, before: &[Anchor]) -> Option<(Anchor, usize)> {
    let start = words[place].start;
    if let Some(taken) = label(&words[place..]) {
        return Some((Anchor { family: Family::Other, start, content: words[place + taken - 1].end }, taken));
    }
    if let Some((family, taken)) = publisher(&words[place..]) {
        // "MTUS/ACOEM" is the schedule's ACOEM, one source.
        let within = before.last().is_some_and(|last| {
            let between = &text[last.start..start];
            last.family == Family::Mtus
                && family == Family::Acoem
                && between.len() < 40
                && between.trim_end_matches([' ', '/', '-', ',', '(']).ends_with("MTUS")
        });
        if within {
            return None;
        }
        let content = if family == Family::Mtus { start } else { words[place + taken - 1].end };
        return Some((Anchor { family, start, content }, taken));
    }
    let inside = before.last().is_some_and(|anchor| anchor.family == Family::Acoem);
    let disability = before.last().is_some_and(|anchor| anchor.family == Family::Odg);
    if !inside
        && opens(text, words, place)
        && let Some(found) =
            TABLE.mtus_names.at(text, words, place).filter(|found| is_schedule(&text[start..found.end], disability))
    {
        return Some((Anchor { family: Family::Mtus, start, content: start }, found.words));
    }
    if place == 0 || !starts_work(text, words, place) {
        return None;
    }
    let found = TABLE.works.at(text, words, place).map(|found| found.words).or_else(|| body(&words[place..]))?;
    Some((Anchor { family: Family::Other, start, content: start }, found))
}

/// Where a known work may begin: not as the site of what stands before ("accessed from UpToDate.com").
fn starts_work(text: &str, words: &[Word], place: usize) -> bool {
    let gap = &text[words[place - 1].end..words[place].start];
    gap.contains([',', ';', '.']) && !gap.trim().is_empty() && gap.contains(' ') || joined(words, place)
}

/// Whether "and" or "and the" stands before the word.
fn joined(words: &[Word], place: usize) -> bool {
    let before = |back: usize| place.checked_sub(back).map_or("", |at| words[at].text.as_str());
    before(1) == "and" || (before(1) == "the" && before(2) == "and")
}

/// A professional body the table does not name: "American Society of …".
fn body(words: &[Word]) -> Option<usize> {
    let land =
        matches!(words.first()?.text.as_str(), "american" | "national" | "international" | "canadian" | "european");
    let kind = matches!(
        words.get(1)?.text.as_str(),
        "academy"
            | "association"
            | "college"
            | "society"
            | "institute"
            | "institutes"
            | "board"
            | "medical"
            | "journal"
            | "council"
            | "foundation"
    );
    (land && kind).then_some(2)
}

/// Names of the schedule's own guidelines, told from ACOEM's chapters and ODG's by "… Treatment Guidelines".
/// After ODG's name only these words tell: its chapters are cited as "Complaints", too.
fn is_schedule(name: &str, disability: bool) -> bool {
    let name = name.to_ascii_lowercase();
    if disability {
        return name.contains("treatment guideline");
    }
    name.contains("treatment guideline")
        || name.contains("medical treatment")
        || name.contains("complaints")
        || name.contains("postsurgical")
}

/// "Other Medical Treatment Guideline or Medical Evidence:".
fn label(words: &[Word]) -> Option<usize> {
    let other = sequence(words, &["other", "medical", "treatment"])
        && words.get(3).is_some_and(|word| word.text.starts_with("guideline"));
    let evidence = sequence(words, &["medical", "evidence"]) && words.len() > 2;
    match (other, evidence) {
        (true, _) if sequence(&words[4..], &["or", "medical", "evidence"]) => Some(7),
        (true, _) if sequence(&words[4..], &["and", "medical", "evidence"]) => Some(7),
        (true, _) => Some(4),
        _ => None,
    }
}

/// A publisher's name and how many words it takes.
pub fn publisher(words: &[Word]) -> Option<(Family, usize)> {
    let disability = [
        &["official", "disability", "duration", "guidelines"][..],
        &["official", "disability", "guidelines"],
        &["official", "disability", "guideline"],
        &["official", "disabilities", "guidelines"],
        &["official", "disability", "guides"],
        &["official", "disability", "guide"],
        &["offical", "disability", "guidelines"],
        &["official", "disability", "guidlines"],
        &["official", "medical", "disability", "guidelines"],
        &["odg"],
        &["odgs"],
    ];
    let college = [
        &["american", "college", "of", "occupational", "and", "environmental", "medicine"][..],
        &["american", "college", "of", "occupational", "environmental", "medicine"],
        &["american", "college", "of", "occupational", "medicine"],
        &["occupational", "medicine", "practice", "guidelines"],
        &["acoem"],
        &["acoems"],
    ];
    let schedule = [
        &["california", "medical", "treatment", "utilization", "schedule"][..],
        &["medical", "treatment", "utilization", "schedule"],
        &["ca", "mtus"],
        &["california", "mtus"],
        &["mtus"],
    ];
    let find =
        |names: &[&[&str]], family| names.iter().find(|name| sequence(words, name)).map(|name| (family, name.len()));
    find(&disability, Family::Odg).or_else(|| find(&college, Family::Acoem)).or_else(|| find(&schedule, Family::Mtus))
}
