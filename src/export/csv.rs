//! What is handed over as one table for spreadsheets: a row for each finding and computer.
//!
//! The question that a table answers better than a text is which computers have which issue: so a pivot over `computer`
//! and `id` gives issue × computers, and `records` add up. What was read and what nobody explains are rows of the same
//! table, because a table that was mailed without them would say less than was known; the first column tells the rows
//! apart.

use super::Handover;
use super::handover::foreign;
use crate::checkup::{FileReport, Finding};

const COLUMNS: [&str; 10] =
    ["row", "id", "title", "level", "verdict", "computer", "records", "first", "last", "details"];

/// The table, as RFC 4180 has it. It starts with a byte order mark, without which Excel takes UTF-8 for something else.
pub fn write(handover: &Handover<'_>) -> String {
    let mut out = String::from("\u{feff}");
    row(&mut out, COLUMNS);
    if !handover.note.trim().is_empty() {
        row(&mut out, ["note", "", &handover.note, "", "", "", "", "", "", ""]);
    }
    handover.own().for_each(|finding| write_finding(&mut out, handover, finding));
    for (kind, count) in handover.receipt.unexplained.by_count() {
        let (id, count) = (kind.event_id.to_string(), count.to_string());
        row(&mut out, ["unexplained", &id, &kind.provider, kind.level.word(), "", "", &count, "", "", ""]);
    }
    match handover.receipt.unexplained.others() {
        0 => {}
        others => row(&mut out, ["unexplained", "", "others", "", "", "", &others.to_string(), "", "", ""]),
    }
    handover.receipt.files.values().for_each(|file| write_file(&mut out, handover, file));
    out
}

/// `first` and `last` are of the finding: when each computer had it is not kept.
fn write_finding(out: &mut String, handover: &Handover<'_>, finding: &Finding<'_>) {
    let article = finding.article;
    let (level, verdict) = (article.level.to_string(), article.verdict.to_string());
    let (first, last) = (handover.zone.rfc3339(finding.span.0), handover.zone.rfc3339(finding.span.1));
    let subjects = finding.subjects.by_count().into_iter().map(|(name, count)| format!("{name} ({count})"));
    let details = subjects.collect::<Vec<_>>().join(", ");
    let mut computers: Vec<(&str, u64)> = Vec::new();
    computers.extend(finding.computers.by_count().into_iter().map(|(name, count)| (name.as_str(), count)));
    // Not every record names its computer, and not every name is kept.
    let named: u64 = computers.iter().map(|(_, count)| count).sum();
    if named < finding.count {
        computers.push(("", finding.count - named));
    }
    for (computer, count) in computers {
        let (id, title, count) = (&article.id, &article.title, count.to_string());
        row(out, ["finding", id, title, &level, &verdict, computer, &count, &first, &last, &details]);
    }
}

fn write_file(out: &mut String, handover: &Handover<'_>, file: &FileReport) {
    let coverage = &file.coverage;
    let mut details: Vec<String> = file.kind.refusal().map(str::to_owned).into_iter().collect();
    let account = file.account();
    if account.lost > 0 {
        details.push(format!("{} records lost", account.lost));
    }
    if file.dirty {
        details.push("not closed cleanly".to_owned());
    }
    let problems = coverage.problems.iter().chain(&account.gaps);
    details.extend(problems.map(|problem| format!("at byte {}: {}", problem.offset, problem.reason)));
    let computers = file.computers.by_count();
    let computer = computers.first().map_or("", |(name, _)| name.as_str());
    let time = |time| handover.zone.rfc3339(time);
    let (first, last) = file.span.map_or_else(Default::default, |(first, last)| (time(first), time(last)));
    let (records, details) = (coverage.records.to_string(), details.join(", "));
    row(out, ["file", "", &file.name, "", "", computer, &records, &first, &last, &details]);
}

fn row(out: &mut String, cells: [&str; COLUMNS.len()]) {
    for (place, text) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        cell(out, text);
    }
    out.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula: an apostrophe stands before what could start one. That can also be
/// behind a semicolon, which separates cells where a comma separates decimals, and quotes do not help there.
fn cell(out: &mut String, text: &str) {
    out.push('"');
    let mut at_start = true;
    for character in foreign(text).chars() {
        if at_start && matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push('\'');
        }
        at_start = character == ';' || at_start && matches!(character, ' ' | '"' | '\u{fffd}');
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        cell(&mut out, text);
        assert_eq!(out, expected);
    }

    #[test]
    fn no_cell_is_a_formula() {
        check("Print Spooler (7-Zip)", "\"Print Spooler (7-Zip)\"");
        check("a \"b\", c", "\"a \"\"b\"\", c\"");
        for start in ["=", "+", "-", "@", "＝", "＠"] {
            check(&format!("{start}1"), &format!("\"'{start}1\""));
            check(&format!("\t{start}1"), &format!("\"'{start}1\""));
            check(&format!("\r\n {start}1"), &format!("\"'{start}1\""));
            check(&format!("\u{7}{start}1"), &format!("\"\u{fffd}'{start}1\""));
            // Where semicolons separate.
            check(&format!("a;{start}1"), &format!("\"a;'{start}1\""));
            check(&format!("a; \"{start}1"), &format!("\"a; \"\"'{start}1\""));
        }
    }
}
