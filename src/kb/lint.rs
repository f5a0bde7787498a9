//! What every article must keep to. All faults are found at once.

use std::collections::BTreeSet;

use super::article::{Example, Origin, Parsed};
use super::copies::{self, Word};
use super::rule::{self, Rule};
use super::{Article, KnowledgeBase, style};
use crate::event::{Event, Field, Head, Level, Names, Part, Time, Value};
use crate::order;
use crate::yaml::{Data, Fault, Node};

/// A title longer than this does not fit a findings list.
const MAX_TITLE: usize = 90;

/// The levels of records that want an explanation: critical, error, warning.
const PROBLEMS: [&str; 3] = ["1", "2", "3"];

/// Articles that speak of other records all the same, by id, and why.
const INFORMATIONAL: [(&str, &str); 1] =
    [("sql-server-login-failed", "SQL Server writes a refused login as an audit failure, which has Level 0")];

/// Parses and checks article files (`.md`) and Sigma rules (`.yml`), each given as path and text. Gives the articles
/// that are well, ordered by id, and every fault as `path:line: message`, ordered by path and line.
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Vec<Article>, Vec<String>) {
    read_beside(&KnowledgeBase::default(), files)
}

/// The same for articles that will stand beside others, which they may name.
pub fn read_beside<'a>(
    others: &KnowledgeBase,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> (Vec<Article>, Vec<String>) {
    let mut read: Vec<Read<'a>> = Vec::new();
    let (mut rules, mut rule_paths): (Vec<Rule>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut found: Vec<(&str, Fault)> = Vec::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for (path, text) in files {
        let mut faults = Vec::new();
        let (folder, file) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
        let area = folder.rsplit(['/', '\\']).next().unwrap_or_default();
        if let Some(stem) = rule_stem(file) {
            rules.extend(rule::parse(text, stem, &mut faults));
            rule_paths.resize(rules.len(), path);
        } else if let Some(Parsed { article, examples, texts }) = Article::parse(text, area, &mut faults) {
            check(&article, &examples, file, text, &mut faults);
            style::check(&texts, &mut faults);
            // An article with faults is one that others may name.
            ids.insert(article.id.clone());
            if faults.is_empty() {
                let line = line_of(text, "caused-by:");
                read.push(Read { path, article, words: copies::words(&texts), line });
            }
        }
        order::sort(&mut faults);
        found.extend(faults.into_iter().map(|fault| (path, fault)));
    }
    let unlinked = rule::link(&mut rules);
    for (place, (rule, path)) in rules.into_iter().zip(&rule_paths).enumerate() {
        if unlinked.iter().all(|(other, _)| *other != place) {
            read.push(Read { path, article: rule.article, words: Vec::new(), line: 1 });
        }
    }
    found.extend(unlinked.into_iter().map(|(place, fault)| (rule_paths[place], fault)));
    order::sort_by(&mut read, |a, b| a.article.id.cmp(&b.article.id));
    check_pairs(&read, &mut found);
    check_causes(&read, |id| ids.contains(id) || others.by_id(id).is_some(), &mut found);
    order::sort(&mut found);
    let faults = found.iter().map(|(path, fault)| format!("{path}:{fault}")).collect();
    (read.into_iter().map(|read| read.article).collect(), faults)
}

/// An article without a fault of its own.
struct Read<'a> {
    path: &'a str,
    article: Article,
    words: Vec<Word>,
    /// Where it says what brings it about.
    line: usize,
}

/// The name without its ending, of a file that holds Sigma rules.
fn rule_stem(file: &str) -> Option<&str> {
    let (stem, ending) = file.rsplit_once('.')?;
    ["yml", "yaml"].iter().any(|own| ending.eq_ignore_ascii_case(own)).then_some(stem)
}

/// The line that a key of the front matter stands at.
fn line_of(text: &str, key: &str) -> usize {
    text.lines().position(|line| line.starts_with(key)).map_or(1, |index| index + 1)
}

/// What can be said of one article alone.
fn check(article: &Article, examples: &[Example], file: &str, text: &str, faults: &mut Vec<Fault>) {
    let line_of = |key: &str| line_of(text, key);
    let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !article.id.chars().all(well_formed) {
        faults.push(Fault::new(line_of("id:"), format!("`{}`: an id is lower-case words joined by `-`", article.id)));
    }
    if !article.id.is_empty() && file.strip_suffix(".md") != Some(&article.id) {
        faults.push(Fault::new(line_of("id:"), format!("the file must be named `{}.md`", article.id)));
    }
    if article.title.chars().count() > MAX_TITLE || article.title.ends_with('.') {
        let message = format!("the title must have at most {MAX_TITLE} characters and no full stop at its end");
        faults.push(Fault::new(line_of("title:"), message));
    }
    let mut names = Names::default();
    for example in examples {
        let heads = ExampleHead::new(&mut names, &example.fields);
        let event = Event { head: heads.resolve(&names), fields: data(&example.fields) };
        let matches = article.detection.matches(&event);
        if matches != example.matches {
            let message = if example.matches {
                "the detection does not match this `match` example"
            } else {
                "the detection matches this `no-match` example"
            };
            faults.push(Fault::new(example.line, message));
        }
        let level = example.fields.iter().find(|(name, _)| name == "Level").and_then(|(_, level)| level.scalar());
        if let Some(level) = level.filter(|level| example.matches && !PROBLEMS.contains(level))
            && INFORMATIONAL.iter().all(|(id, _)| *id != article.id)
        {
            let message =
                format!("Level {level}: an article speaks of critical, error or warning records (Level 1, 2 or 3)");
            faults.push(Fault::new(example.line, message));
        }
        let reached = KnowledgeBase::new(vec![article.clone()]).candidates(
            event.head.provider.text,
            event.head.event_id,
            event.head.channel.text,
        );
        if matches && reached.is_empty() {
            faults.push(Fault::new(example.line, "the index does not lead from this example to the article"));
        }
    }
}

