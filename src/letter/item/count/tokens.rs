//! The words, numbers and marks of an item.

use super::vocabulary::Words;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    Mark,
}

/// A piece of the item, in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// The value of a number in digits or words; of a decimal, its whole part.
    pub number: Option<u32>,
    /// Whether the number is whole as written: `30` is, `30.5` and `30.00` are not.
    pub integral: bool,
    whole: bool,
    pub start: usize,
    pub end: usize,
}

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text)
    }

    pub fn is_in(&self, words: &Words) -> bool {
        words.contains(self.text)
    }

    /// The value of a number without a fraction; `30.00` is 30.
    pub fn whole_number(&self) -> Option<u32> {
        self.number.filter(|_| self.whole)
    }
}

/// The tokens of `text`, which is in lower case.
///
/// A number with letters attached is one word ("50mg", "3t", "l4"), except where the letters count ("30tabs",
/// "12visits") or multiply ("2x6", "x3").
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        if first.is_whitespace() {
            continue;
        }
        if !first.is_alphanumeric() {
            let end = start + first.len_utf8();
            tokens.push(Token { kind: Kind::Mark, ..word(text, start, end) });
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some(&(at, next)) = characters.peek() {
            if !next.is_alphanumeric() && !continues_number(text, start, at, next) {
                break;
            }
            end = at + next.len_utf8();
            characters.next();
        }
        push_run(&mut tokens, text, start, end);
    }
    join_number_words(tokens)
}

/// Whether the mark at `at` stands inside a number that began at `start`: a decimal point or a thousands separator.
fn continues_number(text: &str, start: usize, at: usize, mark: char) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // Numbers are short; a longer run of digits is no number, and looking back over it would cost quadratic time.
    if at - start > 12 {
        return false;
    }
    let after = &text.as_bytes()[at + mark.len_utf8()..];
    let digits_after = after.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    match mark {
        '.' => digits(&text[start..at]) && digits_after > 0,
        ',' => digits(&text[start..at]) && at - start <= 3 && digits_after == 3,
        _ => false,
    }
}

/// Pushes the run of letters and digits `start..end`, split where a sign or a counted noun is fused to a number.
fn push_run<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str, start: usize, end: usize) {
    let run = &text[start..end];
    let digits = run.find(|character: char| !(character.is_ascii_digit() || matches!(character, '.' | ',')));
    match digits {
        None => tokens.push(number(text, start, end)),
        Some(0) => {
            let letters = run.find(|character: char| character.is_ascii_digit()).unwrap_or(run.len());
            let rest_is_number = run[letters..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let fused = ["x", "qty", "rf", "rfx", "refills", "refill", "quantity"].contains(&&run[..letters]);
            if letters < run.len() && rest_is_number && fused {
                let label = if &run[..letters] == "rfx" { start + 2 } else { start + letters };
                tokens.push(word(text, start, label));
                tokens.push(number(text, start + letters, end));
            } else {
                tokens.push(word(text, start, end));
            }
        }
        Some(length) => {
            let rest = &run[length..];
            let multiplies = rest.strip_prefix('x').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            if multiplies {
                tokens.push(number(text, start, start + length));
                tokens.push(word(text, start + length, start + length + 1));
                if length + 1 < run.len() {
                    tokens.push(number(text, start + length + 1, end));
                }
            } else if super::vocabulary::FUSED.contains(rest) {
                tokens.push(number(text, start, start + length));
                tokens.push(word(text, start + length, end));
            } else {
                tokens.push(word(text, start, end));
            }
        }
    }
}

fn word(text: &str, start: usize, end: usize) -> Token<'_> {
    let text = &text[start..end];
    let number = number_word(text);
    let kind = if number.is_some() { Kind::Number } else { Kind::Word };
    Token { kind, text, number, integral: number.is_some(), whole: number.is_some(), start, end }
}

fn number(text: &str, start: usize, end: usize) -> Token<'_> {
    let text = &text[start..end];
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let value: Option<u32> = whole.replace(',', "").parse().ok();
    let zero_fraction = fraction.bytes().all(|byte| byte == b'0');
    Token { kind: Kind::Number, text, number: value, integral: fraction.is_empty(), whole: zero_fraction, start, end }
}

/// "Twenty-four" is one number.
fn join_number_words(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut joined: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let unit = token.number.filter(|&value| value < 10 && token.text.starts_with(char::is_alphabetic));
        let place = joined.len();
        let hyphen = place >= 2 && joined[place - 1].is("-");
        let tens_at = if hyphen { place - 2 } else { place.saturating_sub(1) };
        let tens = joined.get(tens_at).and_then(|tens| tens.number.filter(|_| tens.text.ends_with("ty")));
        if let (Some(unit), Some(tens)) = (unit, tens) {
            joined.truncate(tens_at + 1);
            if let Some(last) = joined.last_mut() {
                last.number = Some(tens + unit);
                last.end = token.end;
            }
        } else {
            joined.push(token);
        }
    }
    joined
}

fn number_word(text: &str) -> Option<u32> {
    const UNITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if let Some(unit) = UNITS.iter().position(|&word| word == text) {
        return Some(unit as u32);
    }
    TENS.iter().position(|&word| word == text).map(|tens| (tens as u32 + 2) * 10)
}
