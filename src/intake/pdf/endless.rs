//! Structures that would keep the PDF library busy for ever: page trees and drawings that contain themselves.
//!
//! It follows them until the stack ends, which aborts the process and cannot be caught. So they are looked for first.

use std::collections::{HashMap, HashSet};

use pdf_extract::{Document, Object, ObjectId};

use crate::intake::rejection::Rejection;

/// Forms (`XObject`) may hold forms; letters use none or one level.
const DEEPEST_FORM: usize = 24;
/// Nodes above a page; the library goes up them one within the other.
const DEEPEST_PAGE_TREE: usize = 256;

/// Refuses page trees and forms that contain themselves: the library would follow them until the stack ends.
pub(super) fn refuse_endless_structures(document: &Document) -> Result<(), Rejection> {
    for (id, object) in &document.objects {
        let Ok(dictionary) = object.as_dict() else { continue };
        if dictionary.has_type(b"Page") || dictionary.has_type(b"Pages") {
            refuse_endless_parents(document, *id)?;
        }
    }
    let is_form_object = |object: &Object| object.as_stream().is_ok_and(|stream| is_form(&stream.dict));
    if document.objects.values().any(is_form_object) {
        let mut forms = Forms::of(document);
        for (id, _) in document.objects.iter().filter(|(_, object)| is_form_object(object)) {
            forms.refuse_endless(*id, &mut Vec::new())?;
        }
    }
    Ok(())
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

fn is_form(dictionary: &pdf_extract::Dictionary) -> bool {
    dictionary.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
}

/// The forms that a form may draw, as far as they decide whether it contains itself.
struct Forms<'a> {
    document: &'a Document,
    /// Every form that some page or form has a name for: what a form without resources of its own may draw.
    named: HashMap<Vec<u8>, Vec<ObjectId>>,
    checked: HashSet<ObjectId>,
}

impl<'a> Forms<'a> {
    fn of(document: &'a Document) -> Self {
        let mut forms = Self { document, named: HashMap::new(), checked: HashSet::new() };
        for object in document.objects.values() {
            let dictionary = object.as_dict().or_else(|_| object.as_stream().map(|stream| &stream.dict));
            let Ok(dictionary) = dictionary else { continue };
            let resources = document.get_dict_in_dict(dictionary, b"Resources").unwrap_or(dictionary);
            let Ok(named) = document.get_dict_in_dict(resources, b"XObject") else { continue };
            for (name, object) in named {
                if let Ok(id) = object.as_reference() {
                    forms.named.entry(name.clone()).or_default().push(id);
                }
            }
        }
        forms
    }

    fn refuse_endless(&mut self, form: ObjectId, path: &mut Vec<ObjectId>) -> Result<(), Rejection> {
        if path.contains(&form) || path.len() >= DEEPEST_FORM {
            return Err(Rejection::BrokenPdf { reason: "a drawing in it contains itself".into() });
        }
        if self.checked.contains(&form) {
            return Ok(());
        }
        path.push(form);
        for inner in self.drawn_by(form) {
            self.refuse_endless(inner, path)?;
        }
        path.pop();
        self.checked.insert(form);
        Ok(())
    }

    fn drawn_by(&self, form: ObjectId) -> Vec<ObjectId> {
        let Ok(stream) = self.document.get_object(form).and_then(Object::as_stream) else { return Vec::new() };
        let drawn: Vec<ObjectId> = if let Ok(own) = self.document.get_dict_in_dict(&stream.dict, b"Resources") {
            let named = self.document.get_dict_in_dict(own, b"XObject").into_iter().flatten();
            named.filter_map(|(_, object)| object.as_reference().ok()).collect()
        } else {
            // Without resources of its own a form uses its page's, by name.
            let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
            drawn_names(&content).filter_map(|name| self.named.get(name)).flatten().copied().collect()
        };
        let is_form_object = |id: &ObjectId| {
            self.document.get_object(*id).and_then(Object::as_stream).is_ok_and(|stream| is_form(&stream.dict))
        };
        drawn.into_iter().filter(is_form_object).collect()
    }
}

/// The names in `/Name Do` of a content stream.
fn drawn_names(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let following = content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    words.zip(following).filter(|(_, next)| *next == b"Do").filter_map(|(name, _)| name.strip_prefix(b"/"))
}
