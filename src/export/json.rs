//! A report as JSON, for scripts. The fields are described in README.md.

use serde_json::{Value, json};

use crate::checkup::{EventKind, FileReport, Finding, NotEvaluated, Report, Tally};
use crate::event::{Level, Time};
use crate::kb::KnowledgeBase;

/// The report as JSON text that cannot steer a terminal: JSON itself escapes only some control characters.
pub fn text(whole: &Report, knowledge: &KnowledgeBase) -> String {
    let text = format!("{:#}\n", report(whole, knowledge));
    let steers =
        |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            out.push_str(&format!("\\u{:04x}", character as u32));
        } else {
            out.push(character);
        }
    }
    out
}

/// The report as one JSON value.
pub fn report(report: &Report, knowledge: &KnowledgeBase) -> Value {
    json!({
        "files": report.files.values().map(file).collect::<Vec<_>>(),
        "findings": report.findings(knowledge).iter().map(finding).collect::<Vec<_>>(),
        "unexplained": kinds(&report.unexplained),
        "explained_groups": kinds(&report.explained),
        "not_evaluated": report.not_evaluated(knowledge).iter().map(not_evaluated).collect::<Vec<_>>(),
        "totals": {
            "records": report.records(),
            "critical": report.count(Level::Critical),
            "error": report.count(Level::Error),
            "warning": report.count(Level::Warning),
            "explained": report.explained.total(),
        },
    })
}

fn file(file: &FileReport) -> Value {
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
        "first": file.span.map(|(first, _)| first.to_string()),
        "last": file.span.map(|(_, last)| last.to_string()),
    })
}

fn finding(finding: &Finding<'_>) -> Value {
    let time = |time: Time| time.to_string();
    let subjects = finding.subjects.by_count().into_iter();
    json!({
        "id": finding.article.id,
        "title": finding.article.title,
        "level": finding.article.level,
        "verdict": finding.article.verdict,
        "count": finding.count,
        "carved": finding.carved,
        "first": time(finding.span.0),
        "last": time(finding.span.1),
        "subjects": subjects.map(|(name, count)| json!({"name": name, "count": count})).collect::<Vec<_>>(),
        "computers": finding.computers.by_count().into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "sources": finding.article.sources.iter().map(|source| &source.id).collect::<Vec<_>>(),
        "other_windows": finding.other_windows,
        "grade": finding.article.grade,
        "passages": finding.article.passages,
    })
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
