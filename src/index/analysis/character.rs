//! What each character is to the analysis, and how letters are folded.
//!
//! ASCII is answered from a table, because nearly all of every letter is ASCII and this is the
//! innermost loop of indexing; everything else is decoded and asked of the Unicode tables.

/// What an ASCII byte is to the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Letter,
    Digit,
    Separator,
    /// The first byte of a longer character, which has to be decoded before it can be judged.
    NotAscii,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::NotAscii; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = if byte.is_ascii_alphabetic() {
            Class::Letter
        } else if byte.is_ascii_digit() {
            Class::Digit
        } else {
            Class::Separator
        };
        byte += 1;
    }
    table
}

/// Looks a byte up in the table.
#[inline]
pub(super) fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// The class of the byte at `at`; the end of the text counts as a separator.
#[inline]
pub(super) fn class_at(text: &str, at: usize) -> Class {
    text.as_bytes().get(at).map_or(Class::Separator, |byte| class(*byte))
}

/// The first character at or after byte `at`, or `None` at the end of the text.
#[inline]
pub(super) fn character_at(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|rest| rest.chars().next())
}

/// The last character before byte `at`, or `None` at the start of the text.
pub(super) fn character_before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|head| head.chars().next_back())
}

/// Whether a word may begin at byte `at`.
#[inline]
pub(super) fn is_word_at(text: &str, at: usize) -> bool {
    match class_at(text, at) {
        Class::Letter | Class::Digit => true,
        Class::Separator => false,
        Class::NotAscii => character_at(text, at).is_some_and(is_word_character),
    }
}

/// Whether a word may begin with `character`. Unicode counts some accents and one apostrophe as
/// letters; here they are not.
pub(super) fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() && !is_ignorable(character) && !is_apostrophe(character)
}

/// Characters that sit inside a word without being part of it: accents written apart from their
/// letter, soft hyphens and zero-width joiners, all of which PDF text brings along.
pub(super) fn is_ignorable(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}')
}

/// Straight and curly apostrophes alike.
pub(super) fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}')
}

/// The plain hyphen for every character people and word processors write in its place.
pub(super) fn as_hyphen(character: char) -> Option<char> {
    matches!(character, '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2212}').then_some('-')
}

/// Appends the lower-case form of `character` without its accents.
///
/// Only Latin letters are stripped: an accent tells words apart in other scripts, and those occur
/// in the letters only as names.
pub(super) fn fold_into(character: char, folded: &mut String) {
    let plain = match character {
        'À'..='Å' | 'à'..='å' | 'Ā' | 'ā' | 'Ă' | 'ă' | 'Ą' | 'ą' => "a",
        'Ç' | 'ç' | 'Ć' | 'ć' | 'Č' | 'č' => "c",
        'Ď' | 'ď' | 'Đ' | 'đ' | 'Ð' | 'ð' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē' | 'ē' | 'Ė' | 'ė' | 'Ę' | 'ę' | 'Ě' | 'ě' => "e",
        'Ğ' | 'ğ' => "g",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ī' | 'ī' | 'Į' | 'į' | 'İ' | 'ı' => "i",
        'Ł' | 'ł' => "l",
        'Ñ' | 'ñ' | 'Ń' | 'ń' | 'Ň' | 'ň' => "n",
        'Ò'..='Ö' | 'ò'..='ö' | 'Ø' | 'ø' | 'Ō' | 'ō' | 'Ő' | 'ő' => "o",
        'Ř' | 'ř' => "r",
        'Ś' | 'ś' | 'Ş' | 'ş' | 'Š' | 'š' => "s",
        'Ť' | 'ť' => "t",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ū' | 'ū' | 'Ů' | 'ů' | 'Ű' | 'ű' => "u",
        'Ý' | 'ý' | 'ÿ' | 'Ÿ' => "y",
        'Ź' | 'ź' | 'Ż' | 'ż' | 'Ž' | 'ž' => "z",
        'Æ' | 'æ' => "ae",
        'Œ' | 'œ' => "oe",
        'ß' => "ss",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        other => {
            folded.extend(other.to_lowercase().filter(|lower| !is_ignorable(*lower)));
            return;
        }
    };
    folded.push_str(plain);
}
