//! One known issue: a Markdown file with front matter.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::import::Grade;
use super::{Block, Range, Summary, markdown};
use crate::detection::correlation::{self, Correlation};
use crate::detection::{self, Detection};
use crate::yaml::{self, Fault, Node};

/// A known issue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Article {
    /// Its name in links and reports; the file's name without `.md`.
    pub id: String,
    /// The folder it is in: what part of Windows it speaks of.
    pub area: String,
    /// The problem in plain words.
    pub title: String,
    /// One line for a record that shows it.
    pub summary: Summary,
    /// How bad it is.
    pub level: Level,
    /// What to do about it.
    pub verdict: Verdict,
    /// What it applies to, for people.
    pub applies_to: Vec<String>,
    /// The Windows versions it speaks of; all of them if `None`.
    pub windows: Option<Range>,
    /// The field that names what is affected.
    pub subject: Option<String>,
    /// What that field names, where a report may have to keep it to itself.
    pub subject_is: Option<Name>,
    /// Where its facts are from.
    pub sources: Vec<Source>,
    /// Which events show it.
    pub detection: Detection,
    /// What brings it about, the likeliest first.
    pub caused_by: Vec<Cause>,
    /// The sections, in the order of [`Heading`].
    pub sections: Vec<Section>,
    /// Whose it is.
    pub origin: Origin,
    /// For a Sigma correlation rule: what it looks for in the matches of others.
    pub correlation: Option<Correlation>,
    /// It is there only for correlations, and makes no finding of its own.
    pub silent: bool,
    /// For an imported article that looks for events: how well what it says of them fits the records it matches.
    pub grade: Option<Grade>,
    /// For an imported article: what it says of each event that it looks for.
    pub passages: Vec<String>,
}

/// Whose an article is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    /// It came with the page.
    #[default]
    BuiltIn,
    /// Somebody added it.
    Added,
    /// Somebody added it, and it is a Sigma rule: it does not say how to resolve anything.
    Sigma,
    /// Somebody added it as Microsoft's Knowledge Base had it: what it matches was read out of its text.
    Imported,
}

/// What a name in a log can be of that says who and where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Name {
    /// A computer.
    Computer,
    /// An account of a person or a service.
    User,
    /// A domain.
    Domain,
    /// A security identifier.
    Sid,
    /// An IP address.
    Ip,
    /// A share with what is in it, or a place in a directory service.
    Path,
    /// What somebody wants to keep to themselves, whatever it is.
    Text,
}

impl Name {
    /// Those that an article's subject can be; addresses and identifiers are known by their form.
    const WORDS: [(&str, Name); 4] =
        [("computer", Name::Computer), ("user", Name::User), ("domain", Name::Domain), ("path", Name::Path)];
}

/// How bad an issue is, in Sigma's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Informational,
    /// Rarely hurts.
    Low,
    /// Something does not work.
    Medium,
    /// Something important does not work, or data is in danger.
    High,
    /// Act at once.
    Critical,
}

/// What to do about an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing, its maker says.
    SafeToIgnore,
    /// Nothing, but it explains something.
    Informational,
    /// Find out more: the article says how.
    Investigate,
    /// Follow the steps.
    Fix,
}

impl Level {
    const WORDS: [(&str, Level); 5] = [
        ("informational", Level::Informational),
        ("low", Level::Low),
        ("medium", Level::Medium),
        ("high", Level::High),
        ("critical", Level::Critical),
    ];

    /// The level that a word stands for.
    pub fn parse(word: &str) -> Option<Level> {
        Self::WORDS.iter().find(|(own, _)| *own == word).map(|(_, level)| *level)
    }

    /// The words there are, for messages.
    pub fn words() -> String {
        Self::WORDS.map(|(word, _)| word).join(", ")
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS.iter().find(|(_, level)| level == self).map_or("", |(word, _)| word))
    }
}

impl Verdict {
    const WORDS: [(&str, Verdict); 4] = [
        ("fix", Verdict::Fix),
        ("investigate", Verdict::Investigate),
        ("safe-to-ignore", Verdict::SafeToIgnore),
        ("informational", Verdict::Informational),
    ];

    /// All verdicts, those that ask for most first.
    pub fn all() -> impl Iterator<Item = Verdict> {
        Self::WORDS.into_iter().map(|(_, verdict)| verdict)
    }

    /// The verdict of this name.
    pub fn from_word(word: &str) -> Option<Verdict> {
        Self::WORDS.into_iter().find(|(own, _)| *own == word).map(|(_, verdict)| verdict)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS.iter().find(|(_, verdict)| verdict == self).map_or("", |(word, _)| word))
    }
}

