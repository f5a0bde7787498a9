//! The Sigma matching against evidence that others made: SigmaHQ's own rules and regression data, in a checkout of
//! github.com/SigmaHQ/sigma that the variable `SIGMA_REPO` names. Without it, the tests say that they did nothing.

use std::collections::BTreeMap;
use std::path::Path;

use evtx_checkup::checkup::{self, FileReport};
use evtx_checkup::kb::{KnowledgeBase, lint};
use evtx_checkup::log::evtx::{HEADER_SIZE, chunk_offset};
use evtx_checkup::yaml::{self, Node};

/// The Windows rules of the checkout, by path within it.
fn windows_rules(repository: &Path) -> BTreeMap<String, String> {
    let mut files = Vec::new();
    for folder in [
        "rules",
        "rules-emerging-threats",
        "rules-threat-hunting",
        "rules-dfir",
        "rules-compliance",
        "rules-placeholder",
    ] {
        // Not every checkout has all of them.
        files.extend(test_files::ending(repository.join(folder), "yml").unwrap_or_default());
    }
    let rules = files.into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        let for_windows = text.lines().any(|line| line.trim() == "product: windows");
        let name = path.strip_prefix(repository).ok()?.display().to_string();
        for_windows.then_some((name, text))
    });
    rules.collect()
}

#[test]
fn all_windows_rules_compile_or_say_why_not() {
    let Some(repository) = test_files::folder("SIGMA_REPO") else { return };
    let rules = windows_rules(&repository);
    let (articles, faults) = lint::read(rules.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    println!("{} rules, {} compiled", rules.len(), articles.len());
    faults.iter().for_each(|fault| println!("{fault}"));
    assert!(rules.len() > 2000, "SIGMA_REPO is no checkout of SigmaHQ/sigma");
    // Placeholders stand for what only their owner knows; a rule that uses them must be refused. Access to files and
    // renaming them are events of tools that do not write an event log.
    let reasons = [
        "stands for nothing here",
        "no Windows event log is known to have the category `file_access`",
        "no Windows event log is known to have the category `file_rename`",
    ];
    let others: Vec<_> = faults.iter().filter(|fault| !reasons.iter().any(|reason| fault.contains(reason))).collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn regression_data_matches_as_expected() {
    let Some(repository) = test_files::folder("SIGMA_REPO") else { return };
    let rules = windows_rules(&repository);
    let (articles, _) = lint::read(rules.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let knowledge = KnowledgeBase::new(articles);
    let mut cases = Vec::new();
    let infos = test_files::ending(repository.join("regression_data"), "yml").unwrap();
    for info in infos.iter().filter(|path| path.ends_with("info.yml")) {
        let Ok(node) = yaml::parse(&std::fs::read_to_string(info).unwrap(), 1) else { panic!("{}", info.display()) };
        let word = |node: &Node, key: &str| node.get(key).and_then(Node::scalar).map(str::to_owned);
        let ids: Vec<String> =
            node.get("rule_metadata").map_or(&[][..], Node::items).iter().filter_map(|rule| word(rule, "id")).collect();
        for test in node.get("regression_tests_info").map_or(&[][..], Node::items) {
            if word(test, "type").as_deref() != Some("evtx") {
                continue;
            }
            let Some(path) = word(test, "path") else { continue };
            let expected: Option<u64> = word(test, "match_count").and_then(|count| count.parse().ok());
            cases.extend(ids.iter().map(|id| (id.clone(), path.clone(), expected)));
        }
    }
    assert!(cases.len() > 100, "SIGMA_REPO has no regression data");
    let mut misses = Vec::new();
    for (id, path, expected) in &cases {
        let count = count(&knowledge, &repository.join(path), id);
        match (count, expected) {
            // As SigmaHQ's own runner has it: the count is the least there must be.
            (Ok(count), expected) if count >= expected.unwrap_or(1) => {
                if expected.is_some_and(|expected| count > expected) {
                    println!("{id} {path}: {count}, at least {expected:?}");
                }
            }
            (count, expected) => misses.push(format!("{id} {path}: {count:?}, expected {expected:?}")),
        }
    }
    println!("{} cases, {} misses", cases.len(), misses.len());
    misses.iter().for_each(|miss| println!("{miss}"));
    assert!(misses.len() * 100 <= cases.len(), "more than one in a hundred is not as expected");
}

/// How many records of a log a rule matches.
fn count(knowledge: &KnowledgeBase, log: &Path, id: &str) -> Result<u64, String> {
    if knowledge.by_id(id).is_none() {
        return Err("the rule did not compile".into());
    }
    let bytes = std::fs::read(log).map_err(|error| error.to_string())?;
    let file = FileReport::open("log", bytes.len() as u64, &bytes[..bytes.len().min(HEADER_SIZE as usize + 512)]);
    let report =
        checkup::slice(knowledge, 0, &file, bytes.get(HEADER_SIZE as usize..).unwrap_or_default(), chunk_offset(0));
    let findings = report.findings(knowledge);
    Ok(findings.iter().find(|finding| finding.article.id == id).map_or(0, |finding| finding.count))
}
