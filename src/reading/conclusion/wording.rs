//! The wordings that conclude, and those that only look like it. All match lower-case text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Verbs and adverbs that may stand between a subject and "medically necessary".
const PREDICATE: &str = concat!(
    r"(?:(?:is|are|was|were|be|been|being|to|not|no|longer|never|neither|either|both|nor|isn't|aren't|wasn't|weren't|cannot|can't|couldn't|",
    r"won't|wouldn't|doesn't|don't|didn't|can|could|would|should|will|may|might|must|does|do|did|has|have|had|yet|",
    r"considered|deemed|found|felt|seen|viewed|determined|judged|regarded|thought|believed|held|concluded|as|appears?|appeared|seems?|seemed|remains?|",
    r"therefore|thus|hence|also|still|currently|clearly|presently|now|hereby|respectfully|reasonably|fully|sufficiently|adequately|strictly|",
    r"at this time|at the present time|at this juncture|in this case|in this instance|partially|partly|properly|otherwise|simply|well|",
    r"reasonable and|reasonable or|appropriate and|appropriate or|indicated and|indicated or|warranted and|warranted or|supported and|supported or|recommended or|recommended as|supported as|justified as|reasonable|appropriate|rendered|already|certainly|indeed|firmly|further|be of)",
    r",?\s+)",
);

/// The adjective of "is not medically necessary".
const ADJECTIVE: &str = r"(?:(?:medically|clinically)\s+(?:un)?(?:nec+es+[ae]+r?r?y|reasonable|appropriate|indicated|warranted|justified|supported)|(?:medically\s+)?unnecessary)";

/// A predicate up to the word that it ends in: "has not been" and "established".
///
/// Found whole and then divided: a pattern with groups would have to follow every way through the predicate, which took
/// half the time of a conclusion.
pub struct Stated {
    whole: Regex,
    state: Regex,
}

/// Where a predicate stands.
pub struct Statement<'t> {
    /// The words that decide the polarity.
    pub group: Range<usize>,
    pub state: &'t str,
    /// Where the state ends.
    pub end: usize,
}

impl Stated {
    /// Up to `most` words, then perhaps one of the marks of the class `opening`, then one of the `states`.
    fn new(most: usize, opening: &str, states: &str) -> Self {
        Self {
            whole: pattern(&format!(r"\b{PREDICATE}{{1,{most}}}{opening}(?:{states})\b")),
            state: pattern(&format!(r"\b(?:{states})$")),
        }
    }

    /// The first that starts at byte `from` or later.
    fn find_at<'t>(&self, text: &'t str, from: usize) -> Option<Statement<'t>> {
        let found = self.whole.find_at(text, from)?;
        let state = self.state.find(found.as_str())?;
        let group = found.as_str()[..state.start()].trim_end_matches(OPENING);
        Some(Statement { group: found.start()..found.start() + group.len(), state: state.as_str(), end: found.end() })
    }

    /// All that stand in a text.
    pub fn find_all<'t>(&self, text: &'t str) -> impl Iterator<Item = Statement<'t>> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.find_at(text, from)?;
            from = found.end;
            Some(found)
        })
    }
}

/// Marks that may open what a predicate ends in: is "medically necessary".
const OPENING: [char; 3] = ['"', '\'', '('];

/// A subject of which something is stated.
pub struct StatedOf {
    subject: Regex,
    /// How many characters may stand between the two; none is a semicolon.
    reach: usize,
    stated: Stated,
}

impl StatedOf {
    /// Each with where its subject starts.
    pub fn find_all<'t>(&self, text: &'t str) -> Vec<(usize, Statement<'t>)> {
        let mut all: Vec<(usize, Statement<'t>)> = Vec::new();
        // Looked for once, however many subjects stand before it.
        let mut next: Option<Statement<'t>> = None;
        for subject in self.subject.find_iter(text) {
            if all.last().is_some_and(|(_, last)| last.end > subject.start()) {
                continue;
            }
            let ahead = next.take().filter(|found| found.group.start >= subject.end());
            let Some(found) = ahead.or_else(|| self.stated.find_at(text, subject.end())) else { break };
            let mut between = text[subject.end()..found.group.start].chars();
            if between.by_ref().take(self.reach).all(|mark| mark != ';') && between.next().is_none() {
                all.push((subject.start(), found));
            } else {
                next = Some(found);
            }
        }
        all
    }
}

