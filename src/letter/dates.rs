//! Dates as letters print them.

use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a date at the start of `text`: `9/26/2013`, `09-26-2013`, `9/26/13`, `2013-09-26`, `September 26, 2013`.
///
/// Two-digit years are those of the program: 00 to 69 mean 2000 to 2069, 70 to 99 mean 1970 to 1999.
/// Returns the date and the bytes read; `Err` with the bytes of what looks like a date but is none.
#[must_use]
pub fn date_at(text: &str) -> Option<(Result<Date, ()>, usize)> {
    numeric_date(text).or_else(|| written_date(text))
}

fn numeric_date(text: &str) -> Option<(Result<Date, ()>, usize)> {
    let bytes = text.as_bytes();
    let (first, mut at) = number(bytes, 0)?;
    let separator = *bytes.get(at)?;
    if !matches!(separator, b'/' | b'-' | b'.') {
        return None;
    }
    let (second, after) = number(bytes, at + 1)?;
    if bytes.get(after) != Some(&separator) {
        return None;
    }
    let (third, end) = number(bytes, after + 1)?;
    let first_digits = at;
    at = end;
    let (year, year_digits, month, day) =
        if first_digits == 4 { (first, 4, second, third) } else { (third, end - after - 1, first, second) };
    if !matches!(year_digits, 2 | 4) {
        return None;
    }
    Some((civil(full_year(year, year_digits), month, day), at))
}

fn written_date(text: &str) -> Option<(Result<Date, ()>, usize)> {
    let name_length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(3..="september".len()).contains(&name_length) {
        return None;
    }
    let name = &text[..name_length];
    let is_named = |month: &&str| {
        (month.len() == name_length || name_length <= 4)
            && month.get(..name_length).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let month = MONTHS.iter().position(is_named)? + 1;
    let bytes = text.as_bytes();
    let mut at = name_length + usize::from(bytes.get(name_length) == Some(&b'.'));
    at = spaces(bytes, at);
    let (day, after) = number(bytes, at)?;
    at = spaces(bytes, after + usize::from(bytes.get(after) == Some(&b',')));
    let (year, end) = number(bytes, at)?;
    (end - at == 4).then(|| (civil(year, month as u32, day), end))
}

fn civil(year: u32, month: u32, day: u32) -> Result<Date, ()> {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return Err(());
    };
    if !(1900..=2100).contains(&year) {
        return Err(());
    }
    Date::new(year, month, day).map_err(|_| ())
}

fn full_year(year: u32, digits: usize) -> u32 {
    match (digits, year) {
        (2, 0..=69) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    }
}

/// A number of at most four digits.
fn number(bytes: &[u8], from: usize) -> Option<(u32, usize)> {
    let digits = bytes.get(from..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=4).contains(&digits) {
        return None;
    }
    let value = bytes[from..from + digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    Some((value, from + digits))
}

fn spaces(bytes: &[u8], from: usize) -> usize {
    from + bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_all_printed_styles() {
        for (printed, expected) in [
            ("9/26/2013 next", Some(Ok("2013-09-26"))),
            ("09-26-2013", Some(Ok("2013-09-26"))),
            ("2013-09-26", Some(Ok("2013-09-26"))),
            ("9/6/13", Some(Ok("2013-09-06"))),
            ("3/1/98", Some(Ok("1998-03-01"))),
            ("September 26, 2013", Some(Ok("2013-09-26"))),
            ("Sept. 6 2013", Some(Ok("2013-09-06"))),
            ("13/45/2013", Some(Err(()))),
            ("2/30/2016", Some(Err(()))),
            ("12/2013", None),
            ("maybe 3", None),
        ] {
            let read = date_at(printed).map(|(date, _)| date.map(|date| date.to_string()));
            assert_eq!(read, expected.map(|date| date.map(str::to_owned)), "{printed:?}");
        }
    }
}