/// Where a fact is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The article's number (`Q101355`, `KB327545`) or a short name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where to read it.
    pub url: String,
}

/// Something that brings an issue about: another one, on the same computer and shortly before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The id of its article. Records for which there is a more exact article count too.
    pub article: String,
    /// How long after it the issue shows at most, in 100-nanosecond ticks.
    pub within: u64,
    /// Fields of the issue's record, and the fields of the cause's record that have the same values.
    pub same: Vec<(String, String)>,
}

/// A section of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Which one.
    pub heading: Heading,
    /// Its text.
    pub blocks: Vec<Block>,
}

/// The sections an article can have, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Heading {
    /// What one sees.
    Symptoms,
    /// Why it happens.
    Cause,
    /// How to end it.
    Resolution,
    /// How to live with it.
    Workaround,
    /// What else helps.
    MoreInformation,
    /// What a Sigma rule looks for.
    Description,
    /// When a Sigma rule matches for no reason.
    FalsePositives,
}

impl Heading {
    /// The headings of articles, in order.
    pub const ALL: [Heading; 5] =
        [Heading::Symptoms, Heading::Cause, Heading::Resolution, Heading::Workaround, Heading::MoreInformation];

    /// The heading as it is written.
    pub fn title(self) -> &'static str {
        match self {
            Heading::Symptoms => "Symptoms",
            Heading::Cause => "Cause",
            Heading::Resolution => "Resolution",
            Heading::Workaround => "Workaround",
            Heading::MoreInformation => "More information",
            Heading::Description => "Description",
            Heading::FalsePositives => "False positives",
        }
    }
}

/// The front matter's keys; all but `windows`, `subject`, `subject-is` and `caused-by` must be there.
const KEYS: [&str; 13] = [
    "id",
    "title",
    "summary",
    "level",
    "verdict",
    "applies-to",
    "windows",
    "subject",
    "subject-is",
    "sources",
    "detection",
    "caused-by",
    "examples",
];

/// An article as its file has it: with what only the linter wants to know.
pub(super) struct Parsed<'a> {
    pub article: Article,
    pub examples: Vec<Example>,
    pub texts: Vec<Text<'a>>,
}

/// The Markdown of a section, and the line of the file that it starts at.
pub(super) struct Text<'a> {
    pub heading: Heading,
    pub line: usize,
    pub text: &'a str,
}

/// An example event of an article: its fields, and whether the article should match it.
pub(super) struct Example {
    pub line: usize,
    pub matches: bool,
    pub fields: Vec<(String, Node)>,
}

impl Article {
    /// An article that says nothing but what it matches.
    pub fn of(detection: Detection) -> Article {
        Article {
            id: String::new(),
            area: String::new(),
            title: String::new(),
            summary: Summary::default(),
            level: Level::Informational,
            verdict: Verdict::Informational,
            applies_to: Vec::new(),
            windows: None,
            subject: None,
            subject_is: None,
            caused_by: Vec::new(),
            sources: Vec::new(),
            detection,
            sections: Vec::new(),
            origin: Origin::default(),
            correlation: None,
            silent: false,
            grade: None,
            passages: Vec::new(),
        }
    }

    /// The text of a section, if the article has it.
    pub fn section(&self, heading: Heading) -> Option<&[Block]> {
        self.sections.iter().find(|section| section.heading == heading).map(|section| section.blocks.as_slice())
    }

