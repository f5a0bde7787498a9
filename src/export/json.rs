//! What is handed over as JSON, for scripts. The fields are described in README.md.

use serde_json::{Value, json};

use super::handover::steers;
use super::{Handover, Zone, text};
use crate::checkup::{EventKind, FileReport, Finding, Link, NotEvaluated, Tally};
use crate::event::Level;
use crate::kb::Origin;

/// JSON text.
pub(super) fn text(handover: &Handover<'_>) -> String {
    safe(&value(handover))
}

/// A value as text that cannot steer a terminal: JSON itself escapes only some control characters.
pub(super) fn safe(value: &Value) -> String {
    let text = format!("{value:#}\n");
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) && character != '\n' {
            out.push_str(&format!("\\u{:04x}", character as u32));
        } else {
            out.push(character);
        }
    }
    out
}

/// The same as one JSON value.
pub fn value(handover: &Handover<'_>) -> Value {
    let Handover { receipt, zone, .. } = handover;
    json!({
        "note": handover.note,
        "redacted": handover.redacted,
        "files": receipt.files.values().map(|each| file(each, zone)).collect::<Vec<_>>(),
        "findings": handover.findings.iter().map(|each| finding(handover, each)).collect::<Vec<_>>(),
        "unexplained": kinds(&receipt.unexplained),
        "explained_groups": kinds(&receipt.explained),
        "not_evaluated": handover.not_evaluated.iter().map(not_evaluated).collect::<Vec<_>>(),
        "totals": {
            "records": receipt.records(),
            "critical": receipt.count(Level::Critical),
            "error": receipt.count(Level::Error),
            "warning": receipt.count(Level::Warning),
            "explained": receipt.explained.total(),
        },
    })
}

fn file(file: &FileReport, zone: &Zone) -> Value {
    let account = file.account();
    let problems = file.coverage.problems.iter().chain(&account.gaps);
    json!({
        "name": file.name,
        "kind": file.kind,
        "computer": file.computers.by_count().first().map(|(name, _)| name),
        "records": file.coverage.records,
        "repeated": file.coverage.repeated,
        "carved": file.coverage.carved,
        "damaged": account.lost,
        "declared": account.declared.ok(),
        "undeclared": account.declared.err().map(|doubt| doubt.to_string()),
        "problems": problems.map(|problem| json!({"offset": problem.offset, "reason": problem.reason.to_string()})).collect::<Vec<_>>(),
        "dirty": file.dirty,
        "first": file.span.map(|(first, _)| zone.rfc3339(first)),
        "last": file.span.map(|(_, last)| zone.rfc3339(last)),
    })
}

fn finding(handover: &Handover<'_>, finding: &Finding<'_>) -> Value {
    let zone = &handover.zone;
    // Where the others are found by their ids, nobody else has the text of imported ones.
    let is_imported = finding.article.origin == Origin::Imported;
    let sections = handover.sections(finding.article).iter().filter(|_| is_imported);
    let subjects = finding.subjects.by_count().into_iter();
    let links = |links: &[Link<'_>]| (!finding.untold).then(|| links.iter().map(link).collect::<Vec<_>>());
    json!({
        "id": finding.article.id,
        "title": finding.article.title,
        "level": finding.article.level,
        "verdict": finding.article.verdict,
        "count": finding.count,
        "carved": finding.carved,
        "first": zone.rfc3339(finding.span.0),
        "last": zone.rfc3339(finding.span.1),
        "subjects": subjects.map(|(name, count)| json!({"name": name, "count": count})).collect::<Vec<_>>(),
        "computers": finding.computers.by_count().into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "sources": finding.article.sources.iter().map(|source| &source.id).collect::<Vec<_>>(),
        "other_windows": finding.other_windows,
        "follows": links(&finding.causes),
        "followed_by": links(&finding.consequences),
        "grade": finding.article.grade,
        "passages": finding.article.passages,
        "sections": sections.map(|section| json!({"heading": section.heading.title(), "text": text::blocks(&section.blocks)})).collect::<Vec<_>>(),
    })
}

fn link(link: &Link<'_>) -> Value {
    json!({"id": link.article.id, "records": link.count})
}

fn not_evaluated(missing: &NotEvaluated<'_>) -> Value {
    json!({"id": missing.article.id, "title": missing.article.title, "reason": missing.why.to_string()})
}

fn kinds(tally: &Tally<EventKind>) -> Vec<Value> {
    let kinds = tally.by_count().into_iter();
    kinds
        .map(|(kind, count)| {
            json!({"provider": kind.provider, "event_id": kind.event_id, "level": kind.level, "count": count})
        })
        .collect()
}
