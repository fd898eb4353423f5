//! The two guideline lines of a decision, in the printed forms of each time.

use std::fmt::Write;

use super::grammar::{KINDS, REGIONS, push_number};
use super::random::Random;

/// Chapters of a region: ACOEM's number and name, the edition of 2004 or 2007, the later name and its editions, and the
/// name in the Official Disability Guidelines.
struct Chapters {
    number: usize,
    complaints: &'static str,
    edition: &'static str,
    disorders: &'static str,
    editions: [&'static str; 2],
    official: &'static str,
}

const CHAPTERS: [Chapters; REGIONS.len()] = [
    chapters(12, "Low Back Complaints", "2004", "Low Back Disorders", ["2016", "2019"], "Low Back"),
    chapters(
        8,
        "Neck and Upper Back Complaints",
        "2004",
        "Cervical and Thoracic Spine Disorders",
        ["2016", "2018"],
        "Neck and Upper Back",
    ),
    chapters(9, "Shoulder Complaints", "2004", "Shoulder Disorders", ["2016", "2016"], "Shoulder"),
    chapters(10, "Elbow Complaints", "2007", "Elbow Disorders", ["2013", "2018"], "Elbow"),
    chapters(
        11,
        "Forearm, Wrist, and Hand Complaints",
        "2004",
        "Hand, Wrist and Forearm Disorders",
        ["2016", "2019"],
        "Forearm, Wrist, & Hand",
    ),
    chapters(13, "Knee Complaints", "2004", "Knee Disorders", ["2015", "2019"], "Knee & Leg"),
    chapters(14, "Ankle and Foot Complaints", "2004", "Ankle and Foot Disorders", ["2015", "2018"], "Ankle & Foot"),
    chapters(13, "Knee Complaints", "2004", "Hip and Groin Disorders", ["2011", "2019"], "Hip & Pelvis"),
    chapters(
        15,
        "Stress-Related Conditions",
        "2004",
        "Workplace Mental Health: Depressive Disorders",
        ["2020", "2020"],
        "Mental Illness & Stress",
    ),
];

const fn chapters(
    number: usize,
    complaints: &'static str,
    edition: &'static str,
    disorders: &'static str,
    editions: [&'static str; 2],
    official: &'static str,
) -> Chapters {
    Chapters { number, complaints, edition, disorders, editions, official }
}

/// Sections of the chronic pain guideline, by kind of treatment; an empty list where the region's chapter is cited.
const SECTIONS: [&[&str]; KINDS.len()] = [
    &[
        "Opioids, criteria for use",
        "Opioids",
        "Opioids, dosing",
        "Opioids, long-term assessment",
        "Weaning of Medications",
    ],
    &[
        "NSAIDs (non-steroidal anti-inflammatory drugs)",
        "NSAIDs, specific drug list & adverse effects",
        "Anti-inflammatory medications",
    ],
    &["NSAIDs, GI symptoms & cardiovascular risk", "Introduction", "Medications for chronic pain"],
    &["Topical Analgesics", "Capsaicin, topical", "Lidoderm (lidocaine patch)", "Salicylate topicals"],
    &["Muscle relaxants (for pain)", "Benzodiazepines", "Cyclobenzaprine (Flexeril)", "Carisoprodol (Soma)"],
    &[
        "Antiepilepsy drugs (AEDs)",
        "Antidepressants for chronic pain",
        "Gabapentin (Neurontin)",
        "SNRIs (serotonin noradrenaline reuptake inhibitors)",
    ],
    &["Physical Medicine", "Manual therapy & manipulation", "Aquatic therapy", "Massage therapy"],
    &[],
    &[],
    &[],
    &["Drug testing", "Opioids, criteria for use", "Cytokine DNA Testing for Pain"],
    &[
        "Transcutaneous electrotherapy",
        "TENS, chronic pain (transcutaneous electrical nerve stimulation)",
        "Interferential Current Stimulation (ICS)",
        "H-wave stimulation (HWT)",
    ],
    &[],
    &["Epidural steroid injections (ESIs)", "Trigger point injections", "Facet blocks"],
    &[],
    &[],
    &[
        "Psychological treatment",
        "Behavioral interventions",
        "Chronic pain programs (functional restoration programs)",
        "Psychological evaluations",
    ],
    &["Home health services", "Introduction"],
];

/// Sections of the chapter of a region.
const CHAPTER_SECTIONS: &[&str] = &[
    "Special Studies",
    "Physical Methods",
    "Surgical Considerations",
    "Initial Care",
    "Follow-up Visits",
    "Diagnostic Criteria",
    "Medical History",
    "Activity Modification",
    "References",
    "Summary",
    "Work Activities",
];

/// Sections of the Official Disability Guidelines, by kind.
const OFFICIAL_SECTIONS: [&[&str]; KINDS.len()] = [
    &["Opioids", "Opioids for chronic pain", "Tapentadol (Nucynta)"],
    &["NSAIDs", "Celecoxib (Celebrex)", "Diclofenac"],
    &[
        "Proton pump inhibitors (PPIs)",
        "Antiemetics (for opioid nausea)",
        "Medical food",
        "Opioid-induced constipation treatment",
    ],
    &["Compound drugs", "Topical analgesics, compounded", "Lidoderm (lidocaine patch)"],
    &["Zolpidem (Ambien)", "Insomnia treatment", "Benzodiazepines", "Muscle relaxants (for pain)"],
    &["Antidepressants", "Anti-epilepsy drugs (AEDs) for pain", "Pregabalin (Lyrica)"],
    &["Physical therapy (PT)", "Manipulation", "Massage", "Physical medicine treatment"],
    &["Acupuncture"],
    &["MRIs (magnetic resonance imaging)", "Radiography (x-rays)", "Ultrasound, diagnostic", "CT & CT Myelography"],
    &["EMGs (electromyography)", "Nerve conduction studies (NCS)", "Electrodiagnostic testing (EMG/NCS)"],
    &["Urine drug testing (UDT)", "Functional capacity evaluation (FCE)", "Preoperative testing, general"],
    &["Durable medical equipment (DME)", "Bracing", "Continuous-flow cryotherapy", "Lumbar supports"],
    &["Office visits", "Evaluation & management (E&M)"],
    &[
        "Epidural steroid injections (ESIs), therapeutic",
        "Facet joint diagnostic blocks (injections)",
        "Corticosteroid injections",
        "Trigger point injections",
    ],
    &["Fusion (spinal)", "Meniscectomy", "Surgery for impingement syndrome", "Discectomy/laminectomy"],
    &[
        "Surgical assistant",
        "Preoperative electrocardiogram (ECG)",
        "Preoperative testing, general",
        "Venous thrombosis",
    ],
    &["Cognitive therapy for depression", "Psychological evaluations", "Functional restoration programs (FRPs)"],
    &["Home health services", "Transportation (to & from appointments)", "Extracorporeal shock wave therapy (ESWT)"],
];

const OTHER_SOURCES: &[&str] = &[
    "www.drugs.com",
    "ACOEM Guidelines, Chapter 7, Independent Medical Examinations and Consultations, page 127",
    "FDA prescribing information",
    "American Academy of Orthopaedic Surgeons, clinical practice guideline",
    "Physicians' Desk Reference",
    "Cochrane Database of Systematic Reviews",
    "Medicare Benefits Policy Manual",
    "American College of Radiology Appropriateness Criteria",
];

/// The two sides of a decision.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Claims,
    Reviewer,
}

/// Which printed forms a letter uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 2013 to early 2015: `Page(s):`.
    Pages,
    /// 2015 to 2017: editions and `Section(s):` of the chapters of 2004.
    Sections,
    /// 2018 on: the chapters adopted since.
    Disorders,
}

