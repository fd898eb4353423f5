//! Archives built in memory: what a whole one delivers, and which members it refuses

mod hostile;

use super::*;
use std::io::Write;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

/// What came out: the origin, and either the bytes in a form that can be shown or the reason's
/// code
type Outcome = (String, Result<String, &'static str>);

fn shown(bytes: &[u8]) -> String {
    if bytes.len() <= 100 {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    format!("{} bytes, {}", bytes.len(), blake3::hash(bytes))
}

/// Every outcome, from a file on disk and from a stream; the two must agree
fn outcomes_within(bytes: &[u8], limits: &Limits) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input");
    std::fs::write(&path, bytes).unwrap();
    let origin = || Origin { path: "in".to_owned(), member: None };

    let mut from_disk = Vec::new();
    let mut deliver = |delivery| {
        from_disk.push(outcome_of(delivery));
        ControlFlow::Continue(())
    };
    assert!(deliver_file(&path, origin(), true, limits, &mut deliver).is_continue());

    let mut from_stream = Vec::new();
    let mut deliver = |delivery| {
        from_stream.push(outcome_of(delivery));
        ControlFlow::Continue(())
    };
    let mut source = bytes;
    assert!(deliver_stream(&mut source, origin(), true, limits, &mut deliver).is_continue());

    assert_eq!(from_disk, from_stream);
    from_disk
}

fn outcome_of(delivery: Delivery) -> Outcome {
    let (origin, named_by_user, outcome) = match delivery {
        Delivery::File { origin, bytes, named_by_user } => {
            assert!(bytes.capacity() <= (1 << 20).max(4 * bytes.len()), "allocated ahead");
            (origin, named_by_user, Ok(shown(&bytes)))
        }
        Delivery::Rejected { origin, rejection, named_by_user } => (origin, named_by_user, Err(rejection.code())),
    };
    assert_eq!(named_by_user, origin.member.is_none(), "{origin}");
    (origin.to_string(), outcome)
}

fn outcomes(bytes: &[u8]) -> Vec<Outcome> {
    outcomes_within(bytes, &Limits::default())
}

fn letter(origin: &str, bytes: &[u8]) -> Outcome {
    (origin.to_owned(), Ok(shown(bytes)))
}

fn rejected(origin: &str, code: &'static str) -> Outcome {
    (origin.to_owned(), Err(code))
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A header that says what the test wants, whether or not it is true
fn tar_header(name: &str, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    // The crate refuses to write names that leave the archive, so the field is set directly.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_cksum();
    header
}

fn tar_entry(header: &tar::Header, bytes: &[u8]) -> Vec<u8> {
    let mut entry = header.as_bytes().to_vec();
    entry.extend(bytes);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn tar_without_end(members: &[(&str, &[u8])]) -> Vec<u8> {
    let entry = |(name, bytes): &(&str, &[u8])| {
        tar_entry(&tar_header(name, tar::EntryType::Regular, bytes.len() as u64), bytes)
    };
    members.iter().flat_map(entry).collect()
}

fn ended(mut tar: Vec<u8>) -> Vec<u8> {
    tar.extend([0; 1024]);
    tar
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    ended(tar_without_end(members))
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Bytes that no packer can make smaller
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes
}

const PAIR: [(&str, &[u8]); 2] = [("b/CM16.txt", b"first"), ("a.txt", b"second")];

fn pair() -> Vec<Outcome> {
    vec![letter("in » b/CM16.txt", b"first"), letter("in » a.txt", b"second")]
}

#[test]
fn every_archive_delivers_its_members_in_its_own_order() {
    assert_eq!(outcomes(&zip_of(&PAIR)), pair());
    assert_eq!(outcomes(&tar_of(&PAIR)), pair());
    assert_eq!(outcomes(&gzip_of(&tar_of(&PAIR))), pair());
    assert_eq!(outcomes(&zstd_of(&tar_of(&PAIR))), pair());
}

#[test]
fn a_packed_letter_is_that_letter() {
    assert_eq!(outcomes(b"a letter"), [letter("in", b"a letter")]);
    assert_eq!(outcomes(&gzip_of(b"a letter")), [letter("in", b"a letter")]);
    assert_eq!(outcomes(&zstd_of(b"a letter")), [letter("in", b"a letter")]);
}

#[test]
fn an_input_without_contents_is_rejected_as_empty() {
    let folder = tar_entry(&tar_header("a/", tar::EntryType::Directory, 0), b"");
    for nothing in [vec![], zip_of(&[]), gzip_of(b""), zstd_of(b""), ended(folder)] {
        assert_eq!(outcomes(&nothing), [rejected("in", "empty")]);
    }
    assert_eq!(outcomes(&zip_of(&[("a.txt", b"")])), [rejected("in » a.txt", "empty")]);
}

#[test]
fn folders_in_archives_are_no_files_but_litter_is() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("__MACOSX/", SimpleFileOptions::default()).unwrap();
    writer.start_file("__MACOSX/.DS_Store", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"litter").unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(outcomes(&zip), [letter("in » __MACOSX/.DS_Store", b"litter")]);
}

#[test]
fn a_letter_is_taken_up_to_the_limit_and_not_beyond() {
    let limits = Limits { file_bytes: 4, ..Limits::default() };
    assert_eq!(outcomes_within(b"four", &limits), [letter("in", b"four")]);
    for large in [b"fiver".to_vec(), gzip_of(b"fiver"), zstd_of(b"fiver")] {
        assert_eq!(outcomes_within(&large, &limits), [rejected("in", "too-large")]);
    }
    let members: [(&str, &[u8]); 2] = [("large", b"fiver"), ("fits", b"four")];
    let expected = [rejected("in » large", "too-large"), letter("in » fits", b"four")];
    assert_eq!(outcomes_within(&zip_of(&members), &limits), expected);
    assert_eq!(outcomes_within(&tar_of(&members), &limits), expected);
}

#[test]
fn a_member_that_leaves_the_archive_is_rejected_and_the_rest_is_read() {
    for name in ["../x", "/x", "C:\\x", "..\\x"] {
        let members: [(&str, &[u8]); 2] = [(name, b"bad"), ("ok", b"good")];
        let origin = format!("in » {name}");
        let expected = [rejected(&origin, "member-path-escapes"), letter("in » ok", b"good")];
        assert_eq!(outcomes(&zip_of(&members)), expected);
        assert_eq!(outcomes(&tar_of(&members)), expected);
    }
}

#[test]
fn an_encrypted_member_is_rejected_and_the_rest_is_read() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let secret = SimpleFileOptions::default().with_deprecated_encryption(b"pass").unwrap();
    writer.start_file("secret", secret).unwrap();
    writer.write_all(b"hidden").unwrap();
    writer.start_file("open", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"letter").unwrap();
    let zip = writer.finish().unwrap().into_inner();
    let expected = [rejected("in » secret", "encrypted-archive"), letter("in » open", b"letter")];
    assert_eq!(outcomes(&zip), expected);
}

#[test]
fn links_and_devices_in_archives_are_no_regular_files() {
    use tar::EntryType::{Block, Char, Fifo, Link, Symlink};
    for kind in [Link, Symlink, Char, Block, Fifo] {
        let mut tar = tar_entry(&tar_header("odd", kind, 0), b"");
        tar.extend(tar_of(&[("ok", b"good")]));
        let expected = [rejected("in » odd", "not-a-regular-file"), letter("in » ok", b"good")];
        assert_eq!(outcomes(&tar), expected);
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("odd", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(outcomes(&zip), [rejected("in » odd", "not-a-regular-file")]);
}

#[test]
fn two_tars_in_a_row_are_read_as_one() {
    let mut both = tar_of(&PAIR[..1]);
    both.extend(tar_of(&PAIR[1..]));
    assert_eq!(outcomes(&both), pair());
}

#[test]
fn two_zip_members_of_one_name_are_two_letters() {
    let mut zip = zip_of(&[("a.txt", b"first"), ("b.txt", b"second")]);
    for start in 0..zip.len() - 5 {
        if &zip[start..start + 5] == b"b.txt" {
            zip[start] = b'a';
        }
    }
    let expected = [letter("in » a.txt", b"first"), letter("in » a.txt", b"second")];
    assert_eq!(outcomes(&zip), expected);
}

#[test]
fn archives_are_opened_inside_archives_up_to_the_limit() {
    let one = gzip_of(&tar_of(&[("x/CM16.txt", b"letter")]));
    let two = tar_of(&[("one.tgz", &one)]);
    let three = zip_of(&[("two.tar", &two)]);
    assert_eq!(outcomes(&three), [letter("in » two.tar » one.tgz » x/CM16.txt", b"letter")]);
    let four = zstd_of(&tar_of(&[("three.zip", &three)]));
    let too_deep = rejected("in » three.zip » two.tar » one.tgz", "nested-too-deep");
    assert_eq!(outcomes(&four), [too_deep]);
    let wrapped = gzip_of(&gzip_of(&gzip_of(b"letter")));
    assert_eq!(outcomes(&wrapped), [letter("in", b"letter")]);
    assert_eq!(outcomes(&gzip_of(&wrapped)), [rejected("in", "nested-too-deep")]);
}

#[test]
fn a_zip_is_read_from_disk_at_any_size_but_held_only_up_to_the_limit() {
    let zip = zip_of(&PAIR);
    let limits = Limits { buffered_zip_bytes: zip.len() as u64 - 1, ..Limits::default() };
    let mut found = Vec::new();
    let mut deliver = |delivery| {
        found.push(outcome_of(delivery));
        ControlFlow::Continue(())
    };
    let origin = Origin { path: "-".to_owned(), member: None };
    let _ = deliver_stream(&mut &zip[..], origin, true, &limits, &mut deliver);
    assert_eq!(found, [rejected("standard input", "zip-too-large-to-hold")]);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letters");
    std::fs::write(&path, &zip).unwrap();
    let mut found = Vec::new();
    let mut deliver = |delivery| {
        found.push(outcome_of(delivery));
        ControlFlow::Continue(())
    };
    let origin = Origin { path: "in".to_owned(), member: None };
    let _ = deliver_file(&path, origin, true, &limits, &mut deliver);
    assert_eq!(found, pair());
}

#[test]
fn formats_that_are_not_read_are_named_as_such() {
    let found = outcomes(b"7z\xbc\xaf\x27\x1c and so on");
    assert_eq!(found, [rejected("in", "unsupported-compression")]);
    let mut zip = zip_of(&[("a", b"short")]);
    let table = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[table + 10] = 12;
    assert_eq!(outcomes(&zip), [rejected("in » a", "unsupported-compression")]);
}

#[test]
fn the_receiver_can_stop_between_two_members() {
    for archive in [zip_of(&PAIR), tar_of(&PAIR), gzip_of(&tar_of(&PAIR))] {
        let mut count = 0;
        let mut deliver = |_| {
            count += 1;
            ControlFlow::Break(())
        };
        let origin = Origin { path: "in".to_owned(), member: None };
        let flow = deliver_stream(&mut &archive[..], origin, true, &Limits::default(), &mut deliver);
        assert!(flow.is_break());
        assert_eq!(count, 1);
    }
}
