//! Archives that are damaged, that lie, or that cost too much

use super::*;

#[test]
fn a_truncated_tar_delivers_what_came_before_the_damage() {
    let tar = tar_of(&[("a", b"first"), ("b", &noise(4000))]);
    let expected = [letter("in » a", b"first"), rejected("in", "broken-archive")];
    assert_eq!(outcomes(&tar[..3000]), expected, "cut inside a member");
    assert_eq!(outcomes(&tar[..1200]), expected, "cut inside a header");
    assert_eq!(outcomes(&tar[..1024]), expected, "cut between two members");

    let packed = gzip_of(&tar);
    assert_eq!(outcomes(&packed[..packed.len() - 1000]), expected);

    // zstd packs in blocks of 128 KiB and gives up a damaged one whole.
    let noise = noise(400 << 10);
    let (first, second) = noise.split_at(200 << 10);
    let packed = zstd_of(&tar_of(&[("a", first), ("b", second)]));
    let expected = [letter("in » a", first), rejected("in", "broken-archive")];
    assert_eq!(outcomes(&packed[..packed.len() - 1000]), expected);
}

#[test]
fn a_truncated_letter_is_never_delivered() {
    for packed in [gzip_of(&noise(4000)), zstd_of(&noise(4000))] {
        let cut = &packed[..packed.len() - 2];
        assert_eq!(outcomes(cut), [rejected("in", "broken-archive")]);
    }
    let zip = zip_of(&PAIR);
    assert_eq!(outcomes(&zip[..zip.len() - 30]), [rejected("in", "broken-archive")]);
}

#[test]
fn a_damaged_zip_member_is_rejected_and_the_rest_is_read() {
    let mut zip = zip_of(&[("a", &noise(100)), ("b", b"good")]);
    zip[80] ^= 1;
    let expected = [rejected("in » a", "broken-archive"), letter("in » b", b"good")];
    assert_eq!(outcomes(&zip), expected);
}

#[test]
fn a_zip_that_counts_too_few_members_is_reported() {
    let mut zip = zip_of(&PAIR);
    let end_record = zip.len() - 22;
    zip[end_record + 8] = 1;
    zip[end_record + 10] = 1;
    let expected = [pair()[0].clone(), rejected("in", "broken-archive")];
    assert_eq!(outcomes(&zip), expected);
}