/// What a line is about.
pub struct Topic {
    pub kind: usize,
    pub region: usize,
    pub form: Form,
    pub year: i16,
}

/// A line as printed after its label.
pub fn line(side: Side, topic: &Topic, random: &mut Random) -> String {
    let mut out = String::with_capacity(160);
    let (none, outside) = if side == Side::Claims { (0.18, 0.18) } else { (0.07, 0.16) };
    let who = if side == Side::Claims { "Claims Administrator" } else { "Expert Reviewer" };
    let kind = random.unit();
    if kind < none {
        let _ = write!(out, "The {who} did not cite any medical evidence for its decision.");
    } else if kind < none + outside {
        if topic.form == Form::Pages && topic.year <= 2015 {
            let _ = write!(out, "The {who} did not base their decision on the MTUS. ");
        } else {
            let _ = write!(out, "The {who} based their decision on recommendation(s) outside of the MTUS Guidelines. ");
        }
        push_outside(&mut out, topic, random);
    } else {
        out.push_str("Decision based on MTUS ");
        match topic.form {
            Form::Pages => push_pages(&mut out, topic, random),
            Form::Sections | Form::Disorders => push_sections(&mut out, topic, random),
        }
        out.push('.');
        if random.chance(0.2) {
            out.push(' ');
            push_outside(&mut out, topic, random);
        }
    }
    out
}

