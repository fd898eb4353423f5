//! The header table: case number, dates, priority.
//!
//! Every extractor linearises the two-column table differently: labels before values row by row, all on one line, or all
//! labels first. So the header is read as a sequence of labels and values, and values go to the labels whose kind they
//! are. Without a header every field is absent.

use std::ops::Range;

use jiff::civil::Date;

use super::dates::date_at;
use super::model::{Diagnostic, DiagnosticCode};
use super::words::starts_with_any;
use crate::intake::text::Text;

/// The printed header fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub case_number: Option<String>,
    pub date_assigned: Option<Date>,
    pub date_of_injury: Option<Date>,
    pub decision_date: Option<Date>,
    pub ur_denial_date: Option<Date>,
    pub application_received: Option<Date>,
    pub priority: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    CaseNumber,
    DateAssigned,
    DateOfInjury,
    DecisionDate,
    UrDenialDate,
    ApplicationReceived,
    /// The second line of "Application / Received:".
    Received,
    Priority,
    /// A label whose value is no field of ours ("Employee:").
    Other,
}

const LABELS: &[(&str, Label)] = &[
    ("maximus case number:", Label::CaseNumber),
    ("imr case number:", Label::CaseNumber),
    ("case number:", Label::CaseNumber),
    ("case no.:", Label::CaseNumber),
    ("date assigned:", Label::DateAssigned),
    ("date of assignment:", Label::DateAssigned),
    ("date of injury:", Label::DateOfInjury),
    ("decision date:", Label::DecisionDate),
    ("dated:", Label::DecisionDate),
    ("ur denial date:", Label::UrDenialDate),
    ("date of ur decision:", Label::UrDenialDate),
    ("date of ur denial:", Label::UrDenialDate),
    ("ur decision date:", Label::UrDenialDate),
    ("imr application received:", Label::ApplicationReceived),
    ("application received:", Label::ApplicationReceived),
    ("application date:", Label::ApplicationReceived),
    ("application", Label::ApplicationReceived),
    ("received:", Label::Received),
    ("priority:", Label::Priority),
    ("employee name:", Label::Other),
    ("employee:", Label::Other),
    ("claim number:", Label::Other),
    ("claims administrator:", Label::Other),
    ("provider name:", Label::Other),
];

enum Value {
    Date(Date),
    Case(String),
    Word(String),
}

impl Value {
    fn fits(&self, label: Label) -> bool {
        match self {
            Value::Case(_) => label == Label::CaseNumber,
            Value::Word(_) => label == Label::Priority,
            Value::Date(_) => !matches!(label, Label::CaseNumber | Label::Priority | Label::Other),
        }
    }
}

/// Reads the header between the top of the letter and its first section.
#[must_use]
pub fn read(text: &Text, range: Range<usize>, diagnostics: &mut Vec<Diagnostic>) -> Header {
    let mut header = Header::default();
    let mut labels: Vec<Label> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let rest = &text.content[at..range.end];
        let previous = text.content[..at].chars().next_back();
        let starts_word = !rest.starts_with(' ') && previous.is_none_or(|before| !before.is_alphanumeric());
        if starts_word && let Some((label, length)) = starts_with_any(rest, LABELS) {
            if !values.is_empty() {
                header.assign(&std::mem::take(&mut labels), std::mem::take(&mut values));
            }
            note(&mut labels, label, header.application_received.is_some());
            at += length;
            continue;
        }
        let value = starts_word.then(|| value_at(rest, labels.contains(&Label::Priority))).flatten();
        at += match value {
            Some((Ok(value), length)) => {
                values.push(value);
                length
            }
            Some((Err(()), length)) => {
                diagnostics.push(unreadable_date(text, at, &rest[..length]));
                labels.pop();
                length
            }
            None => to_next_word(rest),
        };
    }
    header.assign(&labels, values);
    header
}

/// Bytes to the next place where a label or value may start: after a character that is no ASCII letter or digit.
fn to_next_word(rest: &str) -> usize {
    let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    word + rest[word..].chars().next().map_or(0, char::len_utf8)
}

