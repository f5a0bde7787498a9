//! What an article says to do, and the sentence that it rests on.

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

/// The verdict of an article by its sections (heading and text), and the sentence it rests on.
pub(super) fn of(sections: &[(Option<Heading>, String)]) -> (Verdict, String) {
    let has = |heading| sections.iter().find(|(own, _)| *own == Some(heading)).map(|(_, text)| first_sentence(text));
    let says = |phrases: &[&str], headings: &[Option<Heading>]| {
        let sections = sections.iter().filter(|(own, _)| headings.is_empty() || headings.contains(own));
        sections.flat_map(|(_, text)| sentences(text)).find(|sentence| {
            let lower = sentence.to_ascii_lowercase();
            phrases.iter().any(|phrase| lower.contains(phrase))
        })
    };
    let resolution = has(Heading::Resolution);
    let repaired = says(
        &REPAIRED,
        &[Some(Heading::Status), Some(Heading::Resolution), Some(Heading::Cause), Some(Heading::MoreInformation), None],
    );
    if let Some(sentence) = says(&HARMLESS, &[])
        && (repaired.is_none() && (resolution.is_none() || says(&HARMLESS, &[Some(Heading::Resolution)]).is_some()))
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
        &CURED,
        &[None, Some(Heading::Symptoms), Some(Heading::Cause), Some(Heading::Summary), Some(Heading::MoreInformation)],
    ) {
        return (Verdict::Fix, sentence.to_owned());
    }
    if let Some(sentence) = says(&WORKED_AROUND, &[]) {
        return (Verdict::Workaround, sentence.to_owned());
    }
    let first = sections.first().map_or("", |(_, text)| first_sentence(text));
    (Verdict::Informational, first.to_owned())
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").map(str::trim)
}

fn first_sentence(text: &str) -> &str {
    sentences(text).next().unwrap_or_default()
}
