//! Items as a decade of letters words them; all invented.

use super::read;

#[test]
fn counts_flags_strengths_and_forms() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for line in include_str!("tests/items.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.splitn(6, "; ").collect();
        let [quantity, refills, flags, strength, form, item] = fields[..] else { panic!("six fields: {line}") };
        let read = read(item);
        let shown = |field: Option<String>| field.unwrap_or_else(|| "-".to_owned());
        let mut found_flags = String::new();
        for (flag, set) in [('R', read.retrospective), ('S', read.surgical_adjunct)] {
            if set {
                found_flags.push(flag);
            }
        }
        let found = [
            shown(read.quantity.map(|count| count.to_string())),
            shown(read.refills.map(|count| count.to_string())),
            shown((!found_flags.is_empty()).then_some(found_flags)),
            shown(read.strength),
            shown(read.form),
        ];
        if found != [quantity, refills, flags, strength, form] {
            faults.push(format!("{line}\n    {}", found.join("; ")));
        }
        assert_eq!((read.requested.as_str(), read.authorized, read.disputed.as_str()), (item, None, item));
        checked += 1;
    }
    assert!(checked >= 150, "{checked} items");
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn modified_requests_are_split_into_their_portions() {
    let mut faults = Vec::new();
    let blocks = include_str!("tests/modified.txt").split("\n\n");
    let mut checked = 0;
    for block in blocks {
        let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let [item, requested, authorized, disputed] = lines[..] else { panic!("four lines: {block}") };
        let read = read(item);
        let found = [read.requested.as_str(), read.authorized.as_deref().unwrap_or("-"), read.disputed.as_str()];
        if found != [requested, authorized, disputed] {
            faults.push(format!("{item}\n    {}", found.join("\n    ")));
        }
        for portion in [requested, disputed] {
            assert!(item.contains(portion), "verbatim: {portion}");
        }
        checked += 1;
    }
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn counts_come_from_the_disputed_portion_only() {
    let read = read(
        "Voltaren 50mg #60 with 3 refills was the original request. Voltaren 50mg #60 was authorized by the Claims \
         Administrator. The remaining IMR eligible portion of the original request, three refills is",
    );
    assert_eq!((read.quantity, read.refills), (None, Some(3)));
    assert_eq!(read.strength.as_deref(), Some("50mg"), "the request says what the remaining portion leaves out");
}

#[test]
fn a_modified_request_is_retrospective_where_any_disputed_part_says_so() {
    let read = read(
        "Retrospective urine drug screen x 2 was the original request. Urine drug screen x 1 was authorized by the \
         Claims Administrator. The remaining IMR eligible portion of the original request, urine drug screen x 1 is",
    );
    assert!(read.retrospective);
    assert_eq!(read.quantity, Some(1));
}

#[test]
fn white_space_is_folded() {
    assert_eq!(read("  MRI \n of the\u{a0}knee\t").requested, "MRI of the knee");
    assert_eq!(read(""), super::ItemReading::default());
}

#[test]
fn hostile_items_are_read_in_linear_time() {
    let count = 4_000;
    for unit in [
        "(",
        "#",
        "1 ",
        "one ",
        "x",
        "1x1",
        "# 1-",
        "1/",
        "9",
        "9.",
        "9,",
        "refill ",
        "no ",
        "was authorized ",
        ". A",
        "was the original request. ",
        "The original request was for ",
        "remaining IMR eligible portion of ",
        "The Claims Administrator authorized to ",
        "leaving ",
        "twenty-",
        "é",
        "\u{2013}1",
        "10/",
        "mg ",
        "twice a week x 6 ",
        "qty: ",
        "6 physical ",
        "The original request, ",
    ] {
        let hostile = unit.repeat(count);
        let started = std::time::Instant::now();
        let _ = read(&hostile);
        let _ = read(&format!("x was the original request. {hostile}"));
        assert!(started.elapsed().as_secs() < 20, "{unit:?} took {:?}", started.elapsed());
    }
}
