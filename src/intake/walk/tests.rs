//! Folders, links, pipes and standard input

use super::*;
use std::process::Command;

/// What came out: the path below the test's folder, the letter or the reason, and who named it
type Outcome = (String, Result<String, &'static str>, bool);

fn outcomes_with_input(paths: &[PathBuf], below: &Path, input: &[u8]) -> Vec<Outcome> {
    let prefix = format!("{}/", below.display());
    let mut outcomes = Vec::new();
    let mut input = input;
    let mut deliver = |delivery| {
        let (origin, outcome, named_by_user) = match delivery {
            Delivery::File { origin, bytes, named_by_user } => {
                (origin, Ok(String::from_utf8(bytes).unwrap()), named_by_user)
            }
            Delivery::Rejected { origin, rejection, named_by_user } => (origin, Err(rejection.code()), named_by_user),
        };
        outcomes.push((origin.to_string().replace(&prefix, ""), outcome, named_by_user));
        ControlFlow::Continue(())
    };
    let flow = walk_with_input(paths, &Limits::default(), &mut input, &mut deliver);
    assert!(flow.is_continue());
    outcomes
}

fn outcomes_below(folder: &Path) -> Vec<Outcome> {
    outcomes_with_input(&[folder.to_owned()], folder, b"")
}

fn found(path: &str, text: &str) -> Outcome {
    (path.to_owned(), Ok(text.to_owned()), false)
}

fn refused(path: &str, code: &'static str) -> Outcome {
    (path.to_owned(), Err(code), false)
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_folder_is_walked_by_file_name_and_nothing_is_left_out() {
    let folder = folder_with(&[
        ("b.txt", "2"),
        ("a/z.txt", "1"),
        (".hidden", "0"),
        (".gitignore", "*.txt"),
        ("c/.ignore", "d.txt"),
        ("c/d.txt", "3"),
    ]);
    let expected = [
        found(".gitignore", "*.txt"),
        found(".hidden", "0"),
        found("a/z.txt", "1"),
        found("b.txt", "2"),
        found("c/.ignore", "d.txt"),
        found("c/d.txt", "3"),
    ];
    assert_eq!(outcomes_below(folder.path()), expected);
}

#[test]
fn paths_are_taken_as_given_and_known_to_be() {
    let folder = folder_with(&[("a.txt", "1"), ("b/c.txt", "2")]);
    let paths = ["b", "missing", "a.txt"].map(|name| folder.path().join(name));
    let expected = [
        found("b/c.txt", "2"),
        ("missing".to_owned(), Err("no-such-file"), true),
        ("a.txt".to_owned(), Ok("1".to_owned()), true),
    ];
    assert_eq!(outcomes_with_input(&paths, folder.path(), b""), expected);
}

#[test]
fn members_of_a_given_archive_were_not_named_by_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(6);
    tar.append_data(&mut header, "x/a.txt", &b"letter"[..]).unwrap();
    let path = folder.path().join("letters.pdf");
    fs::write(&path, tar.into_inner().unwrap()).unwrap();
    let expected = [found("letters.pdf » x/a.txt", "letter")];
    assert_eq!(outcomes_with_input(&[path], folder.path(), b""), expected);
}

#[cfg(unix)]
#[test]
fn links_to_files_are_read_and_links_to_folders_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = folder_with(&[("a/x.txt", "1")]);
    symlink(folder.path().join("a/x.txt"), folder.path().join("file-link")).unwrap();
    symlink(folder.path(), folder.path().join("a/round-in-circles")).unwrap();
    symlink("nowhere", folder.path().join("dangling")).unwrap();
    let expected = [
        refused("a/round-in-circles", "not-a-regular-file"),
        found("a/x.txt", "1"),
        refused("dangling", "unreadable"),
        found("file-link", "1"),
    ];
    assert_eq!(outcomes_below(folder.path()), expected);

    let named = folder.path().join("named");
    symlink(folder.path().join("a"), &named).unwrap();
    let outcomes = outcomes_with_input(&[named], folder.path(), b"");
    assert_eq!(outcomes[1..], [found("named/x.txt", "1")], "a link that the user names is followed");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_socket_is_rejected_without_being_opened() {
    let folder = folder_with(&[("z.txt", "1")]);
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let expected =
        [refused("pipe", "not-a-regular-file"), refused("socket", "not-a-regular-file"), found("z.txt", "1")];
    assert_eq!(outcomes_below(folder.path()), expected);
    let named = outcomes_with_input(&[pipe], folder.path(), b"");
    assert_eq!(named, [("pipe".to_owned(), Err("not-a-regular-file"), true)]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_rejected_and_the_walk_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder_with(&[("closed/x.txt", "1"), ("locked.txt", "2"), ("z.txt", "3")]);
    let closed = folder.path().join("closed");
    let locked = folder.path().join("locked.txt");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o0)).unwrap();
    // The superuser reads everything, and shows nothing here.
    let superuser = fs::File::open(&locked).is_ok();
    let outcomes = outcomes_below(folder.path());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    if !superuser {
        let expected = [refused("closed", "unreadable"), refused("locked.txt", "unreadable"), found("z.txt", "3")];
        assert_eq!(outcomes, expected);
    }
}

