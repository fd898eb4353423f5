//! Printing paragraphs as the texts of letters come: wrapped, with every line followed by an empty one, or a paragraph a line.

use super::random::Random;

/// How a text separates its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Wrapped lines, an empty one between paragraphs, a form feed at a page break.
    Wrapped,
    /// Each line ends in a space and is followed by an empty one; a line with one space ends a paragraph, two more empty
    /// lines a page.
    Doubled,
    /// Each paragraph is one line.
    Unwrapped,
}

impl Habit {
    /// The habits of plain text files, in the shares assumed for them.
    pub fn choose(random: &mut Random) -> Self {
        match random.below(100) {
            0..=11 => Habit::Doubled,
            12..=15 => Habit::Unwrapped,
            _ => Habit::Wrapped,
        }
    }
}

/// A text under way.
pub struct Page {
    out: String,
    habit: Habit,
    width: usize,
    /// Lines a page, where pages are kept.
    length: Option<usize>,
    printed: usize,
    gap: bool,
}

impl Page {
    pub fn new(habit: Habit, random: &mut Random) -> Self {
        let width = random.pick(&[88, 92, 95, 95, 100]);
        let paged = habit != Habit::Unwrapped && random.chance(0.6);
        let length = paged.then(|| random.between(44, 58));
        Page { out: String::with_capacity(8192), habit, width, length, printed: 0, gap: false }
    }

    /// A paragraph gap before what is printed next.
    pub fn gap(&mut self) {
        self.gap = !self.out.is_empty();
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        if self.gap {
            self.out.push_str(if self.habit == Habit::Doubled { " \n\n" } else { "\n" });
            self.gap = false;
        }
        if self.length == Some(self.printed) {
            self.out.push_str(if self.habit == Habit::Doubled { "\n\n" } else { "\u{c}" });
            self.printed = 0;
        }
        self.printed += 1;
        self.out.push_str(text);
        self.out.push_str(if self.habit == Habit::Doubled { " \n\n" } else { "\n" });
    }

    /// A line in the middle of the page.
    pub fn centered(&mut self, text: &str) {
        self.gap();
        if self.habit == Habit::Wrapped {
            let indent = self.width.saturating_sub(text.len()) / 2;
            self.line(&format!("{:indent$}{text}", ""));
        } else {
            self.line(text);
        }
    }

    /// Words that wrap at spaces; a gap stands before them only where one was asked for.
    pub fn words(&mut self, text: &str) {
        if self.habit == Habit::Unwrapped {
            self.line(text);
            return;
        }
        let mut rest = text;
        while rest.chars().count() > self.width {
            let Some(at) = break_before(rest, self.width) else { break };
            self.line(&rest[..at]);
            rest = &rest[at + 1..];
        }
        self.line(rest);
    }

    /// Words with a gap before them.
    pub fn paragraph(&mut self, text: &str) {
        self.gap();
        self.words(text);
    }

    pub fn habit(&self) -> Habit {
        self.habit
    }

    pub fn finish(self) -> String {
        self.out
    }
}

/// The last space within `width` characters, else the first after them; none right after a hyphen, where the space is
/// the text's own ("non- certified").
fn break_before(text: &str, width: usize) -> Option<usize> {
    let end = text.char_indices().nth(width + 1).map_or(text.len(), |(at, _)| at);
    let may_break = |at: &usize| !text[..*at].ends_with('-');
    let before = memchr::memrchr_iter(b' ', &text.as_bytes()[..end]).find(may_break).filter(|&at| at > 0);
    before.or_else(|| memchr::memchr_iter(b' ', text.as_bytes()).find(|at| *at >= end && may_break(at)))
}
