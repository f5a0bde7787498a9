//! From a report to the list that people read: what is known, the most important first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Correlated, Evidence, Group, Link, Newest, Report, Tally, correlate, joined, stories};
use crate::event::Time;
use crate::kb::import::Grade;
use crate::kb::{Article, KnowledgeBase, Origin, Range, Verdict, Version};
use crate::order;

/// An article that matched records.
#[derive(Clone, Debug)]
pub struct Finding<'k> {
    /// The article.
    pub article: &'k Article,
    /// Its number.
    pub(super) number: u32,
    /// How many records it matched.
    pub count: u64,
    /// How many of them their logs had given up.
    pub carved: u64,
    /// How many of them no other matching article describes more exactly. A finding with none of its own is shown only
    /// under those that do.
    pub own: u64,
    /// The times of the earliest and the latest of its records.
    pub span: (Time, Time),
    /// What is affected.
    pub subjects: Tally<String>,
    /// The computers its records are from.
    pub computers: Tally<String>,
    /// The files they are in, and how many in each.
    pub files: BTreeMap<u32, u64>,
    /// Where the newest records of a correlation are. Those of others are in the report's groups.
    correlated: Newest<Evidence>,
    /// None of those logs is from a Windows version that the article speaks of.
    pub other_windows: bool,
    /// More general articles that matched some of the records this one is the best for.
    pub general: Vec<General<'k>>,
    /// What it follows, as its article says: what most of its own records follow comes first.
    pub causes: Vec<Link<'k>>,
    /// What follows it, the most frequent first.
    pub consequences: Vec<Link<'k>>,
    /// It matched more often than can be compared, so what it follows, and what follows it, is not known.
    pub untold: bool,
}

/// A more general article under a finding.
#[derive(Clone, Debug)]
pub struct General<'k> {
    /// The article.
    pub article: &'k Article,
    /// How many of the finding's own records it matched too.
    pub count: u64,
}

impl Report {
    /// Every article that matched, the most important first: those for this Windows version first, then the better
    /// grade, the worse level, the verdict that asks for more, the later and the more frequent.
    pub fn findings<'k>(&self, knowledge: &'k KnowledgeBase) -> Vec<Finding<'k>> {
        let mut findings = self.findings_so_far(knowledge);
        let correlations = (0..).zip(knowledge.articles()).filter(|(_, article)| article.correlation.is_some());
        // One that is there only for another correlation is not shown by itself, like any other rule.
        for (number, article) in correlations.filter(|(_, article)| !article.silent) {
            let correlated = correlate::correlated(self, knowledge, number).unwrap_or_default();
            findings.extend(Finding::of_correlation(article, number, &correlated));
        }
        stories::link(self, knowledge, &mut findings);
        sort(&mut findings);
        findings
    }

    /// The same while logs are still being read: without correlations and stories, which need all of them.
    pub fn findings_so_far<'k>(&self, knowledge: &'k KnowledgeBase) -> Vec<Finding<'k>> {
        let mut findings: BTreeMap<u32, Finding<'k>> = BTreeMap::new();
        for (numbers, group) in &self.groups {
            for (place, number) in numbers.iter().enumerate() {
                let Some(article) = knowledge.article(*number) else { continue };
                let finding = findings.entry(*number).or_insert_with(|| Finding::new(article, *number, group.span));
                finding.add(group, place);
            }
        }
        for finding in findings.values_mut() {
            finding.other_windows = finding.article.windows.is_some_and(|range| {
                let mut files = finding.files.keys().filter_map(|number| self.files.get(number));
                !files.any(|file| range.overlaps(&written_by(file.windows.map(|(_, version)| version))))
            });
        }
        for (numbers, group) in &self.groups {
            let Some(best) = best(knowledge, numbers) else { continue };
            let others: Vec<_> = numbers.iter().filter(|number| **number != best).copied().collect();
            let Some(finding) = findings.get_mut(&best) else { continue };
            finding.own += group.count;
            for number in others {
                let Some(article) = knowledge.article(number) else { continue };
                match finding.general.iter_mut().find(|general| general.article.id == article.id) {
                    Some(general) => general.count += group.count,
                    None => finding.general.push(General { article, count: group.count }),
                }
            }
        }
        let mut findings: Vec<_> = findings.into_values().collect();
        sort(&mut findings);
        findings
    }

    /// Where the newest records of a finding are, the newest first.
    pub fn evidence(&self, finding: &Finding<'_>) -> Vec<Evidence> {
        let mut evidence = finding.correlated.clone();
        for (numbers, group) in &self.groups {
            if numbers.contains(&finding.number) {
                evidence.merge(group.evidence.clone());
            }
        }
        evidence.sorted()
    }
}

