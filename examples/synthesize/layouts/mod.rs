//! A letter in its layout.

mod header;
mod notice;
mod numbered;
mod professional;
mod three_sections;

use super::grammar::push_date;
use super::letter::{Layout, Letter};
use super::page::{Habit, Page};
use super::random::Random;

/// What stands between the headings of a case summary.
const SUMMARY_INTRODUCTION: &str = "The expert reviewer developed the following clinical case summary based on a review of \
                                    the case file, including all medical records:";

const DECISIONS_INTRODUCTION: &str =
    "The Final Determination was based on decisions for the disputed items/services set forth below:";

/// The records that letters of late 2013 list.
pub const ALL_RECORDS: &str = "All medical, insurance, and administrative records provided were reviewed.";

/// The text of a letter.
pub fn print(letter: &Letter) -> String {
    let mut random = letter.printing.clone();
    let habit = Habit::choose(&mut random);
    let mut page = Page::new(habit, &mut random);
    match letter.layout {
        Layout::Notice => notice::print(letter, &mut page, &mut random),
        Layout::Professional => professional::print(letter, &mut page, &mut random),
        Layout::Numbered => numbered::print(letter, &mut page, &mut random),
        Layout::ThreeSections2014 | Layout::ThreeSections2015 => three_sections::print(letter, &mut page, &mut random),
    }
    page.finish()
}

fn date(date: jiff::civil::Date, style: usize) -> String {
    let mut out = String::with_capacity(12);
    push_date(&mut out, date, style);
    out
}

/// "is Board Certified in …, has a subspecialty in … and is licensed to practice in …".
fn certified(letter: &Letter) -> String {
    let specialties = letter.specialties.join(", has a subspecialty in ");
    format!("is Board Certified in {specialties} and is licensed to practice in {}", letter.licensure.join(" and "))
}

fn how_determined(page: &mut Page, credentials: Option<&str>, random: &mut Random) {
    page.centered("HOW THE IMR FINAL DETERMINATION WAS MADE");
    space(page, random);
    let credentials = credentials.map_or(String::new(), |words| format!("The expert reviewer {words}. "));
    page.words(&format!(
        "MAXIMUS Federal Services gave the whole case file to an expert reviewer who is independent of the employer, the \
         employee, the providers and the claims administrator. {credentials}The reviewer was chosen for training and \
         experience in the kind of care that is in dispute and knows the laws and regulations that govern these reviews."
    ));
}

fn summary(letter: &Letter, page: &mut Page, random: &mut Random) {
    page.centered("CLINICAL CASE SUMMARY");
    space(page, random);
    page.words(SUMMARY_INTRODUCTION);
    page.paragraph(&letter.summary);
}

/// A gap under a heading, in some letters.
fn space(page: &mut Page, random: &mut Random) {
    if random.chance(0.4) || page.habit() == Habit::Unwrapped {
        page.gap();
    }
}
