//! The figures against values computed by hand, what holds for any ranking, and the files line by line.

use proptest::prelude::*;

use super::*;

fn grades(of: &[(&str, Grade)]) -> Grades {
    of.iter().map(|&(id, grade)| (id.to_owned(), grade)).collect()
}

#[track_caller]
fn check(ranking: &[&str], judged: &[(&str, Grade)], gain: Gain, expected: [f64; 4]) {
    let found = topic_scores("1", ranking.iter().copied(), &grades(judged), gain).expect("a relevant decision").scores;
    let found = [found.ndcg_at_10, found.average_precision, found.recall_at_20, found.reciprocal_rank];
    for (figure, expected) in found.iter().zip(expected) {
        assert!((figure - expected).abs() < 1e-6, "{found:?}");
    }
}

const JUDGED: [(&str, Grade); 4] = [("a", 3), ("b", 2), ("c", 1), ("d", 0)];

#[test]
fn figures_are_those_computed_by_hand() {
    // nDCG: (1/1 + 3/2) / (3/1 + 2/log2(3) + 1/2); average precision: (1/1 + 2/3 + 0) / 3.
    let ranking = ["c", "x", "a", "d"];
    check(&ranking, &JUDGED, Gain::Linear, [0.525_005, 5.0 / 9.0, 2.0 / 3.0, 1.0]);
    // (1/1 + 7/2) / (7/1 + 3/log2(3) + 1/2)
    check(&ranking, &JUDGED, Gain::Exponential, [0.479_091, 5.0 / 9.0, 2.0 / 3.0, 1.0]);
    check(&["x", "y", "d", "c"], &JUDGED, Gain::Linear, [0.090_443, 1.0 / 12.0, 1.0 / 3.0, 0.25]);
    check(&["x", "d"], &JUDGED, Gain::Linear, [0.0; 4]);
    check(&[], &JUDGED, Gain::Linear, [0.0; 4]);
}

#[test]
fn fewer_than_ten_results_can_be_perfect() {
    for gain in [Gain::Linear, Gain::Exponential] {
        check(&["a", "b", "c"], &JUDGED, gain, [1.0; 4]);
        check(&["a"], &[("a", 1), ("b", 0)], gain, [1.0; 4]);
    }
}

#[test]
fn only_the_first_places_count_where_a_figure_has_a_depth() {
    let ids: Vec<String> = (1..=30).map(|number| number.to_string()).collect();
    let ranking: Vec<&str> = ids.iter().map(String::as_str).collect();
    let judged = |places: std::ops::RangeInclusive<usize>| -> Vec<(&str, Grade)> {
        places.map(|place| (ranking[place - 1], 1)).collect()
    };
    // Twelve relevant ones at places 6 to 17, of which 6 to 10 count for nDCG, beside an ideal of ten.
    check(&ranking, &judged(6..=17), Gain::Linear, [0.351_068, 0.518_242, 1.0, 1.0 / 6.0]);
    // Relevant at 11 and at 20, just in; at 21, just out.
    check(&ranking, &judged(11..=11), Gain::Linear, [0.0, 1.0 / 11.0, 1.0, 1.0 / 11.0]);
    check(&ranking, &judged(20..=21), Gain::Linear, [0.0, f64::midpoint(1.0 / 20.0, 2.0 / 21.0), 0.5, 1.0 / 20.0]);
}

#[test]
fn negative_grades_are_as_good_as_none() {
    check(&["x", "a"], &[("a", 1), ("x", -2)], Gain::Linear, [1.0 / 3_f64.log2(), 0.5, 1.0, 0.5]);
    check(&["x", "a"], &[("a", 1), ("x", -2)], Gain::Exponential, [1.0 / 3_f64.log2(), 0.5, 1.0, 0.5]);
}

#[test]
fn a_decision_named_twice_counts_once() {
    let once = topic_scores("1", ["c", "x", "a", "d"], &grades(&JUDGED), Gain::Linear).unwrap();
    let twice = topic_scores("1", ["c", "c", "x", "c", "a", "x", "d"], &grades(&JUDGED), Gain::Linear).unwrap();
    assert_eq!((once.repeated, twice.repeated), (0, 3));
    assert_eq!(TopicScores { repeated: 0, ..twice }, once);
}

