//! Cuts a query into operands, operators and parentheses.

use std::ops::Bound;

use super::word::{
    Operator, Proximity, bounds, clean, is_quote, limit, number, operator, without_leading_punctuation, words_in,
};
use super::{Correction, MOST_CLAUSES, MOST_LOOSE_WORDS, Node, WIDEST_DISTANCE};

/// A piece of the query and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte position in the query.
    pub(super) at: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A word, phrase, range or existence test.
    Operand(Node),
    /// An opening parenthesis, with the field before it: `item:(`.
    Open(Option<String>),
    Close,
    And,
    Or,
    Not,
    /// `+` directly before an operand.
    Plus,
    Near(Proximity),
}

pub(super) struct Lexer<'a> {
    query: &'a str,
    at: usize,
    is_field: &'a dyn Fn(&str) -> bool,
    corrections: &'a mut Vec<Correction>,
    tokens: Vec<Token>,
    clauses: usize,
    is_full: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(
        query: &'a str,
        is_field: &'a dyn Fn(&str) -> bool,
        corrections: &'a mut Vec<Correction>,
    ) -> Self {
        Self { query, at: 0, is_field, corrections, tokens: Vec::new(), clauses: 0, is_full: false }
    }

    /// All tokens of the query, up to [`MOST_CLAUSES`] operands.
    pub(super) fn tokens(mut self) -> Vec<Token> {
        while let Some(character) = self.peek()
            && !self.is_full
        {
            self.read_token(character);
        }
        self.tokens
    }

    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn correct(&mut self, at: usize, what: impl Into<String>) {
        let what = what.into();
        self.corrections.push(Correction { what, at });
    }

    fn push(&mut self, kind: Kind, at: usize) {
        self.tokens.push(Token { kind, at });
    }

    fn push_operand(&mut self, node: Node, at: usize) {
        self.clauses += 1;
        if self.clauses > MOST_CLAUSES {
            self.is_full = true;
            let what = format!("the query has more than {MOST_CLAUSES} words, the rest was left out");
            self.correct(at, what);
            return;
        }
        self.push(Kind::Operand(node), at);
    }

    fn read_token(&mut self, character: char) {
        let at = self.at;
        match character {
            '(' => self.advance_with(Kind::Open(None), 1),
            ')' => self.advance_with(Kind::Close, 1),
            '|' => {
                let bars = self.rest().len() - self.rest().trim_start_matches('|').len();
                self.advance_with(Kind::Or, bars);
            }
            '&' if self.rest().starts_with("&&") => {
                let signs = self.rest().len() - self.rest().trim_start_matches('&').len();
                self.advance_with(Kind::And, signs);
            }
            '-' | '+' if self.is_sign() => {
                let signs = self.rest();
                let length = signs.len() - signs.trim_start_matches(['-', '+']).len();
                let excludes = signs[..length].contains('-');
                self.advance_with(if excludes { Kind::Not } else { Kind::Plus }, length);
            }
            _ if is_quote(character) => self.read_phrase(None),
            _ if ends_word(self.query, at) => self.at += character.len_utf8(),
            _ => self.read_word(),
        }
    }

    fn advance_with(&mut self, kind: Kind, length: usize) {
        self.push(kind, self.at);
        self.at += length;
    }

    /// Whether the hyphen or plus here stands before a word and after white space or `(`.
    fn is_sign(&self) -> bool {
        let before = self.query[..self.at].chars().next_back();
        let starts =
            before.is_none_or(|character| character.is_whitespace() || character.is_control() || character == '(');
        let after = self.rest().trim_start_matches(['-', '+']);
        let word = &after[..word_end(after, 0)];
        starts
            && self.rest().starts_with(['-', '+'])
            && (after.starts_with('(')
                || after.starts_with(is_quote)
                || word.contains(|c: char| c.is_alphanumeric() || c == '*'))
    }

    fn read_word(&mut self) {
        let at = self.at;
        let end = word_end(self.query, at);
        self.at = end;
        let raw = &self.query[at..end];
        if let Some(found) = operator(raw) {
            self.push_operator(found, raw, at);
            return;
        }
        let trimmed = without_leading_punctuation(raw);
        if let Some((name, value)) = field_and_value(trimmed) {
            let field = name.to_ascii_lowercase();
            if (self.is_field)(&field) {
                self.read_field(field, value, at);
                return;
            }
            let has_value = value.starts_with(char::is_alphanumeric)
                || (value.is_empty() && self.peek().is_some_and(|c| c == '(' || is_quote(c)));
            if has_value {
                let what = format!("`{name}` is not a field, it was searched as a word");
                self.correct(at, what);
            }
        }
        self.push_word(None, trimmed, at);
    }

    fn push_operator(&mut self, found: Operator, raw: &str, at: usize) {
        match found {
            Operator::And => self.push(Kind::And, at),
            Operator::Or => self.push(Kind::Or, at),
            Operator::Not => self.push(Kind::Not, at),
            Operator::But => {
                let next = self.rest().trim_start();
                let before_not = next.strip_prefix("NOT").is_some_and(|tail| ends_word(tail, 0));
                if before_not {
                    self.push(Kind::And, at);
                } else {
                    let text = raw.to_lowercase();
                    self.push_operand(plain_word(text), at);
                }
            }
            Operator::Near(proximity) => {
                if proximity.unnumbered {
                    let what = format!("`{raw}` needs a number, as in `/5`; {} words were taken", proximity.distance);
                    self.correct(at, what);
                }
                if proximity.ordered {
                    self.correct(at, format!("`{raw}` matches the words in either order"));
                }
                self.push(Kind::Near(proximity), at);
            }
        }
    }

    /// Adds a cleaned word; `at` is where it was typed.
    fn push_word(&mut self, field: Option<String>, raw: &str, at: usize) {
        let cleaned = clean(raw);
        if cleaned.suffix {
            self.correct(at, format!("the number after `{}` was ignored", cleaned.text));
        }
        if cleaned.question && !cleaned.text.is_empty() {
            let what = format!("the question mark after `{}` was ignored, write `*` for any ending", cleaned.text);
            self.correct(at, what);
        }
        if cleaned.text.is_empty() {
            if let Some(field) = field {
                if raw.contains('*') {
                    self.push_operand(Node::Exists { field }, at);
                } else {
                    self.correct(at, format!("nothing to search for in `{field}`"));
                }
            }
            return;
        }
        match field {
            Some(field) => {
                let node = match bounds(&cleaned.text) {
                    Some((lower, upper)) => range(field, lower, upper),
                    None => Node::Word { field: Some(field), text: cleaned.text, wildcard: cleaned.wildcard },
                };
                self.push_operand(node, at);
            }
            None => match operator(&cleaned.text) {
                Some(found) => self.push_operator(found, &cleaned.text, at),
                None => {
                    self.push_operand(Node::Word { field: None, text: cleaned.text, wildcard: cleaned.wildcard }, at);
                }
            },
        }
    }

    /// Reads what follows `field:`, of which `value` is already behind `self.at`.
    fn read_field(&mut self, field: String, value: &'a str, at: usize) {
        if matches!(value, ">" | "<" | ">=" | "<=") {
            self.skip_space();
            let start = self.at;
            self.at = word_end(self.query, start);
            let typed = format!("{value}{}", &self.query[start..self.at]);
            self.push_comparison(field, &typed, at);
            return;
        }
        if !value.is_empty() {
            if value.starts_with(['<', '>']) {
                self.push_comparison(field, value, at);
            } else if let Some((lower, upper)) = bounds(value) {
                self.push_operand(range(field, lower, upper), at);
            } else {
                self.push_word(Some(field), value, at);
            }
            return;
        }
        let directly = self.at;
        self.skip_space();
        if self.at > directly {
            if !self.value_follows() {
                self.at = directly;
                self.correct(at, format!("`{field}:` has no value, it was searched as a word"));
                self.push_word(None, &field, at);
                return;
            }
            self.correct(directly, format!("the space after `{field}:` was ignored"));
        }
        let start = self.at;
        match self.peek() {
            Some('(') => self.advance_with(Kind::Open(Some(field)), 1),
            Some('[' | '{') => self.read_range(field),
            Some(character) if is_quote(character) => self.read_phrase(Some(field)),
            _ => {
                self.at = word_end(self.query, start);
                let value = &self.query[start..self.at];
                if value.is_empty() {
                    self.correct(at, format!("`{field}:` has no value, it was searched as a word"));
                    self.push_word(None, &field, at);
                } else {
                    self.read_field(field, value, start);
                }
            }
        }
    }

    /// Whether what comes after `field:` and white space can be the value of the field.
    fn value_follows(&self) -> bool {
        let rest = self.rest();
        let raw = &rest[..word_end(rest, 0)];
        let is_operator = operator(raw).is_some();
        let is_fielded = field_and_value(without_leading_punctuation(raw))
            .is_some_and(|(name, _)| (self.is_field)(&name.to_ascii_lowercase()));
        let opens = rest.starts_with(['(', '[', '{']) || rest.starts_with(is_quote);
        opens || !(raw.is_empty() || is_operator || is_fielded || self.is_sign())
    }

    fn push_comparison(&mut self, field: String, typed: &str, at: usize) {
        match bounds(typed) {
            Some((Bound::Unbounded, Bound::Unbounded)) | None => {
                self.correct(at, format!("`{field}:{typed}` lacks a value and was left out"));
            }
            Some((lower, upper)) => self.push_operand(range(field, lower, upper), at),
        }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
        self.at += rest.len() - trimmed.len();
    }

    /// Reads `[a TO b]` and its like, from the opening bracket on.
    fn read_range(&mut self, field: String) {
        let at = self.at;
        let opens_inclusive = self.peek() == Some('[');
        self.at += 1;
        let rest = self.rest();
        let close = rest.find([']', '}']);
        if close.is_none() {
            self.correct(at, "the range was closed at the end of the query");
        }
        let inside = &rest[..close.unwrap_or(rest.len())];
        let closes_inclusive = !rest[inside.len()..].starts_with('}');
        self.at += (inside.len() + 1).min(rest.len());
        let words: Vec<&str> = inside.split_whitespace().collect();
        let is_to = |word: &str| word.eq_ignore_ascii_case("to");
        let (from, to) = match words.as_slice() {
            [from, middle, to] if is_to(middle) => (*from, *to),
            [middle, to] if is_to(middle) => ("*", *to),
            [from, middle] if is_to(middle) => (*from, "*"),
            [from, to] => {
                self.correct(at, format!("`{inside}` was read as `{from} TO {to}`"));
                (*from, *to)
            }
            [only] if !is_to(only) => (*only, *only),
            _ => {
                self.correct(at, format!("`{inside}` is not a range and was left out"));
                return;
            }
        };
        let bound = |typed: &str, inclusive: bool| match limit(typed) {
            Some(text) if inclusive => Bound::Included(text),
            Some(text) => Bound::Excluded(text),
            None => Bound::Unbounded,
        };
        let lower = bound(from, opens_inclusive);
        let upper = bound(to, closes_inclusive);
        self.push_operand(range(field, lower, upper), at);
    }

    /// Reads a quoted phrase, from its opening quote on, and the slop after it.
    fn read_phrase(&mut self, field: Option<String>) {
        let at = self.at;
        let opening = self.peek().map_or(0, char::len_utf8);
        self.at += opening;
        let rest = self.rest();
        let close = rest.find(is_quote);
        if close.is_none() {
            self.correct(at, "the quotation was closed at the end of the query");
        }
        let inside = &rest[..close.unwrap_or(rest.len())];
        let after = &rest[inside.len()..];
        self.at += inside.len() + after.chars().next().map_or(0, char::len_utf8);
        let mut slop = self.read_slop();
        let text = inside
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if !text.contains(char::is_alphanumeric) {
            self.correct(at, "the empty quotation was left out");
            return;
        }
        if slop > 0 && words_in(&text) > MOST_LOOSE_WORDS {
            self.correct(
                at,
                format!("a quotation of more than {MOST_LOOSE_WORDS} words was searched without its `~{slop}`"),
            );
            slop = 0;
        }
        self.push_operand(Node::Phrase { field, text, slop }, at);
    }

    fn read_slop(&mut self) -> u32 {
        let at = self.at;
        let rest = self.rest();
        let marked = rest.trim_start();
        let Some(tail) = marked.strip_prefix('~') else {
            return 0;
        };
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Some(slop) = number(&tail[..digits]) else {
            return 0;
        };
        if marked.len() < rest.len() {
            self.correct(at, format!("`~{slop}` was joined to the quotation before it"));
        }
        if slop == WIDEST_DISTANCE && tail[..digits] != WIDEST_DISTANCE.to_string() {
            self.correct(at, format!("the distance was narrowed to {slop} words"));
        }
        self.at += rest.len() - tail.len() + digits;
        slop
    }
}

