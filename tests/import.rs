//! Articles of Microsoft's Knowledge Base, read as known issues. The articles here are our own, in its three shapes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use evtx_checkup::checkup::{self, FileReport, Report};
use evtx_checkup::detection::Detection;
use evtx_checkup::export::imported;
use evtx_checkup::kb::import::{Clue, Extract, Grade, Heading, Role, Verdict, link};
use evtx_checkup::kb::{Block, Inline, KnowledgeBase, Version, lint};
use kb_writer::Text;
use log_writer::logs::{Article, FoundingLog, founding};
use log_writer::{Event, evtx};
use serde_json::Value;

const FABRIC: Text = Text {
    number: 912_345,
    title: "Fabric: Event ID 7000 & \"Loom\" Do Not Go Together",
    products: &[
        "Contoso Fabric version 2.0",
        "Microsoft Windows NT Server versions 3.51, 4.0, on platform(s):\n    - x86",
    ],
    body: "SYMPTOMS
========

When Fabric is started while a loom is still weaving, the following event is
written to the system log:

   Event ID: 7000
   Source: Service Control Manager
   Type: Error
   Description: The Loom service failed to start due to the following error:
   An instance of the service is already running.

For other looms, see the following article:

   Q923456 Fabric: Event ID 1197 and 1005 When a Thread Is Cut

CAUSE
=====

The loom is already running.

RESOLUTION
==========

To resolve this problem, do the following:

1. Stop the loom.

2. Start Fabric, and then wait until it has found all of the threads of the
   loom.

STATUS
======

Contoso has confirmed this to be a problem in Contoso Fabric 2.0.

MORE INFORMATION
================

When the loom is ready, Fabric logs this event:

   Event ID: 12
   Source: Fabric
   Type: Information
   Description: The loom was started successfully.",
};

fn read(text: &str) -> Extract {
    Extract::read(text.as_bytes()).unwrap()
}

fn clue(extract: &Extract, id: u16) -> &Clue {
    extract.events.iter().find(|clue| clue.event_id == id).unwrap_or_else(|| panic!("{id}: {:#?}", extract.events))
}

fn params(clue: &Clue) -> Vec<&str> {
    clue.values.iter().map(|value| value.text.as_str()).collect()
}

/// An article of nothing but symptoms.
fn symptoms(text: &str) -> Extract {
    let body = format!("SYMPTOMS\n========\n\n{text}\n");
    let rule = "-".repeat(79);
    read(&format!(
        "DOCUMENT:Q912345  08-AUG-2001  [contoso]\nTITLE   :Fabric\n\n{}\nThe information in this article applies \
         to:\n\n - Contoso Fabric version 2.0\n{rule}\n\n{body}",
        "=".repeat(70)
    ))
}

#[test]
fn the_three_shapes_say_the_same() {
    for text in [FABRIC.plain(), FABRIC.markdown(), FABRIC.web()] {
        let extract = read(&text);
        assert_eq!(extract.kb, "Q912345");
        assert_eq!(extract.title, FABRIC.title);
        assert_eq!(extract.last_modified.as_deref(), Some("2001-08-08"));
        let products = ["Contoso Fabric version 2.0", "Microsoft Windows NT Server versions 3.51, 4.0"];
        assert_eq!(extract.products, products, "{text}");
        assert_eq!(extract.keywords, ["kbfabric", "kbfabricfix"]);
        let headings: Vec<_> = extract.sections.iter().filter_map(|section| section.heading).collect();
        let all = [Heading::Symptoms, Heading::Cause, Heading::Resolution, Heading::Status, Heading::MoreInformation];
        assert_eq!(headings, all);
        assert_eq!(extract.links, ["Q923456"]);
        assert_eq!(extract.verdict, Verdict::Fix);
        let ids: Vec<_> = extract.events.iter().map(|clue| (clue.event_id, clue.role)).collect();
        assert_eq!(ids, [(7000, Role::Symptom), (12, Role::Expected)], "{text}");
        let start = clue(&extract, 7000);
        assert_eq!(start.source.as_deref(), Some("Service Control Manager"));
        assert_eq!(params(start), ["Loom", "An instance of the service is already running."]);
        assert_eq!(start.error_codes, ["1056"]);
    }
}

#[test]
fn windows_line_ends_and_windows_1252_are_read() {
    let text = FABRIC.plain().replace('\n', "\r\n").replace("Contoso Fabric version", "Contoso’s Fabric version");
    let bytes: Vec<u8> = text.chars().map(|c| if c == '’' { 0x92 } else { c as u8 }).collect();
    let extract = Extract::read(&bytes).unwrap();
    assert_eq!(extract.products[0], "Contoso’s Fabric version 2.0");
    assert_eq!(params(clue(&extract, 7000))[0], "Loom");
}

