//! What an article says to do, and the sentence that it rests on.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use super::sections::Heading;

/// What an article says to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It ends the problem.
    Fix,
    /// It lives with the problem.
    Workaround,
    /// Nothing: it is harmless.
    SafeToIgnore,
    /// Nothing: it explains.
    Informational,
}

/// Phrases with which articles say that there is nothing to do.
const HARMLESS: [&str; 16] = [
    "safely ignore",
    "safely be ignored",
    "safe to ignore",
    "can be ignored",
    "may be ignored",
    "can ignore th",
    "should be ignored",
    "be disregarded",
    "as harmless",
    "is harmless",
    "are harmless",
    "ignore this message",
    "ignore this error",
    "ignore this event",
    "ignore the event",
    "no action is required",
];

/// Phrases with which articles say that the maker repaired it.
const REPAIRED: [&str; 17] = [
    "was corrected in",
    "has been corrected",
    "was fixed in",
    "has been fixed",
    "is fixed in",
    "was first corrected",
    "was resolved in",
    "has been resolved",
    "obtain the latest service pack",
    "been modified",
    "obtain the fix",
    "supported fix",
    "hotfix",
    "is corrected in",
    "obtain the following fix",
    "to resolve this problem, obtain",
    "updated the following files",
];

/// Phrases with which articles without headings say what to do.
const CURED: [&str; 8] = [
    "to correct this",
    "to resolve this",
    "to fix this",
    "to correct the problem",
    "to resolve the problem",
    "to solve this",
    "to eliminate this",
    "to remedy this",
];

const WORKED_AROUND: [&str; 3] = ["to work around", "workaround", "to avoid this"];

/// All phrases, in the order of [`Says`].
const PHRASES: [&[&str]; 4] = [&HARMLESS, &REPAIRED, &CURED, &WORKED_AROUND];

/// What the phrases say.
#[derive(Clone, Copy)]
enum Says {
    Harmless,
    Repaired,
    Cured,
    WorkedAround,
}

/// Where each text has the first phrase of each kind: one pass finds them all.
fn first_phrases(text: &str) -> [Option<usize>; PHRASES.len()] {
    static ALL: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let all = ALL.get_or_init(|| AhoCorasick::builder().ascii_case_insensitive(true).build(PHRASES.concat()).ok());
    let mut first = [None; PHRASES.len()];
    for found in all.iter().flat_map(|all| all.find_overlapping_iter(text)) {
        let mut number = found.pattern().as_usize();
        for (phrases, first) in PHRASES.iter().zip(&mut first) {
            if number < phrases.len() {
                *first = Some(first.map_or(found.start(), |old: usize| old.min(found.start())));
                break;
            }
            number -= phrases.len();
        }
    }
    first
}

/// The verdict of an article by its sections (heading and text), and the sentence it rests on.
pub(super) fn of(sections: &[(Option<Heading>, String)]) -> (Verdict, String) {
    let has = |heading| sections.iter().find(|(own, _)| *own == Some(heading)).map(|(_, text)| first_sentence(text));
    let found: Vec<_> = sections.iter().map(|(_, text)| first_phrases(text)).collect();
    let says = |what: Says, headings: &[Option<Heading>]| {
        let sections =
            sections.iter().zip(&found).filter(|((own, _), _)| headings.is_empty() || headings.contains(own));
        sections.filter_map(|((_, text), found)| sentence_at(text, found[what as usize]?)).next()
    };
    let resolution = has(Heading::Resolution);
    let repaired = says(
        Says::Repaired,
        &[Some(Heading::Status), Some(Heading::Resolution), Some(Heading::Cause), Some(Heading::MoreInformation), None],
    );
    if let Some(sentence) = says(Says::Harmless, &[])
        && (repaired.is_none()
            && (resolution.is_none() || says(Says::Harmless, &[Some(Heading::Resolution)]).is_some()))
    {
        return (Verdict::SafeToIgnore, sentence.to_owned());
    }
    if let Some(sentence) = resolution.or(repaired) {
        return (Verdict::Fix, sentence.to_owned());
    }
    if let Some(sentence) = has(Heading::Workaround) {
        return (Verdict::Workaround, sentence.to_owned());
    }
    if let Some(sentence) = says(
        Says::Cured,
        &[None, Some(Heading::Symptoms), Some(Heading::Cause), Some(Heading::Summary), Some(Heading::MoreInformation)],
    ) {
        return (Verdict::Fix, sentence.to_owned());
    }
    if let Some(sentence) = says(Says::WorkedAround, &[]) {
        return (Verdict::Workaround, sentence.to_owned());
    }
    let first = sections.first().map_or("", |(_, text)| first_sentence(text));
    (Verdict::Informational, first.to_owned())
}

/// The sentence in which a place of a text is.
fn sentence_at(text: &str, place: usize) -> Option<&str> {
    let mut end = 0;
    let sentence = text.split_inclusive(". ").find(|sentence| {
        end += sentence.len();
        place < end
    });
    sentence.map(str::trim)
}

fn first_sentence(text: &str) -> &str {
    sentence_at(text, 0).unwrap_or_default()
}
