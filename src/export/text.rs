//! A report as text for a terminal.

use std::fmt::Write;

use crate::checkup::{FileReport, Report};
use crate::kb::{Block, Heading, Inline, KnowledgeBase};

/// How many names of one kind are written out.
const MAX_NAMES: usize = 8;

/// The report as text.
pub fn report(report: &Report, knowledge: &KnowledgeBase) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_report(&mut out, report, knowledge);
    out
}

/// Text from a log: on one line, and without power over the terminal or the direction of what is around it.
fn foreign(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn write_report(out: &mut String, report: &Report, knowledge: &KnowledgeBase) -> std::fmt::Result {
    let findings = report.findings(knowledge);
    for finding in findings.iter().filter(|finding| finding.own > 0) {
        let article = finding.article;
        writeln!(out, "{}", foreign(&article.title))?;
        writeln!(
            out,
            "  {}, {} | {} | kb/{}/{}.md",
            article.level,
            article.verdict,
            times(finding.own),
            article.area,
            article.id
        )?;
        if let Some(grade) = article.grade {
            writeln!(out, "  imported, match: {grade}; the article says of the event:")?;
            article.passages.iter().try_for_each(|passage| writeln!(out, "    {}", foreign(passage)))?;
        }
        if finding.other_windows {
            writeln!(
                out,
                "  This article is about {}, not about the Windows that wrote the log.",
                foreign(&article.applies_to.join(", "))
            )?;
        }
        writeln!(out, "  from {} to {} UTC", finding.span.0.to_seconds(), finding.span.1.to_seconds())?;
        if finding.carved > 0 {
            writeln!(out, "  {} carved from what the logs have given up", times(finding.carved))?;
        }
        let subjects = finding.subjects.by_count();
        if !subjects.is_empty() {
            let names: Vec<_> =
                subjects.iter().take(MAX_NAMES).map(|(name, count)| format!("{} ({count})", foreign(name))).collect();
            let more = if subjects.len() > MAX_NAMES { ", ..." } else { "" };
            writeln!(out, "  affects {}{more}", names.join(", "))?;
        }
        for heading in [Heading::Resolution, Heading::Workaround] {
            if let Some(blocks) = article.section(heading) {
                writeln!(out, "  {}:", heading.title())?;
                write_blocks(out, blocks, 4)?;
            }
        }
        writeln!(out)?;
    }
    if findings.is_empty() {
        writeln!(out, "No known issue was found in what could be read.\n")?;
    }
    for file in report.files.values() {
        write_file(out, file)?;
    }
    let problems = report.problem_records();
    writeln!(
        out,
        "Of {problems} critical, error and warning records, articles explain {} and none explains {}.",
        report.explained.total(),
        report.unexplained.total()
    )?;
    for (kind, count) in report.unexplained.by_count().into_iter().take(MAX_NAMES) {
        writeln!(out, "  {count:>7}  {} {} ({})", foreign(&kind.provider), kind.event_id, kind.level.word())?;
    }
    match report.unexplained.others() {
        0 => Ok(()),
        others => writeln!(out, "  {others:>7}  of kinds that are too many to be told apart"),
    }
}

fn times(count: u64) -> String {
    if count == 1 { "1 record".into() } else { format!("{count} records") }
}

fn write_file(out: &mut String, file: &FileReport) -> std::fmt::Result {
    let coverage = &file.coverage;
    if let Some(refusal) = file.kind.refusal() {
        writeln!(out, "{}: {refusal}", foreign(&file.name))?;
        return coverage
            .problems
            .iter()
            .try_for_each(|problem| writeln!(out, "  {}", foreign(&problem.reason.to_string())));
    }
    write!(out, "{}: {} read", foreign(&file.name), times(coverage.records))?;
    let account = file.account();
    if account.lost > 0 {
        write!(out, ", {} lost", account.lost)?;
    }
    if coverage.repeated > 0 {
        write!(out, ", {} also in another file", coverage.repeated)?;
    }
    if coverage.carved > 0 {
        write!(out, ", {} carved", coverage.carved)?;
    }
    if let Ok(declared) = account.declared {
        write!(out, ", {declared} declared")?;
    }
    if let Some((computer, _)) = file.computers.by_count().first() {
        write!(out, ", from {}", foreign(computer))?;
    }
    if file.dirty {
        write!(out, ", not closed cleanly")?;
    }
    writeln!(out)?;
    if let Err(doubt) = account.declared {
        writeln!(out, "  how many records it should have is not known: {doubt}")?;
    }
    for problem in coverage.problems.iter().chain(&account.gaps) {
        writeln!(out, "  at byte {}: {}", problem.offset, foreign(&problem.reason.to_string()))?;
    }
    match coverage.problem_count - coverage.problems.len() as u64 {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more problems"),
    }
}

/// The text of an article that somebody brought, without what moves a terminal.
fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
}

fn write_blocks(out: &mut String, blocks: &[Block], indent: usize) -> std::fmt::Result {
    for block in blocks {
        match block {
            Block::Paragraph(text) => writeln!(out, "{:indent$}{}", "", harmless(&Inline::plain(text)))?,
            Block::Code(code) => {
                code.lines().try_for_each(|line| writeln!(out, "{:indent$}  {}", "", harmless(line)))?
            }
            Block::List(first, items) => {
                for (index, item) in items.iter().enumerate() {
                    let mark = first.map_or("-".to_owned(), |first| format!("{}.", first + index as u64));
                    let mut inner = String::new();
                    write_blocks(&mut inner, item, indent + mark.len() + 1)?;
                    writeln!(out, "{:indent$}{mark} {}", "", inner.trim())?;
                }
            }
        }
    }
    Ok(())
}
