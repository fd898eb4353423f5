//! The canonical form of a query, for showing what was understood.

use std::fmt::{self, Display, Formatter};
use std::ops::Bound;

use super::{DEEPEST_NESTING, Node};

/// Which parentheses are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Around every combination inside another, so that nobody has to know which binds tighter.
    Explicit,
    /// Only where the tree would otherwise be another. Nests no deeper than the query as typed,
    /// so that it still parses when the explicit form would be too deep.
    Sparing,
}

impl Display for Node {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let style = if nesting(self, Style::Explicit) <= DEEPEST_NESTING { Style::Explicit } else { Style::Sparing };
        write_node(self, style, formatter)
    }
}

fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => nodes.iter().collect(),
        Node::Not(inner) | Node::Required(inner) => vec![inner],
        Node::Near { left, right, .. } => vec![left, right],
        Node::Word { .. } | Node::Phrase { .. } | Node::Range { .. } | Node::Exists { .. } => Vec::new(),
    }
}

fn nesting(node: &Node, style: Style) -> usize {
    children(node)
        .into_iter()
        .map(|child| usize::from(is_parenthesized(node, child, style)) + nesting(child, style))
        .max()
        .unwrap_or(0)
}

fn is_parenthesized(parent: &Node, child: &Node, style: Style) -> bool {
    let prefixed = matches!(parent, Node::Not(_) | Node::Required(_));
    let explicit = style == Style::Explicit;
    match child {
        Node::Words(_) => true,
        Node::Or(_) => prefixed || explicit || matches!(parent, Node::And(_)),
        Node::And(_) | Node::Near { .. } => prefixed || explicit,
        Node::Not(_)
        | Node::Required(_)
        | Node::Word { .. }
        | Node::Phrase { .. }
        | Node::Range { .. }
        | Node::Exists { .. } => false,
    }
}

fn write_node(node: &Node, style: Style, formatter: &mut Formatter<'_>) -> fmt::Result {
    match node {
        Node::Word { field, text, .. } => {
            write_field(field.as_deref(), formatter)?;
            formatter.write_str(text)
        }
        Node::Phrase { field, text, slop } => {
            write_field(field.as_deref(), formatter)?;
            write!(formatter, "\"{text}\"")?;
            if *slop > 0 {
                write!(formatter, "~{slop}")?;
            }
            Ok(())
        }
        Node::Range { field, lower, upper } => {
            let opening = if matches!(lower, Bound::Excluded(_)) { '{' } else { '[' };
            let closing = if matches!(upper, Bound::Excluded(_)) { '}' } else { ']' };
            let (from, to) = (limit(lower), limit(upper));
            write!(formatter, "{field}:{opening}{from} TO {to}{closing}")
        }
        Node::Exists { field } => write!(formatter, "{field}:*"),
        Node::Near { distance, .. } => write_joined(node, &format!(" /{distance} "), style, formatter),
        Node::Not(_) => {
            formatter.write_str("NOT ")?;
            write_joined(node, "", style, formatter)
        }
        Node::Required(_) => {
            formatter.write_str("+")?;
            write_joined(node, "", style, formatter)
        }
        Node::And(_) => write_joined(node, " AND ", style, formatter),
        Node::Or(_) => write_joined(node, " OR ", style, formatter),
        Node::Words(_) => write_joined(node, " ", style, formatter),
    }
}

fn write_joined(node: &Node, separator: &str, style: Style, formatter: &mut Formatter<'_>) -> fmt::Result {
    for (index, child) in children(node).into_iter().enumerate() {
        if index > 0 {
            formatter.write_str(separator)?;
        }
        if is_parenthesized(node, child, style) {
            formatter.write_str("(")?;
            write_node(child, style, formatter)?;
            formatter.write_str(")")?;
        } else {
            write_node(child, style, formatter)?;
        }
    }
    Ok(())
}

fn write_field(field: Option<&str>, formatter: &mut Formatter<'_>) -> fmt::Result {
    match field {
        Some(field) => write!(formatter, "{field}:"),
        None => Ok(()),
    }
}

fn limit(bound: &Bound<String>) -> &str {
    match bound {
        Bound::Included(text) | Bound::Excluded(text) => text,
        Bound::Unbounded => "*",
    }
}