#[test]
fn a_topic_without_relevant_decisions_is_not_scored() {
    assert!(topic_scores("1", ["a"], &grades(&[("a", 0), ("b", -1)]), Gain::Linear).is_none());
    assert!(topic_scores("1", ["a"], &Grades::new(), Gain::Linear).is_none());
}

fn topics(ids: &[&str]) -> Vec<Topic> {
    ids.iter().map(|&id| Topic { id: id.to_owned(), query: "mri".into() }).collect()
}

fn ranking(ids: &[&str]) -> Vec<Ranked> {
    ids.iter().map(|&id| Ranked { id: id.to_owned(), score: 1.0 }).collect()
}

#[test]
fn means_are_over_scored_topics_found_or_not() {
    let judged =
        [("2", grades(&[("a", 1)])), ("1", grades(&[("a", 1)])), ("3", grades(&[("a", 0)])), ("9", grades(&[]))];
    let judged: Judgements = judged.into_iter().map(|(topic, grades)| (topic.to_owned(), grades)).collect();
    let topics = topics(&["2", "1", "3", "4"]);
    // Nothing was found for topic 1: that is no reason to leave it out.
    let run = Run::from([("2".to_owned(), ranking(&["a"])), ("3".to_owned(), ranking(&["a"]))]);
    let evaluation = evaluate(&run, &topics, &judged, Gain::Linear).unwrap();
    assert_eq!(evaluation.topics.iter().map(|topic| topic.id.as_str()).collect::<Vec<_>>(), ["2", "1"]);
    let half = Scores { ndcg_at_10: 0.5, average_precision: 0.5, recall_at_20: 0.5, reciprocal_rank: 0.5 };
    assert_eq!(evaluation.means, half);
    let coverage = Coverage::of(&topics, &judged);
    assert_eq!(coverage.scored, ["2", "1"]);
    assert_eq!(coverage.without_judgements, ["4"]);
    assert_eq!(coverage.without_relevant, ["3"]);
    assert_eq!(coverage.judged_without_topic, ["9"]);
    assert!(evaluate(&run, &topics, &Judgements::new(), Gain::Linear).is_none());
}

fn any_grades() -> impl Strategy<Value = Grades> {
    prop::collection::btree_map("[a-z]", -1..=5, 1..26)
}

proptest! {
    #[test]
    fn every_figure_lies_between_0_and_1(
        judged in any_grades(),
        ranking in prop::collection::vec("[a-z]", 0..40),
        exponential in any::<bool>(),
    ) {
        let gain = if exponential { Gain::Exponential } else { Gain::Linear };
        let scored = topic_scores("1", ranking.iter().map(String::as_str), &judged, gain);
        prop_assert_eq!(scored.is_some(), judged.values().any(|&grade| grade > 0));
        if let Some(TopicScores { scores, relevant, relevant_found, .. }) = scored {
            for figure in [scores.ndcg_at_10, scores.average_precision, scores.recall_at_20, scores.reciprocal_rank] {
                prop_assert!((0.0..=1.0).contains(&figure), "{:?}", scores);
            }
            prop_assert!(relevant_found <= relevant);
        }
    }

    #[test]
    fn the_best_order_is_perfect_and_no_other_is_better(judged in any_grades(), exponential in any::<bool>()) {
        let gain = if exponential { Gain::Exponential } else { Gain::Linear };
        let mut best: Vec<(&String, &Grade)> = judged.iter().collect();
        best.sort_by_key(|&(_, grade)| std::cmp::Reverse(*grade));
        let perfect = topic_scores("1", best.iter().map(|(id, _)| id.as_str()), &judged, gain);
        if let Some(TopicScores { scores, relevant, .. }) = perfect {
            prop_assert!((scores.ndcg_at_10 - 1.0).abs() < 1e-12 && (scores.average_precision - 1.0).abs() < 1e-12);
            prop_assert!((scores.reciprocal_rank - 1.0).abs() < 1e-12);
            prop_assert!((scores.recall_at_20 - 20.0_f64.min(relevant as f64) / relevant as f64).abs() < 1e-12);
            let worst = topic_scores("1", best.iter().rev().map(|(id, _)| id.as_str()), &judged, gain).unwrap();
            prop_assert!(worst.scores.ndcg_at_10 <= scores.ndcg_at_10 + 1e-12);
        }
    }

    #[test]
    fn a_run_is_read_as_it_was_written(mut scores in prop::collection::vec(-3..3_i8, 0..40)) {
        scores.sort_unstable_by(|one, other| other.cmp(one));
        let found: Vec<Ranked> = (1..).zip(&scores).map(|(place, &score)| Ranked {
            id: format!("{}", place * 7 % 41),
            score: f32::from(score),
        }).collect();
        let mut written = Vec::new();
        trec::write_run(&mut written, &Run::from([("1".into(), found.clone())]), &topics(&["1"]), "imr").unwrap();
        let text = String::from_utf8(written).unwrap();
        let again = trec::run(&text).unwrap().remove("1").unwrap_or_default();
        let ids = |ranking: &[Ranked]| ranking.iter().map(|ranked| ranked.id.clone()).collect::<Vec<_>>();
        prop_assert_eq!(ids(&again), ids(&found));
        // Programs that know no ranks see the same order.
        prop_assert!(again.windows(2).all(|pair| pair[0].score > pair[1].score), "{}", text);
    }
}