/// "is not medically necessary".
pub static NECESSARY: LazyLock<Stated> = LazyLock::new(|| Stated::new(14, r#"["'(]?"#, ADJECTIVE));

/// A rationale may be no more than "Medically necessary."
pub static BARE_NECESSARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\W*(?:not\s+)?medically\s+necessary(?:\s+and\s+appropriate)?\W*$"));

/// "I find the request medically necessary".
pub static FOUND_NECESSARY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:i|we|reviewer)\s+(?P<group>(?:\w+\s+){0,3}?)(?:find|found|deem|consider|believe|judge)\s+(?:that\s+)?[^;]{1,200}?\s(?P<not>not\s+)?medically\s+necessary\b",
    )
});

/// Necessity as a noun: without it none of the four wordings below stands in a sentence, and they are slow to look for.
pub static NECESSITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:medical|clinical)\s+(?:necessity|need)\b|^\W*(?:the\s+)?(?:necessity|need)\b"));

/// "medical necessity … has not been established".
pub static NECESSITY_STATE: LazyLock<StatedOf> = LazyLock::new(|| StatedOf {
    subject: pattern(r"(?:\b(?:medical|clinical)\s+|^\W*(?:the\s+)?)(?:necessity|need)\b"),
    reach: 300,
    stated: Stated::new(
        10,
        "",
        "established|supported|substantiated|demonstrated|documented|shown|met|evident|confirmed|verified|justified|clear|clarified|proven|proved|affirmed|apparent|present|satisfied|validated|determined|ascertained|addressed|unclear|uncertain|questionable|lacking|absent|unsupported|unestablished|unproven",
    ),
});

/// "does not establish the medical necessity".
pub static NECESSITY_OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<verb>establish(?:es|ed|ing)?|support(?:s|ed|ing)?|substantiat(?:e|es|ed|ing)|demonstrat(?:e|es|ed|ing)|document(?:s|ed|ing)?|shows?|showed|meets?|met|confirms?|confirmed|justif(?:y|ies|ied)|prove[sd]?|verif(?:y|ies|ied)|affirm(?:s|ed)?|validate[sd]?|determine|satisf(?:y|ies|ied))\s+(?:(?:the|a|any|clear|ongoing|continued|criteria|requirements?|standards?|definition|of|for|its|their)\s+){0,5}(?:medical|clinical)\s+(?:necessity|need)\b",
    )
});

/// "lack of medical necessity", "there is no medical necessity".
pub static NO_NECESSITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:no|lacks?|lacked|lacking|without|absence|absent|devoid|insufficient)\s+(?:of\s+)?(?:(?:any|clear|the|established|documented|apparent|evident|proven|in|evidence|documentation|proof|support|of|for|ongoing|current)\s+){0,5}(?:medical|clinical)\s+necessity\b",
    )
});

/// "there is medical necessity for".
pub static THERE_IS_NECESSITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bthere\s+(?:is|was)\s+(?:a\s+)?(?:clear\s+|clearly\s+|documented\s+|established\s+|sufficient\s+)*(?:medical|clinical)\s+necessity\b",
    )
});

/// The denial stands or falls.
pub static DENIAL_STATE: LazyLock<StatedOf> = LazyLock::new(|| StatedOf {
    subject: pattern(
        r"\b(?:denials?|non-?certification|decisions?|determinations?|utilization review|ur|adverse determination|modification)\b",
    ),
    reach: 160,
    stated: Stated::new(10, "", "upheld|affirmed|sustained|overturned|reversed|set aside"),
});

/// "I recommend upholding the denial", "I concur with the reviewer".
pub static DENIAL_OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<verb>uphold(?:ing)?|affirm(?:ing)?|sustain(?:ing)?|overturn(?:ing)?|revers(?:e|ing)|concur(?:s|ring)?\s+with|agree[sd]?\s+with|disagree[sd]?\s+with|in\s+(?:agreement|disagreement)\s+with)\s+(?:(?:the|this|that|prior|previous|original|initial|above|adverse|claims|administrator's|administrator|utilization|review|reviewer's|reviewer|ur|physician's|of)\s+){0,6}(?:denials?|non-?certification|decision|determination|utilization\s+review|ur|claims\s+administrator)\b",
    )
});

