use super::*;

/// A case: the line, then one `FAMILY | title | edition | section | section …` per source.
fn cases() -> Vec<(String, Vec<String>)> {
    let mut cases: Vec<(String, Vec<String>)> = Vec::new();
    for row in include_str!("cases.txt").lines().filter(|row| !row.trim().is_empty() && !row.starts_with('#')) {
        match row.strip_prefix("  ") {
            Some(source) => cases.last_mut().expect("a line before its sources").1.push(source.trim().to_owned()),
            None => cases.push((row.to_owned(), Vec::new())),
        }
    }
    cases
}

fn shown(source: &GuidelineSource) -> String {
    let edition = source.edition.map(|year| year.to_string());
    let mut shown = format!(
        "{} | {} | {}",
        source.family.as_str(),
        source.title.as_deref().unwrap_or("-"),
        edition.as_deref().unwrap_or("-")
    );
    for section in &source.sections {
        shown.push_str(" | ");
        shown.push_str(section);
    }
    shown
}

#[test]
fn lines_of_every_era() {
    let cases = cases();
    assert!(cases.len() >= 120, "{} lines", cases.len());
    let mut wrong = 0;
    for (line, expected) in &cases {
        let found: Vec<String> = sources(line, &mut Memory::default()).iter().map(shown).collect();
        if found != *expected {
            wrong += 1;
            println!("{line}\n  found {found:#?}\n  wants {expected:#?}");
        }
    }
    assert_eq!(wrong, 0, "of {} lines", cases.len());
}

#[test]
fn any_text_is_read() {
    let pieces = [
        "Decision based on MTUS",
        "Non-MTUS Citation",
        "(",
        ")",
        "Page(s):",
        "Section(s):",
        "ODG",
        "ACOEM",
        "Chapter",
        ",",
        " and ",
        "2004",
        "é—–",
        "/",
        ";",
        "Low Back",
        "Chronic Pain Treatment Guidelines",
        "(updated",
        "http://",
        "Other Medical Treatment Guidelines",
        "pages 1-",
        "'",
        "18th",
        "based its decision on",
        ".",
    ];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut line = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            line.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            if seed & (1 << 20) != 0 {
                line.push(' ');
            }
        }
        let _ = sources(&line, &mut Memory::default());
    }
}

#[test]
fn a_line_without_end_is_bounded() {
    for piece in [
        "Decision based on MTUS ",
        "Low Back Complaints 2004, and ",
        "ODG, ",
        "(",
        "Page(s): 1, ",
        "and 2004 ",
        "Ü, ",
        "The Claims Administrator based its decision on the MTUS. ",
    ] {
        let line = format!("Decision based on Non-MTUS Citation {}", piece.repeat(100_000 / piece.len()));
        let began = std::time::Instant::now();
        let _ = sources(&line, &mut Memory::default());
        let _ = sources(&line[36..], &mut Memory::default());
        assert!(began.elapsed().as_secs() < 3, "{piece} took {:?}", began.elapsed());
    }
}