#[test]
fn other_text_is_refused_with_a_sentence() {
    for text in ["", "\n\n", "A letter (about nothing)\n", "---\nid: x\n---\n## Symptoms\n", "title: x\ndetection:\n"] {
        assert!(Extract::read(text.as_bytes()).unwrap_err().contains("no article"), "{text}");
    }
    assert_eq!(Extract::read(b"DOCUMENT:Q912345\0").unwrap_err(), "this is no text");
    let long = FABRIC.plain() + &"x".repeat(1 << 20);
    assert!(Extract::read(long.as_bytes()).unwrap_err().contains("longer"));
}

#[test]
fn a_damaged_article_does_no_harm() {
    let mut state = 7_u32;
    let mut random = |end: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % end
    };
    for whole in [FABRIC.plain(), FABRIC.markdown(), FABRIC.web()] {
        let one_line = whole.replace('\n', " ");
        let kinds = format!("{whole}\nEvent ID {}", "9".repeat(400_000));
        let labels = whole.replace("Event ID: 7000", &"Event ID: 7000 ".repeat(20_000));
        let quotes = whole.replace("The Loom", &"\"a ' (<% ".repeat(20_000));
        for text in [one_line, kinds, labels, quotes] {
            if let Ok(extract) = Extract::read(text.as_bytes()) {
                assert!(extract.events.len() < 1000);
                extract.articles();
                extract.source();
            }
        }
        for _ in 0..300 {
            let mut bytes = whole.clone().into_bytes();
            match random(3) {
                0 => bytes.truncate(random(bytes.len())),
                1 => (0..20).for_each(|_| bytes[random(whole.len())] = random(255) as u8 + 1),
                _ => drop(bytes.drain(random(whole.len())..).take(random(400)).collect::<Vec<_>>()),
            }
            if let Ok(extract) = Extract::read(&bytes) {
                extract.articles();
                extract.source();
            }
        }
    }
}

#[test]
fn blocks_in_every_order_are_events() {
    let extract = symptoms(
        "These are logged:

   Event Type: Error
   Event Source: Fabric
   Event Category: None
   Event ID: 1171
   Date: 10/23/2000
   Computer: SERVER1
   Description:
   Exception e0010002 has occurred in module weft.dll. The state is
   FAB_E_BROKEN.

   -and-

   Event ID 60
   Source: Fabric Loom
   Desc: The thread \"Warp One\" was not found.

   EXPLANATION
   It was cut. Type: 0x2

   Source: Fabric Event ID: 61 Description: Error 0x80070005 at address 0x4144dc.

 - Event ID: 62, Source: Fabric, Type: Error
   Description: Unable to open.

   Event ID 63 Type Error
   Source: Fabric
   It stopped.

   Event ID = 64, Source = Fabric, \"The driver loom.sys
   is missing.\"",
    );
    let events: Vec<_> =
        extract.events.iter().map(|clue| (clue.event_id, clue.source.as_deref().unwrap(), params(clue))).collect();
    let expected = [
        (1171, "Fabric", vec!["e0010002", "weft.dll", "FAB_E_BROKEN"]),
        (60, "Fabric Loom", vec!["Warp One"]),
        (61, "Fabric", vec!["0x80070005"]),
        (62, "Fabric", vec![]),
        (63, "Fabric", vec![]),
        (64, "Fabric", vec!["loom.sys"]),
    ];
    assert_eq!(events, expected);
    assert!(extract.events.iter().all(|clue| !clue.source_inferred && clue.role == Role::Symptom));
}

#[test]
fn sentences_name_events_too() {
    let extract = symptoms(
        "The Service Control Manager logs event number 7024, which says: \"The Loom service terminated with
service-specific error 2270.\" In the application event log, one of the following 9405 error messages may be
seen, and this is preceded by numerous Event 684 messages. Fabric 7.0 logs no events 24 hours a day.",
    );
    let ids: Vec<_> = extract.events.iter().map(|clue| (clue.event_id, clue.role)).collect();
    assert_eq!(ids, [(7024, Role::Symptom), (9405, Role::Symptom), (684, Role::Related)]);
    let stopped = clue(&extract, 7024);
    assert_eq!((params(stopped), stopped.error_codes.as_slice()), (vec!["Loom", "2270"], &["2270".to_owned()][..]));
    assert!(!stopped.source_inferred);
}

