//! What was read of an article, as a known issue.

use super::detection::graded;
use super::events::is_reference;
use super::{Extract, Grade, Heading as Own, IMPORTED, Role, Verdict as Advice};
use crate::detection::{Condition, Detection};
use crate::kb::article::{Heading, Level, Origin, Section, Source, Verdict};
use crate::kb::{Article, Block, Inline, Range, Summary, Version};

/// Who says no Windows version speaks of none after Server 2003, if it is older than this year: the next was Vista.
const VISTA: &str = "2007";

impl Extract {
    /// The known issue: one article for each grade of what it matches, the best first, which has the article's number for
    /// its id. One that looks for no event is there to be read.
    pub fn articles(&self) -> Vec<Article> {
        let mut articles = self.without_text();
        let sections = sections(self);
        articles.iter_mut().for_each(|article| article.sections.clone_from(&sections));
        articles
    }

    /// The same without the sections.
    pub fn without_text(&self) -> Vec<Article> {
        let mut graded = Grade::ALL.into_iter().filter_map(|grade| Some((grade, graded(self, grade)?)));
        let mut article = self.head();
        let Some((grade, (detection, passages))) = graded.next() else { return vec![article] };
        (article.grade, article.detection, article.passages) = (Some(grade), detection, passages);
        let id = article.id.clone();
        let mut articles = vec![article];
        for (grade, (detection, passages)) in graded {
            let best = articles[0].clone();
            let id = format!("{id}-{grade}");
            articles.push(Article { id, grade: Some(grade), detection, passages, ..best });
        }
        articles
    }

    /// The article without its sections and what it looks for.
    pub(super) fn head(&self) -> Article {
        let number = self.kb.trim_start_matches('Q');
        let (level, verdict) = match self.verdict {
            Advice::Fix | Advice::Workaround => (Level::Medium, Verdict::Fix),
            Advice::SafeToIgnore => (Level::Informational, Verdict::SafeToIgnore),
            Advice::Informational => (Level::Informational, Verdict::Informational),
        };
        let symptoms = self.events.iter().filter(|clue| clue.role == Role::Symptom);
        let names_subject = symptoms.flat_map(|clue| &clue.values).any(|value| value.place == Some(1));
        Article {
            id: self.kb.to_ascii_lowercase(),
            area: IMPORTED.to_owned(),
            title: self.title.clone(),
            summary: Summary::default(),
            level,
            verdict,
            applies_to: self.products.clone(),
            windows: windows(&self.products, self.last_modified.as_deref()),
            subject: names_subject.then(|| "param1".to_owned()),
            subject_is: None,
            sources: vec![Source {
                id: self.kb.clone(),
                title: self.title.clone(),
                url: format!("https://support.microsoft.com/kb/{number}"),
            }],
            detection: Detection { selections: Vec::new(), condition: Condition::AtLeast(1, Vec::new()) },
            caused_by: Vec::new(),
            sections: Vec::new(),
            origin: Origin::Imported,
            correlation: None,
            silent: false,
            grade: None,
            passages: Vec::new(),
        }
    }
}

/// The Windows versions that products name; for old articles about other products, those up to Server 2003.
fn windows(products: &[String], date: Option<&str>) -> Option<Range> {
    const NT: [(&str, &str); 5] =
        [("3.1", "nt3.1"), ("3.5", "nt3.5"), ("3.51", "nt3.51"), ("4.0", "nt4"), ("4", "nt4")];
    let mut ranges: Vec<Range> = Vec::new();
    for product in products.iter().filter(|product| product.starts_with("Microsoft Windows")) {
        let mut words = product.split(|c: char| !(c.is_alphanumeric() || c == '.')).filter(|word| !word.is_empty());
        let versions: Vec<&str> = match product.contains("Windows NT") {
            true => words
                .filter_map(|word| NT.iter().find(|(version, _)| *version == word))
                .map(|(_, name)| *name)
                .collect(),
            false => {
                let is_known = |word: &&str| Version::names().any(|(name, _)| name.eq_ignore_ascii_case(word));
                words.find(is_known).into_iter().collect()
            }
        };
        ranges.extend(versions.iter().filter_map(|version| Range::parse(&version.to_ascii_lowercase()).ok()));
    }
    let old = || date.filter(|date| *date < VISTA).and_then(|_| Range::parse("..2003").ok());
    // An end that is `None` is open.
    let from = ranges.iter().map(|range| range.from).min();
    let until = ranges.iter().map(|range| range.until).max_by_key(|until| (until.is_none(), *until));
    from.zip(until).map(|(from, until)| Range { from, until }).or_else(old)
}