    /// Parses an article; every fault is added to `faults`. `None` where they leave nothing that could be checked
    /// further; an article with faults is good for nothing else.
    pub(super) fn parse<'a>(text: &'a str, area: &str, faults: &mut Vec<Fault>) -> Option<Parsed<'a>> {
        let Some((front, body, body_line)) = split(text) else {
            faults.push(Fault::new(1, "the file must start with front matter between two lines `---`"));
            return None;
        };
        let root = match yaml::parse(front, 2) {
            Ok(root) => root,
            Err(fault) => {
                faults.push(fault);
                return None;
            }
        };
        let mut reader = Reader { root: &root, faults };
        reader.keys(&root, &KEYS);
        let id = reader.text("id");
        let title = reader.text("title");
        let summary = reader.read("summary", Summary::parse);
        let level = reader.word("level", &Level::WORDS);
        let verdict = reader.word("verdict", &Verdict::WORDS);
        let applies_to = reader.texts("applies-to");
        let windows = reader.optional("windows", Range::parse);
        let subject = reader.optional("subject", |text| Ok(text.to_owned()));
        let subject_is = reader.root.get("subject-is").and_then(|_| reader.word("subject-is", &Name::WORDS));
        let sources = reader.sources();
        let detection =
            reader.required("detection").and_then(|node| detection::parse::parse(node, true, reader.faults));
        let caused_by = reader.causes();
        let examples = reader.examples();
        let (sections, texts) = sections(body, body_line, faults);
        // What is missing has been said; the rest can still be checked.
        let article = Article {
            id: id.unwrap_or_default(),
            area: area.to_owned(),
            title: title.unwrap_or_default(),
            summary: summary.unwrap_or_default(),
            level: level.unwrap_or(Level::Low),
            verdict: verdict.unwrap_or(Verdict::Investigate),
            applies_to,
            windows,
            subject,
            subject_is,
            sources,
            detection: detection?,
            caused_by,
            sections,
            origin: Origin::default(),
            correlation: None,
            silent: false,
            grade: None,
            passages: Vec::new(),
        };
        Some(Parsed { article, examples, texts })
    }
}

/// The front matter, the body and the line the body starts at.
fn split(text: &str) -> Option<(&str, &str, usize)> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let end = rest.find("\n---")?;
    let body = rest[end + 4..].trim_start_matches('\r').strip_prefix('\n')?;
    let front = &rest[..end + 1];
    Some((front, body, front.matches('\n').count() + 3))
}

struct Reader<'a> {
    root: &'a Node,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.faults.push(Fault::new(line, message));
    }

    /// Refuses keys that are not among the known ones.
    fn keys(&mut self, node: &Node, known: &[&str]) {
        let Some(entries) = node.entries() else {
            self.fault(node.line, format!("a map with the keys {} is wanted here", known.join(", ")));
            return;
        };
        for (key, _) in entries {
            if !key.scalar().is_some_and(|key| known.contains(&key)) {
                self.fault(key.line, format!("`{}` is no key; there are {}", key.shown(), known.join(", ")));
            }
        }
    }

    fn required(&mut self, key: &str) -> Option<&'a Node> {
        let found = self.root.get(key).filter(|node| !node.is_null());
        if found.is_none() {
            self.fault(self.root.get(key).unwrap_or(self.root).line, format!("`{key}` is missing"));
        }
        found
    }

    fn read<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let node = self.required(key)?;
        let result = node.scalar().ok_or_else(|| "one text is wanted".to_owned()).and_then(read);
        result.map_err(|message| self.fault(node.line, format!("`{key}`: {message}"))).ok()
    }

    fn optional<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.root.get(key)?;
        self.read(key, read)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, |text| Ok(text.to_owned()))
    }

    fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.read(key, |text| match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(*value),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                Err(format!("`{text}` is none of {}", known.join(", ")))
            }
        })
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(node) = self.required(key) else { return Vec::new() };
        let texts: Vec<_> = node.items().iter().filter_map(|item| Some(item.scalar()?.to_owned())).collect();
        if texts.is_empty() || texts.len() < node.items().len() {
            self.fault(node.line, format!("`{key}`: a list of texts is wanted"));
        }
        texts
    }

    fn sources(&mut self) -> Vec<Source> {
        let Some(node) = self.required("sources") else { return Vec::new() };
        let mut sources = Vec::new();
        for item in node.items() {
            self.keys(item, &["id", "title", "url"]);
            let mut text = |key: &str| match item.get(key).and_then(Node::scalar) {
                Some(text) if !text.is_empty() => text.to_owned(),
                _ => {
                    self.fault(item.line, format!("the source has no `{key}`"));
                    String::new()
                }
            };
            let source = Source { id: text("id"), title: text("title"), url: text("url") };
            if !source.url.is_empty() && !markdown::is_address(&source.url) {
                self.fault(item.line, format!("`{}` is no https:// or http:// address", source.url));
            }
            sources.push(source);
        }
        if sources.is_empty() {
            self.fault(node.line, "at least one source is wanted");
        }
        sources
    }

    fn causes(&mut self) -> Vec<Cause> {
        let Some(node) = self.root.get("caused-by") else { return Vec::new() };
        let mut causes = Vec::new();
        if node.is_null() || node.items().is_empty() {
            self.fault(node.line, "`caused-by`: a list of causes is wanted, such as {article: id, within: 10m}");
        }
        for item in node.items() {
            self.keys(item, &["article", "within", "where"]);
            let articles: Vec<&str> =
                item.get("article").map_or(&[][..], Node::items).iter().filter_map(Node::scalar).collect();
            if articles.is_empty() {
                self.fault(item.line, "the cause has no `article`");
                continue;
            }
            let Some(within) = item.get("within").and_then(Node::scalar).and_then(correlation::timespan) else {
                self.fault(item.line, "`within` must be a number and s, m, h or d, such as 10m");
                continue;
            };
            let pairs = item.get("where").map_or(&[][..], |node| node.entries().unwrap_or_default());
            let field = |node: &Node| node.scalar().filter(|field| !field.is_empty()).map(str::to_owned);
            let same: Vec<_> = pairs.iter().filter_map(|(own, other)| Some((field(own)?, field(other)?))).collect();
            if item.get("where").is_some() && (same.is_empty() || same.len() < pairs.len()) {
                self.fault(item.line, "`where` must be a map of fields, such as {param2: param1}");
            }
            let of = |article: &str| Cause { article: article.to_owned(), within, same: same.clone() };
            causes.extend(articles.into_iter().map(of));
        }
        causes
    }

    fn examples(&mut self) -> Vec<Example> {
        let Some(node) = self.required("examples") else { return Vec::new() };
        self.keys(node, &["match", "no-match"]);
        let mut examples = Vec::new();
        for (key, matches) in [("match", true), ("no-match", false)] {
            let items = node.get(key).map_or(&[][..], Node::items);
            if items.is_empty() {
                self.fault(node.line, format!("at least one `{key}` example is wanted"));
            }
            for item in items {
                let Some(entries) = item.entries() else {
                    self.fault(item.line, "an example is a map of fields and values");
                    continue;
                };
                let fields = entries.iter().filter_map(|(key, value)| Some((key.scalar()?.to_owned(), value.clone())));
                examples.push(Example { line: item.line, matches, fields: fields.collect() });
            }
        }
        examples
    }
}

