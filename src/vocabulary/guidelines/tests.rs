use jiff::civil::date;

use super::*;

fn source(family: Family, title: &str, edition: Option<u16>) -> GuidelineSource {
    GuidelineSource { family, title: Some(title.to_owned()), edition, sections: Vec::new() }
}

#[test]
fn one_title_a_chapter() {
    for (family, printed, edition, title) in [
        (Family::Mtus, "Chronic Pain Treatment Guidelines", None, "Chronic Pain Medical Treatment"),
        (Family::Mtus, "Low Back", None, "Low Back Complaints"),
        (Family::Mtus, "Low Back", Some(2019), "Low Back Disorders"),
        (Family::Mtus, "Elbow Disorders", Some(2007), "Elbow Complaints"),
        (Family::Mtus, "ACOEM Chapter 12", None, "Low Back Complaints"),
        (Family::Mtus, "Forearm, Wrist and Hand", Some(2004), "Forearm, Wrist, and Hand Complaints"),
        (Family::Mtus, "Some Later Chapter", Some(2027), "Some Later Chapter"),
        (Family::Odg, "Hip and Pelvis", None, "Hip & Pelvis"),
        (Family::Odg, "Hips & Pelvis (Acute & Chronic)", None, "Hip & Pelvis"),
        (Family::Odg, "Low Back- Lumbar & Thoracic", None, "Low Back - Lumbar & Thoracic"),
        (Family::Odg, "Pain (Chronic)", None, "Pain"),
        (Family::Odg, "Forearm, wrist and hand", None, "Forearm, Wrist, & Hand"),
        (Family::Acoem, "Low back disorders", None, "Low Back Disorders"),
        (Family::Acoem, "Chapter 7", None, "Independent Medical Examinations and Consultations"),
        (Family::Other, "Low Back", None, "Low Back"),
    ] {
        let source = source(family, printed, edition);
        assert_eq!(canonical_title(&source).as_deref(), Some(title), "{printed}");
    }
}

#[test]
fn an_edition_ends_when_the_next_begins() {
    for (printed, edition, decided, end) in [
        ("Low Back Complaints", Some(2004), None, Some(date(2017, 12, 1))),
        ("Chronic Pain Medical Treatment", Some(2009), None, Some(date(2016, 7, 28))),
        ("Chronic Pain Medical Treatment", Some(2016), None, Some(date(2017, 12, 1))),
        ("Chronic Pain Treatment Guidelines", None, Some(date(2014, 5, 1)), Some(date(2016, 7, 28))),
        ("Chronic Pain Treatment Guidelines", None, Some(date(2017, 1, 3)), Some(date(2017, 12, 1))),
        ("Chronic Pain Treatment Guidelines", None, None, Some(date(2017, 12, 1))),
        ("Chronic Pain Treatment Guidelines", None, Some(date(2020, 1, 3)), Some(date(2017, 12, 1))),
        ("Low Back Disorders", Some(2019), None, Some(date(2021, 11, 23))),
        ("Low Back Disorders", Some(2020), None, None),
        ("Low Back Disorders", None, Some(date(2018, 2, 1)), Some(date(2019, 8, 11))),
        ("Low Back Disorders", None, Some(date(2024, 2, 1)), None),
        ("Elbow Complaints", Some(2007), None, Some(date(2017, 12, 1))),
        ("Elbow Complaints", Some(2031), None, None),
        ("Opioids", Some(2017), None, None),
        ("Something New", Some(2017), None, None),
    ] {
        assert_eq!(
            superseded(&source(Family::Mtus, printed, edition), decided),
            end,
            "{printed} {edition:?} {decided:?}"
        );
    }
    assert_eq!(superseded(&source(Family::Odg, "Low Back", None), None), None);
    assert_eq!(superseded(&source(Family::Acoem, "Low back disorders", None), Some(date(2017, 1, 3))), None);
}

#[test]
fn chapters_that_were_kept_are_not_superseded() {
    let mut general = source(Family::Mtus, "General Approaches", Some(2004));
    assert_eq!(superseded(&general, None), Some(date(2017, 12, 1)));
    general.sections = vec!["Cornerstones of Disability Prevention and Management".to_owned()];
    assert_eq!(superseded(&general, None), None);
    general.sections.push("Initial Approaches to Treatment".to_owned());
    assert_eq!(superseded(&general, None), Some(date(2017, 12, 1)));
}

#[test]
fn every_chapter_of_the_schedule_is_known_with_its_edition() {
    assert_eq!(TABLE.formulary_from, date(2018, 1, 1));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vocabulary/mtus_chapters.tsv");
    let Ok(file) = std::fs::read_to_string(path) else {
        eprintln!("skipped: the list of chapters is not there");
        return;
    };
    for row in file.lines().skip(1) {
        let (title, rest) = row.split_once('\t').expect("a chapter");
        let edition = rest.split('\t').next().and_then(|year| year.parse().ok());
        if title != "ACOEM" {
            let known = TABLE.scheduled(title, edition).unwrap_or_else(|| panic!("{title} is not in the table"));
            assert!(edition.is_none_or(|year| known.editions.iter().any(|known| known.year == year)), "{row}");
        }
    }
}

#[test]
fn an_edition_begins_before_it_ends() {
    for guideline in TABLE.schedule() {
        for edition in &guideline.editions {
            assert!(
                edition.superseded.is_none_or(|end| edition.from.is_some_and(|from| from < end)),
                "{}",
                guideline.title
            );
        }
        assert!(guideline.editions.is_sorted_by_key(|edition| edition.year), "{}", guideline.title);
    }
}

#[test]
fn absent_values_are_left_out() {
    let bare = GuidelineSource { family: Family::Odg, title: None, edition: None, sections: Vec::new() };
    assert_eq!(serde_json::to_string(&bare).expect("serialises"), r#"{"family":"ODG","sections":[]}"#);
}