/// The sections, in the order of known issues; what they have no heading for joins the nearest.
pub(super) fn sections(extract: &Extract) -> Vec<Section> {
    let heading = |own: Option<Own>| match own {
        None | Some(Own::Summary | Own::Symptoms) => Heading::Symptoms,
        Some(Own::Cause) => Heading::Cause,
        Some(Own::Resolution) => Heading::Resolution,
        Some(Own::Workaround) => Heading::Workaround,
        Some(Own::Status | Own::MoreInformation | Own::References) => Heading::MoreInformation,
    };
    let mut sections: Vec<Section> = Vec::new();
    for wanted in Heading::ALL {
        let own = extract.sections.iter().filter(|section| heading(section.heading) == wanted);
        let blocks: Vec<Block> = own.flat_map(|section| blocks(&section.text)).collect();
        if !blocks.is_empty() {
            sections.push(Section { heading: wanted, blocks });
        }
    }
    sections
}

/// The paragraphs, lists and indented lines of a section.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for paragraph in text.split("\n\n").flat_map(|part| part.split("\n\t\n")) {
        let lines: Vec<&str> = paragraph.lines().filter(|line| !line.trim().is_empty()).collect();
        let Some(first) = lines.first() else { continue };
        let indent = lines.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
        match item(first) {
            Some(_) => list(&lines, &mut blocks),
            None if indent >= 2 && !is_reference(first.trim_start()) => {
                let code: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or(line)).collect();
                match blocks.last_mut() {
                    Some(Block::Code(last)) => {
                        last.push_str("\n\n");
                        last.push_str(&code.join("\n"));
                    }
                    _ => blocks.push(Block::Code(code.join("\n"))),
                }
            }
            None => blocks.push(paragraph_of(super::joined(&lines))),
        }
    }
    blocks
}

fn paragraph_of(text: String) -> Block {
    Block::Paragraph(vec![Inline::Text(text)])
}

/// The number of a list's item (`3. Click …`; none for `- …`) and its text.
fn item(line: &str) -> Option<(Option<u64>, &str)> {
    let line = line.trim_start();
    if let Some(text) = line.strip_prefix("- ") {
        return Some((None, text));
    }
    let (number, text) = line.split_once(". ")?;
    Some((Some(number.parse().ok().filter(|number| *number < 1000)?), text))
}

/// Adds lines of which the first starts an item; a list goes on with the next number, and with the next dash.
fn list(lines: &[&str], blocks: &mut Vec<Block>) {
    for line in lines {
        match (item(line), blocks.last_mut()) {
            (Some((number, text)), last) => {
                let new = vec![paragraph_of(text.trim().to_owned())];
                match last {
                    Some(Block::List(first, items))
                        if first.is_some() == number.is_some()
                            && number
                                .zip(*first)
                                .is_none_or(|(number, first)| number == first + items.len() as u64) =>
                    {
                        items.push(new);
                    }
                    _ => blocks.push(Block::List(number, vec![new])),
                }
            }
            (None, Some(Block::List(_, items))) => {
                if let Some(Block::Paragraph(inlines)) = items.last_mut().and_then(|item| item.last_mut())
                    && let Some(Inline::Text(text)) = inlines.last_mut()
                {
                    text.push(' ');
                    text.push_str(line.trim());
                }
            }
            (None, _) => {}
        }
    }
}