/// "is certified", "recommend non-certification", "is denied", "recommendation is for approval".
pub static CERTIFIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:(?P<group>\b{PREDICATE}{{1,10}}|\b(?:not\s+)?recommend(?:ation|ed|s|ing)?\s+(?:is\s+)?(?:made\s+)?(?:for\s+|to\s+)?(?:a\s+|an\s+)?)(?P<state>non-?certif(?:ied|ication|y)|certif(?:ied|ication|y)|authori[sz](?:ed|ation|e)|approv(?:ed|al|e)|granted|allowed|denied|denial|deny|rejected)|(?P<bare>^\W*(?:non-?certified|certified|denied|approved)\W*$))\b"
    ))
});

/// "Non-certification is recommended".
pub static RECOMMENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<state>\b(?:non-?certification|certification|authori[sz]ation|approval|denial))\s+(?:of\s+(?:the|this)\s+request\s+)?(?P<group>(?:is|are)\s+(?:therefore\s+)?(?:not\s+)?)recommended\b",
    )
});

/// Granted in part.
pub static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bpart(?:ial)?ly\s+(?:medically\s+necessary|certified|approved|authorized|overturned|upheld|supported|granted)\b|\b(?:medically\s+necessary|certified|approved|overturned)\s+(?:only\s+)?in\s+part\b|\bin\s+part\s+medically\b|\bpartial\s+(?:certification|approval|authorization|overturn)\b|\b(?:medically\s+necessary|certified|approved)\s+(?:with|as)\s+modif|\b(?:is|are|recommend(?:ed)?)\s+modified\s+(?:certification|approval|to)\b",
    )
});

/// Weaker adjectives and participles: they conclude only where nothing firmer does.
pub static SOFT_STATE: LazyLock<Stated> = LazyLock::new(|| {
    Stated::new(
        10,
        "",
        r"(?:un)?supported|(?:un|contra)?indicated|(?:un)?warranted|recommended|(?:in)?appropriate|(?:un)?reasonable|(?:un)?necessary|(?:un)?needed|(?:un)?justified|(?:un)?substantiated|(?:un)?established|endorsed|advisable|(?:in)?consistent\s+with|in\s+(?:accordance|keeping|line|agreement)\s+with|within\s+(?:the\s+)?(?:\w+\s+){0,3}(?:guidelines?|recommend\w*|limits?|parameters?)|met\b|satisfied|fulfilled|excessive|in\s+excess|experimental|investigational|premature",
    )
});

/// Verbs that say how the record stands to the guideline.
pub static SOFT_VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<against>\b(?:do|does|did|would|will|can)(?:\s+not|n't)\s+(?:\w+\s+){0,2}?(?:support|meet|satisfy|fulfil+|warrant|justify|recommend|conform|comply|adhere|fall\s+within)\b|\bcannot\s+(?:\w+\s+){0,2}?(?:support|recommend|justify)\b|\bunable\s+to\s+(?:recommend|support|justify|certify|approve)\b|\bno\s+(?:\w+\s+){0,2}?(?:indication|rationale|justification|need)\s+for\s+(?:the|this|an?|additional|further|continued)\b|\bfail(?:s|ed)?\s+to\s+(?:\w+\s+)?(?:meet|satisfy|support|justify|warrant)\b|\bexceed(?:s|ed|ing)?\s+(?:the\s+|what\s+)?(?:\w+\s+){0,4}(?:guidelines?|recommend\w*|limits?|maximum)\b)|(?P<for>\b(?:meets?|satisf(?:y|ies|ied)|fulfil+s?|fits)\s+(?:all\s+)?(?:of\s+)?(?:the\s+|these\s+|those\s+)?(?:\w+\s+){0,4}(?:criteria|criterion|guidelines?|requirements?|indications?)\b|\b(?:supports?|justif(?:y|ies)|warrants?)\s+(?:the|this|such)\s+(?:\w+\s+){0,3}(?:request|need|use|procedure|surgery|study|treatment|medication|service)\b|\bfalls?\s+within\s+(?:the\s+)?(?:\w+\s+){0,3}(?:guidelines?|recommend\w*)\b|\b(?:would|will|should)\s+(?:likely\s+)?benefit\s+from\b)",
    )
});

/// Words that deny within a predicate.
pub static DENYING: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:not|never|neither|nor|cannot|yet|no)\b|n't\b"));

