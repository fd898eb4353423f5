//! Builds the tree from tokens, leaving out with a correction whatever has no place in it.

use super::lexer::{Kind, Token};
use super::word::{Proximity, words_in};
use super::{Correction, DEEPEST_NESTING, MOST_LOOSE_WORDS, Node};

pub(super) struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    corrections: &'a mut Vec<Correction>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(query: &str, tokens: &[Token], corrections: &'a mut Vec<Correction>) -> Self {
        let tokens = balanced(query, tokens, corrections);
        Self { tokens, next: 0, corrections }
    }

    pub(super) fn parse(mut self) -> Option<Node> {
        self.words(None)
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |token| token.at)
    }

    fn operand_follows(&self) -> bool {
        matches!(self.peek(), Some(Kind::Operand(_) | Kind::Open(_) | Kind::Not | Kind::Plus))
    }

    /// Leaves out the token here, which `name`s an operator without one of its sides.
    fn drop_dangling(&mut self, name: &str) {
        let at = self.at();
        let what = format!("{name} had nothing to join and was left out");
        self.corrections.push(Correction { what, at });
        self.next += 1;
    }

    fn drop_operators(&mut self) {
        while let Some(name) = self.peek().and_then(operator_name) {
            self.drop_dangling(name);
        }
    }

    /// Operands side by side, up to the end of the group. `field` is that of the group.
    fn words(&mut self, field: Option<&str>) -> Option<Node> {
        let mut nodes = Vec::new();
        loop {
            self.drop_operators();
            if !self.operand_follows() {
                break;
            }
            nodes.extend(self.any_of(field));
        }
        if nodes.len() < 2 {
            return nodes.pop().map(without_requirement);
        }
        Some(Node::Words(nodes))
    }

    fn any_of(&mut self, field: Option<&str>) -> Option<Node> {
        let mut nodes: Vec<Node> = self.all_of(field).into_iter().collect();
        while matches!(self.peek(), Some(Kind::Or)) && self.step_over_operator("`OR`") {
            nodes.extend(self.all_of(field));
        }
        joined(nodes, Node::Or, |node| match node {
            Node::Or(children) => Ok(children),
            other => Err(other),
        })
    }

    fn all_of(&mut self, field: Option<&str>) -> Option<Node> {
        let mut nodes: Vec<Node> = self.near(field).into_iter().collect();
        while matches!(self.peek(), Some(Kind::And)) && self.step_over_operator("`AND`") {
            nodes.extend(self.near(field));
        }
        joined(nodes, Node::And, |node| match node {
            Node::And(children) => Ok(children),
            other => Err(other),
        })
    }

    /// Steps over the operator here if an operand follows it; if not, leaves it out.
    fn step_over_operator(&mut self, name: &str) -> bool {
        let operator = self.next;
        self.next += 1;
        self.drop_operators();
        let followed = self.operand_follows();
        if !followed && let Some(token) = self.tokens.get(operator) {
            let what = format!("{name} had nothing to join and was left out");
            self.corrections.push(Correction { what, at: token.at });
        }
        followed
    }

    fn near(&mut self, field: Option<&str>) -> Option<Node> {
        let mut left = self.signed(field)?;
        while let Some(Kind::Near(proximity)) = self.peek() {
            let distance = proximity.distance;
            let at = self.at();
            self.next += 1;
            let right = match self.peek() {
                Some(Kind::Operand(right)) => Some(with_field(right, field)),
                _ => None,
            };
            let pair = right.and_then(|right| near_pair(&left, &right));
            let Some((near_left, near_right)) = pair else {
                let what = format!(
                    "`/{distance}` joins only two words or quotations of one field, of {MOST_LOOSE_WORDS} words at most, \
                     it was left out"
                );
                self.corrections.push(Correction { what, at });
                break;
            };
            self.next += 1;
            left = Node::Near { left: Box::new(near_left), right: Box::new(near_right), distance };
        }
        Some(left)
    }

    /// An operand with the signs and negations before it.
    fn signed(&mut self, field: Option<&str>) -> Option<Node> {
        let mut negations = 0_usize;
        let mut required = false;
        let first = self.at();
        loop {
            match self.peek() {
                Some(Kind::Not) => negations += 1,
                Some(Kind::Plus) => required = true,
                _ => break,
            }
            self.next += 1;
        }
        if !self.operand_follows() {
            let what = "`NOT` had nothing to exclude and was left out".to_owned();
            self.corrections.push(Correction { what, at: first });
            return None;
        }
        let node = self.operand(field)?;
        Some(if negations % 2 == 1 {
            negated(node)
        } else if required && negations == 0 && !matches!(node, Node::Not(_)) {
            Node::Required(Box::new(node))
        } else {
            node
        })
    }

    fn operand(&mut self, field: Option<&str>) -> Option<Node> {
        let at = self.at();
        match self.peek()?.clone() {
            Kind::Operand(node) => {
                self.next += 1;
                Some(with_field(&node, field))
            }
            Kind::Open(own_field) => {
                self.next += 1;
                let inner = self.words(own_field.as_deref().or(field));
                // The tokens are balanced, so the closing parenthesis is here.
                self.next += 1;
                if inner.is_none() {
                    let what = "the empty parentheses were left out".to_owned();
                    self.corrections.push(Correction { what, at });
                }
                inner
            }
            _ => None,
        }
    }
}

