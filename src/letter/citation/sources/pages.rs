//! Page references: `Page(s): 80-82, 111-113`, `page 12`, `pgs. 303-305`, `p. 63 of 127`.

use crate::vocabulary::guidelines::Word;

/// The pages after a "Page(s):" and how many words they take, the marker included; none where no number follows.
pub fn at(text: &str, words: &[Word], from: usize) -> Option<(Vec<String>, usize)> {
    if !matches!(words.get(from)?.text.as_str(), "page" | "pages" | "pg" | "pgs" | "pp" | "p") {
        return None;
    }
    let mut place = from + 1;
    if words.get(place).is_some_and(|word| word.text == "s") {
        place += 1;
    }
    let marker = place;
    let mut pages: Vec<String> = Vec::new();
    while let Some(word) = words.get(place) {
        let gap = &text[words[place - 1].end..word.start];
        let first = place == marker;
        if is_page(&word.text) && (first || gap.chars().all(|mark| " ,&-–—;.".contains(mark))) {
            let range = !first && gap.trim().chars().all(|mark| "-–—".contains(mark)) && !gap.trim().is_empty();
            match pages.last_mut() {
                Some(last) if range && !last.contains('-') => {
                    last.push('-');
                    last.push_str(&word.text);
                }
                _ => pages.push(word.text.clone()),
            }
            place += 1;
        } else if word.text == "of" && words.get(place + 1).is_some_and(|next| is_page(&next.text)) {
            place += 2;
        } else if matches!(
            word.text.as_str(),
            "and" | "to" | "through" | "page" | "pages" | "pg" | "pgs" | "pp" | "p" | "s"
        ) && next_number(words, place + 1)
        {
            let range = matches!(word.text.as_str(), "to" | "through");
            if let (true, Some(last), Some(next)) = (range, pages.last_mut(), words.get(place + 1)) {
                last.push('-');
                last.push_str(&next.text);
                place += 1;
            }
            place += 1;
        } else {
            break;
        }
    }
    (!pages.is_empty()).then_some((pages, place - from))
}

/// Whether a number follows, perhaps after another "page".
fn next_number(words: &[Word], place: usize) -> bool {
    let skipped = words[place.min(words.len())..]
        .iter()
        .take(3)
        .skip_while(|word| matches!(word.text.as_str(), "page" | "pages" | "pg" | "s"));
    skipped.map(|word| is_page(&word.text)).next().unwrap_or(false)
}

/// One to four digits, perhaps with a letter; years do not turn up as pages of these guidelines.
fn is_page(word: &str) -> bool {
    let digits = word.trim_end_matches(|letter: char| matches!(letter, 'a'..='d'));
    !digits.is_empty()
        && digits.len() <= 3
        && word.len() - digits.len() <= 1
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