/// "Application" and "Received:" are the two halves of one label, wherever the date stands between them.
fn note(labels: &mut Vec<Label>, label: Label, already_received: bool) {
    match label {
        Label::Received if already_received || labels.contains(&Label::ApplicationReceived) => {}
        Label::Received => labels.push(Label::ApplicationReceived),
        other => labels.push(other),
    }
}

impl Header {
    /// Gives values to the labels printed before them. One value belongs to the label just before it, so that an empty
    /// cell does not take its neighbour's; several follow a block of labels in the same order.
    fn assign(&mut self, labels: &[Label], values: Vec<Value>) {
        if values.len() > 1 && labels.len() > 1 {
            let mut labels = labels.iter();
            for value in values {
                let Some(label) = labels.find(|label| value.fits(**label)) else { return };
                self.set(*label, value);
            }
        } else if let (Some(value), Some(label)) = (values.into_iter().next(), labels.last())
            && value.fits(*label)
        {
            self.set(*label, value);
        }
    }

    fn set(&mut self, label: Label, value: Value) {
        match (label, value) {
            (_, Value::Case(case)) => keep_first(&mut self.case_number, case),
            (_, Value::Word(word)) => keep_first(&mut self.priority, word),
            (Label::DateAssigned, Value::Date(date)) => keep_first(&mut self.date_assigned, date),
            (Label::DateOfInjury, Value::Date(date)) => keep_first(&mut self.date_of_injury, date),
            (Label::DecisionDate, Value::Date(date)) => keep_first(&mut self.decision_date, date),
            (Label::UrDenialDate, Value::Date(date)) => keep_first(&mut self.ur_denial_date, date),
            (_, Value::Date(date)) => keep_first(&mut self.application_received, date),
        }
    }
}

fn keep_first<T>(field: &mut Option<T>, value: T) {
    field.get_or_insert(value);
}

fn value_at(rest: &str, priority_waits: bool) -> Option<(Result<Value, ()>, usize)> {
    if let Some((case, length)) = case_number_at(rest) {
        return Some((Ok(Value::Case(case)), length));
    }
    if let Some((date, length)) = date_at(rest) {
        return Some((date.map(Value::Date), length));
    }
    if priority_waits {
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length > 0 {
            return Some((Ok(Value::Word(rest[..length].to_ascii_lowercase())), length));
        }
    }
    None
}

fn unreadable_date(text: &Text, at: usize, printed: &str) -> Diagnostic {
    super::diagnostic(text, DiagnosticCode::Unreadable, at, format!("`{printed}` in the header is no date; left out"))
}

/// Reads a case number at the start of `text`: `CM16-9900007`, `IMR 13-000004`; spaces round the hyphen are dropped.
#[must_use]
pub fn case_number_at(text: &str) -> Option<(String, usize)> {
    let (prefix, mut at) = [("CM", 2), ("IMR", 3)]
        .into_iter()
        .find(|(prefix, length)| text.get(..*length).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))?;
    let bytes = text.as_bytes();
    let skip = |mut at: usize, also: u8| {
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == also) {
            at += 1;
        }
        at
    };
    at = skip(at, if prefix == "IMR" { b'-' } else { b' ' });
    let year = digits(text, at, 2)?;
    if bytes.get(at + 2).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let hyphen = skip(at + 2, b' ');
    if bytes.get(hyphen) != Some(&b'-') {
        return None;
    }
    let from = skip(hyphen + 1, b' ');
    let length = text[from..].bytes().take_while(u8::is_ascii_digit).count();
    if !(4..=8).contains(&length) {
        return None;
    }
    let space = if prefix == "IMR" { " " } else { "" };
    Some((format!("{prefix}{space}{year}-{}", &text[from..from + length]), from + length))
}

fn digits(text: &str, at: usize, count: usize) -> Option<&str> {
    text.get(at..at + count).filter(|slice| slice.bytes().all(|byte| byte.is_ascii_digit()))
}