/// The tokens with as many closing as opening parentheses, nested no deeper than allowed.
fn balanced(query: &str, tokens: &[Token], corrections: &mut Vec<Correction>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut depth = 0_usize;
    let mut opened = Vec::new();
    let mut is_too_deep = false;
    let mut correct = |what: &str, at: usize| {
        let what = what.to_owned();
        corrections.push(Correction { what, at });
    };
    for token in tokens {
        match token.kind {
            Kind::Open(_) => {
                depth += 1;
                if depth > DEEPEST_NESTING {
                    if !is_too_deep {
                        correct("parentheses nested this deep were ignored", token.at);
                    }
                    is_too_deep = true;
                    continue;
                }
                opened.push(token.at);
            }
            Kind::Close if depth == 0 => {
                correct("a closing parenthesis without its opening one was ignored", token.at);
                continue;
            }
            Kind::Close => {
                depth -= 1;
                if depth >= DEEPEST_NESTING {
                    continue;
                }
                opened.pop();
            }
            _ => {}
        }
        kept.push(token.clone());
    }
    for at in opened.into_iter().rev() {
        correct("the parenthesis was closed at the end of the query", at);
        kept.push(Token { kind: Kind::Close, at: query.len() });
    }
    kept
}

fn operator_name(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::And => Some("`AND`"),
        Kind::Or => Some("`OR`"),
        Kind::Near(Proximity { .. }) => Some("the proximity connector"),
        _ => None,
    }
}

/// Puts two or more operands under one node, taking in the children of any of the same kind.
fn joined(
    nodes: Vec<Node>,
    node_of: fn(Vec<Node>) -> Node,
    children_of: fn(Node) -> Result<Vec<Node>, Node>,
) -> Option<Node> {
    let mut nodes = nodes;
    if nodes.len() < 2 {
        return nodes.pop();
    }
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match children_of(without_requirement(node)) {
            Ok(children) => flat.extend(children),
            Err(other) => flat.push(other),
        }
    }
    Some(node_of(flat))
}

fn without_requirement(node: Node) -> Node {
    match node {
        Node::Required(inner) => *inner,
        other => other,
    }
}

fn negated(node: Node) -> Node {
    match node {
        Node::Not(inner) => *inner,
        other => Node::Not(Box::new(other)),
    }
}

/// The operand in the field of its group, unless it names a field of its own.
fn with_field(node: &Node, group_field: Option<&str>) -> Node {
    let mut fielded = node.clone();
    if let Node::Word { field, .. } | Node::Phrase { field, .. } = &mut fielded
        && field.is_none()
    {
        *field = group_field.map(str::to_owned);
    }
    fielded
}

/// Both sides of a proximity in one field, or `None` if they cannot be near each other.
fn near_pair(left: &Node, right: &Node) -> Option<(Node, Node)> {
    if !is_text(left) || !is_text(right) || words_of(left) + words_of(right) > MOST_LOOSE_WORDS {
        return None;
    }
    let (left_field, right_field) = (text_field(left), text_field(right));
    if left_field.is_some() && right_field.is_some() && left_field != right_field {
        return None;
    }
    let field = left_field.or(right_field);
    Some((with_field(left, field), with_field(right, field)))
}

fn is_text(node: &Node) -> bool {
    matches!(node, Node::Word { .. } | Node::Phrase { .. })
}

fn words_of(node: &Node) -> usize {
    match node {
        Node::Word { text, .. } | Node::Phrase { text, .. } => words_in(text),
        _ => 0,
    }
}

fn text_field(node: &Node) -> Option<&str> {
    match node {
        Node::Word { field, .. } | Node::Phrase { field, .. } => field.as_deref(),
        _ => None,
    }
}