/// What two articles must not share.
fn check_pairs<'a>(read: &[Read<'a>], found: &mut Vec<(&'a str, Fault)>) {
    let mut detections: Vec<(String, &str)> = Vec::new();
    for Read { path, article, .. } in read {
        let selections: Vec<_> = article.detection.selections.iter().map(|(_, selection)| selection).collect();
        let detection = format!("{selections:?} {:?}", article.detection.condition);
        // Rules of others may say the same twice.
        if article.origin == Origin::Sigma {
            continue;
        }
        match detections.iter().find(|(other, _)| *other == detection) {
            // That the id is used twice is said below.
            Some((_, id)) if *id == article.id => {}
            Some((_, id)) => found.push((path, Fault::new(1, format!("the detection is that of `{id}`")))),
            None => detections.push((detection, &article.id)),
        }
    }
    for pair in read.windows(2) {
        let [first, second] = pair else { continue };
        if first.article.id == second.article.id {
            let message = format!("the id `{}` is used twice, also by {}", second.article.id, first.path);
            found.push((second.path, Fault::new(1, message)));
        }
    }
    let words: Vec<_> = read.iter().map(|read| read.words.as_slice()).collect();
    for copy in copies::find(&words) {
        let (own, other) = (&read[copy.article], &read[copy.other]);
        // That the id is used twice has been said.
        if own.article.id != other.article.id {
            let message =
                format!("{} words in a row are those of `{}`: {} …", copy.length, other.article.id, copy.start);
            found.push((own.path, Fault::new(copy.line, message)));
        }
    }
}

/// What articles say of their causes must lead to articles, and not back to where it began.
fn check_causes<'a>(read: &[Read<'a>], is_known: impl Fn(&str) -> bool, found: &mut Vec<(&'a str, Fault)>) {
    let causes = |id: &str| {
        let place = read.binary_search_by(|read| read.article.id.as_str().cmp(id));
        place.map_or(&[][..], |place| &read[place].article.caused_by)
    };
    for Read { path, article, line, .. } in read {
        for cause in article.caused_by.iter().filter(|cause| !is_known(&cause.article)) {
            let message = format!("`caused-by` names `{}`, which is no article that is here", cause.article);
            found.push((path, Fault::new(*line, message)));
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = vec![&article.id];
        while let Some(id) = open.pop() {
            open.extend(causes(id).iter().map(|cause| cause.article.as_str()).filter(|id| seen.insert(id)));
        }
        if seen.contains(article.id.as_str()) {
            found.push((path, Fault::new(*line, "`caused-by` leads from cause to cause back to this article")));
        }
    }
}

/// The head of an example event.
struct ExampleHead {
    provider: u32,
    channel: u32,
    computer: u32,
    event_id: u32,
}

const HEAD: [&str; 4] = ["Provider_Name", "EventID", "Channel", "Computer"];

impl ExampleHead {
    fn new(names: &mut Names, fields: &[(String, Node)]) -> ExampleHead {
        let text = |key: &str| {
            let value = fields.iter().find(|(name, _)| name == key);
            value.and_then(|(_, node)| node.scalar()).unwrap_or_default()
        };
        ExampleHead {
            provider: names.intern(text(HEAD[0])),
            event_id: text(HEAD[1]).parse().unwrap_or(0),
            channel: names.intern(text(HEAD[2])),
            computer: names.intern(text(HEAD[3])),
        }
    }

    fn resolve<'a>(&self, names: &'a Names) -> Head<'a> {
        Head {
            provider: names.name(self.provider),
            event_id: self.event_id,
            level: Level::Error,
            time: Time::default(),
            record_id: 1,
            channel: names.name(self.channel),
            computer: names.name(self.computer),
        }
    }
}

/// An example's other fields; an unquoted whole number is a number, as it would be in a record.
fn data(fields: &[(String, Node)]) -> Vec<Field<'_>> {
    let value = |node: &'_ Node| match &node.data {
        _ if node.is_null() => Value::Null,
        Data::Scalar(text, false) if text.parse::<u64>().is_ok() => Value::Unsigned(text.parse().unwrap_or(0)),
        Data::Scalar(text, _) => Value::Text(text.clone().into()),
        _ => Value::Null,
    };
    let others = fields.iter().filter(|(name, _)| !HEAD.contains(&name.as_str()));
    others.map(|(name, node)| Field { part: Part::Data, name: Some(name.into()), value: value(node) }).collect()
}
