//! Whether a member's path stays inside its archive
//!
//! Nothing is ever written to such a path. Yet it becomes a letter's origin, which the user
//! clicks, copies and unpacks by, so a path that points elsewhere is refused like the attack
//! it usually is.

/// Whether the path is absolute, names a drive, or climbs above the archive
///
/// Both slashes separate, on every system: a zip made by an old Windows tool uses `\`.
pub(super) fn escapes(path: &str) -> bool {
    if path.contains('\0') || path.starts_with(['/', '\\']) || names_a_drive(path) {
        return true;
    }
    let mut depth = 0_usize;
    for component in path.split(['/', '\\']) {
        match component {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn names_a_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::escapes;

    #[test]
    fn paths_that_leave_the_archive_are_seen_in_every_spelling() {
        let leaving = [
            "../x",
            "a/../../x",
            "..",
            "/etc/passwd",
            "\\share\\x",
            "..\\x",
            "a\\..\\..\\x",
            "C:\\x",
            "c:x",
            "a/..\\../x",
            "x\0.txt",
        ];
        for path in leaving {
            assert!(escapes(path), "{path:?}");
        }
    }

    #[test]
    fn paths_that_stay_inside_are_left_alone() {
        let staying = ["x", "./x", "a/../x", "a\\b.pdf", "..x", "a/..b/c", "x..", "Re: appeal.txt", "a//b"];
        for path in staying {
            assert!(!escapes(path), "{path:?}");
        }
    }
}