#[test]
fn a_source_that_is_not_named_is_told_by_the_message() {
    let extract = symptoms(
        "The following text is written to the system log (Event Id 7000):

   The Loom service failed to start due to the following error; Access is denied.

   The Weft service failed to start due to the following error; Access is denied.

Then event ID 6008 is logged, and event ID 4712.",
    );
    let services: Vec<_> =
        extract.events.iter().filter(|clue| clue.event_id == 7000).map(|clue| params(clue)[0]).collect();
    assert_eq!(services, ["Loom", "Weft"]);
    assert_eq!(clue(&extract, 7000).source.as_deref(), Some("Service Control Manager"));
    assert!(clue(&extract, 7000).source_inferred);
    assert_eq!(clue(&extract, 6008).source.as_deref(), Some("EventLog"));
    assert_eq!(clue(&extract, 4712).source, None);
}

#[test]
fn verdicts_rest_on_sentences() {
    let verdict = |body: &str| {
        let extract = symptoms(body);
        (extract.verdict, extract.verdict_passage)
    };
    let ignore = "Looms stop.\n\nWORKAROUND\n==========\n\nIt is old. You can safely ignore this.";
    assert_eq!(verdict(ignore), (Verdict::SafeToIgnore, "You can safely ignore this.".to_owned()));
    let around = "Looms stop.\n\nWORKAROUND\n==========\n\nTurn the loom by hand. It is slow.";
    assert_eq!(verdict(around), (Verdict::Workaround, "Turn the loom by hand.".to_owned()));
    let fixed = format!("{around}\n\nSTATUS\n======\n\nThis was corrected in Fabric 3.");
    assert_eq!(verdict(&fixed), (Verdict::Fix, "This was corrected in Fabric 3.".to_owned()));
    assert_eq!(verdict("Looms stop."), (Verdict::Informational, "Looms stop.".to_owned()));
}

#[test]
fn the_json_line_has_what_scripts_ask_for() {
    let line = imported::line(&read(&FABRIC.plain()));
    assert!(!line.contains('\n'));
    let line: Value = serde_json::from_str(&line).unwrap();
    let keys: BTreeSet<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(Vec::from_iter(keys), ["events", "kb", "last_modified", "products", "sections", "title", "verdict"]);
    assert_eq!(line["sections"], serde_json::json!(["SYMPTOMS", "CAUSE", "RESOLUTION", "STATUS", "MORE INFORMATION"]));
    let event = serde_json::json!({
        "event_id": 7000, "source": "Service Control Manager", "source_inferred": false, "role": "symptom",
        "params": ["Loom", "An instance of the service is already running."], "error_codes": ["1056"],
    });
    assert_eq!(line["events"][0], event);
}

/// The report of a whole log.
fn check(knowledge: &KnowledgeBase, log: &[u8]) -> Report {
    let file = FileReport::open("System", log.len() as u64, log);
    let reader = file.kind.reader(file.size, &file.name).expect("it is a log");
    checkup::in_order(knowledge, 0, &file, reader, log)
}

#[test]
fn matches_are_graded() {
    let knowledge = KnowledgeBase::new(read(&FABRIC.plain()).articles());
    let event = |service, code| Event::service_control_manager(7000).param(service).param(code);
    let log = evtx([
        event("Loom", "%%1056"),
        event("Loom", "%%5"),
        event("Spooler", "%%1056"),
        event("Spooler", "%%5"),
        event("Spooler", "%%5"),
    ]);
    let report = check(&knowledge, &log);
    let findings = report.findings(&knowledge);
    let own: Vec<_> = findings.iter().map(|found| (found.article.grade.unwrap(), found.own)).collect();
    assert_eq!(own, [(Grade::Exact, 1), (Grade::Likely, 2), (Grade::SameEvent, 2)]);
    let ids: Vec<_> = findings.iter().map(|found| found.article.id.as_str()).collect();
    assert_eq!(ids, ["q912345", "q912345-likely", "q912345-same-event"]);
    assert!(findings[0].other_windows, "the log is from Vista or later");
    assert!(findings[0].article.passages[0].starts_with("The Loom service"));
    assert_eq!(findings[0].subjects.by_count(), [(&"Loom".to_owned(), 1)]);
}

