//! The disputed items as letters print them: drugs with strengths and counts, therapy by visits, services of an operation,
//! and requests that utilization review had modified.

use super::grammar::{REGIONS, days_before, push_date, push_number};
use super::random::Random;
use super::vocabulary::{Category, Treatment, push_strength};
use jiff::civil::Date;

const PARTS: [&[&str]; REGIONS.len()] = [
    &["lumbar spine", "low back", "lumbosacral spine", "thoracic spine"],
    &["cervical spine", "neck", "upper back"],
    &["shoulder", "shoulder", "upper arm"],
    &["elbow", "forearm"],
    &["wrist", "hand", "thumb"],
    &["knee", "lower leg"],
    &["ankle", "foot", "heel"],
    &["hip", "groin", "thigh"],
    &["psyche"],
];

const LEVELS: [&[&str]; 2] = [
    &["L4-5", "L5-S1", "L4-L5 and L5-S1", "L3-4", "L4-S1", "bilateral L4-5"],
    &["C5-6", "C6-7", "C4-5 and C5-6", "C5-C7", "C3-4", "C7-T1"],
];

/// One request.
pub struct Item {
    /// As printed before the outcome.
    pub printed: String,
    /// The name of the treatment, as a rationale calls it.
    pub short: String,
}

/// What wording an item needs to know of its letter.
pub struct Request<'a> {
    pub category: &'a Category,
    pub treatment: &'a Treatment,
    pub name: &'a str,
    pub region: usize,
    pub side: &'a str,
    pub decided: Date,
    /// Modified requests are printed from 2014 on.
    pub may_be_modified: bool,
}

/// Words an item.
pub fn item(request: &Request, random: &mut Random) -> Item {
    let short = request.name.to_owned();
    let printed = if request.may_be_modified && random.chance(0.18) {
        modified(request, random)
    } else {
        let mut printed = String::with_capacity(80);
        prefix(&mut printed, request, random);
        push_request(&mut printed, request, random, None);
        suffix(&mut printed, request, random);
        printed
    };
    Item { printed, short }
}

/// The four printed forms of a request that utilization review had modified.
fn modified(request: &Request, random: &mut Random) -> String {
    let asked = random.pick(&[4_usize, 6, 8, 12, 18, 24, 60, 90, 120]);
    let granted = asked / random.between(2, 4).min(asked);
    let left = asked - granted;
    let wording = Random::named(&[random.next()]);
    let portion = |count| {
        // The same stream each time: the three portions differ in their count only.
        let mut out = String::with_capacity(60);
        push_request(&mut out, request, &mut wording.clone(), Some(count));
        out
    };
    let (x, y, z) = (portion(asked), portion(granted), portion(left));
    let is = if random.chance(0.85) { " is" } else { "" };
    match random.below(10) {
        0..=6 => format!(
            "{x} was the original request. {y} was authorized by the Claims Administrator. The remaining IMR eligible \
             portion of the original request, {z}{is}"
        ),
        _ => format!(
            "{x} was the original request. The Claims Administrator authorized {y}, leaving the original request IMR \
             eligible. The original request, {x}{is}"
        ),
    }
}

fn prefix(out: &mut String, request: &Request, random: &mut Random) {
    let kind = request.category.name;
    if kind == "Surgery/Adjunct Surgical Services" {
        out.push_str(random.pick(&[
            "Associated surgical service: ",
            "Associated surgical services: ",
            "Associated surgical service: ",
            "Post-op ",
            "Pre-op ",
        ]));
    } else if kind.starts_with("Diagnostic Testing/Lab") && random.chance(0.25) {
        out.push_str(random.pick(&["Labs to include: ", "Pre-op labs: CBC, ", "Laboratory: "]));
    } else if random.chance(0.05) {
        out.push_str(random.pick(&["Retrospective ", "Retrospective request for ", "Retro: "]));
    } else if random.chance(0.04) && !request.category.is_drug() {
        out.push_str(random.pick(&["Additional ", "Repeat ", "Continued ", "Outpatient "]));
    }
}

fn suffix(out: &mut String, request: &Request, random: &mut Random) {
    if out.starts_with("Retro") && random.chance(0.7) {
        out.push_str(random.pick(&[" (DOS ", " (date of service: ", " (DOS: "]));
        push_date(out, days_before(request.decided, random.between(60, 400)), 4);
        out.push(')');
    }
    match random.below(40) {
        0 => out.push_str(", per the report of the treating physician"),
        1 => out.push_str(" (express scripts)"),
        2 => {
            out.push_str(", RFA dated ");
            push_date(out, days_before(request.decided, random.between(50, 120)), 4);
        }
        3 => out.push_str(", to be done in the office: one time"),
        4 => {
            out.push_str(" (CPT ");
            push_number(out, random.between(20_000, 99_999));
            out.push(')');
        }
        _ => {}
    }
}

