//! Sigma rules as known issues: they say what to look for, not how to resolve it.

use super::article::{Heading, Level, Origin, Section, Source, Verdict};
use super::{Article, Block, Inline, Summary};
use crate::detection::{self, Condition, Detection, correlation, logsource};
use crate::yaml::{self, Fault, Node};

/// Reads the rules of a file, each a YAML document; every fault is added to `faults`. A rule with faults is left out.
pub fn parse(text: &str, stem: &str, faults: &mut Vec<Fault>) -> Vec<Rule> {
    let documents = match yaml::parse_all(text, 1) {
        Ok(documents) => documents,
        Err(fault) => {
            faults.push(fault);
            return Vec::new();
        }
    };
    documents.iter().filter_map(|document| rule(document, stem, documents.len() == 1, faults)).collect()
}

/// A rule, and what links it to others.
pub struct Rule {
    /// The rule as an article.
    pub article: Article,
    /// The name that other rules may use for it.
    pub name: Option<String>,
    /// Where its `correlation` is, or its first line.
    pub line: usize,
}

fn rule(node: &Node, stem: &str, alone: bool, faults: &mut Vec<Fault>) -> Option<Rule> {
    let before = faults.len();
    let text = |key: &str| node.get(key).filter(|value| !value.is_null()).and_then(Node::scalar);
    let texts = |key: &str| -> Vec<String> {
        let items = node.get(key).filter(|value| !value.is_null()).map_or(&[][..], Node::items);
        items.iter().filter_map(|item| Some(item.scalar()?.to_owned())).collect()
    };
    if node.entries().is_none() {
        faults.push(Fault::new(node.line, "a Sigma rule is a map with the keys title, logsource and detection"));
        return None;
    }
    if node.get("filter").is_some() {
        faults.push(Fault::new(node.line, "Sigma filters are not applied here; put the exclusion into the rule"));
        return None;
    }
    let title = text("title").map(str::to_owned);
    if title.is_none() {
        faults.push(Fault::new(node.line, "the rule has no `title`"));
    }
    let level = match text("level") {
        None => Level::Low,
        Some(word) => Level::parse(word).unwrap_or_else(|| {
            let line = node.get("level").map_or(node.line, |value| value.line);
            faults.push(Fault::new(line, format!("`{word}` is none of {}", Level::words())));
            Level::Low
        }),
    };
    let name = text("name").map(str::to_owned);
    let id = text("id").map(str::to_owned).or_else(|| alone.then(|| stem.to_owned())).or_else(|| name.clone());
    if id.is_none() {
        faults.push(Fault::new(node.line, "one of several rules in a file needs an `id` or a `name`"));
    }
    let correlation = node.get("correlation").map(|value| (value.line, correlation::parse(value, faults)));
    let detection = match (&correlation, node.get("logsource"), node.get("detection")) {
        // A correlation matches no record itself.
        (Some(_), ..) => Some(Detection { selections: Vec::new(), condition: Condition::AtLeast(1, Vec::new()) }),
        (None, None, _) => {
            faults.push(Fault::new(node.line, "the rule has no `logsource`"));
            None
        }
        (None, _, None) => {
            faults.push(Fault::new(node.line, "the rule has no `detection`"));
            None
        }
        (None, Some(source), Some(detection)) => {
            let source = logsource::parse(source, faults);
            detection::parse::parse(detection, false, faults).map(|detection| logsource::within(source, detection))
        }
    };
    if faults.len() > before {
        return None;
    }
    let paragraphs = |texts: Vec<String>| texts.into_iter().map(|text| Block::Paragraph(vec![Inline::Text(text)]));
    let mut sections = Vec::new();
    let description: Vec<_> =
        texts("description").iter().flat_map(|text| text.split("\n\n").map(String::from)).collect();
    for (heading, texts) in [(Heading::Description, description), (Heading::FalsePositives, texts("falsepositives"))] {
        if !texts.is_empty() {
            sections.push(Section { heading, blocks: paragraphs(texts).collect() });
        }
    }
    let is_address = |text: &String| text.starts_with("https://") || text.starts_with("http://");
    let references = texts("references").into_iter().filter(is_address);
    let article = Article {
        id: id?,
        area: "sigma".to_owned(),
        title: title?,
        summary: Summary::default(),
        level,
        verdict: Verdict::Investigate,
        applies_to: Vec::new(),
        windows: None,
        subject: None,
        subject_is: None,
        sources: references.map(|url| Source { id: "reference".into(), title: url.clone(), url }).collect(),
        detection: detection?,
        caused_by: Vec::new(),
        sections,
        origin: Origin::Sigma,
        correlation: correlation.as_ref().and_then(|(_, correlation)| correlation.clone()),
        silent: false,
        grade: None,
        passages: Vec::new(),
    };
    Some(Rule { article, name, line: correlation.map_or(node.line, |(line, _)| line) })
}

