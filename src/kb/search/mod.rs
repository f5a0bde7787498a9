//! Full-text search over articles, for people who type an event id, an error code or what they see.
//!
//! A word of a query counts most where it is what an article's detection asks for, less in the title, and least in the
//! text. Codes are compared as numbers, in whatever notation. Articles that have every word come before those that have
//! some of them.

mod postings;
mod words;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use self::postings::Postings;
use super::{Article, Block, Inline};
use crate::detection::Pattern;
use crate::order;

/// Where in an article a word stands, and what that is worth.
#[derive(Clone, Copy)]
enum Place {
    /// Most words stand there alone, and [`Postings`] have the first places in fewer bytes.
    Text,
    EventId,
    Provider,
    /// A number in another value that the detection asks for: mostly an error code.
    Code,
    /// A word in such a value.
    Value,
    Title,
    Summary,
    /// The article's id, its area and the names of the fields it asks for.
    Name,
    AppliesTo,
    /// A hexadecimal code without its `0x`: people write stop error 0x7B as 7B.
    BareCode,
}

const WEIGHTS: [f32; 10] = [1.0, 12.0, 8.0, 10.0, 5.0, 6.0, 3.0, 4.0, 1.5, 4.0];

/// Sets of places.
const ANYWHERE: u16 = u16::MAX;
const NOT_EVENT_ID: u16 = !(1 << Place::EventId as u16);

/// What a match is worth that is not the word itself.
const SAME_STEM: f32 = 0.95;
const WIN32_OF_HRESULT: f32 = 0.9;
const PREFIX: f32 = 0.8;
const SYNONYM: f32 = 0.65;
const SLIP: f32 = 0.5;

/// What a word's other places add to its best one.
const OTHER_PLACES: f32 = 0.1;
/// What an article loses for each thing its detection asks for: of two that fit a query, the general one is meant.
const PER_CONDITION: f32 = 0.05;

/// An article without all the words is shown if it has this part of them, by number or by how much they say.
const ENOUGH: f32 = 0.5;

/// A longer word is left out: nobody types it.
const LONGEST: usize = 64;
/// More words than this are left out. A library of 60,000 articles has half a million.
const MAX_TERMS: usize = 2 << 20;

/// The index over articles.
#[derive(Default)]
pub struct Search {
    /// The words of articles, in the order in which they were met.
    terms: IndexMap<Box<str>, Postings, FxBuildHasher>,
    /// The terms ordered by word, and by their stems, as far as [`Search::prepare`] has come.
    ordered: Vec<u32>,
    by_stem: FxHashMap<String, Vec<u32>>,
    by_id: FxHashMap<String, u32>,
    /// Of each article: how much its detection asks for.
    specificity: Vec<u32>,
}

/// An article that a query finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the list that the index was made of.
    pub article: u32,
    /// Whether it has every word of the query.
    pub whole: bool,
}

impl Search {
    /// Indexes articles.
    pub fn new(articles: &[Article]) -> Search {
        let mut search = Search::default();
        articles.iter().for_each(|article| search.add(article, []));
        search.prepare();
        search
    }

