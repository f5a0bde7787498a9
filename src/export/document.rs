//! What is handed over as a document: one order and one wording for all forms that people read.

use std::borrow::Cow;

use super::Handover;
use crate::checkup::{FileReport, Finding, Tally};
use crate::detection::correlation::timespan_in_words;
use crate::kb::{Block, Heading, Origin, Source};
use crate::log::Problem;

/// How many names or kinds are written out one by one.
const MAX_NAMES: usize = 20;

/// A part of a document.
pub enum Element<'h> {
    /// A finding starts: the article's id and title.
    Finding(&'h str, &'h str),
    /// Something else starts.
    Heading(&'static str),
    /// A sentence or two.
    Line(Line<'h>),
    /// Lines of a kind.
    List(Vec<Line<'h>>),
    /// What the person who hands it over has to say.
    Note(&'h str),
    /// A section of an article.
    Section(Heading, &'h [Block]),
    /// What an article is about.
    AppliesTo(&'h [String]),
    /// Where an article's facts are from.
    Sources(&'h [Source]),
}

/// Running text.
pub type Line<'h> = Vec<Piece<'h>>;

/// A piece of running text.
pub enum Piece<'h> {
    /// Written here.
    Own(Cow<'h, str>),
    /// From a log, or as hostile as one.
    Foreign(Cow<'h, str>),
}

use Piece::{Foreign, Own};

fn own<'h>(text: impl Into<Cow<'h, str>>) -> Piece<'h> {
    Own(text.into())
}

fn foreign<'h>(text: impl Into<Cow<'h, str>>) -> Piece<'h> {
    Foreign(text.into())
}

/// What all forms are called.
pub const TITLE: &str = "Known issues in Windows event logs";

/// The document.
pub fn elements<'h>(handover: &'h Handover<'_>) -> Vec<Element<'h>> {
    let mut out = opening(handover);
    handover.own().for_each(|each| out.extend(finding(handover, each)));
    out.extend(closing(handover));
    out
}

/// What stands before the findings.
pub fn opening<'h>(handover: &'h Handover<'_>) -> Vec<Element<'h>> {
    let mut out = Vec::new();
    if !handover.note.trim().is_empty() {
        out.push(Element::Note(&handover.note));
    }
    if handover.redacted {
        let line = "Names of computers, users and domains, security identifiers, IP addresses and paths that tell them \
             are replaced, each by the same word everywhere.";
        out.push(Element::Line(vec![own(line)]));
    }
    let shown = handover.own().count();
    if shown < handover.found {
        out.push(Element::Line(vec![own(format!("{shown} of {} known issues are in this report.", handover.found))]));
    }
    out
}

/// What stands behind the findings: what was read, and what nobody explains.
pub fn closing<'h>(handover: &'h Handover<'_>) -> Vec<Element<'h>> {
    let mut out = vec![Element::Heading("What was read")];
    if handover.found == 0 {
        out.push(Element::Line(vec![own("No known issue was found in what could be read.")]));
    }
    handover.receipt.files.values().for_each(|file| write_file(&mut out, file));
    out.push(Element::Heading("What is explained"));
    let receipt = &handover.receipt;
    out.push(Element::Line(vec![own(format!(
        "Of {} critical, error and warning records, articles explain {} and none explains {}.",
        receipt.problem_records(),
        receipt.explained.total(),
        receipt.unexplained.total()
    ))]));
    let kinds = receipt.unexplained.by_count();
    let mut others = receipt.unexplained.total();
    let mut list: Vec<Line<'_>> = Vec::new();
    for (kind, count) in kinds.into_iter().take(MAX_NAMES) {
        others -= count;
        let rest = format!(" {} ({}): {}", kind.event_id, kind.level.word(), records(count));
        list.push(vec![foreign(&*kind.provider), own(rest)]);
    }
    if others > 0 {
        list.push(vec![own(format!("others: {}", records(others)))]);
    }
    push_list(&mut out, list);
    out
}

fn push_list<'h>(out: &mut Vec<Element<'h>>, lines: Vec<Line<'h>>) {
    if !lines.is_empty() {
        out.push(Element::List(lines));
    }
}

/// A finding.
pub fn finding<'h>(handover: &'h Handover<'_>, finding: &'h Finding<'_>) -> Vec<Element<'h>> {
    let article = finding.article;
    let mut out = vec![Element::Finding(&article.id, &article.title)];
    let place = match article.origin {
        Origin::Imported => String::new(),
        _ => format!(" | kb/{}/{}.md", article.area, article.id),
    };
    let about = format!("{}, {} | {}{place}", article.level, article.verdict, records(finding.own));
    out.push(Element::Line(vec![own(about)]));
    if let Some(grade) = article.grade {
        let line = format!("imported, match: {grade}; the article says of the event:");
        out.push(Element::Line(vec![own(line)]));
        out.push(Element::List(article.passages.iter().map(|passage| vec![foreign(passage)]).collect()));
    }
    if finding.other_windows {
        let about = article.applies_to.join(", ");
        out.push(Element::Line(vec![own(format!(
            "This article is about {about}, not about the Windows that wrote the log."
        ))]));
    }
    out.push(Element::Line(vec![own(handover.zone.span(finding.span.0, finding.span.1))]));
    for link in &finding.causes {
        let (count, within) = (link.count, timespan_in_words(link.within));
        let line = format!("{count} of them came within {within} after: {}", link.article.title);
        out.push(Element::Line(vec![own(line)]));
    }
    for link in &finding.consequences {
        let line = format!("brought about: {} ({})", link.article.title, records(link.count));
        out.push(Element::Line(vec![own(line)]));
    }
    if finding.untold {
        let line = "matched too often to tell what it follows and what follows it";
        out.push(Element::Line(vec![own(line.to_owned())]));
    }
    if finding.carved > 0 {
        let line = format!("{} carved from what the logs have given up", records(finding.carved));
        out.push(Element::Line(vec![own(line)]));
    }
    for (word, names) in [("on ", &finding.computers), ("affects ", &finding.subjects)] {
        if !names.is_empty() {
            out.push(Element::Line(counted(word, names)));
        }
    }
    let sections = handover.sections(article).iter();
    out.extend(sections.map(|section| Element::Section(section.heading, &section.blocks)));
    if !article.applies_to.is_empty() {
        out.push(Element::AppliesTo(&article.applies_to));
    }
    if !article.sources.is_empty() {
        out.push(Element::Sources(&article.sources));
    }
    out
}

/// Names with how often each is there.
fn counted<'h>(word: &'static str, names: &'h Tally<String>) -> Line<'h> {
    let mut line = vec![own(word)];
    let kept = names.by_count();
    for (place, (name, count)) in kept.iter().take(MAX_NAMES).enumerate() {
        if place > 0 {
            line.push(own(", "));
        }
        line.extend([foreign(name.as_str()), own(format!(" ({count})"))]);
    }
    if kept.len() > MAX_NAMES || names.others() > 0 {
        line.push(own(", ..."));
    }
    line
}

fn records(count: u64) -> String {
    if count == 1 { "1 record".into() } else { format!("{count} records") }
}

fn write_file<'h>(out: &mut Vec<Element<'h>>, file: &'h FileReport) {
    let coverage = &file.coverage;
    let reason = |problem: &Problem| foreign(problem.reason.to_string());
    if let Some(refusal) = file.kind.refusal() {
        out.push(Element::Line(vec![foreign(&*file.name), own(format!(": {refusal}"))]));
        return push_list(out, coverage.problems.iter().map(|problem| vec![reason(problem)]).collect());
    }
    let account = file.account();
    let mut line = vec![foreign(&*file.name), own(format!(": {} read", records(coverage.records)))];
    let (repeated, carved) = (coverage.repeated, coverage.carved);
    for (count, what) in [(account.lost, "lost"), (repeated, "also in another file"), (carved, "carved")] {
        if count > 0 {
            line.push(own(format!(", {count} {what}")));
        }
    }
    if let Ok(declared) = account.declared {
        line.push(own(format!(", {declared} declared")));
    }
    if let Some((computer, _)) = file.computers.by_count().first() {
        line.extend([own(", from "), foreign(computer.as_str())]);
    }
    if file.dirty {
        line.push(own(", not closed cleanly"));
    }
    out.push(Element::Line(line));
    let mut list: Vec<Line<'_>> = Vec::new();
    if let Err(doubt) = account.declared {
        list.push(vec![own(format!("how many records it should have is not known: {doubt}"))]);
    }
    let problems = coverage.problems.iter().chain(&account.gaps);
    list.extend(problems.map(|problem| vec![own(format!("at byte {}: ", problem.offset)), reason(problem)]));
    match coverage.problem_count - coverage.problems.len() as u64 {
        0 => {}
        more => list.push(vec![own(format!("and {more} more problems"))]),
    }
    push_list(out, list);
}
