//! What is handed over: the findings somebody chose, what was read, and what nobody explains.

use std::collections::{BTreeMap, BTreeSet};

use super::Zone;
use crate::checkup::{Finding, NotEvaluated, Report};
use crate::kb::{Article, KnowledgeBase, Name, Section};
use crate::log::Reason;

/// What is handed over. Its texts from logs are as the logs have them: each format says how it writes them safely.
#[derive(Clone, Debug)]
pub struct Handover<'k> {
    /// The findings, the most important first; those that are not to be handed over can be taken out.
    pub findings: Vec<Finding<'k>>,
    /// How many known issues the logs show: there may be more than are handed over.
    pub found: usize,
    /// What could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated<'k>>,
    /// The account of what was read, and the records that want an explanation: a report without what findings are made
    /// of.
    pub receipt: Report,
    /// What the person who hands it over has to say; may be empty.
    pub note: String,
    /// The zone that times are written in.
    pub zone: Zone,
    /// Names were taken out of it.
    pub redacted: bool,
    /// The sections of imported articles by their ids, where the knowledge base has these without their text.
    pub imported: BTreeMap<String, Vec<Section>>,
}

impl<'k> Handover<'k> {
    /// All that a report says, with times in UTC.
    pub fn new(report: &Report, knowledge: &'k KnowledgeBase) -> Handover<'k> {
        let findings = report.findings(knowledge);
        Handover {
            found: own(&findings).count(),
            findings,
            not_evaluated: report.not_evaluated(knowledge),
            receipt: Report {
                files: report.files.clone(),
                explained: report.explained.clone(),
                unexplained: report.unexplained.clone(),
                ..Report::default()
            },
            note: String::new(),
            zone: Zone::default(),
            redacted: false,
            imported: BTreeMap::new(),
        }
    }

    /// The sections of an article.
    pub fn sections<'s>(&'s self, article: &'s Article) -> &'s [Section] {
        self.imported.get(&article.id).unwrap_or(&article.sections)
    }

    /// Leaves out findings, by their articles' ids, and the general ones that are shown only under them.
    pub fn leave_out(&mut self, ids: &BTreeSet<String>) {
        self.findings.retain(|finding| !ids.contains(&finding.article.id));
        let under = self.own().flat_map(|finding| &finding.general).map(|general| general.article.id.clone());
        let under: BTreeSet<String> = under.collect();
        self.findings.retain(|finding| finding.own > 0 || under.contains(&finding.article.id));
    }

    /// The findings that are shown by themselves. The others only match records that another one describes better.
    pub fn own(&self) -> impl Iterator<Item = &Finding<'k>> {
        own(&self.findings)
    }

    /// Shows every text that can have names in it, for a change: those from logs, the names of files, what a system
    /// said of them, and the note; with what it is the name of, where that is known. What is frequent comes first.
    pub(super) fn texts(&mut self, see: &mut dyn FnMut(Option<Name>, &mut String)) {
        for finding in &mut self.findings {
            let subject = finding.article.subject_is;
            finding.computers.rename(|name| see(Some(Name::Computer), name));
            finding.subjects.rename(|name| see(subject, name));
        }
        for file in self.receipt.files.values_mut() {
            file.computers.rename(|name| see(Some(Name::Computer), name));
            see(None, &mut file.name);
            for problem in &mut file.coverage.problems {
                if let Reason::RecordContent(text) | Reason::Unreadable(text) = &mut problem.reason {
                    see(None, text);
                }
            }
        }
        for kinds in [&mut self.receipt.explained, &mut self.receipt.unexplained] {
            kinds.rename(|kind| see(None, &mut kind.provider));
        }
        see(None, &mut self.note);
    }
}

fn own<'f, 'k>(findings: &'f [Finding<'k>]) -> impl Iterator<Item = &'f Finding<'k>> {
    findings.iter().filter(|finding| finding.own > 0)
}

/// Whether a character can change what is around it: on a terminal, or the direction of text.
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text from a log: on one line, and without power over what is around it.
pub(super) fn foreign(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