/// Gives correlations the ids of the rules they name, and silences rules that are there only for them. Gives the places
/// in `rules` of correlations that cannot be evaluated, with what is wrong.
pub fn link(rules: &mut [Rule]) -> Vec<(usize, Fault)> {
    let known: Vec<(String, Option<String>)> =
        rules.iter().map(|rule| (rule.article.id.clone(), rule.name.clone())).collect();
    let find = |word: &str| known.iter().position(|(id, name)| id == word || name.as_deref() == Some(word));
    let mut faults = Vec::new();
    for (place, rule) in rules.iter_mut().enumerate() {
        let line = rule.line;
        let Some(correlation) = &mut rule.article.correlation else { continue };
        let mut resolve = |word: &mut String| match find(word) {
            Some(found) => word.clone_from(&known[found].0),
            None => faults.push((
                place,
                Fault::new(line, format!("the correlation names `{word}`, which is no rule that is here")),
            )),
        };
        correlation.rules.iter_mut().for_each(&mut resolve);
        for key in correlation.group_by.iter_mut().chain(&mut correlation.fields) {
            key.aliases.iter_mut().for_each(|(rule, _)| resolve(rule));
        }
    }
    // A correlation of correlations must end somewhere.
    for place in 0..rules.len() {
        if rules[place].article.correlation.is_some() && depth(rules, &known, place, 0).is_none() {
            let message = "the correlations name each other in a circle, or are nested too deeply";
            faults.push((place, Fault::new(rules[place].line, message)));
        }
    }
    let inner_of = |rule: &Rule| -> Vec<usize> {
        let rules = rule.article.correlation.iter().flat_map(|correlation| &correlation.rules);
        rules.filter_map(|id| find(id)).collect()
    };
    // The values of a correlation's matches are those it is grouped by.
    for (place, rule) in rules.iter().enumerate() {
        let Some(correlation) = &rule.article.correlation else { continue };
        for inner in inner_of(rule) {
            let Some(own) = &rules[inner].article.correlation else { continue };
            for key in correlation.group_by.iter().chain(&correlation.fields) {
                let field = key.of(&known[inner].0);
                if own.group_by.iter().all(|key| key.name != field) {
                    let message = format!(
                        "the correlation needs `{field}` of `{}`, which is a correlation that is not grouped by it",
                        known[inner].1.as_ref().unwrap_or(&known[inner].0)
                    );
                    faults.push((place, Fault::new(rule.line, message)));
                }
            }
        }
    }
    // What a correlation cannot see, those that build on it cannot see either.
    loop {
        let is_faulty = |place: &usize| faults.iter().any(|(faulty, _)| faulty == place);
        let next = (0..rules.len())
            .filter(|place| !is_faulty(place))
            .find_map(|place| Some((place, inner_of(&rules[place]).into_iter().find(is_faulty)?)));
        let Some((place, inner)) = next else { break };
        let name = known[inner].1.as_ref().unwrap_or(&known[inner].0);
        let message = format!("the correlation names `{name}`, which cannot be evaluated");
        faults.push((place, Fault::new(rules[place].line, message)));
    }
    let is_well = |place: &usize| faults.iter().all(|(faulty, _)| faulty != place);
    let generates = |rule: &Rule| rule.article.correlation.as_ref().is_some_and(|correlation| correlation.generate);
    let silent = (0..rules.len()).filter(is_well).filter(|place| !generates(&rules[*place]));
    let silent: Vec<usize> = silent.flat_map(|place| inner_of(&rules[place])).collect();
    silent.into_iter().for_each(|place| rules[place].article.silent = true);
    faults
}

fn depth(rules: &[Rule], known: &[(String, Option<String>)], place: usize, above: usize) -> Option<usize> {
    const MAX_DEPTH: usize = 8;
    let Some(correlation) = &rules[place].article.correlation else { return Some(above) };
    if above > MAX_DEPTH {
        return None;
    }
    let inner = correlation.rules.iter().filter_map(|id| known.iter().position(|(own, _)| own == id));
    inner.map(|inner| depth(rules, known, inner, above + 1)).try_fold(above, |max, depth| Some(max.max(depth?)))
}