#[test]
fn an_imported_article_ranks_below_a_built_in_one() {
    let text = "This is logged:\n\n   Event ID: 7034\n   Source: Service Control Manager\n   \
                Description: The Loom service terminated unexpectedly.";
    let mut imported = symptoms(text).articles();
    // What the built-in articles about it say they are for: no Windows version is the wrong one.
    imported.iter_mut().for_each(|article| article.windows = None);
    let knowledge = evtx_checkup::built_in().with(imported);
    let log = evtx([Event::service_control_manager(7034).param("Spooler").param("1")]);
    let report = check(&knowledge, &log);
    let findings = report.findings(&knowledge);
    let places = |wanted: bool| findings.iter().position(|found| found.article.grade.is_some() == wanted);
    assert!(places(false) < places(true), "built-in first: {findings:#?}");
    assert_eq!(findings[places(true).unwrap()].own, 0, "it folds under the built-in one");
}

#[test]
fn mentions_of_articles_that_are_there_are_links() {
    let text = "See Q124641, Q999999 and (Q101355); fooQ124641 is none.\n\n1. Read Q101355.\n\n   Q124641 A Title";
    let mut article = symptoms(text).articles().remove(0);
    let before = format!("{:?}", article.sections);
    link(&mut article, &|_| None);
    let plain = |article: &evtx_checkup::kb::Article| -> Vec<(String, Vec<String>)> {
        let inlines = article.sections[0].blocks.iter().map(|block| match block {
            Block::Paragraph(inlines) => inlines,
            Block::List(_, items) => match &items[0][0] {
                Block::Paragraph(inlines) => inlines,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
        let links = |inlines: &Vec<Inline>| {
            let address = |inline: &Inline| match inline {
                Inline::Link(address, _) => Some(address.clone()),
                _ => None,
            };
            inlines.iter().filter_map(address).collect()
        };
        inlines.map(|inlines| (Inline::plain(inlines), links(inlines))).collect()
    };
    let texts: Vec<String> = plain(&article).into_iter().map(|(text, _)| text).collect();
    assert!(plain(&article).iter().all(|(_, links)| links.is_empty()), "{before}");
    link(&mut article, &|number| (number != "Q999999").then(|| number.to_ascii_lowercase()));
    let linked = plain(&article);
    assert_eq!(linked.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>(), texts, "the words are the same");
    let links: Vec<_> = linked.into_iter().map(|(_, links)| links).collect();
    assert_eq!(links, [vec!["#q124641", "#q101355"], vec!["#q101355"], vec!["#q124641"]]);
}

#[test]
fn the_source_of_an_imported_article_is_one_of_ours() {
    let text = Text {
        number: FABRIC.number,
        title: "Fabric: A Loom Cannot Start Because It Is Running",
        products: &["Microsoft Windows NT Server versions 3.51, 4.0"],
        body: FABRIC.body,
    };
    let extract = read(&text.plain());
    let path = format!("kb/imported/{}.md", extract.written_id());
    let (articles, faults) = lint::read([(path.as_str(), extract.source().as_str())]);
    assert_eq!(faults, [""; 0], "{}", extract.source());
    let imported = &extract.articles()[0];
    assert_eq!(articles[0].detection, imported.detection);
    assert_eq!(articles[0].sections, imported.sections);
    assert_eq!(articles[0].windows, imported.windows);
    assert!(imported.windows.unwrap().from == Some(Version::new(3, 51, 0)));
}

#[test]
fn an_article_without_an_event_matches_nothing() {
    let articles = symptoms("Looms stop.").articles();
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0].grade, None);
    let is_empty = |detection: &Detection| detection.selections.is_empty();
    assert!(is_empty(&articles[0].detection));
    let knowledge = KnowledgeBase::new(articles);
    assert_eq!(knowledge.asked_for("Service Control Manager", 7000, "System"), [0; 0]);
}

/// The folder that a variable names; says so where it names none.
fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{variable} is not set: nothing was compared");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The founding articles as they are match, as exactly as it can be told, the records of our own.
#[test]
fn the_founding_articles_find_exactly_their_records() {
    let Some(folder) = folder("EVTX_SEEDS") else { return };
    let extracts: Vec<Extract> =
        files(&folder).iter().map(|path| Extract::read(&std::fs::read(path).unwrap()).unwrap()).collect();
    for article in Article::ALL {
        let id = format!("{article:?}").to_lowercase();
        let extract = extracts.iter().find(|extract| extract.kb.eq_ignore_ascii_case(&id)).unwrap();
        let knowledge = KnowledgeBase::new(extract.articles());
        let log: FoundingLog = founding(article);
        for file in [log.evtx(), log.evt()] {
            let report = check(&knowledge, &file);
            let findings = report.findings(&knowledge);
            let finding = findings.iter().find(|found| found.article.id == id).unwrap();
            assert_eq!(finding.article.grade, Some(Grade::Exact));
            let evidence: Vec<u64> = report.evidence(finding).into_iter().rev().map(|found| found.record_id).collect();
            assert_eq!(evidence, log.expected, "{id}");
        }
    }
}

/// How often something was right, or found.
#[derive(Default)]
struct Score {
    right: usize,
    extra: usize,
    missing: usize,
}

impl Score {
    fn sets<T: Ord>(&mut self, found: &BTreeSet<T>, wanted: &BTreeSet<T>) {
        let right = found.intersection(wanted).count();
        self.right += right;
        self.extra += found.len() - right;
        self.missing += wanted.len() - right;
    }

    fn is(&mut self, right: bool) {
        self.right += usize::from(right);
        self.missing += usize::from(!right);
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.extra).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missing).max(1) as f64
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.extra + self.missing).max(1) as f64
    }
}

