//! What is handed over, in every format: what a log says is text in it and nothing else.

use std::collections::BTreeSet;

use evtx_checkup::checkup::Report;
use evtx_checkup::export::redaction::{Found, Names, Texts, Wishes};
use evtx_checkup::export::{Format, Handover, Zone};
use evtx_checkup::kb::import::Extract;
use evtx_checkup::kb::{KnowledgeBase, Name};
use evtx_checkup::log::evtx::{HEADER_SIZE, Reader};
use log_writer::{Event, Level, evtx};
use pulldown_cmark::{Event as Mark, Options, Parser};

#[path = "support/report.rs"]
mod report;

/// The report of logs, by their names.
fn report(knowledge: &KnowledgeBase, logs: &[(&str, &[u8])]) -> Report {
    (0..).zip(logs).map(|(number, (name, log))| report::report(knowledge, number, name, log)).collect()
}

/// The cells of a table as RFC 4180 has it.
fn cells(table: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = table.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\r' if !quoted => {}
            '\n' | ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(character),
        }
    }
    cells
}

const HOSTILE: [&str; 16] = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</style></title><b onmouseover='alert(1)' \"x>",
    "&lt;b&gt;",
    "`<b>` ``` [a](javascript:alert(1)) ![b](https://evil.example/x.png)",
    "**bold** _x_ ~~y~~ | z | https://evil.example @everyone #1",
    "\r\n\r\n# Heading\n\n- item\n> quote\n```",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "a;=1+1;\"=2",
    "a\",=1+1,\"b",
    "\u{1b}[2J\u{9b}31m\u{7}\u{8}\0x",
    "\u{202e}gpj.\u{2066}exe",
];

/// What is handed over of a log in which everything is hostile.
fn hostile(knowledge: &KnowledgeBase) -> Handover<'_> {
    let crash =
        |text: &'static str| Event::service_control_manager(7034).param(text).param("1").computer(text).channel(text);
    let unknown = |text: &'static str| Event::classic(text, 7).level(Level::Error).computer(text).string(text);
    let log = evtx(HOSTILE.iter().flat_map(|text| [crash(text), unknown(text)]));
    let logs: Vec<_> = HOSTILE.iter().map(|name| (*name, log.as_slice())).collect();
    let mut handover = Handover::new(&report(knowledge, &logs), knowledge);
    handover.note = HOSTILE.join("\n");
    handover
}

#[test]
fn html_has_only_its_own_elements() {
    let knowledge = evtx_checkup::built_in();
    let html = Format::Html.write(&hostile(&knowledge));
    let mut reader = quick_xml::Reader::from_str(&html);
    let (mut elements, mut attributes, mut text) = (BTreeSet::new(), BTreeSet::new(), String::new());
    loop {
        use quick_xml::events::Event::{CData, Comment, DocType, Empty, End, Eof, GeneralRef, PI, Start, Text};
        match reader.read_event().unwrap() {
            Start(tag) | Empty(tag) => {
                elements.insert(tag.name().as_ref().to_owned());
                let names = tag.attributes().map(|attribute| attribute.unwrap().key.as_ref().to_owned());
                attributes.extend(names);
            }
            Text(part) => text.push_str(&part),
            GeneralRef(name) => text.push_str(&format!("&{};", &*name)),
            End(_) | DocType(_) => {}
            Eof => break,
            other @ (CData(_) | Comment(_) | PI(_) | quick_xml::events::Event::Decl(_)) => panic!("{other:?}"),
        }
    }
    let own = "a bdi blockquote body code h1 h2 h3 head html li main meta ol p pre strong style title ul";
    let foreign: Vec<_> = elements.iter().filter(|name| !own.split(' ').any(|own| own == *name)).collect();
    assert!(foreign.is_empty() && elements.contains("bdi"), "{foreign:?}");
    let own = ["charset", "content", "href", "http-equiv", "id", "lang", "name", "start"];
    let foreign: Vec<_> = attributes.iter().filter(|name| !own.contains(&name.as_str())).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(text.contains("onerror=alert(1)"), "what it was can be seen");
    assert!(!html.contains("javascript:alert(1)\"") && !html.contains('\u{202e}') && !html.contains('\u{1b}'));
}