/// A statement that is denied as a whole: "does not establish that", "there is no evidence that", "unable to find".
pub static DENIED_STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?:not|cannot|unable\s+to|fail(?:s|ed|ing)?\s+to|difficult\s+to|impossible\s+to)|n't)\s+(?:\w+\s+){0,2}?(?:find|believe|feel|think|agree|see|establish(?:ed)?|demonstrated?|shown?|proven?|appear|clear|evident|apparent|obvious|certain|support(?:ed|s)?|substantiated?|indicated?|suggest|convinced?|consider|deem|view|conclude|say|state|determined?|justif(?:y|ied)|ascertain|document(?:ed)?|explain(?:ed)?|confirm(?:ed)?)\b|\bno\s+(?:\w+\s+){0,2}?(?:indications?|evidence|documentation|reasons?|rationale|support|basis|information|findings?|proof)\b|\b(?:lack|absence)\s+of\b|\binsufficient\b|\binadequate\b|\bunclear\b|\bnothing\b|\bneither\b|\bnone\s+of\b|\bwithout\b",
    )
});

/// What keeps a record from establishing something, before "establish medical necessity".
pub static WITHHELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:not|cannot|never|no|neither|nor|none|nothing|fail(?:s|ed|ing|ure)?|unable|insufficient(?:ly)?|inadequate(?:ly)?|lacks?|lacking|lacked|without|absence|absent|little|limited|unclear)\b|n't\b",
    )
});

/// A condition behind the predicate: a guideline's sentence, not a conclusion.
pub static CONDITION_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^["')]?(?:\s+(?:and|or)\s+\w+)?,?\s+(?:(?P<strict>if|unless|until|only|provided\s+that|as\s+long\s+as)|when|whenever|where|for\s+(?:patients|individuals|those|people|persons|members|the\s+(?:treatment|management|following))|in\s+(?:patients|individuals|those|cases|selected))\b"#,
    )
});

/// A condition before the predicate.
pub static CONDITION_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^\W*(?:if|should|when|unless|whether|before)\b)|\b(?:whether|if|in\s+order\s+for|until|unless|so\s+that|assuming)\b[^,;]*$",
    )
});

/// "In the absence of red flags an early study is not medically necessary": what holds of any patient, not of this one.
pub static GENERAL_RULE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\bin\s+the\s+absence\s+of\b[^,;]*\san?(?:\s\w+){1,3}\s*$"));

/// The form's own heading: "why the service is or is not medically necessary".
pub static FORM_HEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:is|was|are)\s*(?:/|\s+or\s+)\s*(?:is|was|are)?\s*not\b|\bis/was\b"));

/// Somebody else's opinion.
pub static OTHER_SPEAKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:utilization\s+review(?:er)?s?|ur(?:\s+(?:physician|reviewer))?|claims\s+(?:administrator|adjuster)|adjuster|provider|physician|doctor|surgeon|(?:prior|previous|peer|initial)\s+review(?:er)?|applicant|attorney|patient|claimant|worker|chiropractor|insurer|carrier)(?:'s)?\b[^,;]{0,60}?\b(?:found|determined|states?|stated|notes?|noted|opine[sd]?|argue[sd]?|felt|feels|believe[sd]?|denied|deemed|contend(?:s|ed)|maintain(?:s|ed)|report(?:s|ed)|wrote|writes|conclude[sd]|assert(?:s|ed)|claim(?:s|ed)|non-?certified|certified|opinion|issued|determination|decision|conclusion|finding)\b",
    )
});

/// An earlier review told as history.
pub static HISTORY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:utilization\s+review|claims\s+(?:administrator|adjuster)|ur\s+(?:denied|determination|decision|report|letter)|previously|(?:prior|previous|past|earlier|initial)\s+(?:request|review|determination|decision|course|treatment|prescription|certification|authorization)|peer\s+review|fda)\b|\bfda-",
    )
});

/// A guideline speaking.
pub static GUIDELINE_SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:guidelines?|mtus|odg|acoem|fda|literature|stud(?:y|ies)|aetna|cigna|cms|medicare|polic(?:y|ies)|label|authors?|criteria)\b[^,;]{0,60}?\b(?:stat\w+|recommend\w*|consider\w*|indicat\w+|suggest\w*|notes?|noted|support\w*|advis\w+|provid\w+|lists?|reports?|sa(?:y|ys)|allow\w*)\b|\b(?:according\s+to|as\s+per|per|under)\s+[^,;]{0,80}?(?:guidelines?|mtus|odg|acoem|aetna|cms|medicare|fda)\b",
    )
});

/// This patient, this request.
pub static THIS_CASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:requests?|requested|proposed|prescribed|patient|claimant|worker|employee|applicant|he|she|(?:this|the)\s+(?:case|time|medication|treatment|study|procedure|service|item|drug|therapy|surgery|test|device)|in\s+this\s+case|records?|documentation|provided|submitted|additional|continued|ongoing|current)\b",
    )
});

