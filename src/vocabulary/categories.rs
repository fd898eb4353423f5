//! The categories of treatments, by the state's own list.

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{Groups, Lexicon, Wording};

/// `schema/categories.toml`.
pub static CATEGORIES: LazyLock<Categories> = LazyLock::new(|| {
    let table: Table = packed!("categories");
    let categories: Vec<Category> = table.top.into_iter().chain(table.category).collect();
    let mut words = Lexicon::default();
    for (place, category) in categories.iter().enumerate() {
        category.words.iter().for_each(|wording| words.add_wording(wording, &Groups::default(), &place));
    }
    Categories { categories, words }
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct Table {
    top: Vec<Category>,
    category: Vec<Category>,
}

/// One category or group of categories, as `schema/categories.toml` describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// `Top` or `Top/Sub`.
    pub name: &'static str,
    /// The rows of the state's list it stands for.
    pub state_names: Vec<String>,
    /// One line for people.
    pub description: &'static str,
    /// What people type when they mean all of it.
    #[serde(default)]
    pub words: Vec<Wording>,
}

/// The list, and the words by which queries name its entries.
#[derive(Debug)]
pub struct Categories {
    /// Groups first, then their members.
    pub categories: Vec<Category>,
    /// By place in the list.
    pub words: Lexicon<usize>,
}
