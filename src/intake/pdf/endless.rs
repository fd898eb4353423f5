//! Structures that would keep the PDF library busy for ever: page trees and drawings that contain themselves, drawings
//! that multiply.
//!
//! It follows them until the stack ends, which aborts the process and cannot be caught. So they are looked for first.

use std::collections::{HashMap, HashSet};

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::contents::unpacked;
use super::syntax::Syntax;
use crate::intake::rejection::Rejection;

/// Forms (`XObject`) may hold forms; letters use none or one level.
const DEEPEST_FORM: usize = 24;
/// Nodes above a page; the library goes up them one within the other.
const DEEPEST_PAGE_TREE: usize = 256;
/// Bytes of content that are read to draw one page: a drawing that draws two that draw two has no end in practice.
const MOST_DRAWN_BYTES: u64 = 256 << 20;
/// Bytes of content that are held at one time: that of a page with all that lie in one another. Each may cost the library
/// a hundred.
const MOST_HELD_BYTES: u64 = 8 << 20;

/// Refuses page trees and drawings that contain themselves, which the library would follow until the stack ends, and
/// drawings that multiply.
pub(super) fn refuse_endless_structures(document: &Document) -> Result<(), Rejection> {
    for (id, object) in &document.objects {
        let Ok(dictionary) = object.as_dict() else { continue };
        if dictionary.has_type(b"Page") || dictionary.has_type(b"Pages") {
            refuse_endless_parents(document, *id)?;
        }
    }
    refuse_endless_drawings(document)
}

fn refuse_endless_parents(document: &Document, from: ObjectId) -> Result<(), Rejection> {
    let mut seen = HashSet::from([from]);
    let mut at = from;
    while let Some(parent) = document
        .get_dictionary(at)
        .ok()
        .and_then(|dictionary| dictionary.get(b"Parent").ok())
        .and_then(|parent| parent.as_reference().ok())
    {
        if !seen.insert(parent) {
            return Err(Rejection::BrokenPdf { reason: "its page tree contains itself".into() });
        }
        if seen.len() > DEEPEST_PAGE_TREE {
            return Err(Rejection::BrokenPdf { reason: "its page tree is deeper than any book's".into() });
        }
        at = parent;
    }
    Ok(())
}

/// The library draws whatever a name stands for, a form or not, and reads it as the content of a page.
fn refuse_endless_drawings(document: &Document) -> Result<(), Rejection> {
    let mut drawings = Drawings::of(document);
    if drawings.named.is_empty() {
        return Ok(());
    }
    let mut named: Vec<ObjectId> = drawings.named.values().flatten().copied().collect();
    named.sort_unstable();
    named.dedup();
    for drawing in named {
        drawings.cost(drawing, &mut Vec::new())?;
    }
    let mut known = HashMap::new();
    for page in document.objects.values().filter_map(|object| object.as_dict().ok()) {
        let Ok(contents) = page.get(b"Contents") else { continue };
        let object = document.dereference(contents).map_or(contents, |(_, object)| object);
        let parts = object.as_array().map_or(std::slice::from_ref(contents), Vec::as_slice);
        let (mut page, mut own) = (Cost::default(), 0);
        for part in parts {
            let Ok((Some(id), Object::Stream(stream))) = document.dereference(part) else { continue };
            let (weight, cost) = if let Some(known) = known.get(&id) {
                *known
            } else {
                let content = unpacked(stream);
                let weight = content.len();
                (weight as u64, drawings.cost_of_content(&content, weight, None, &mut Vec::new())?)
            };
            known.insert(id, (weight, cost));
            own += weight;
            page.all = page.all.saturating_add(cost.all);
            page.held = page.held.max(cost.held - weight);
            page.depth = page.depth.max(cost.depth);
        }
        page.held = page.held.saturating_add(own);
        page.refuse_heavy()?;
    }
    Ok(())
}

/// The bytes of content that the library reads to draw something.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// Of all that is drawn in it, as often as it is drawn.
    all: u64,
    /// Of what is held at one time: it, and the heaviest of what is drawn within.
    held: u64,
    /// Pages and drawings within one another.
    depth: usize,
}

impl Cost {
    fn refuse_heavy(self) -> Result<Self, Rejection> {
        let heavy = |limit| Err(Rejection::PdfTooHeavy { limit });
        match self {
            Self { held, .. } if held > MOST_HELD_BYTES => heavy(MOST_HELD_BYTES),
            Self { all, .. } if all > MOST_DRAWN_BYTES => heavy(MOST_DRAWN_BYTES),
            Self { depth, .. } if depth > DEEPEST_FORM + 1 => Err(endless_drawing()),
            cost => Ok(cost),
        }
    }
}

fn endless_drawing() -> Rejection {
    Rejection::BrokenPdf { reason: "a drawing in it contains itself".into() }
}

