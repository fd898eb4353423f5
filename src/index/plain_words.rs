//! The decisions of an index as plain words, in memory: what every search engine does before any care is taken. Measured
//! beside it, the search shows what that care is worth.
//!
//! One text a decision, the library's own words in lower case, no other forms, and BM25 (k1 1.2, b 0.75) over any of the
//! words asked for. It holds the text of every decision once more, so it is for measuring only.

use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{LowerCaser, SimpleTokenizer, TextAnalyzer};
use tantivy::{DocAddress, Index, Order, Score, Searcher, TantivyDocument, TantivyError, Term};

use super::document::Record;
use super::reader::Snapshot;

/// Name of the analysis.
const PLAIN_ANALYSIS: &str = "plain_words";
/// Memory of the writer. One thread writes: the scores do not depend on how documents are parted, but figures are
/// best made the same way every time.
const WRITER_BYTES: usize = 64 << 20;

/// An index in memory with one field of text.
pub struct PlainWords {
    searcher: Searcher,
    id: Field,
    text: Field,
}

impl PlainWords {
    /// Reads every decision of an index.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn of(snapshot: &Snapshot) -> tantivy::Result<Self> {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(PLAIN_ANALYSIS).set_index_option(IndexRecordOption::WithFreqs);
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let id = schema.add_text_field("id", STORED);
        let letter = schema.add_text_field("letter", FAST);
        let ordinal = schema.add_u64_field("ordinal", FAST);
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(PLAIN_ANALYSIS, analysis());
        let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        for (place, segment) in snapshot.searcher.segment_readers().iter().enumerate() {
            for document in segment.doc_ids_alive() {
                let record = snapshot.record(DocAddress::new(place as u32, document))?;
                let decision = record.decision()?;
                let mut plain = TantivyDocument::new();
                plain.add_text(text, joined(&record)?);
                plain.add_text(id, &decision.id);
                plain.add_text(letter, &record.letter.id);
                plain.add_u64(ordinal, u64::from(decision.ordinal()));
                writer.add_document(plain)?;
            }
        }
        writer.commit()?;
        Ok(Self { searcher: index.reader()?.searcher(), id, text })
    }

    /// The best decisions with any of these words, by id; equal ones in the order of their letters and items.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn best(&self, words: &str, depth: usize) -> tantivy::Result<Vec<(Score, String)>> {
        let query = BooleanQuery::union(self.terms(words));
        let letter = (SortByString::for_field("letter"), Order::Asc);
        let ordinal = (SortByStaticFastValue::<u64>::for_field("ordinal"), Order::Asc);
        let top = TopDocs::with_limit(depth.max(1)).order_by((SortBySimilarityScore, letter, ordinal));
        let found = self.searcher.search(&query, &top)?;
        found.into_iter().map(|((score, ..), address)| Ok((score, self.id_at(address)?))).collect()
    }

    /// One query a word; a word typed twice counts twice.
    fn terms(&self, words: &str) -> Vec<Box<dyn Query>> {
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        analysis().token_stream(words).process(&mut |token| {
            let term = Term::from_field_text(self.text, &token.text);
            queries.push(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
        });
        queries
    }

    fn id_at(&self, address: DocAddress) -> tantivy::Result<String> {
        let document = self.searcher.doc::<TantivyDocument>(address)?;
        let id = document.get_first(self.id).and_then(|value| value.as_str().map(str::to_owned));
        id.ok_or_else(|| TantivyError::InternalError("a decision without its id".into()))
    }
}

fn analysis() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build()
}

/// All that free words search in a decision, one after the other.
fn joined(record: &Record) -> tantivy::Result<String> {
    let decision = record.decision()?;
    let guidelines = [&decision.reviewer_guideline, &decision.claims_guideline];
    let guidelines = guidelines.into_iter().flatten().map(|guideline| guideline.text.as_str());
    let texts = std::iter::once(decision.item.as_str())
        .chain(decision.rationale.as_deref())
        .chain(guidelines)
        .chain(record.letter.summary.as_deref());
    Ok(texts.collect::<Vec<_>>().join("\n"))
}