#[test]
fn markdown_has_only_its_own_marks() {
    let knowledge = evtx_checkup::built_in();
    let marks = |handover: &Handover<'_>| -> Vec<String> {
        let markdown = Format::Markdown.write(handover);
        let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
        let marks = Parser::new_ext(&markdown, options).filter_map(|mark| match mark {
            Mark::Start(tag) => Some(format!("{tag:?}")),
            Mark::Html(_) | Mark::InlineHtml(_) | Mark::Rule | Mark::FootnoteReference(_) => Some(format!("{mark:?}")),
            Mark::InlineMath(_) | Mark::DisplayMath(_) | Mark::TaskListMarker(_) => Some(format!("{mark:?}")),
            _ => None,
        });
        marks.collect()
    };
    let mut handover = hostile(&knowledge);
    let with = marks(&handover);
    // The same with names that are harmless.
    make_harmless(&mut handover);
    assert_eq!(with, marks(&handover));
    assert!(Format::Markdown.write(&hostile(&knowledge)).contains("`<img src=x onerror=alert(1)>`"));
}

/// Puts a harmless name in the place of each.
fn make_harmless(handover: &mut Handover<'_>) {
    let mut number = 0;
    let mut name = |text: &mut String| {
        number += 1;
        *text = format!("name{number}");
    };
    for finding in &mut handover.findings {
        finding.computers.rename(&mut name);
        finding.subjects.rename(&mut name);
    }
    for file in handover.receipt.files.values_mut() {
        file.computers.rename(&mut name);
        name(&mut file.name);
    }
    handover.receipt.unexplained.rename(|kind| name(&mut kind.provider));
    handover.note =
        handover.note.lines().map(|line| if line.trim().is_empty() { "" } else { "x" }).collect::<Vec<_>>().join("\n");
}

