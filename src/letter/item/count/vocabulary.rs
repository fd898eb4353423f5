//! The words that make a number in an item a count, or keep it from being one. All in lower case.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// A list of words that tokens are looked up in.
pub type Words = LazyLock<FxHashSet<&'static str>>;

/// The words of a list written with spaces between them.
fn words(list: &'static str) -> FxHashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// Labels of a quantity.
pub static QUANTITY: Words =
    LazyLock::new(|| words("qty quantity quantities qnty qt quant disp dispense dispensed dispensing count qty's"));

/// Words for refills.
pub static REFILLS: Words = LazyLock::new(|| words("refill refills rf rfs rfl refil refils reflls refiils"));

/// Nouns for appointments: they also take a number behind them ("sessions: 12").
pub static SESSIONS: Words = LazyLock::new(|| {
    words(
        "session sessions visit visits treatment treatments injection injections appointment appointments \
         consultations tablets capsules patches tabs caps",
    )
});

/// Nouns whose number is a count, however many adjectives stand between.
pub static COUNTED: Words = LazyLock::new(|| {
    words(
        "session sessions visit visits treatment treatments injection injections appointment appointments \
         consultation consultations consult consults evaluation evaluations follow-up follow-ups followup followups \
         tablet tablets tab tabs capsule capsules cap caps caplet caplets pill pills patch patches pad pads lozenge \
         lozenges film films suppository suppositories troche troches softgel softgels drop puff puffs spray sprays \
         bottle bottles tube tubes box boxes jar jars vial vials syringe syringes container containers pack packs \
         package packages packet packets kit kits bag bags canister inhaler inhalers pen pens pump prescription \
         prescriptions script scripts pair pairs set sets piece pieces electrode electrodes battery batteries wrap \
         wraps brace braces orthotic orthotics pillow pillows splint splints garment garments sleeve sleeves stocking \
         stockings sock socks screen screens test tests study studies scan scans mri mris x-ray x-rays xray xrays \
         block blocks procedure procedures surgery surgeries trip trips ride rides course courses series trial trials \
         lens lenses crown crowns implant implants class classes lesson lessons leads cartridge cartridges refillable \
         ct count quadrant quadrants",
    )
});

/// Nouns that a number may be fused to ("30tabs").
pub static FUSED: Words = LazyLock::new(|| {
    words("tab tabs tablet tablets cap caps capsules patches visits sessions ct count pills refill refills rf")
});

/// Counted nouns that hold what is counted: "one prescription of … 60 tablets" is 60.
pub static CONTAINERS: Words = LazyLock::new(|| {
    words(
        "prescription prescriptions script course series trial set bottle box tube container pack package kit jar \
         pair bag",
    )
});

/// Counted nouns that are also taken by the piece ("one tablet by mouth").
pub static DOSES: Words = LazyLock::new(|| {
    words(
        "tablet tablets tab tabs capsule capsules cap caps caplet pill pills patch patches puff puffs spray sprays \
         drop film films lozenge suppository pad pads caplets pump packet vial",
    )
});

/// Verbs before a dose.
pub static DOSE_VERBS: Words =
    LazyLock::new(|| words("take takes taking apply applying use using place inject sig instill"));

/// Words after a dose.
pub static DOSAGE: Words = LazyLock::new(|| {
    words(
        "by po p orally oral every q qd qid bid tid qhs qam qpm qday hs daily once twice three two one four 1 2 3 4 \
         nightly at prn as per each a in before after b t q4h q6h q8h q12h q4 q6 q8 q12 q4-6h under sublingual \
         sublingually times 1x 2x 3x to on topically am pm rectally intranasally with",
    )
});

/// Units of time.
pub static DURATIONS: Words = LazyLock::new(|| {
    words("day days week weeks wk wks month months mo mos year years hour hours hr hrs minute minutes min night nights")
});

/// What a number may measure or qualify instead of counting.
pub static NO_COUNT: Words = LazyLock::new(|| {
    words(
        "day days week weeks wk wks month months mo mos year years yr yrs hour hours hr hrs minute minutes min mins \
         night nights time times x \u{d7} per mg mcg gm gms g gr gram grams kg ml mls cc ccs oz ounce ounces lb lbs \
         pound pounds iu meq unit units % percent mm cm inch inches ft feet foot mile miles degree degrees phase view \
         views level levels panel panels lead channel channels point points prong wheel wheels wheeled tesla t d \
         dimensional compartment part stage way drug extremity extremities limb limbs position positions component \
         strength weekly daily monthly st nd rd th am pm refill refills rf years-old hz mhz volt watt mode modes \
         inpatient tier layer joint body parts areas area regions region bedroom season quarter",
    )
});

/// Words that end the phrase between a number and its noun.
pub static PHRASE_END: Words = LazyLock::new(|| {
    words(
        "of for to with in per a an the and or by at on x times over every each weekly daily within through plus is \
         was from week weeks day days month months po bid tid qid qhs prn mg ml left right",
    )
});

/// Words after which a number leads its phrase.
pub static LEADS: Words = LazyLock::new(|| {
    words(
        ": op postop preop operative postoperative preoperative surgical retrospective retro additional initial \
         another purchase service",
    )
});
