//! Conclusions as reviewers word them; all invented.

use super::{Conclusion, agrees, conclusion};

#[test]
fn rationales_conclude_as_they_are_read() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for line in include_str!("tests/rationales.txt").lines().filter(|line| !line.starts_with('#')) {
        let (sign, rationale) = line.split_once(' ').expect("a sign and a rationale");
        let found = match conclusion(rationale) {
            Some(Conclusion::Necessary) => "+",
            Some(Conclusion::NotNecessary) => "-",
            Some(Conclusion::Partly) => "~",
            None => "0",
        };
        checked += 1;
        if found != sign {
            faults.push(format!("{found} for {line}"));
        }
    }
    assert!(checked >= 100, "{checked} rationales");
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn white_space_means_nothing() {
    let far = "Six weeks of conservative care is the usual rule for imaging of the low back, and in the absence of red flags \
               an earlier study is not medically necessary. The rule does not apply here.";
    let printed = include_str!("tests/rationales.txt").lines().filter_map(|line| Some(line.split_once(' ')?.1));
    for rationale in printed.chain([far]) {
        let found = conclusion(rationale);
        for space in ["  ", "\n", " \t ", "        "] {
            assert_eq!(conclusion(&rationale.replace(' ', space)), found, "{rationale}");
        }
    }
}

#[test]
fn a_conclusion_survives_the_paragraph_it_ends() {
    let opening = "The patient has low back pain. The guidelines recommend imaging where red flags are present. MRI is \
                   medically necessary when surgery is planned. Dr. A. noted no deficit on 3/4/2016 (vs. 1.5 cm before).";
    for (ending, expected) in [
        ("The request is not medically necessary.", Conclusion::NotNecessary),
        ("The request is medically necessary.", Conclusion::Necessary),
        ("The medical necessity is not established", Conclusion::NotNecessary),
    ] {
        assert_eq!(conclusion(&format!("{opening} {ending}")), Some(expected), "{ending}");
    }
}

#[test]
fn agreement_is_told_only_of_a_plain_conclusion() {
    for (found, overturned, expected) in [
        (Some(Conclusion::Necessary), true, Some(true)),
        (Some(Conclusion::Necessary), false, Some(false)),
        (Some(Conclusion::NotNecessary), true, Some(false)),
        (Some(Conclusion::NotNecessary), false, Some(true)),
        (Some(Conclusion::Partly), true, None),
        (Some(Conclusion::Partly), false, None),
        (None, true, None),
    ] {
        assert_eq!(agrees(found, overturned), expected);
    }
}

#[test]
fn conclusions_are_written_as_records_name_them() {
    for found in [Conclusion::Necessary, Conclusion::NotNecessary, Conclusion::Partly] {
        let written = serde_json::to_value(found).expect("serialises");
        assert_eq!(written, found.as_str());
    }
}

#[test]
fn hostile_rationales_are_read_in_linear_time() {
    for unit in [
        "is not ",
        "medically necessary ",
        "is medically necessary ",
        "medical necessity ",
        "is medical necessity is ",
        ".",
        "a. ",
        "no ",
        "not ",
        "therefore ",
        "if ",
        "utilization review ",
        "the denial ",
        "is certified ",
        "non-",
        "é",
        "\u{201c}",
        "it does not support the medical necessity ",
        "is upheld the denial ",
        "exceeds the guidelines ",
        "is supported ",
        "The request is supported. ",
        "x is medically necessary; ",
        "according to ",
        "per ",
        "one remaining ",
        "would be medically necessary ",
        "no medical necessity is established ",
    ] {
        let hostile = unit.repeat(4_000);
        let started = std::time::Instant::now();
        let _ = conclusion(&hostile);
        assert!(started.elapsed().as_secs() < 30, "{unit:?} took {:?}", started.elapsed());
    }
    assert_eq!(conclusion(""), None);
}
