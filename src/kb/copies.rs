//! Text that two articles share word for word.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;

use super::article::Text;
use super::prose::passages;

/// So many words in a row are a copy. Among 247 articles, shared runs of up to 23 words were single steps that there is
/// one good way to word; longer ones were copied paragraphs.
const COPY: usize = 24;

/// So many of them are shown.
const SHOWN: usize = 10;

/// What many articles say in the same words for good reason: they do not count. In small letters and without marks.
const STANDING: [&str; 3] = [
    // The warning before a registry edit, as it is mostly worded.
    "this is a registry edit a wrong one can break windows",
    "this is a registry edit a mistake there can break windows",
    "this adds a registry key a mistake in the registry can break windows so type it exactly and export the parent key before",
];

/// A word of an article: letters and digits, in small letters. An empty one stands in place of what does not count.
pub(super) struct Word {
    line: usize,
    text: String,
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Word {}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// The words of an article's sections, without code, without the names in bold that Windows itself has chosen, and
/// without standing phrases.
pub(super) fn words(sections: &[Text<'_>]) -> Vec<Word> {
    let mut words = Vec::new();
    for passage in sections.iter().flat_map(passages) {
        for piece in passage.pieces {
            if piece.kind.is_code || piece.kind.is_strong {
                words.push(Word { line: piece.line, text: String::new() });
                continue;
            }
            let own = piece.text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.extend(own.map(|word| Word { line: piece.line, text: word.to_lowercase() }));
        }
        words.push(Word { line: 0, text: String::new() });
    }
    for phrase in STANDING.map(|phrase| phrase.split(' ').collect::<Vec<_>>()) {
        let mut at = 0;
        while let Some(run) = words.get_mut(at..at + phrase.len()) {
            if run.iter().zip(&phrase).all(|(word, wanted)| word.text == *wanted) {
                run.iter_mut().for_each(|word| word.text.clear());
            }
            at += 1;
        }
    }
    words
}

/// A run of words that an article shares with one before it.
pub(super) struct Copy {
    /// The article, by its place among those given, and the line the run starts at.
    pub article: usize,
    pub line: usize,
    /// The article that has it too.
    pub other: usize,
    /// How many words it has, and the first of them.
    pub length: usize,
    pub start: String,
}

/// The runs of [`COPY`] words and more that articles share.
pub(super) fn find(articles: &[&[Word]]) -> Vec<Copy> {
    let mut copies = Vec::new();
    // Each run of words, and where it stands first.
    let mut seen: FxHashMap<&[Word], (usize, usize)> = FxHashMap::default();
    for (article, words) in articles.iter().enumerate() {
        let mut at = 0;
        while let Some(run) = words.get(at..at + COPY) {
            if let Some(gap) = run.iter().rposition(|word| word.text.is_empty()) {
                at += gap + 1;
                continue;
            }
            match seen.get(run) {
                Some(&(other, place)) if other != article => {
                    let pairs = words[at..].iter().zip(&articles[other][place..]);
                    let length = pairs.take_while(|(a, b)| a == b && !a.text.is_empty()).count();
                    let start: Vec<_> = words[at..at + SHOWN].iter().map(|word| word.text.as_str()).collect();
                    copies.push(Copy { article, line: words[at].line, other, length, start: start.join(" ") });
                    at += length;
                }
                Some(_) => at += 1,
                None => {
                    seen.insert(run, (article, at));
                    at += 1;
                }
            }
        }
    }
    copies
}