    /// Adds an article, which has the next number, with texts that it does not have itself. It is found after
    /// [`Search::prepare`].
    pub fn add<'t>(&mut self, article: &Article, texts: impl IntoIterator<Item = &'t str>) {
        let number = self.specificity.len() as u32;
        let mut writer = Writer { search: self, article: number };
        writer.article(article);
        texts.into_iter().for_each(|text| writer.text(text, Place::Text));
        self.specificity.push(article.detection.specificity());
        self.by_id.insert(article.id.clone(), number);
    }

    /// Orders what was added.
    pub fn prepare(&mut self) {
        let Search { terms, ordered, by_stem, .. } = self;
        let known = ordered.len();
        if known == terms.len() {
            return;
        }
        for (number, word) in (0u32..).zip(terms.keys()).skip(known) {
            ordered.push(number);
            // Numbers have no endings.
            if !word.starts_with(|c: char| c.is_ascii_digit()) {
                by_stem.entry(words::stem(word)).or_default().push(number);
            }
        }
        let word = |number: &u32| terms.get_index(*number as usize).map(|(word, _)| word);
        ordered.sort_unstable_by(|a, b| word(a).cmp(&word(b)));
    }

    /// The number of an article by its id.
    pub fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The articles a query finds, the best first. A query without words finds nothing.
    pub fn find(&self, query: &str) -> Vec<Hit> {
        let all = words::split(query);
        let mut wanted: Vec<&String> = all.iter().filter(|word| !words::is_filler(word)).collect();
        if wanted.is_empty() {
            wanted = all.iter().collect();
        }
        let articles = self.specificity.len();
        let mut score = vec![0.0f32; articles];
        let mut carried = vec![0.0f32; articles];
        let mut found = vec![0usize; articles];
        let mut weight_of_query = 0.0;
        for word in &wanted {
            let worth = self.worth(word);
            let having = worth.iter().filter(|worth| **worth > 0.0).count();
            if having == 0 {
                // It tells no article from another.
                continue;
            }
            // A word that few articles have says more.
            let rarity = (1.0 + articles as f32 / having as f32).ln();
            weight_of_query += rarity;
            for (article, worth) in worth.into_iter().enumerate().filter(|(_, worth)| *worth > 0.0) {
                score[article] += worth * rarity;
                carried[article] += rarity;
                found[article] += 1;
            }
        }
        let mut ranked: Vec<(Hit, f32)> = (0u32..)
            .zip(found.iter().zip(&score).zip(&carried))
            .filter(|(_, ((found, _), carried))| {
                let part = (**found as f32 / wanted.len() as f32).max(**carried / weight_of_query);
                **found > 0 && part >= ENOUGH
            })
            .map(|(article, ((found, score), carried))| {
                let part = carried / weight_of_query;
                let conditions = self.specificity.get(article as usize).copied().unwrap_or(0);
                let score = score * part / (1.0 + PER_CONDITION * conditions as f32);
                (Hit { article, whole: *found == wanted.len() }, score)
            })
            .collect();
        // Somebody who gives an article's id wants that article.
        let named = self.number(&all.join("-"));
        order::sort_by(&mut ranked, |(a, score_a), (b, score_b)| {
            let named = |hit: &Hit| named == Some(hit.article);
            named(b)
                .cmp(&named(a))
                .then(b.whole.cmp(&a.whole))
                .then(score_b.total_cmp(score_a))
                .then(a.article.cmp(&b.article))
        });
        ranked.into_iter().map(|(hit, _)| hit).collect()
    }

    /// What a word of a query is worth for each article.
    fn worth(&self, word: &str) -> Vec<f32> {
        let mut worth = vec![0.0f32; self.specificity.len()];
        let mut add = |term: u32, quality: f32, places: u16| {
            let articles = self.terms.get_index(term as usize).map(|(_, articles)| articles.iter());
            for (article, own) in articles.into_iter().flatten() {
                if let Some(worth) = worth.get_mut(article as usize) {
                    *worth = worth.max(quality * weight(own & places));
                }
            }
        };
        let number = words::number(word);
        let mut known = false;
        for (code, quality) in codes(word) {
            if let Some(term) = self.exact(&code.to_string()) {
                add(term, quality, NOT_EVENT_ID);
                known = true;
            }
        }
        if let Some(term) = self.exact(word) {
            add(term, 1.0, ANYWHERE);
            known = true;
        }
        if number.is_none() {
            let stem = words::stem(word);
            for (stem, quality) in
                [(stem.as_str(), SAME_STEM)].into_iter().chain(words::synonyms(&stem).map(|other| (other, SYNONYM)))
            {
                for term in self.by_stem.get(stem).into_iter().flatten() {
                    add(*term, quality, ANYWHERE);
                    known = true;
                }
            }
        }
        // A number that is there is not the start of another one.
        if !(known && number.is_some()) {
            for (term, length) in self.starting_with(word) {
                add(term, PREFIX * word.len() as f32 / length as f32, ANYWHERE);
                known = true;
            }
        }
        if !known && number.is_none() {
            for (term, quality) in self.mistyped(word) {
                add(term, quality, ANYWHERE);
            }
        }
        worth
    }

    fn exact(&self, word: &str) -> Option<u32> {
        self.terms.get_index_of(word).map(|number| number as u32)
    }

    /// The terms from the first that is not before a word on, ordered, each with its number.
    fn from(&self, word: &str) -> impl Iterator<Item = (u32, &str)> {
        let word_of = |number: &u32| self.terms.get_index(*number as usize).map_or("", |(word, _)| word);
        let first = self.ordered.partition_point(|number| word_of(number) < word);
        self.ordered[first..].iter().map(move |number| (*number, word_of(number)))
    }

    /// The terms that start with a word and are longer, each with its length.
    fn starting_with(&self, word: &str) -> impl Iterator<Item = (u32, usize)> {
        let starting = self.from(word).take_while(move |(_, term)| term.starts_with(word));
        starting.filter(move |(_, term)| term.len() > word.len()).map(|(number, term)| (number, term.len()))
    }

    /// The terms that a word is most likely a slip of the hand for.
    fn mistyped(&self, word: &str) -> Vec<(u32, f32)> {
        let typed: Vec<char> = word.chars().collect();
        let mut most = words::allowed_slips(typed.len());
        let mut nearest: Vec<(u32, f32)> = Vec::new();
        if most == 0 {
            return nearest;
        }
        // Hardly anybody mistypes the first letter, and the words that start with it stand together.
        let Some(first) = typed.first() else { return nearest };
        let start = first.to_string();
        let same_start = self.from(&start).take_while(|(_, term)| term.starts_with(*first));
        let mut letters: Vec<char> = Vec::new();
        for (place, term) in same_start {
            letters.clear();
            letters.extend(term.chars());
            if letters.iter().any(char::is_ascii_digit) {
                continue;
            }
            if let Some(slips) = words::slips(&typed, &letters, most) {
                if slips < most {
                    most = slips;
                    nearest.clear();
                }
                let complete = typed.len().min(letters.len()) as f32 / typed.len().max(letters.len()) as f32;
                nearest.push((place, SLIP * complete));
            }
        }
        nearest
    }
}

