//! Cuts a long sentence down to the part round its matches.

use std::ops::Range;

/// A piece of the source to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Byte offset of its beginning.
    pub(super) start: usize,
    /// Byte offset after its end.
    pub(super) end: usize,
    pub(super) cut_before: bool,
    pub(super) cut_after: bool,
}

/// How far from its limit, in characters, a cut may move to fall between words.
const LONGEST_WORD: usize = 24;

/// The part of `sentence` with at most `most` characters, ellipses included, that shows the
/// weightiest matches. `matches` are in order of where they begin.
pub(super) fn cut_around(text: &str, sentence: Range<usize>, matches: &[(Range<usize>, f32)], most: usize) -> Window {
    let source = &text[sentence.clone()];
    // Byte offsets of the characters, and of the end, so that lengths can be counted in characters.
    let offsets: Vec<usize> =
        source.char_indices().map(|(offset, _)| sentence.start + offset).chain([sentence.end]).collect();
    let length = offsets.len() - 1;
    if length <= most {
        return Window { start: sentence.start, end: sentence.end, cut_before: false, cut_after: false };
    }
    let room = most - 2;
    let index_of = |byte: usize| offsets.partition_point(|offset| *offset < byte);
    let spans: Vec<(Range<usize>, f32)> =
        matches.iter().map(|(span, weight)| (index_of(span.start)..index_of(span.end), *weight)).collect();
    let shown = best_run(&spans, room);
    let spare = room.saturating_sub(shown.len());
    let mut from = shown.start.saturating_sub(spare / 2);
    let to = (from + room).min(length);
    from = from.min(to.saturating_sub(room));
    let is_space =
        |index: usize| source[offsets[index] - sentence.start..].chars().next().is_none_or(char::is_whitespace);
    let from = first_word(from, shown.start, &is_space);
    let to = last_word(to, shown.end.min(to), length, &is_space);
    Window { start: offsets[from], end: offsets[to], cut_before: from > 0, cut_after: to < length }
}

/// The head of a text as a window of at most `most` characters, the ellipsis included.
pub(super) fn head(text: &str, most: usize) -> Window {
    let body = text.trim();
    let start = text.len() - text.trim_start().len();
    let mut window = cut_around(text, start..start + body.len(), &[], most);
    window.start = start;
    window.cut_before = false;
    window
}

/// The run of matches that fits into `room` characters and weighs most; the first of equals.
fn best_run(spans: &[(Range<usize>, f32)], room: usize) -> Range<usize> {
    let mut best = 0..0;
    let mut best_weight = f32::NEG_INFINITY;
    let mut weight = 0.0;
    let mut last = 0;
    for (first, (span, own_weight)) in spans.iter().enumerate() {
        if last < first {
            last = first;
            weight = 0.0;
        }
        while let Some((next, next_weight)) = spans.get(last)
            && next.end <= span.start + room
        {
            weight += next_weight;
            last += 1;
        }
        if weight > best_weight {
            best_weight = weight;
            let furthest = spans[first..last].iter().map(|(inside, _)| inside.end).max();
            best = span.start..furthest.unwrap_or((span.start + room).min(span.end));
        }
        weight -= own_weight;
    }
    best
}

/// The first beginning of a word at or after character `from`, at most at `limit`.
fn first_word(from: usize, limit: usize, is_space: &dyn Fn(usize) -> bool) -> usize {
    if from == 0 || is_space(from - 1) && !is_space(from) {
        return from;
    }
    let furthest = limit.min(from + LONGEST_WORD);
    (from..furthest).find(|index| is_space(*index) && !is_space(index + 1)).map_or(from, |space| space + 1)
}

/// The last end of a word at or before character `to`, at least at `limit`.
fn last_word(to: usize, limit: usize, length: usize, is_space: &dyn Fn(usize) -> bool) -> usize {
    if to == length || is_space(to) && to > 0 && !is_space(to - 1) {
        return to;
    }
    let nearest = limit.max(to.saturating_sub(LONGEST_WORD)).max(1);
    (nearest..to).rev().find(|index| is_space(*index) && !is_space(index - 1)).unwrap_or(to)
}
