//! What the query language promises: a table of queries and the trees they become.

use proptest::prelude::*;

use super::*;

fn is_field(name: &str) -> bool {
    matches!(name, "item" | "rationale" | "decided" | "age")
}

/// Renders a tree unlike the canonical form, so that the two cannot be wrong in the same way.
fn shape(node: &Node) -> String {
    let list = |nodes: &[Node]| nodes.iter().map(shape).collect::<Vec<_>>().join(", ");
    let named = |field: &Option<String>| field.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
    match node {
        Node::Word { field, text, wildcard } => {
            format!("{}{text}{}", named(field), if *wildcard { "(wild)" } else { "" })
        }
        Node::Phrase { field, text, slop } => format!("{}'{text}'{slop}", named(field)),
        Node::Range { field, lower, upper } => format!("{field} {lower:?}..{upper:?}"),
        Node::Exists { field } => format!("any {field}"),
        Node::Near { left, right, distance } => {
            format!("Near{distance}[{}, {}]", shape(left), shape(right))
        }
        Node::Not(inner) => format!("Not[{}]", shape(inner)),
        Node::Required(inner) => format!("Must[{}]", shape(inner)),
        Node::And(nodes) => format!("And[{}]", list(nodes)),
        Node::Or(nodes) => format!("Or[{}]", list(nodes)),
        Node::Words(nodes) => format!("Words[{}]", list(nodes)),
    }
}