fn sections<'a>(body: &'a str, body_line: usize, faults: &mut Vec<Fault>) -> (Vec<Section>, Vec<Text<'a>>) {
    let mut starts: Vec<(usize, usize, Heading)> = Vec::new();
    let (mut offset, mut fenced) = (0, false);
    let mut unknown = Vec::new();
    for (index, line) in body.split_inclusive('\n').enumerate() {
        let text = line.trim_end();
        fenced ^= text.trim_start().starts_with("```");
        if let Some(title) = text.strip_prefix("## ").filter(|_| !fenced) {
            match Heading::ALL.into_iter().find(|heading| heading.title() == title) {
                Some(heading) => starts.push((offset + line.len(), body_line + index, heading)),
                None => {
                    unknown.push(body_line + index);
                    let known: Vec<_> = Heading::ALL.iter().map(|heading| heading.title()).collect();
                    faults.push(Fault::new(
                        body_line + index,
                        format!("`{title}` is no section; there are {}", known.join(", ")),
                    ));
                }
            }
        } else if starts.is_empty() && !text.is_empty() {
            faults.push(Fault::new(body_line + index, "text stands before the first section"));
        }
        offset += line.len();
    }
    let (mut sections, mut texts): (Vec<Section>, Vec<Text<'a>>) = Default::default();
    for (place, &(start, line, heading)) in starts.iter().enumerate() {
        let rest = &body[start..];
        let end = starts
            .get(place + 1)
            .map_or(body.len(), |&(next, ..)| body[..next].trim_end().rfind("## ").unwrap_or(next));
        let text = &rest[..end - start];
        let (blocks, refused) = markdown::parse(text);
        for (at, message) in refused {
            let line = line + 1 + text[..at].matches('\n').count();
            if !unknown.contains(&line) {
                faults.push(Fault::new(line, message));
            }
        }
        if blocks.is_empty() {
            faults.push(Fault::new(line, format!("the section {} is empty", heading.title())));
        }
        if sections.last().is_some_and(|last| last.heading >= heading) {
            faults.push(Fault::new(line, format!("the section {} comes twice or too late", heading.title())));
        }
        sections.push(Section { heading, blocks });
        texts.push(Text { heading, line: line + 1, text });
    }
    let has = |heading| sections.iter().any(|section| section.heading == heading);
    for heading in [Heading::Symptoms, Heading::Cause] {
        if !has(heading) {
            faults.push(Fault::new(body_line, format!("the section {} is missing", heading.title())));
        }
    }
    if !has(Heading::Resolution) && !has(Heading::Workaround) {
        faults.push(Fault::new(body_line, "a section Resolution or Workaround is missing"));
    }
    (sections, texts)
}