/// A sentence that draws the conclusion.
pub static CONCLUDING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:therefore|thus|hence|as\s+such|consequently|accordingly|given\s+the|in\s+light\s+of|based\s+(?:up)?on|for\s+(?:these|this|the\s+above|the\s+foregoing)\s+reasons?|due\s+to|in\s+(?:summary|conclusion)|overall|(?:the|this)\s+(?:\w+\s+){0,2}?requests?|the\s+requested)\b",
    )
});

/// Advice that follows a conclusion: weaning, resubmission, the doctor's freedom.
pub static ADVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:wean\w*|taper\w*|abrupt\w*|withdrawal|discontinu\w*|resubmi\w*|re-submi\w*|future\s+request|reconsider\w*|should\s+not\s+be\s+(?:interpreted|construed)|does\s+not\s+imply|references?:|alternative(?:ly|s)?|instead|home\s+exercise)\b",
    )
});

/// Weaning a drug, which may be necessary where the drug is not.
pub static WEANING: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:wean|taper|discontinu|detox)"));

/// A sentence that concedes before it decides.
pub static CONCEDING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:although|though|while|even\s+(?:though|if)|despite|as|since|because|given|whereas|in\s+spite|albeit|granted)\b|\b(?:although|even\s+though|despite)\b",
    )
});

/// Another subject decided the other way by "is not" alone: "…; the second is not".
pub static ELLIPSIS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:,|;|\bbut\b|\bhowever\b|\bwhile\b|\bwhereas\b)\s[^,;]{0,120}?\b(?:is|are|was|were)\s+(?P<not>not\b)?[^\w]*$",
    )
});

/// The rest of a request.
pub static REMAINDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:remaining|remainder|rest|balance|portion|beyond|other|further|excess|refills?)\b"));

/// An amount.
pub static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"#\s*\d|\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b|\b(?:first|initial|portion|part|trial)\b",
    )
});

/// Where a new statement begins inside a sentence.
pub static BOUNDARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[,;:]|\b(?:therefore|thus|hence|as\s+such|however|but|consequently|so)\b"));

/// A fault of print and what it is mended to.
pub struct Mend {
    fault: Regex,
    mended: &'static str,
    /// One of these stands in every text that has the fault.
    hints: &'static [&'static str],
}

impl Mend {
    fn new(fault: &str, mended: &'static str, hints: &'static [&'static str]) -> Self {
        Self { fault: pattern(fault), mended, hints }
    }

    /// The text with the fault mended; `None` where it has none.
    pub fn mend(&self, text: &str) -> Option<String> {
        let may_have = self.hints.iter().any(|hint| text.contains(hint));
        (may_have && self.fault.is_match(text)).then(|| self.fault.replace_all(text, self.mended).into_owned())
    }
}

/// Words broken or fused in print, and double negations; with what they mean.
pub static MENDED: LazyLock<[Mend; 8]> = LazyLock::new(|| {
    const UNDONE: [&str; 5] = ["unreason", "unwarrant", "unnecess", "unjustif", "inapprop"];
    [
        Mend::new(r"\bnot-?medically\b", "not medically", &["notmed", "not-med"]),
        Mend::new(r"\bmedically-?(?P<x>nec)", "medically ${x}", &["medicallynec", "medically-nec"]),
        Mend::new(r"\bnon\s*-\s*", "non-", &["non -", "non- ", "non  "]),
        Mend::new(r"\bnon-?medically\s+necessary\b", "not medically necessary", &["nonmed", "non-med"]),
        Mend::new(
            r"\bmedi-?\s?cal-?\s?ly\b|\bmedical\s+(?P<x>necessary)\b",
            "medically ${x}",
            &["medi-", "medi ", "cal-", "cal ly", "medical nec"],
        ),
        Mend::new(r"\bneces-?\s?sary\b", "necessary", &["neces-", "neces "]),
        Mend::new(
            r"\b(?:not|isn't)\s+(?:entirely\s+|considered\s+)?(?:un|in)(?P<x>reasonable|warranted|necessary|justified|appropriate)\b",
            "is ${x}",
            &UNDONE,
        ),
        Mend::new(r"\bneces-?\s?sity\b", "necessity", &["neces-", "neces "]),
    ]
});

#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and every test that reads a rationale compiles them"
)]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern that the tests compile")
}
