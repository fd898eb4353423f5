//! Putting letters on a screen: safe text, wrapping, marks, bars.

use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns to write when standard output is no terminal, and the least on one.
const USUAL_WIDTH: usize = 80;
/// Wider lines are hard to read.
const WIDEST: usize = 100;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();

/// Columns to write.
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0).clamp(40, WIDEST))
}

/// Whether what is printed can be marked by colour; where not, marks are made of characters.
pub fn shows_color() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Text from a letter as it may reach a terminal: without control characters (which could move the cursor or set
/// colours) and without characters that turn the direction of writing.
pub fn plain(text: &str) -> String {
    text.chars().filter(|&letter| is_harmless(letter)).collect()
}

/// Whether a character only shows itself.
pub fn is_harmless(letter: char) -> bool {
    letter == '\n'
        || !(letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'))
}

/// JSON in which characters that do more than show themselves are escaped, as JSON allows.
pub fn harmless_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    let mut units = [0; 2];
    for letter in json.chars() {
        if is_harmless(letter) {
            escaped.push(letter);
            continue;
        }
        escaped.extend(letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
    }
    escaped
}

/// The colour of an outcome.
pub fn outcome_style(outcome: &str) -> Style {
    match outcome {
        "overturned" => AnsiColor::Green.on_default().bold(),
        "partially_overturned" => AnsiColor::Yellow.on_default().bold(),
        _ => AnsiColor::Red.on_default().bold(),
    }
}

/// Wraps plain text to `width` columns; a longer word is broken.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_marked(text, &[], width, Marking::None)
}

/// How matches are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    None,
    /// Bold and underlined.
    Color,
    /// Between asterisks.
    Characters,
}

impl Marking {
    /// What standard output can show.
    pub fn of_output() -> Self {
        if shows_color() { Marking::Color } else { Marking::Characters }
    }
}

/// Wraps text with its matches (in characters of `text`) marked; marks take part in the width only where they are
/// characters.
pub fn wrap_marked(text: &str, marks: &[(usize, usize)], width: usize, marking: Marking) -> Vec<String> {
    let style = Style::new().bold().underline();
    let (open, close) = match marking {
        Marking::None => (String::new(), String::new()),
        Marking::Color => (style.render().to_string(), style.render_reset().to_string()),
        Marking::Characters => ("*".into(), "*".into()),
    };
    let mark_width = usize::from(marking == Marking::Characters);
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut line_width) = (String::new(), 0);
    let (mut word, mut word_width) = (String::new(), 0);
    let flush = |word: &mut String,
                 word_width: &mut usize,
                 line: &mut String,
                 line_width: &mut usize,
                 lines: &mut Vec<String>| {
        if word.is_empty() {
            return;
        }
        if *line_width > 0 && *line_width + 1 + *word_width > width {
            lines.push(std::mem::take(line));
            *line_width = 0;
        }
        if *line_width > 0 {
            line.push(' ');
            *line_width += 1;
        }
        line.push_str(word);
        *line_width += *word_width;
        word.clear();
        *word_width = 0;
    };
    let mut marked = false;
    for (index, letter) in text.chars().enumerate() {
        if marked && marks.iter().any(|&(_, end)| end == index) {
            word.push_str(&close);
            word_width += mark_width;
            marked = false;
        }
        if !marked && marks.iter().any(|&(start, end)| start == index && end > index) {
            word.push_str(&open);
            word_width += mark_width;
            marked = true;
        }
        if letter.is_whitespace() {
            // A mark over several words ends and begins again at the gap, so that no line break falls inside one.
            if marked && marking == Marking::Color {
                word.push_str(&close);
            }
            flush(&mut word, &mut word_width, &mut line, &mut line_width, &mut lines);
            if marked && marking == Marking::Color {
                word.push_str(&open);
            }
            continue;
        }
        if !is_harmless(letter) {
            continue;
        }
        let letter_width = letter.width().unwrap_or(0);
        if word_width + letter_width > width {
            flush(&mut word, &mut word_width, &mut line, &mut line_width, &mut lines);
        }
        word.push(letter);
        word_width += letter_width;
    }
    if marked {
        word.push_str(&close);
        word_width += mark_width;
    }
    flush(&mut word, &mut word_width, &mut line, &mut line_width, &mut lines);
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Text cut to `width` columns, with an ellipsis where something was left out.
pub fn cut(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.width() <= width {
        return text;
    }
    let mut kept = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let letter_width = letter.width().unwrap_or(0);
        if used + letter_width + 1 > width {
            break;
        }
        kept.push(letter);
        used += letter_width;
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Text padded to `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A bar of at most `width` columns for `count` of `most`; anything above nothing shows.
pub fn bar(count: u64, most: u64, width: usize) -> String {
    if most == 0 || count == 0 {
        return String::new();
    }
    let eighths = (u128::from(count) * width as u128 * 8 / u128::from(most)).max(1) as usize;
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{part}", "█".repeat(eighths / 8))
}

/// `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 letter`, `2 letters`.
pub fn count(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// An outcome in words: `partially overturned`.
pub fn outcome_words(outcome: &str) -> String {
    outcome.replace('_', " ")
}

/// How far a long command is, on a terminal; nothing in a pipe.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar of this template, made only where it is shown.
    pub fn new(bar: impl FnOnce() -> ProgressBar, template: &str) -> Self {
        let bar = io::stderr().is_terminal().then(bar);
        if let (Some(bar), Ok(style)) = (&bar, ProgressStyle::with_template(template)) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// The bar, where it is shown.
    pub fn bar(&self) -> Option<&ProgressBar> {
        self.0.as_ref()
    }

    /// Prints without the bar in the way.
    pub fn suspend(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the bar from the screen.
    pub fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{7}c\u{202e}d\u{9b}e"), "a[31mbcde");
        assert_eq!(wrap("x\u{1b}]0;title\u{7}y", 80), ["x]0;titley"]);
    }

    #[test]
    fn json_keeps_its_meaning_without_harmful_characters() {
        let json = serde_json::to_string("a\u{9b}31m\u{202e}b\u{e0041}").unwrap();
        let harmless = harmless_json(&json);
        assert!(harmless.chars().all(is_harmless), "{harmless}");
        assert_eq!(serde_json::from_str::<String>(&harmless).unwrap(), "a\u{9b}31m\u{202e}b\u{e0041}");
    }

    #[test]
    fn lines_fit_and_marks_stay_on_their_words() {
        let text = "The lumbar spine was examined and no deficit was found";
        let lines = wrap_marked(text, &[(4, 16)], 20, Marking::Characters);
        assert!(lines.iter().all(|line| line.width() <= 20), "{lines:?}");
        assert_eq!(lines.join(" "), "The *lumbar spine* was examined and no deficit was found");
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn cutting_shows_that_something_is_left_out() {
        assert_eq!(cut("a longer line", 9), "a longer…");
        assert_eq!(cut("short", 9), "short");
    }

    #[test]
    fn numbers_are_grouped_and_bars_scaled() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(12), "12");
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
    }
}