#[test]
fn no_cell_is_a_formula() {
    let knowledge = evtx_checkup::built_in();
    let table = Format::Csv.write(&hostile(&knowledge));
    // A spreadsheet that separates by semicolons reads a quote inside a cell as it stands.
    let by_comma = cells(&table);
    let by_semicolon: Vec<String> = table.lines().flat_map(|line| line.split(';').map(str::to_owned)).collect();
    assert!(by_comma.len() > 100 && by_comma.len().is_multiple_of(10), "{}", by_comma.len());
    for cell in by_comma.iter().chain(&by_semicolon) {
        let start = cell.trim_start_matches(['"', ' ', '\u{fffd}']);
        assert!(!start.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    assert!(by_comma.iter().any(|cell| cell == "'-2+3"), "what it was can be seen");
}

#[test]
fn nothing_steers_a_terminal() {
    let knowledge = evtx_checkup::built_in();
    let handover = hostile(&knowledge);
    for format in Format::ALL {
        let text = format.write(&handover);
        let steers = |c: &char| {
            c.is_control() && !matches!(c, '\n' | '\r')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(text.chars().find(steers), None, "{format:?}");
        assert!(!text.replace("\r\n", "").contains('\r'), "{format:?}");
    }
}

#[test]
fn what_was_not_chosen_is_not_there() {
    let knowledge = evtx_checkup::built_in();
    let crash = Event::service_control_manager(7034).param("Contoso Agent").param("1");
    let failed = Event::service_control_manager(7000).param("Spooler").param("%%2").computer("PC-2");
    let log = evtx([crash, failed.clone(), failed.computer("PC-1")]);
    let mut handover = Handover::new(&report(&knowledge, &[("System.evtx", &log)]), &knowledge);
    assert_eq!(handover.found, 2);
    handover.findings.retain(|finding| finding.article.id != "service-crashed");
    handover.note = "Seen on Monday.".into();
    for format in Format::ALL {
        let text = format.write(&handover);
        assert!(!text.contains("service-crashed") && !text.contains("Contoso Agent"), "{format:?}:\n{text}");
        assert!(text.contains("Seen on Monday.") && text.contains("System.evtx"), "{format:?}:\n{text}");
        if !matches!(format, Format::Json | Format::Csv) {
            assert!(text.contains("1 of 2 known issues"), "{format:?}:\n{text}");
            assert!(!text.contains("No known issue"), "{format:?}:\n{text}");
        }
    }
    // A row for each computer.
    let table = Format::Csv.write(&handover);
    let rows: Vec<_> = table.lines().filter(|row| row.starts_with("\"finding\"")).collect();
    assert_eq!(rows.len(), 2, "{table}");
    assert!(rows.iter().all(|row| row.contains("Spooler (2)")), "{table}");
    // The cause and the steps are in what is read alone.
    let article = handover.findings[0].article;
    for format in [Format::Markdown, Format::Html] {
        let text = format.write(&handover);
        assert!(text.contains("Cause") && text.contains("Resolution") && text.contains(&article.sources[0].url));
    }
    handover.findings.clear();
    assert!(!Format::Text.write(&handover).contains("No known issue"));
}

#[test]
fn times_are_in_the_zone() {
    let knowledge = evtx_checkup::built_in();
    let crash = Event::service_control_manager(7034).param("Contoso Agent").param("1");
    let log = evtx([crash.time(log_writer::filetime(2026, 11, 20, 23, 21, 19))]);
    let mut handover = Handover::new(&report(&knowledge, &[("System.evtx", &log)]), &knowledge);
    handover.zone = Zone(|_| Some(60));
    for format in Format::ALL {
        let text = format.write(&handover);
        let time = match format {
            Format::Json | Format::Csv => "2026-11-21T00:21:19.0000000+01:00",
            _ => "2026-11-21 00:21:19",
        };
        assert!(text.contains(time) && !text.contains("23:21"), "{format:?}:\n{text}");
        assert!(text.contains("+01:00"), "{format:?}:\n{text}");
    }
}

#[test]
fn the_order_of_parts_does_not_matter_to_names() {
    let knowledge = evtx_checkup::built_in();
    let crash =
        |text: &'static str| Event::service_control_manager(7034).param(text).param("1").computer("PC-1.contoso.com");
    // One is a computer here and a user there.
    let one = evtx([crash("of both and jane"), Event::classic("A", 1).data("TargetUserName", "both")]);
    let two = evtx([crash("of BOTH"), Event::classic("A", 1).data("Workstation", "Both").data("User", "Jane")]);
    let logs: [(&str, &[u8]); 2] = [("one.evtx", &one), ("two.evtx", &two)];
    let handover = Handover::new(&report(&knowledge, &logs), &knowledge);
    let texts = Texts::of(&handover);
    let of = |logs: &[&(&str, &[u8])]| {
        let mut names = Names::new(&texts);
        for (_, log) in logs {
            Reader::default().slice(&log[HEADER_SIZE as usize..], HEADER_SIZE, &mut names);
        }
        names.finish()
    };
    let whole = of(&[&logs[0], &logs[1]]);
    assert_eq!(whole, of(&[&logs[1], &logs[0]]));
    let (mut forward, mut back) = (of(&[&logs[0]]), of(&[&logs[1]]));
    forward.merge(of(&[&logs[1]]));
    back.merge(of(&[&logs[0]]));
    assert_eq!((&forward, &back), (&whole, &whole));

    let preview = |found: &Found| {
        let hidden = texts.redact(found, &Wishes::default()).put_into(&mut handover.clone());
        hidden
            .into_iter()
            .map(|hidden| (hidden.kind, hidden.originals.concat(), hidden.replacement(), hidden.count))
            .collect::<Vec<_>>()
    };
    let computer = |name: &str, number, count| (Name::Computer, name.to_owned(), format!("COMPUTER-{number}"), count);
    let user = |name: &str, count| (Name::User, name.to_owned(), "USER-1".to_owned(), count);
    // The finding's computer, and those of each file.
    let expected =
        [computer("PC-1.contoso.com", 1, 3), computer("BOTH", 2, 2), computer("SAMPLE-PC", 3, 2), user("jane", 1)];
    assert_eq!(preview(&whole), expected);
}

#[test]
fn what_somebody_wants_otherwise() {
    let knowledge = evtx_checkup::built_in();
    let crash =
        |text: &'static str| Event::service_control_manager(7034).param(text).param("1").computer("PC-1.contoso.com");
    let log = evtx([
        crash("Agent of jane"),
        crash(r"\\PC-1\plans\of jane.txt"),
        crash("at 10.1.2.3 and fd00:77::66"),
        crash("Fabrikam-Ware of Fabrikam"),
        Event::classic("A", 1).data("TargetUserName", "Jane"),
    ]);
    let mut handover = Handover::new(&report(&knowledge, &[("PC-1.evtx", &log)]), &knowledge);
    handover.note = "Of JANE and straßenware.".into();
    let texts = Texts::of(&handover);
    let mut names = Names::new(&texts);
    Reader::default().slice(&log[HEADER_SIZE as usize..], HEADER_SIZE, &mut names);
    let found = names.finish();
    let hand_over = |wishes: &Wishes| {
        let mut handover = handover.clone();
        let hidden = texts.redact(&found, wishes).put_into(&mut handover);
        (Format::Json.write(&handover), hidden)
    };
    let (plain, hidden) = hand_over(&Wishes::default());
    assert!(
        ["jane", "contoso", "plans", "10.1.2.3", "77::66"].iter().all(|name| !plain.to_lowercase().contains(name)),
        "{plain}"
    );
    assert!(plain.contains("Fabrikam-Ware") && hidden.iter().all(|hidden| !hidden.kept), "{plain}");

    // A computer stays, in both its forms, but not the domain that it is in.
    let mut wishes = Wishes::default();
    ["pc-1.CONTOSO.com", "PC-1", "10.1.2.3"].iter().for_each(|name| wishes.keep(name, true));
    let (kept, hidden) = hand_over(&wishes);
    assert!(
        kept.contains("\"PC-1.DOMAIN-1\"") && kept.contains("PC-1.evtx") && kept.contains("10.1.2.3 and IP-"),
        "{kept}"
    );
    assert!(!kept.to_lowercase().contains("jane") && !kept.contains("contoso"), "{kept}");
    let stay: Vec<_> = hidden.iter().filter(|hidden| hidden.kept).flat_map(|hidden| &hidden.originals).collect();
    assert_eq!(stay, ["PC-1.contoso.com", "PC-1", "10.1.2.3"]);
    // Of a path that stays, the names that do not are hidden all the same.
    let mut wishes = Wishes::default();
    wishes.keep(r"plans\of jane.txt", true);
    let (kept, _) = hand_over(&wishes);
    assert!(kept.contains(r"plans\\of USER-1.txt"), "{kept}");
    wishes.keep(r"PLANS\of Jane.txt", false);
    assert_eq!(wishes, Wishes::default());

    // A text is hidden wherever it is, in any case, also inside words; nothing is nothing.
    let wishes = Wishes { added: vec!["FABRIKAM".into(), "WARE".into(), " ".into()], ..Wishes::default() };
    let (added, hidden) = hand_over(&wishes);
    assert!(added.contains("TEXT-1-TEXT-2 of TEXT-1") && added.contains("straßenTEXT-2"), "{added}");
    assert_eq!(hidden.iter().find(|hidden| hidden.originals == ["Fabrikam"]).map(|hidden| hidden.count), Some(2));
}

#[test]
fn general_findings_go_with_those_they_are_under() {
    let knowledge = evtx_checkup::built_in();
    // An article about this error, and one about any error of this event.
    let failed = Event::service_control_manager(7000).param("Spooler").param("%%1058");
    let crash = Event::service_control_manager(7034).param("Agent").param("1");
    let mut handover = Handover::new(&report(&knowledge, &[("System.evtx", &evtx([failed, crash]))]), &knowledge);
    let exact = handover.own().find(|finding| !finding.general.is_empty()).unwrap();
    let (exact, general) = (exact.article.id.clone(), exact.general[0].article.id.clone());
    let has = |handover: &Handover<'_>, id: &str| handover.findings.iter().any(|finding| finding.article.id == id);
    handover.leave_out(&BTreeSet::from(["service-crashed".to_owned()]));
    assert!(has(&handover, &exact) && has(&handover, &general) && !has(&handover, "service-crashed"));
    handover.leave_out(&BTreeSet::from([exact]));
    assert!(handover.findings.is_empty());
}

#[test]
fn a_finding_of_an_imported_article_has_its_text() {
    let text = "DOCUMENT:Q912345  08-AUG-2001\nTITLE   :Fabric: The Loom Is Still Weaving\n\n\
                ======================================================================\n\
                SYMPTOMS\n========\n\n   Event ID: 7034\n   Source: Service Control Manager\n   \
                Description: The Loom service terminated unexpectedly.\n\nRESOLUTION\n==========\n\nStop the loom.\n";
    let mut articles = Extract::read(text.as_bytes()).unwrap().articles();
    let sections = articles[0].sections.clone();
    // As the page knows them: another worker has their text.
    articles.iter_mut().for_each(|article| article.sections.clear());
    let knowledge = KnowledgeBase::new(articles);
    let log = evtx([Event::service_control_manager(7034).param("Loom").param("1")]);
    let mut handover = Handover::new(&report(&knowledge, &[("a.evtx", &log)]), &knowledge);
    assert!(!Format::Text.write(&handover).contains("Stop the loom."), "nobody has given it yet");
    handover.imported.insert("q912345".to_owned(), sections);
    for format in [Format::Text, Format::Json, Format::Markdown, Format::Html] {
        let written = format.write(&handover);
        for part in ["exact", "The Loom service terminated unexpectedly.", "Resolution", "Stop the loom."] {
            assert!(written.contains(part), "{}: {part} is not in {written}", format.word());
        }
        assert!(!written.contains("kb/imported"), "it is no file of ours");
    }
}