/// The most exact of the articles that match a record.
pub(super) fn best(knowledge: &KnowledgeBase, articles: &[u32]) -> Option<u32> {
    let exactness = |number: &u32| {
        let article = knowledge.article(*number)?;
        Some((article.detection.specificity(), standing(article), Reverse(*number)))
    };
    articles.iter().copied().max_by_key(exactness)
}

/// How much an article is to be believed: by its grade, and of those of one grade, the ones that were read out of a text
/// last.
fn standing(article: &Article) -> (Grade, bool) {
    (article.grade.unwrap_or(Grade::Exact), article.origin != Origin::Imported)
}

/// The most important first.
fn sort(findings: &mut [Finding<'_>]) {
    order::sort_by(findings, |a, b| {
        let rank = |finding: &Finding<'_>| {
            let article = finding.article;
            let harmless = matches!(article.verdict, Verdict::SafeToIgnore | Verdict::Informational);
            let urgency = (!finding.other_windows, standing(article), !harmless, article.level, article.verdict);
            (Reverse(urgency), Reverse(finding.span.1), Reverse(finding.count))
        };
        rank(a).cmp(&rank(b)).then_with(|| a.article.id.cmp(&b.article.id))
    });
}

/// The Windows versions that may have written a log, by what its records say.
fn written_by(version: Option<Version>) -> Range {
    match version {
        Some(version) => {
            Range { from: Some(version), until: Some(Version { build: version.build.saturating_add(1), ..version }) }
        }
        None => Range { from: Some(Version::VISTA), until: None },
    }
}

impl<'k> Finding<'k> {
    /// One without records; `span` is that of its first.
    fn new(article: &'k Article, number: u32, span: (Time, Time)) -> Finding<'k> {
        Finding {
            article,
            number,
            count: 0,
            carved: 0,
            own: 0,
            span,
            subjects: Tally::default(),
            computers: Tally::default(),
            files: BTreeMap::new(),
            correlated: Newest::default(),
            other_windows: false,
            general: Vec::new(),
            causes: Vec::new(),
            consequences: Vec::new(),
            untold: false,
        }
    }

    /// A correlation that held; what its matches have in common is what is affected.
    fn of_correlation(article: &'k Article, number: u32, correlated: &[Correlated]) -> Option<Finding<'k>> {
        let span = correlated.iter().map(|found| found.span).reduce(joined)?;
        let count = correlated.len() as u64;
        let mut finding = Finding { count, own: count, ..Finding::new(article, number, span) };
        for found in correlated {
            if !found.group.is_empty() {
                finding.subjects.add(1, || found.group.join(", "));
            }
            found.computers.iter().for_each(|computer| finding.computers.add(1, || computer.clone()));
            for evidence in &found.evidence {
                *finding.files.entry(evidence.file).or_default() += 1;
                finding.correlated.add(*evidence);
            }
        }
        Some(finding)
    }

    fn add(&mut self, group: &Group, place: usize) {
        self.count += group.count;
        self.carved += group.carved;
        self.span = joined(self.span, group.span);
        if let Some(subjects) = group.subjects.get(place) {
            self.subjects.merge(subjects.clone());
        }
        self.computers.merge(group.computers.clone());
        group.files.iter().for_each(|(file, count)| *self.files.entry(*file).or_default() += count);
    }
}