/// The error codes that a word can stand for, each with what that is worth. None is an event's id: people write those as
/// they are.
fn codes(word: &str) -> impl Iterator<Item = (u64, f32)> {
    let codes = [words::number(word), words::bare_code(word)].into_iter().flatten();
    codes.flat_map(|code| [Some((code, 1.0)), words::win32(code).map(|error| (error, WIN32_OF_HRESULT))]).flatten()
}

/// What it is worth that a word stands in these places: its best one, and a little for each other.
fn weight(places: u16) -> f32 {
    let weights = WEIGHTS.iter().enumerate().filter(|(place, _)| places & (1 << place) != 0).map(|(_, weight)| *weight);
    let (best, all) = weights.fold((0.0f32, 0.0), |(best, all), weight| (best.max(weight), all + weight));
    best + OTHER_PLACES * (all - best)
}

/// Puts the words of an article into the index.
struct Writer<'a> {
    search: &'a mut Search,
    article: u32,
}

impl Writer<'_> {
    fn article(&mut self, article: &Article) {
        for test in article.detection.tests() {
            let place = match test.field.as_str() {
                "EventID" => Place::EventId,
                "Provider_Name" => Place::Provider,
                // How bad a record says it is, and which log it is in, nobody looks for by number.
                "Level" | "Channel" => continue,
                _ => Place::Value,
            };
            for pattern in &test.patterns {
                match pattern {
                    Pattern::Text(_) | Pattern::Number(_) => self.text(&pattern.in_words().1, place),
                    _ => {}
                }
            }
            self.text(&test.field, Place::Name);
        }
        self.text(&article.title, Place::Title);
        self.text(&article.summary.plain(), Place::Summary);
        self.text(&article.id, Place::Name);
        self.text(&article.area, Place::Name);
        article.applies_to.iter().for_each(|text| self.text(text, Place::AppliesTo));
        article.sources.iter().for_each(|source| self.text(&source.id, Place::Text));
        article.sections.iter().for_each(|section| self.blocks(&section.blocks));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(text) => self.text(&Inline::plain(text), Place::Text),
                Block::List(_, items) => items.iter().for_each(|item| self.blocks(item)),
                Block::Code(code) => self.text(code, Place::Text),
            }
        }
    }

    fn text(&mut self, text: &str, place: Place) {
        words::each(text, |word| {
            if let Some(number) = words::number(word) {
                let place = if let Place::Value = place { Place::Code } else { place };
                self.word(&number.to_string(), place);
                if word.starts_with("0x") {
                    self.word(&format!("{number:x}"), Place::BareCode);
                    self.word(&format!("0x{number:x}"), place);
                }
                if let (Some(error), Place::Code) = (words::win32(number), place) {
                    self.word(&error.to_string(), place);
                }
            } else {
                self.word(word, place);
            }
        });
    }

    fn word(&mut self, word: &str, place: Place) {
        let terms = &mut self.search.terms;
        if let Some(articles) = terms.get_mut(word) {
            articles.add(self.article, 1 << place as u16);
        } else if word.len() <= LONGEST && terms.len() < MAX_TERMS {
            let mut articles = Postings::default();
            articles.add(self.article, 1 << place as u16);
            terms.insert(word.into(), articles);
        }
    }
}