/// The request itself; `count` is given where it differs between the portions of a modified request.
fn push_request(out: &mut String, request: &Request, random: &mut Random, count: Option<usize>) {
    let start = out.len();
    match request.category.name {
        name if name.ends_with("Topical Analgesics") || name.ends_with("Topical Compounds") => {
            out.push_str(request.name);
            out.push_str(random.pick(&[" cream", " 4% cream", " 10%/2% cream", " 5% patch", " gel", " ointment"]));
            push_quantity(out, random, count);
        }
        _ if request.category.is_drug() => {
            out.push_str(request.name);
            out.push(' ');
            push_strength(out, request.treatment, random);
            push_quantity(out, random, count);
        }
        name if name.starts_with("Rehabilitation") || name == "Psych Services/Therapies" => {
            push_visits(out, request, random, count);
        }
        name if name.starts_with("Injection") => {
            out.push_str(request.name);
            match LEVELS.get(request.region) {
                Some(levels) if random.chance(0.7) => {
                    out.push_str(random.pick(&[" at ", ", ", " at the level of "]));
                    out.push_str(random.pick(levels));
                }
                _ => push_part(out, request, random),
            }
            push_quantity_of_services(out, random, count);
            out.push_str(random.pick(&[
                "",
                "",
                " under fluoroscopic guidance",
                " with ultrasound guidance",
                " with sedation",
            ]));
        }
        name if name.ends_with("Imaging") => {
            out.push_str(request.name);
            push_part(out, request, random);
            push_quantity_of_services(out, random, count);
            out.push_str(random.pick(&["", "", " without contrast", " with and without contrast", " (open unit)"]));
        }
        name if name.starts_with("DMEPOS") => {
            out.push_str(request.name);
            if random.chance(0.5) {
                push_part(out, request, random);
            }
            push_quantity_of_services(out, random, count);
            out.push_str(random.pick(&[
                "",
                "",
                ", purchase",
                ", 30 day rental",
                " rental x 14 days",
                " with supplies",
            ]));
        }
        name if name.starts_with("Surgery") && !name.contains("Adjunct") && !name.contains("Consult") => {
            out.push_str(request.name);
            push_part(out, request, random);
            push_quantity_of_services(out, random, count);
        }
        name if name.starts_with("Evaluation") => {
            out.push_str(request.name);
            push_quantity_of_services(out, random, count);
            out.push_str(random.pick(&["", "", "", " in 4 weeks", " and treat", " for medication management"]));
        }
        _ => {
            out.push_str(request.name);
            push_quantity_of_services(out, random, count);
            out.push_str(random.pick(&["", "", "", " (outpatient)", ", one time"]));
        }
    }
    if let Some(first) = out.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
}

fn push_quantity(out: &mut String, random: &mut Random, count: Option<usize>) {
    let count = count.unwrap_or(random.pick_by_rank(&[60, 90, 30, 120, 180, 100, 45, 20, 240, 10, 150, 28, 14, 75]));
    out.push_str(random.pick(&[" #", " #", ", #", " quantity ", " QTY: ", " Qty "]));
    push_number(out, count);
    match random.below(9) {
        0 => {
            out.push_str(" with ");
            push_number(out, random.between(2, 5));
            out.push_str(" refills");
        }
        1 => out.push_str(" with 1 refill"),
        _ => {}
    }
}

fn push_quantity_of_services(out: &mut String, random: &mut Random, count: Option<usize>) {
    if let Some(count) = count {
        out.push_str(random.pick(&[" x ", ", quantity ", " QTY: "]));
        push_number(out, count);
    }
}

fn push_visits(out: &mut String, request: &Request, random: &mut Random, count: Option<usize>) {
    let weekly = random.between(1, 3);
    let weeks = random.pick(&[2, 3, 4, 4, 6, 6, 8]);
    let count = count.unwrap_or(weekly * weeks);
    match random.below(6) {
        0 => {
            push_number(out, count);
            out.push_str(random.pick(&[" sessions of ", " visits of ", " additional sessions of "]));
            out.push_str(request.name);
            push_part(out, request, random);
        }
        1 => {
            out.push_str(request.name);
            out.push_str(" x ");
            push_number(out, count);
            push_part(out, request, random);
        }
        2 => {
            out.push_str(request.name);
            out.push_str(" (");
            push_number(out, count);
            out.push_str(random.pick(&[" sessions)", " visits)", ")"]));
            push_part(out, request, random);
        }
        3 => {
            out.push_str(request.name);
            push_part(out, request, random);
            out.push_str(", ");
            push_number(out, count);
            out.push_str(" visits");
        }
        form => {
            out.push_str(request.name);
            out.push(' ');
            push_number(out, weekly);
            out.push_str(if form == 4 { " times a week for " } else { "x/week for " });
            push_number(out, (count / weekly).max(1));
            out.push_str(" weeks");
            push_part(out, request, random);
        }
    }
}

/// The part of the body, unless the treatment's name has one.
fn push_part(out: &mut String, request: &Request, random: &mut Random) {
    if request.treatment.region.is_some() {
        return;
    }
    out.push_str(random.pick(&[" for the ", ", ", " of the ", " to the "]));
    if !matches!(request.region, 0 | 1 | 8) {
        out.push_str(request.side);
        out.push(' ');
    }
    out.push_str(random.pick_by_rank(PARTS[request.region]));
}
