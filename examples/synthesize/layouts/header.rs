//! The table of case number and dates, as different extractors give it.

use super::super::letter::Letter;
use super::super::page::{Habit, Page};
use super::super::random::Random;

use super::date;

pub fn print(letter: &Letter, page: &mut Page, random: &mut Random) {
    let [assigned, injured, decided, denied, received] =
        [letter.assigned, letter.injured, letter.decided, letter.denied, letter.received].map(|day| date(day, 0));
    let priority = if letter.expedited { "Expedited" } else { "Standard" };
    let case = &letter.case_number;
    page.gap();
    let form = if page.habit() == Habit::Wrapped { random.below(6) } else { random.below(3) };
    match form {
        0 => {
            page.line(&format!("Case Number: {case}"));
            page.line(&format!("Date Assigned: {assigned} Date of Injury: {injured}"));
            page.line(&format!("Decision Date: {decided} UR Denial Date: {denied}"));
            page.line(&format!("Priority: {priority} Application Received: {received}"));
        }
        1 => {
            page.line(&format!("Case Number: {case}"));
            page.line(&format!("Date Assigned: {assigned}"));
            page.line(&format!("Date of Injury: {injured}"));
            page.line(&format!("Decision Date: {decided}"));
            page.line(&format!("UR Denial Date: {denied}"));
            page.line(&format!("Priority: {priority}"));
            page.line(&format!("Application Received: {received}"));
        }
        2 => {
            page.line(&format!("Case Number: {case}"));
            page.line(&format!("Date Assigned: {assigned} Date of Injury: {injured}"));
            page.line(&format!("Decision Date: {decided} UR Denial Date: {denied}"));
            page.line(&format!("Priority: {priority} Application"));
            page.line(&format!("Received: {received}"));
        }
        3 => page.line(&format!(
            "Case Number: {case} Date Assigned: {assigned} Date of Injury: {injured} Decision Date: {decided} UR Denial \
             Date: {denied} Priority: {priority} Application Received: {received}"
        )),
        _ => {
            page.line(&format!("{:<22}{case}", "Case Number:"));
            for (left, value, right, other) in [
                ("Date Assigned:", assigned.as_str(), "Date of Injury:", injured.as_str()),
                ("Decision Date:", &decided, "UR Denial Date:", &denied),
                ("Priority:", priority, "Application", &received),
            ] {
                page.line(&format!("{left:<22}{value:<32}{right:<21}{other}"));
            }
            page.line(&format!("{:54}Received:", ""));
        }
    }
}