fn push_outside(out: &mut String, topic: &Topic, random: &mut Random) {
    out.push_str("Decision based on Non-MTUS Citation ");
    if random.chance(0.12) {
        out.push_str(random.pick_by_rank(OTHER_SOURCES));
    } else {
        let chapter = if is_about_pain(topic) { "Pain" } else { CHAPTERS[topic.region].official };
        let section = random.pick_by_rank(OFFICIAL_SECTIONS[topic.kind]);
        let _ = match random.below(4) {
            0 => write!(out, "Official Disability Guidelines (ODG), {chapter} chapter, {section}"),
            1 => write!(out, "ODG, {chapter}, {section}"),
            2 => write!(out, "Official Disability Guidelines (ODG) {chapter} (Acute & Chronic), {section}"),
            _ => write!(out, "Official Disability Guidelines (ODG), {chapter}, {section}"),
        };
    }
    if random.chance(0.75) {
        out.push('.');
    }
}

fn is_about_pain(topic: &Topic) -> bool {
    topic.kind <= 5
}

fn push_pages(out: &mut String, topic: &Topic, random: &mut Random) {
    let sections = SECTIONS[topic.kind];
    let cites_pain = !sections.is_empty() && random.chance(0.85);
    if KINDS[topic.kind] == "acupuncture" {
        out.push_str("Acupuncture Treatment Guidelines");
    } else if cites_pain {
        out.push_str("Chronic Pain Treatment Guidelines");
        if random.chance(0.6) {
            out.push(' ');
            out.push_str(random.pick_by_rank(sections));
        }
        out.push_str(" Page(s): ");
        push_page_numbers(out, random);
    } else {
        let chapter = &CHAPTERS[topic.region];
        let _ = write!(out, "ACOEM Chapter {} {} Page(s): ", chapter.number, chapter.complaints);
        push_page_numbers(out, random);
        if random.chance(0.15) {
            out.push_str(",Chronic Pain Treatment Guidelines Page(s): ");
            push_page_numbers(out, random);
        }
    }
}

fn push_page_numbers(out: &mut String, random: &mut Random) {
    for index in 0..=random.rank(3) {
        if index > 0 {
            out.push_str(", ");
        }
        let page = random.between(20, 320);
        push_number(out, page);
        if random.chance(0.45) {
            out.push('-');
            push_number(out, page + random.between(1, 9));
        }
    }
}

fn push_sections(out: &mut String, topic: &Topic, random: &mut Random) {
    let pain_first = random.chance(0.85);
    push_citation(out, topic, random, pain_first);
    if random.chance(0.12) {
        out.push_str(", and ");
        push_citation(out, topic, random, false);
    }
}