#[test]
fn topics_are_read_in_both_forms() {
    let text = "\u{feff}# questions\r\n1\tlumbar mri\r\n\r\n{\"id\": 2, \"query\": \"norco\", \"note\": \"\"}\nx-3\t item:mri\tneck \n";
    let read = trec::topics(text).unwrap();
    let read: Vec<(&str, &str)> = read.iter().map(|topic| (topic.id.as_str(), topic.query.as_str())).collect();
    assert_eq!(read, [("1", "lumbar mri"), ("2", "norco"), ("x-3", "item:mri\tneck")]);
    assert_eq!(trec::topic_ids("# those kept aside\n1\n\n x-3\tneck\n"), ["1", "x-3"]);
}

#[test]
fn judgements_and_runs_are_read_whatever_parts_their_columns() {
    let read = trec::judgements("1 0 CM1/1 2\n1\t0\tCM1/2\t-1\n\n2 0 CM1/1 0\n1 0 CM1/1 2\n").unwrap();
    assert_eq!(read["1"], grades(&[("CM1/1", 2), ("CM1/2", -1)]));
    assert_eq!(read["2"], grades(&[("CM1/1", 0)]));
    let run = trec::run("1 Q0 c 3 0.5 x\n1 Q0 a 9 2e1 x\n1 Q0 d 2 0.5 x\n2\tQ0\tb\t1\t-1\tx\n").unwrap();
    assert_eq!(run["1"].iter().map(|ranked| ranked.id.as_str()).collect::<Vec<_>>(), ["a", "d", "c"]);
    assert_eq!(run["2"], [Ranked { id: "b".into(), score: -1.0 }]);
}

#[test]
fn ids_with_spaces_come_back() {
    assert_eq!(trec::written("my letter/1"), "my%20letter/1");
    assert_eq!(trec::read(&trec::written("my letter/1")), "my letter/1");
}

#[test]
fn what_is_malformed_is_named_with_its_line() {
    let topics = |text| trec::topics(text).unwrap_err();
    let judgements = |text| trec::judgements(text).unwrap_err();
    let run = |text| trec::run(text).unwrap_err();
    for (error, line, said) in [
        (topics("1\tmri\n2 neck\n"), 2, "no tab"),
        (topics("# a\n\n\tmri\n"), 3, "no id"),
        (topics("1 a\tmri\n"), 1, "`1 a` has a space"),
        (topics("1\t \n"), 1, "no question"),
        (topics("1\tmri\n1\tneck\n"), 2, "already in line 1"),
        (topics("{\"id\": 1}\n"), 1, "`id` and `query`"),
        (judgements("1 0 a 1\n1 0 a\n"), 2, "4 columns, this line has 3"),
        (judgements("1 0 my letter/1 1\n"), 1, "this line has 5"),
        (judgements("1 0 a good\n"), 1, "`good`"),
        (judgements("1 0 a 101\n"), 1, "`101`"),
        (judgements("1 0 a 1\n1 0 a 2\n"), 2, "the grade 2 for the topic `1`, and 1 further up"),
        (run("1 Q0 a 1 2.0\n"), 1, "6 columns, this one has 5"),
        (run("1 Q0 a first 2.0 x\n"), 1, "`first`"),
        (run("\n1 Q0 a 1 high x\n"), 2, "`high`"),
        (run("1 Q0 a 1 NaN x\n"), 1, "`NaN`"),
    ] {
        assert_eq!(error.line, line, "{error}");
        assert!(error.what.contains(said) && !error.hint.is_empty(), "{error}");
    }
}