#[test]
fn a_size_that_lies_allocates_nothing() {
    let mut zip = zip_of(&[("a", b"short")]);
    let table = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[table + 24..table + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    assert_eq!(outcomes(&zip), [letter("in » a", b"short")]);

    let lie = tar_header("a", tar::EntryType::Regular, 1 << 62);
    let tar = ended(tar_entry(&lie, b"short"));
    assert_eq!(outcomes(&tar), [rejected("in", "broken-archive")]);
}

#[test]
fn a_tar_name_that_never_ends_is_not_collected() {
    let name = vec![b'a'; 16 << 20];
    let mut tar = tar_without_end(&PAIR[..1]);
    tar.extend(tar_entry(&tar_header("x", tar::EntryType::GNULongName, 16 << 20), &name));
    tar.extend(tar_of(&PAIR[1..]));
    let limits = Limits { expansion_ratio: u64::MAX, ..Limits::default() };
    let expected = [pair()[0].clone(), rejected("in", "broken-archive")];
    assert_eq!(outcomes_within(&zstd_of(&tar), &limits), expected);
}

#[test]
fn the_holes_of_a_sparse_tar_member_are_limited_like_bytes() {
    let mut header = tar_header("holes", tar::EntryType::GNUSparse, 512);
    let sparse = header.as_gnu_mut().unwrap();
    sparse.sparse[0].set_offset(1 << 40);
    sparse.sparse[0].set_length(512);
    sparse.set_real_size((1 << 40) + 512);
    header.set_cksum();
    let mut tar = tar_entry(&header, &[b'x'; 512]);
    tar.extend(tar_of(&[("ok", b"good")]));
    assert_eq!(outcomes(&tar), [rejected("in", "expansion-bomb")]);
    let patient = Limits { expansion_ratio: u64::MAX, file_bytes: 1 << 20, ..Limits::default() };
    let expected = [rejected("in » holes", "too-large"), letter("in » ok", b"good")];
    assert_eq!(outcomes_within(&tar, &patient), expected);
}

/// Limits at which a bomb fits into a test
fn small_limits() -> Limits {
    Limits { ratio_free_bytes: 1 << 20, file_bytes: 1 << 20, ..Limits::default() }
}

#[test]
fn a_bomb_ends_the_archive_with_one_rejection() {
    let zeros = vec![0; 600 << 10];
    let members: Vec<(&str, &[u8])> = vec![("zeros", &zeros); 3];
    let tar = tar_of(&members);
    let bomb = rejected("in", "expansion-bomb");
    for packed in [zstd_of(&tar), gzip_of(&tar)] {
        let expected = [letter("in » zeros", &zeros), bomb.clone()];
        assert_eq!(outcomes_within(&packed, &small_limits()), expected);
    }
    let bare = outcomes_within(&zstd_of(&vec![0; 2 << 20]), &small_limits());
    assert_eq!(bare, std::slice::from_ref(&bomb));

    let members: Vec<(&str, &[u8])> = vec![("one", &zeros), ("two", &zeros), ("three", b"after")];
    let found = outcomes_within(&zip_of(&members), &small_limits());
    assert_eq!(found, [letter("in » one", &zeros), bomb]);
}

#[test]
fn a_small_archive_may_exceed_the_ratio() {
    let zeros = vec![0; 600 << 10];
    assert_eq!(outcomes_within(&zstd_of(&zeros), &small_limits()), [letter("in", &zeros)]);
}

#[test]
fn an_honest_archive_may_grow_beyond_what_is_free() {
    let noise = noise(1_800 << 10);
    let (first, second) = noise.split_at(900 << 10);
    let members: [(&str, &[u8]); 2] = [("a", first), ("b", second)];
    let expected = [letter("in » a", first), letter("in » b", second)];
    for archive in [zip_of(&members), gzip_of(&tar_of(&members))] {
        assert_eq!(outcomes_within(&archive, &small_limits()), expected);
    }
}

#[test]
fn bombs_inside_an_archive_share_one_budget() {
    let part = zstd_of(&vec![0; 600 << 10]);
    let zip = zip_of(&[("one", &part), ("two", &part), ("three", b"after")]);
    let found = outcomes_within(&zip, &small_limits());
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1], rejected("in", "expansion-bomb"));
}

#[test]
fn the_absolute_limit_holds_at_any_ratio() {
    let limits = Limits { expanded_bytes: 5000, ..Limits::default() };
    let found = outcomes_within(&gzip_of(&tar_of(&[("a", &noise(6000))])), &limits);
    assert_eq!(found, [rejected("in", "expansion-bomb")]);
    let unpacked = outcomes_within(&tar_of(&[("a", &noise(6000))]), &limits);
    assert_eq!(unpacked, [letter("in » a", &noise(6000))], "a plain tar does not grow");
}

#[test]
fn members_are_counted_over_all_archives_of_an_input() {
    let limits = Limits { members: 2, ..Limits::default() };
    let three: [(&str, &[u8]); 3] = [("a", b"1"), ("b", b"2"), ("c", b"3")];
    let expected = [letter("in » a", b"1"), letter("in » b", b"2"), rejected("in", "too-many-members")];
    assert_eq!(outcomes_within(&zip_of(&three), &limits), expected);
    assert_eq!(outcomes_within(&tar_of(&three), &limits), expected);
    let nested = outcomes_within(&tar_of(&[("t", &zip_of(&three))]), &limits);
    assert_eq!(nested, [letter("in » t » a", b"1"), rejected("in", "too-many-members")]);
}