fn push_citation(out: &mut String, topic: &Topic, random: &mut Random, pain_first: bool) {
    let sections = SECTIONS[topic.kind];
    let chapter = &CHAPTERS[topic.region];
    let new = topic.form == Form::Disorders;
    if KINDS[topic.kind] == "acupuncture" && pain_first {
        out.push_str("Acupuncture Treatment 2007");
        return;
    }
    if !sections.is_empty() && pain_first {
        let opioid = KINDS[topic.kind] == "opioid";
        out.push_str(match (new, opioid, topic.year) {
            (true, true, _) => "Opioids 2017",
            (true, false, _) => "Chronic Pain 2017",
            (false, true, 2017) => "Opioid Treatment 2016",
            (false, false, 2017) => "Chronic Pain Medical Treatment 2016",
            _ => "Chronic Pain Medical Treatment 2009",
        });
        push_section_list(out, sections, random);
    } else {
        let _ = if new {
            write!(out, "{} {}", chapter.disorders, chapter.editions[usize::from(topic.year >= 2019)])
        } else {
            write!(out, "{} {}", chapter.complaints, chapter.edition)
        };
        push_section_list(out, CHAPTER_SECTIONS, random);
    }
}

fn push_section_list(out: &mut String, sections: &[&str], random: &mut Random) {
    if random.chance(0.12) {
        return;
    }
    out.push_str(", Section(s): ");
    let first = random.rank(sections.len());
    out.push_str(sections[first]);
    if random.chance(0.25) {
        out.push_str(", ");
        out.push_str(sections[(first + 1) % sections.len()]);
    }
}

/// A basis sentence of 2013 and early 2014.
pub fn sentence(side: Side, reviewer: &str, topic: &Topic, random: &mut Random) -> String {
    let mut out = String::with_capacity(240);
    let outside = random.chance(0.2);
    let source = if outside { official_source(topic, random) } else { schedule_source(topic, random) };
    let part = if outside { "not part of the MTUS" } else { "part of the MTUS" };
    let _ = match side {
        Side::Claims => write!(out, "The Claims Administrator based its decision on the {source}, which is {part}."),
        Side::Reviewer if random.chance(0.2) => write!(
            out,
            "The {reviewer} found the guideline used by the Claims Administrator relevant and based his/her decision on \
             the {source}, {part}."
        ),
        Side::Reviewer => write!(out, "The {reviewer} based his/her decision on the {source}, which is {part}."),
    };
    out
}

/// What a professional reviewer of 2013 relied upon, and why.
pub fn relied_upon(topic: &Topic, random: &mut Random) -> String {
    let source = if random.chance(0.2) { official_source(topic, random) } else { schedule_source(topic, random) };
    let why = random.pick(&[
        "It speaks to the requested treatment directly.",
        "The section gives the criteria for the treatment at issue.",
        "No other guideline of the schedule addresses this request.",
    ]);
    format!("{source}. {why}")
}

fn schedule_source(topic: &Topic, random: &mut Random) -> String {
    let sections = SECTIONS[topic.kind];
    let chapter = &CHAPTERS[topic.region];
    let page = random.between(20, 300);
    if KINDS[topic.kind] == "acupuncture" {
        "Acupuncture Medical Treatment Guidelines".into()
    } else if !sections.is_empty() && random.chance(0.85) {
        let section = random.pick_by_rank(sections);
        format!("Chronic Pain Medical Treatment Guidelines, {section}, pages {page}-{}", page + 3)
    } else {
        let (name, number) = (chapter.complaints, chapter.number);
        format!(
            "American College of Occupational and Environmental Medicine (ACOEM) Guidelines, {name}, 2nd Edition (2004), \
             Chapter {number}, page {page}"
        )
    }
}

fn official_source(topic: &Topic, random: &mut Random) -> String {
    let chapter = if is_about_pain(topic) { "Pain" } else { CHAPTERS[topic.region].official };
    let section = random.pick_by_rank(OFFICIAL_SECTIONS[topic.kind]);
    format!("Official Disability Guidelines (ODG), {chapter}, {section}")
}