fn plain_word(text: String) -> Node {
    Node::Word { field: None, text, wildcard: false }
}

fn range(field: String, lower: Bound<String>, upper: Bound<String>) -> Node {
    if lower == Bound::Unbounded && upper == Bound::Unbounded {
        return Node::Exists { field };
    }
    Node::Range { field, lower, upper }
}

/// Splits `name:value` where the name is an identifier; says nothing about its being known.
fn field_and_value(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once(':')?;
    let mut characters = name.chars();
    let is_identifier = characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '.'));
    is_identifier.then_some((name, value))
}

/// Where the word that begins at `from` ends.
fn word_end(query: &str, from: usize) -> usize {
    query[from..]
        .char_indices()
        .map(|(offset, _)| from + offset)
        .find(|at| ends_word(query, *at))
        .unwrap_or(query.len())
}

/// Whether the character at byte `at`, or the end of the query, cannot be inside a word.
fn ends_word(query: &str, at: usize) -> bool {
    let Some(character) = query[at..].chars().next() else {
        return true;
    };
    match character {
        '(' | ')' | ';' | '[' | ']' | '{' | '}' | '|' | '\u{2014}' => true,
        ',' => {
            let digit = |c: char| c.is_ascii_digit();
            let before = query[..at].chars().next_back().is_some_and(digit);
            let after = query[at + 1..].chars().next().is_some_and(digit);
            !(before && after)
        }
        '&' => query[at..].starts_with("&&"),
        _ => character.is_whitespace() || character.is_control() || is_quote(character),
    }
}