fn texts(values: &Value) -> BTreeSet<String> {
    let values = values.as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.map(|value| text(value).to_lowercase().trim_end_matches('.').to_owned()).collect()
}

/// What is read of articles that were labelled by hand, against the labels.
#[test]
fn what_is_read_agrees_with_labels() {
    let Some(folder) = folder("KB_IMPORT_LABELS") else { return };
    let mut labels: Vec<Value> = Vec::new();
    for name in ["labels.jsonl", "seeds.jsonl"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        labels.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    let mut paths = files(&folder.join("texts"));
    paths.extend(std::env::var_os("EVTX_SEEDS").map(PathBuf::from).iter().flat_map(|folder| files(folder)));
    let [mut ids, mut sources, mut values, mut codes, mut sections, mut verdicts, mut triggers, mut heads] =
        std::array::from_fn(|_| Score::default());
    for path in paths {
        let extract = Extract::read(&std::fs::read(&path).unwrap()).unwrap();
        let found: Value = serde_json::from_str(&imported::line(&extract)).unwrap();
        let label = labels.iter().find(|label| label["kb_number"] == found["kb"]).unwrap();
        for key in ["title", "products", "last_modified"] {
            heads.is(found[key] == label[key]);
        }
        let all = |value: &Value| value["events"].as_array().cloned().unwrap_or_default();
        let id = |event: &Value| event["event_id"].as_u64().unwrap();
        ids.sets(&all(&found).iter().map(id).collect(), &all(label).iter().map(id).collect());
        let mut left = all(&found);
        for wanted in all(label) {
            // Of several events with one id, the one that shares most values.
            let shared = |event: &Value| texts(&event["params"]).intersection(&texts(&wanted["params"])).count();
            let best = (0..left.len())
                .filter(|at| id(&left[*at]) == id(&wanted))
                .max_by_key(|at| (shared(&left[*at]), usize::MAX - at));
            let event = best.map_or(Value::Null, |at| left.remove(at));
            values.sets(&texts(&event["params"]), &texts(&wanted["params"]));
            if wanted["source"].is_string() && wanted["source_basis"] != "sibling" {
                let mut known = texts(&wanted["source_alt"]);
                known.extend(wanted["source"].as_str().map(str::to_lowercase));
                sources.is(event["source"].as_str().is_some_and(|source| known.contains(&source.to_lowercase())));
            }
        }
        left.iter().for_each(|event| values.extra += texts(&event["params"]).len());
        let found_codes = all(&found).iter().flat_map(|event| texts(&event["error_codes"])).collect();
        codes.sets(&found_codes, &(&texts(&label["error_codes"]) | &texts(&label["implied_error_codes"])));
        for heading in ["summary", "symptoms", "cause", "resolution", "workaround", "status", "more_information"] {
            let has = texts(&found["sections"]).contains(&heading.replace('_', " "));
            sections.is(label[format!("has_{heading}")] == has);
        }
        verdicts.is(found["verdict"] == label["disposition"] || found["verdict"] == label["disposition_alt"]);
        if label["has_issue_event"] == false {
            triggers.is(extract.articles().iter().all(|article| article.grade.is_none()));
        }
    }
    println!("event ids: precision {:.3}, recall {:.3}", ids.precision(), ids.recall());
    println!("sources {:.3}, values F1 {:.3}, codes F1 {:.3}", sources.recall(), values.f1(), codes.f1());
    println!("sections {:.3}, verdicts {:.3}, heads {:.3}", sections.recall(), verdicts.recall(), heads.recall());
    assert!(ids.precision() >= 0.95 && ids.recall() >= 0.95);
    assert!(sources.recall() >= 0.90);
    assert!(values.f1() >= 0.80);
    assert!(codes.f1() >= 0.85);
    assert!(sections.recall() >= 0.97);
    assert!(verdicts.recall() >= 0.80);
    assert_eq!((triggers.missing, heads.missing), (0, 0));
}