/// Checks rows of query, tree, and the beginnings of the corrections.
#[track_caller]
fn check_all(table: &[(&str, &str, &[&str])]) {
    for (query, expected, corrections) in table {
        let parsed = parse(query, &is_field);
        let tree = parsed.root.as_ref().map_or_else(String::new, shape);
        assert_eq!(tree, *expected, "for {query}");
        let said: Vec<&str> = parsed.corrections.iter().map(|c| c.what.as_str()).collect();
        assert_eq!(said.len(), corrections.len(), "for {query}: {said:?}");
        for (said, wanted) in said.iter().zip(*corrections) {
            assert!(said.contains(wanted), "{said:?} lacks {wanted:?} for {query}");
        }
        check_round_trip(query).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

fn check_round_trip(query: &str) -> Result<(), TestCaseError> {
    let parsed = parse(query, &is_field);
    for correction in &parsed.corrections {
        prop_assert!(query.is_char_boundary(correction.at));
    }
    let Some(root) = parsed.root else {
        return Ok(());
    };
    let canonical = root.to_string();
    let again = parse(&canonical, &is_field);
    prop_assert_eq!(again.root.as_ref(), Some(&root), "{:?} became {:?}", query, canonical);
    let only_field_names = again.corrections.iter().all(|c| c.what.contains("not a field"));
    prop_assert!(only_field_names, "{:?}: {:?}", canonical, again.corrections);
    Ok(())
}

#[test]
fn words_and_phrases() {
    check_all(&[
        ("", "", &[]),
        ("  ,; - ' ", "", &[]),
        ("lumbar mri", "Words[lumbar, mri]", &[]),
        ("(lumbar mri)", "Words[lumbar, mri]", &[]),
        ("lumbar (mri or) ct", "Words[lumbar, Words[mri, or], ct]", &[]),
        ("\"red flags\"", "'red flags'0", &[]),
        ("\u{201C}red  flags\u{201D}", "'red flags'0", &[]),
        ("'red flags' don't", "Words[red, flags, don't]", &[]),
        ("\"a b\"~5", "'a b'5", &[]),
        ("\"a b\" ~5 c", "Words['a b'5, c]", &["joined to the quotation"]),
        ("\"a b\"~99999999999", "'a b'1000", &["narrowed"]),
        ("\"a b", "'a b'0", &["quotation was closed"]),
        ("a \"\" b", "Words[a, b]", &["empty quotation"]),
        ("pain, back; neck", "Words[pain, back, neck]", &[]),
        ("C++ \\", "C", &[]),
        ("word~2", "word", &["number after `word`"]),
    ]);
}

#[test]
fn codes_stay_single_words() {
    for word in [
        "12/3/2024",
        "CM16-9900007",
        "10/325mg",
        "L4-5",
        "EMG/NCS",
        "#120",
        "50%",
        "M54.5",
        "99213-25",
        "12:30",
        "and/or",
        "non-certified",
        "1,000",
        ".5",
        "R&D",
    ] {
        check_all(&[(word, word, &[])]);
    }
}

#[test]
fn operators() {
    check_all(&[
        ("a AND b", "And[a, b]", &[]),
        ("a && b&&c", "And[a, b, c]", &[]),
        ("a & b", "And[a, b]", &[]),
        ("a OR b || c", "Or[a, b, c]", &[]),
        ("a and b", "Words[a, and, b]", &[]),
        ("a b AND c", "Words[a, And[b, c]]", &[]),
        ("a b OR c", "Words[a, Or[b, c]]", &[]),
        ("a AND b OR c AND d", "Or[And[a, b], And[c, d]]", &[]),
        ("a AND (b OR c)", "And[a, Or[b, c]]", &[]),
        ("(a AND b) AND c", "And[a, b, c]", &[]),
        ("NOT a", "Not[a]", &[]),
        ("-a -b", "Words[Not[a], Not[b]]", &[]),
        ("a -\"b c\"", "Words[a, Not['b c'0]]", &[]),
        ("a -(b c)", "Words[a, Not[Words[b, c]]]", &[]),
        ("a - b", "Words[a, b]", &[]),
        ("a -- b", "Words[a, b]", &[]),
        ("pre-op (-x)", "Words[pre-op, Not[x]]", &[]),
        ("NOT NOT a", "a", &[]),
        ("a NOT b", "Words[a, Not[b]]", &[]),
        ("a AND NOT b", "And[a, Not[b]]", &[]),
        ("a BUT NOT b", "And[a, Not[b]]", &[]),
        ("a BUT b", "Words[a, but, b]", &[]),
        ("+a b", "Words[Must[a], b]", &[]),
        ("+a", "a", &[]),
        ("+a AND b", "And[a, b]", &[]),
        ("a OR", "a", &["`OR` had nothing"]),
        ("AND a", "a", &["`AND` had nothing"]),
        ("a AND OR b", "And[a, b]", &["`OR` had nothing"]),
        ("a NOT", "a", &["`NOT` had nothing"]),
        ("(a", "a", &["parenthesis was closed"]),
        ("a) b", "Words[a, b]", &["closing parenthesis"]),
        ("a ()", "a", &["empty parentheses"]),
    ]);
}

#[test]
fn proximity() {
    check_all(&[
        ("a /s b", "Near20[a, b]", &[]),
        ("a /p b", "Near60[a, b]", &[]),
        ("a /5 b", "Near5[a, b]", &[]),
        ("a w/5 \"b c\"", "Near5[a, 'b c'0]", &[]),
        ("a W/S b", "Near20[a, b]", &[]),
        ("a /n b", "Near10[a, b]", &["needs a number"]),
        ("a pre/3 b", "Near3[a, b]", &["either order"]),
        ("x a /5 b y", "Words[x, Near5[a, b], y]", &[]),
        ("a /5 b AND c", "And[Near5[a, b], c]", &[]),
        ("NOT (a /5 b)", "Not[Near5[a, b]]", &[]),
        ("a /5 (b c)", "Words[a, Words[b, c]]", &["joins only two words"]),
        ("a /5 b /5 c", "Words[Near5[a, b], c]", &["joins only two words"]),
        ("/5 a", "a", &["proximity connector"]),
        ("a /5", "a", &["joins only"]),
        ("item:a /5 b", "Near5[item=a, item=b]", &[]),
        ("item:a /5 rationale:b", "Words[item=a, rationale=b]", &["one field"]),
        ("pain w/o injury", "Words[pain, w/o, injury]", &[]),
    ]);
}

#[test]
fn wildcards() {
    check_all(&[
        ("fus*", "fus*(wild)", &[]),
        ("fus!", "fus*(wild)", &[]),
        ("wo?d", "wo?d(wild)", &[]),
        ("*ectomy", "*ectomy(wild)", &[]),
        ("a**b", "a*b(wild)", &[]),
        ("*", "", &[]),
        ("item:inj*", "item=inj*(wild)", &[]),
        ("is it necessary?", "Words[is, it, necessary]", &["question mark"]),
    ]);
}

#[test]
fn fields() {
    check_all(&[
        ("item:mri", "item=mri", &[]),
        ("ITEM:mri", "item=mri", &[]),
        ("item:\"a b\"~2", "item='a b'2", &[]),
        ("item:(a b)", "Words[item=a, item=b]", &[]),
        ("item:(a rationale:b)", "Words[item=a, rationale=b]", &[]),
        ("-item:a b", "Words[Not[item=a], b]", &[]),
        ("item: mri", "item=mri", &["space after"]),
        ("item: AND b", "And[item, b]", &["has no value"]),
        ("item:", "item", &["has no value"]),
        ("item:*", "any item", &[]),
        ("Labs:EKG", "Labs:EKG", &["`Labs` is not a field"]),
        ("Labs:\"a b\"", "Words[Labs, 'a b'0]", &["`Labs` is not a field"]),
        ("http://example.org", "http://example.org", &[]),
    ]);
}

#[test]
fn ranges() {
    check_all(&[
        ("decided:[2016-01-01 TO 2016-12-31]", "decided Included(\"2016-01-01\")..Included(\"2016-12-31\")", &[]),
        ("age:{5 TO 10]", "age Excluded(\"5\")..Included(\"10\")", &[]),
        ("age:[5 to *}", "age Included(\"5\")..Unbounded", &[]),
        ("age:[* TO *]", "any age", &[]),
        ("age:>=5", "age Included(\"5\")..Unbounded", &[]),
        ("age:< 5", "age Unbounded..Excluded(\"5\")", &[]),
        ("decided:2016..2017", "decided Included(\"2016\")..Included(\"2017\")", &[]),
        ("decided:..2017", "decided Unbounded..Included(\"2017\")", &[]),
        ("decided:2016..", "decided Included(\"2016\")..Unbounded", &[]),
        ("age:[5 10]", "age Included(\"5\")..Included(\"10\")", &["was read as"]),
        ("age:[5 TO 10", "age Included(\"5\")..Included(\"10\")", &["closed at the end"]),
        ("age:[5]", "age Included(\"5\")..Included(\"5\")", &[]),
        ("age:[] a", "a", &["not a range"]),
        ("age:>", "", &["lacks a value"]),
        ("item:wait...what", "item=wait...what", &[]),
        ("[2016 TO 2017]", "Words[2016, TO, 2017]", &[]),
    ]);
}

#[test]
fn a_monstrous_query_is_cut_and_says_so() {
    let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    let parsed = parse(&deep, &is_field);
    assert_eq!(parsed.root.as_ref().map(shape).as_deref(), Some("a"));
    assert_eq!(parsed.corrections.len(), 1);
    let mixed = "(a b OR c AND ".repeat(60);
    check_round_trip(&mixed).expect("the sparing form keeps within the depth");
    let many = "a ".repeat(2000);
    let Some(Node::Words(words)) = parse(&many, &is_field).root else {
        panic!("words side by side");
    };
    assert_eq!(words.len(), MOST_CLAUSES);
    let long = "\u{e9}".repeat(LONGEST_QUERY);
    assert!(parse(&long, &is_field).corrections[0].what.contains("longer than"));
    for pattern in ["NOT ", "-", "\"", "item:", "a AND ", "(a OR NOT ", ") ", "a /5 ", "[", "item: "] {
        check_round_trip(&pattern.repeat(16_384 / pattern.len())).expect(pattern);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_string_parses_and_its_canonical_form_parses_to_the_same(query in any::<String>()) {
        check_round_trip(&query)?;
    }

    #[test]
    fn any_tangle_of_the_language_parses_to_the_same_again(
        pieces in prop::collection::vec(prop::sample::select(vec![
            " ", " ", " ", "a", "b1", "AND", " AND ", " OR ", " NOT ", "NOT", "BUT", "BUT NOT ", "&&",
            "&", "|", "-", "+", "(", ")", "\"", "\u{201C}", "'", "item:", "age:", "Labs:", "[", "]",
            "{", "}", " TO ", "*", "?", "!", "~", "~5", "^2", "/5", " /5 ", " w/s ", "pre/", "/n",
            ">=", "<", "..", ".", ",", ";", ":", "#", "%", "5", "2016-01-01", "\u{e9}", "\u{301}",
            "\u{7}", "\\", "\u{2014}", "10/325mg", "don't",
        ]), 0..24)
    ) {
        check_round_trip(&pieces.concat())?;
    }
}