/// What may be drawn, as far as it decides whether a drawing contains itself and how often it is drawn.
struct Drawings<'a> {
    document: &'a Document,
    /// Every stream that some page or form has a name for: what one without names of its own may draw.
    named: HashMap<Vec<u8>, Vec<ObjectId>>,
    costs: HashMap<ObjectId, Cost>,
    /// The heaviest of what each name stands for.
    costs_of_names: HashMap<Vec<u8>, Cost>,
}

impl<'a> Drawings<'a> {
    fn of(document: &'a Document) -> Self {
        let (named, costs, costs_of_names) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut drawings = Self { document, named, costs, costs_of_names };
        document.objects.values().for_each(|object| drawings.name_those_in(object));
        for ids in drawings.named.values_mut() {
            ids.sort_unstable();
            ids.dedup();
        }
        drawings
    }

    /// Values lie in one another at most as deep as the library reads them, a hundred.
    fn name_those_in(&mut self, object: &'a Object) {
        let dictionary = match object {
            Object::Array(values) => return values.iter().for_each(|value| self.name_those_in(value)),
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => &stream.dict,
            _ => return,
        };
        for (name, drawing) in dictionary_in(self.document, dictionary, b"XObject").into_iter().flatten() {
            if let Ok((Some(id), _)) = self.document.dereference(drawing) {
                self.named.entry(name.clone()).or_default().push(id);
            }
        }
        dictionary.iter().for_each(|(_, value)| self.name_those_in(value));
    }

    fn cost(&mut self, drawing: ObjectId, path: &mut Vec<ObjectId>) -> Result<Cost, Rejection> {
        if path.contains(&drawing) || path.len() >= DEEPEST_FORM {
            return Err(endless_drawing());
        }
        if let Some(cost) = self.costs.get(&drawing) {
            return Ok(*cost);
        }
        let Ok(stream) = self.document.get_object(drawing).and_then(Object::as_stream) else {
            return Ok(Cost::default());
        };
        path.push(drawing);
        let content = unpacked(stream);
        let is_picture = stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
        let weight = if is_picture { operators(&content) } else { content.len() };
        let own = dictionary_in(self.document, &stream.dict, b"Resources");
        let nothing = Dictionary::new();
        let own = own.map(|resources| dictionary_in(self.document, resources, b"XObject").unwrap_or(&nothing));
        let cost = self.cost_of_content(&content, weight, own, path)?.refuse_heavy()?;
        path.pop();
        self.costs.insert(drawing, cost);
        Ok(cost)
    }

    /// The cost of content with all it draws: what each name in it stands for, in its own resources or, where it has
    /// none, in those of any page. A name is an operand of one operator at most.
    fn cost_of_content(
        &mut self,
        content: &[u8],
        weight: usize,
        own: Option<&Dictionary>,
        path: &mut Vec<ObjectId>,
    ) -> Result<Cost, Rejection> {
        let mut within = Cost::default();
        for name in memchr::memchr_iter(b'/', content).filter_map(|at| Syntax::new(content, at).name()) {
            let drawn = match own {
                Some(own) => {
                    let drawing = own.get(&name).ok().and_then(|drawing| self.document.dereference(drawing).ok()?.0);
                    drawing.map_or(Ok(Cost::default()), |drawing| self.cost(drawing, path))?
                }
                None => self.cost_of_name(name, path)?,
            };
            within.all = within.all.saturating_add(drawn.all);
            within.held = within.held.max(drawn.held);
            within.depth = within.depth.max(drawn.depth);
        }
        Ok(Cost {
            all: within.all.saturating_add(content.len() as u64),
            held: within.held.saturating_add(weight as u64),
            depth: within.depth + 1,
        })
    }

    fn cost_of_name(&mut self, name: Vec<u8>, path: &mut Vec<ObjectId>) -> Result<Cost, Rejection> {
        if let Some(cost) = self.costs_of_names.get(&name) {
            return Ok(*cost);
        }
        let Some(drawings) = self.named.get(&name) else { return Ok(Cost::default()) };
        let mut heaviest = Cost::default();
        for drawing in drawings.clone() {
            let cost = self.cost(drawing, path)?;
            heaviest.all = heaviest.all.max(cost.all);
            heaviest.held = heaviest.held.max(cost.held);
            heaviest.depth = heaviest.depth.max(cost.depth);
        }
        self.costs_of_names.insert(name, heaviest);
        Ok(heaviest)
    }
}

fn dictionary_in<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    document.dereference(dictionary.get(key).ok()?).ok()?.1.as_dict().ok()
}

/// About how many bytes of operators and values a picture holds when it is read as the content of a page, which its first
/// bytes mostly end.
fn operators(picture: &[u8]) -> usize {
    let mut after_space = true;
    let mut values = 0;
    for &byte in picture {
        values += usize::from(matches!(byte, b'[' | b'<' | b'/' | b'(') || (after_space && byte.is_ascii_graphic()));
        after_space = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    }
    values * 2
}
