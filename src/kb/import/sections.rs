//! The sections of an article.

use serde::{Deserialize, Serialize};

use super::shape::is_ruler;

/// The headings that articles of the Knowledge Base have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Heading {
    /// What it is about.
    Summary,
    /// What one sees.
    Symptoms,
    /// Why it happens.
    Cause,
    /// How to end it.
    Resolution,
    /// How to live with it.
    Workaround,
    /// What its maker says of it, and since when it is repaired.
    Status,
    /// What else helps.
    MoreInformation,
    /// Other articles.
    References,
}

impl Heading {
    const NAMES: [(&str, Heading); 15] = [
        ("SUMMARY", Heading::Summary),
        ("SYMPTOMS", Heading::Symptoms),
        ("CAUSE", Heading::Cause),
        ("RESOLUTION", Heading::Resolution),
        ("WORKAROUND", Heading::Workaround),
        ("STATUS", Heading::Status),
        ("MORE INFORMATION", Heading::MoreInformation),
        ("REFERENCES", Heading::References),
        ("INTRODUCTION", Heading::Summary),
        ("SYMPTOM", Heading::Symptoms),
        ("CAUSES", Heading::Cause),
        ("RESOLUTIONS", Heading::Resolution),
        ("WORKAROUNDS", Heading::Workaround),
        ("MORE INFO", Heading::MoreInformation),
        ("REFERENCE", Heading::References),
    ];

    /// The heading as articles write it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, heading)| *heading == self).map_or("", |(name, _)| name)
    }

    fn parse(line: &str) -> Option<Heading> {
        let line = line.trim_end().trim_end_matches(':');
        Self::NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(line)).map(|(_, heading)| *heading)
    }
}

/// A section's lines; those before the first heading have none.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    pub heading: Option<Heading>,
    pub lines: &'a [&'a str],
}

/// The sections of a body that are not empty. A heading is underlined, or in a flat article, stands alone.
pub(super) fn split<'a>(body: &'a [&'a str], flat: bool) -> Vec<Lines<'a>> {
    let is_heading = |at: usize| {
        let heading = Heading::parse(body[at])?;
        let underline = body.get(at + 1).filter(|next| is_ruler(next, 3));
        (flat || underline.is_some()).then_some((heading, at + 1 + usize::from(underline.is_some())))
    };
    let mut sections = Vec::new();
    let (mut heading, mut start) = (None, 0);
    for at in 0..=body.len() {
        let next = if at < body.len() { is_heading(at).map(|(heading, next)| (Some(heading), next)) } else { None };
        if at < body.len() && next.is_none() {
            continue;
        }
        let lines = &body[start.min(at)..at];
        if lines.iter().any(|line| !line.trim().is_empty()) {
            sections.push(Lines { heading, lines });
        }
        (heading, start) = next.unwrap_or((None, at));
    }
    sections
}