#[test]
fn an_index_among_the_letters_is_passed_over_whole() {
    let folder = folder_with(&[
        ("a.txt", "1"),
        ("index/meta.json", "{}"),
        ("index/.managed.json", "[]"),
        ("index/deeper/segment.store", "x"),
        ("locked/meta.json", "{}"),
        ("locked/.tantivy-writer.lock", ""),
        ("other/meta.json", "{}"),
    ]);
    let expected = [found("a.txt", "1"), found("other/meta.json", "{}")];
    assert_eq!(outcomes_below(folder.path()), expected);
    assert_eq!(survey(&[folder.path().to_owned()]), Survey { files: 2, bytes: 3 });

    let index = folder.path().join("index");
    let named = outcomes_with_input(&[index], folder.path(), b"");
    assert_eq!(named, [("index".to_owned(), Err("search-index"), true)]);
}

#[test]
fn standard_input_is_read_once_and_told_by_its_contents() {
    let read = |paths: &[&str], input: &[u8]| {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        outcomes_with_input(&paths, Path::new("/"), input)
    };
    let standard_input = |outcome| ("standard input".to_owned(), outcome, true);
    let letter = || standard_input(Ok("letter".to_owned()));
    assert_eq!(read(&["-"], b"letter"), [letter()]);
    assert_eq!(read(&["-"], b""), [standard_input(Err("empty"))]);
    let packed = zstd::encode_all(&b"letter"[..], 1).unwrap();
    assert_eq!(read(&["-"], &packed), [letter()]);
    let twice = [letter(), standard_input(Err("standard-input-twice"))];
    assert_eq!(read(&["-", "-"], b"letter"), twice);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_unicode_is_read_and_shown_as_well_as_it_can_be() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(folder.path().join(name), "letter").unwrap();
    assert_eq!(outcomes_below(folder.path()), [found("caf\u{fffd}.txt", "letter")]);
}

#[test]
fn the_receiver_can_stop_the_walk() {
    let folder = folder_with(&[("a", "1"), ("b", "2")]);
    let mut count = 0;
    let flow = walk(&[folder.path().to_owned()], &Limits::default(), &mut |_| {
        count += 1;
        ControlFlow::Break(())
    });
    assert!(flow.is_break());
    assert_eq!(count, 1);
}

#[test]
fn the_survey_counts_whatever_the_walk_will_report() {
    let folder = folder_with(&[("a.txt", "12345"), ("b/c.txt", "123")]);
    let paths = [folder.path().to_owned(), folder.path().join("missing"), PathBuf::from("-")];
    assert_eq!(survey(&paths), Survey { files: 4, bytes: 8 });
}

#[test]
fn a_stem_is_the_name_without_folders_extension_and_packing() {
    let stem = |path: &str, member: Option<&str>| {
        Origin { path: path.to_owned(), member: member.map(str::to_owned) }.file_stem()
    };
    assert_eq!(stem("letters/CM16-0012345.pdf", None), "CM16-0012345");
    assert_eq!(stem("CM16-0012345.pdf.gz", None), "CM16-0012345");
    assert_eq!(stem("CM16-0012345.TXT.ZST", None), "CM16-0012345");
    assert_eq!(stem("CM16-0012345", None), "CM16-0012345");
    assert_eq!(stem("all.zip", Some("2016\\CM16-1.pdf")), "CM16-1");
    assert_eq!(stem("all.zip", Some("x/2016.zip » CM16-1.pdf")), "CM16-1");
    assert_eq!(stem("/home/.hidden", None), ".hidden");
    assert_eq!(stem("-", None), "standard-input");
    assert_eq!(stem("-", Some("a.txt")), "a");
}

#[test]
fn an_origin_is_stored_without_an_empty_member() {
    let origin = Origin { path: "a.pdf".to_owned(), member: None };
    let stored = serde_json::to_string(&origin).unwrap();
    assert_eq!(stored, r#"{"path":"a.pdf"}"#);
    assert_eq!(serde_json::from_str::<Origin>(&stored).unwrap(), origin);
    let member = origin.within("b.zip").within("c.pdf");
    assert_eq!(member.to_string(), "a.pdf » b.zip » c.pdf");
    let stored = serde_json::to_string(&member).unwrap();
    assert_eq!(serde_json::from_str::<Origin>(&stored).unwrap(), member);
}
