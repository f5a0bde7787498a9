//! XML exports: every event is the one that the .evtx reader gives for the same record, whatever the bytes look like.

use std::fmt::Write;
use std::time::{Duration, Instant};

use evtx_checkup::checkup::{FileReport, InOrder, Report};
use evtx_checkup::detection::Detection;
use evtx_checkup::event::{self, Part};
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Header, chunk_count, to_xml};
use evtx_checkup::log::{Coverage, Kind, Problem, Reason, Record, Sequential, Sink, evtx, xml};
use log_writer::logs::{Article, benchmark, founding, sample};
use log_writer::{Element, Event, Level, Numbers, SystemTime, Value};

/// An event as texts, so that it can be compared.
#[derive(Clone, Debug, PartialEq)]
struct Plain {
    offset: u64,
    head: String,
    fields: Vec<(Part, Option<String>, String)>,
    message: Option<String>,
}

impl Plain {
    /// Without what XML cannot tell: where the record is, empty values that have a name, and which values of one name
    /// were one array.
    fn in_xml(&self) -> Plain {
        let mut fields: Vec<(Part, Option<String>, String)> = Vec::new();
        let cleaned =
            |text: &str| text.replace(|c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}'), "_");
        for (part, name, text) in &self.fields {
            match fields.last_mut() {
                Some((_, last, before)) if name.is_some() && last == name => {
                    before.push_str(", ");
                    before.push_str(&cleaned(text));
                }
                _ => fields.push((*part, name.clone(), cleaned(text))),
            }
        }
        fields.retain(|(_, name, text)| name.is_none() || !text.is_empty());
        Plain { offset: 0, head: self.head.clone(), fields, message: self.message.clone() }
    }
}

#[derive(Default)]
struct Events(Vec<Plain>);

impl Sink for Events {
    fn record(&mut self, record: &Record<'_>) {
        let (event, problem) = record.read();
        assert_eq!(problem, None);
        let head = &event.head;
        self.0.push(Plain {
            offset: record.offset,
            head: format!(
                "{} {} {:?} {} {} {} {}",
                head.provider.text,
                head.event_id,
                head.level,
                head.time,
                head.record_id,
                head.channel.text,
                head.computer.text
            ),
            fields: event
                .fields
                .iter()
                .map(|field| (field.part, field.name.as_ref().map(|name| name.to_string()), field.value.to_string()))
                .collect(),
            message: event.message().map(str::to_owned),
        });
    }
}

/// Reads an export in slices of the given size.
fn read_in(bytes: &[u8], size: usize) -> (Vec<Plain>, Coverage) {
    let (mut events, mut reader) = (Events::default(), xml::Reader::new(0));
    let mut coverage = Coverage::default();
    bytes.chunks(size).for_each(|slice| coverage.merge(reader.slice(slice, &mut events)));
    coverage.merge(reader.finish(&mut events));
    assert_eq!(coverage.records, events.0.len() as u64);
    assert!(events.0.is_sorted_by_key(|event| event.offset));
    (events.0, coverage)
}

fn read(bytes: impl AsRef<[u8]>) -> (Vec<Plain>, Coverage) {
    read_in(bytes.as_ref(), usize::MAX)
}

/// Reads an export that is whole.
fn read_whole(bytes: impl AsRef<[u8]>) -> Vec<Plain> {
    let (events, coverage) = read(bytes);
    assert_eq!(coverage.problems, []);
    events
}

/// The events of an .evtx log, and each as XML.
fn both(log: &[u8]) -> Vec<(Plain, String)> {
    let mut events = Events::default();
    evtx::Reader::default().slice(&log[HEADER_SIZE as usize..], HEADER_SIZE, &mut events);
    let xml = |event: &Plain| {
        let at = (event.offset - HEADER_SIZE) % CHUNK_SIZE;
        let start = (event.offset - at) as usize;
        to_xml(&log[start..log.len().min(start + CHUNK_SIZE as usize)], at as usize).unwrap()
    };
    events.0.into_iter().map(|event| (event.clone(), xml(&event))).collect()
}

/// What Event Viewer's "Save as XML" writes.
fn export<'x>(events: impl IntoIterator<Item = &'x str>) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>".to_owned();
    events.into_iter().for_each(|event| text.push_str(event));
    text + "</Events>"
}

fn export_of(log: &[u8]) -> String {
    let events = both(log);
    export(events.iter().map(|(_, xml)| xml.as_str()))
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

/// Records with values of every type, and with text that XML must escape.
fn typed() -> Vec<u8> {
    let values: [(&'static str, Value); 17] = [
        ("Null", Value::Null),
        ("Empty", Value::String("".into())),
        ("Text", Value::String("a & b < c > \"d\" 'e' &amp; ]]> \u{1f600} Zürich\r\n\tnext".into())),
        ("Texts", Value::Strings(vec!["one".into(), "two".into(), "three".into()])),
        ("Ansi", Value::Ansi(b"caf\xe9".to_vec())),
        ("Int8", Value::Int8(-1)),
        ("UInt64", Value::UInt64(u64::MAX)),
        ("Real", Value::Real64(0.5)),
        ("Bool", Value::Bool(true)),
        ("Bytes", Value::Binary(vec![0, 255])),
        ("Size", Value::SizeT(4096)),
        ("Time", Value::FileTime(131_725_704_215_337_803)),
        (
            "Moment",
            Value::SystemTime(SystemTime {
                year: 2026,
                month: 11,
                day_of_week: 5,
                day: 20,
                hour: 7,
                minute: 21,
                second: 19,
                milliseconds: 5,
            }),
        ),
        ("Sid", Value::Sid(log_writer::Sid::new("S-1-5-18"))),
        ("Hex", Value::HexInt32(0x8008_0005)),
        ("White", Value::String("  \n ".into())),
        ("Control", Value::String("a\u{1}b".into())),
    ];
    let guid = log_writer::Guid::new("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}");
    let event = || Event::manifest("Contoso-\"Fabric\" & <Sons>", guid, 3).activity_id(guid).level(Level::Critical);
    let named = values.iter().cloned().fold(event(), |event, (name, value)| event.data(name, value));
    let element = Element::new("Contoso").attribute("xmlns", "urn:contoso").attribute("Region", "East & West");
    let element = values.into_iter().fold(element, |element, (name, value)| element.child(Element::value(name, value)));
    let classic = Event::classic("Contoso", 5).string("").string("two").string("").binary(*b"bin");
    log_writer::evtx([named, event().user_data(element), classic, Event::classic("Nothing", 1)])
}

#[test]
fn an_event_is_the_one_of_the_evtx_record() {
    let mut logs = Article::ALL.map(|article| founding(article).evtx()).to_vec();
    logs.extend([sample(), typed()]);
    for log in logs {
        let (expected, texts): (Vec<_>, Vec<_>) = both(&log).into_iter().unzip();
        let events = read_whole(export(texts.iter().map(String::as_str)));
        assert_eq!(events.len(), expected.len());
        for ((event, expected), text) in events.iter().zip(&expected).zip(&texts) {
            assert_eq!(event.in_xml(), expected.in_xml(), "{text}");
        }
    }
}

#[test]
fn all_that_writes_xml_is_understood() {
    let (expected, texts): (Vec<_>, Vec<_>) = both(&typed()).into_iter().unzip();
    let check = |bytes: Vec<u8>, what: &str| {
        assert_eq!(Kind::of(&bytes[..bytes.len().min(4608)]), Kind::Xml, "{what}");
        let events = read_whole(&bytes);
        assert!(events.iter().map(Plain::in_xml).eq(expected.iter().map(Plain::in_xml)), "{what}");
        for event in events {
            // A second look at an event starts at its offset, and finds it again.
            let (mut again, mut reader) = (Events::default(), xml::Reader::new(event.offset));
            reader.slice(&bytes[event.offset as usize..], &mut again);
            assert_eq!(again.0.first(), Some(&event), "{what}");
        }
    };
    let whole = export(texts.iter().map(String::as_str));
    let lines = texts.join("\r\n") + "\r\n";
    for (text, what) in [(whole, "Event Viewer"), (lines, "wevtutil"), (texts.concat(), "one line")] {
        let with_mark = format!("\u{feff}{text}");
        check(text.clone().into_bytes(), what);
        check(with_mark.clone().into_bytes(), what);
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            check(utf16(&text, to_bytes), what);
            check(utf16(&with_mark, to_bytes), what);
        }
    }
    let twice = format!("\u{feff}{0}\u{feff}{0}", export([texts[0].as_str()]));
    assert_eq!(read_whole(twice).len(), 2, "two files, one behind the other");
}

#[test]
fn any_slices_give_the_same() {
    let whole = export_of(&typed());
    let broken = whole.replacen("</System>", "</Sys>", 1).replacen("</Events>", "garbage </Event> more <", 1);
    for text in [whole, broken] {
        for bytes in [text.clone().into_bytes(), utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)] {
            let expected = read(&bytes);
            for size in (1..80).chain([1000, 4096, bytes.len() - 1]) {
                assert_eq!(read_in(&bytes, size), expected, "slices of {size} bytes");
            }
        }
    }
}

/// An event with the given content behind its `System`.
fn event(content: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Contoso'/>\
         <EventID Qualifiers='49152'>7000</EventID><Level>2</Level><TimeCreated SystemTime='2026-11-20T07:21:19.5Z'/>\
         <EventRecordID>5</EventRecordID><Channel>System</Channel><Computer>PC</Computer></System>{content}</Event>"
    )
}

fn fields(event: &Plain) -> Vec<(&str, &str)> {
    event.fields.iter().map(|(_, name, text)| (name.as_deref().unwrap_or_default(), text.as_str())).collect()
}

const SYSTEM: [(&str, &str); 2] = [("EventID_Qualifiers", "49152"), ("Level", "2")];

/// Checks the fields that an event's content gives.
fn check(content: &str, expected: &[(&str, &str)]) {
    let events = read_whole(event(content));
    assert_eq!(events[0].head, "Contoso 7000 Error 2026-11-20T07:21:19.5000000Z 5 System PC");
    assert_eq!(fields(&events[0]), [&SYSTEM, expected].concat(), "{content}");
}

#[test]
fn texts_are_decoded() {
    check("<EventData><Data Name='a&amp;b'>&lt;&#x41;&#66;&gt;&quot;&apos;</Data></EventData>", &[("a&b", "<AB>\"'")]);
    check("<EventData><Data>&nbsp;&#xFFFFFFFF; & &#0;&;</Data></EventData>", &[("", "&nbsp;&#xFFFFFFFF; & &#0;&;")]);
    check("<UserData><A b='x&nbsp;&y'>1</A></UserData>", &[("A_b", "x&nbsp;&y"), ("A", "1")]);
    check("<EventData><Data>a<![CDATA[<Event></Event>&amp;]]>b</Data></EventData>", &[("", "a<Event></Event>&amp;b")]);
    check("<EventData><!-- <Event></Event> --><Data>a<!-- </Event> -->b</Data></EventData>", &[("", "ab")]);
    check("<EventData><?pi </Event>?><Data/><Binary>00FF</Binary></EventData>", &[("", ""), ("Binary", "00FF")]);
    check("<EventData><Data Name=\"x\" Name2='>'> </Data></EventData>", &[("Data_Name2", ">"), ("x", " ")]);
    let prefixed = event("<EventData><Data>a</Data></EventData>").replace("</", "</e:").replace('<', "<e:");
    let prefixed = prefixed.replace("<e:/e:", "</e:");
    assert_eq!(fields(&read_whole(prefixed)[0]), [&SYSTEM[..], &[("", "a")]].concat());
    // A file in an old code page: what is not UTF-8 is replaced, the rest is read.
    let latin: Vec<u8> = event("<EventData><Data>Zürich</Data></EventData>").chars().map(|c| c as u8).collect();
    assert_eq!(fields(&read_whole(latin)[0])[2], ("", "Z\u{fffd}rich"));
}

const RENDERED: &str = "<EventData><Data Name='param1'>Spooler</Data></EventData><RenderingInfo Culture='de-DE'>\
    <Message>Der Dienst \"Spooler\" wurde nicht gestartet.</Message><Level>Fehler</Level><Task>Dienst</Task><Opcode></Opcode>\
    <Channel>Anwendung</Channel><Provider>Dienststeuerung</Provider><Keywords><Keyword>Klassisch</Keyword>\
    <Keyword>Prüfung</Keyword></Keywords></RenderingInfo>";

/// Takes the first event of a text and asks something of it.
struct Ask<F>(F);

impl<F: FnMut(&event::Event<'_>)> Sink for Ask<F> {
    fn record(&mut self, record: &Record<'_>) {
        (self.0)(&record.read().0);
    }
}

fn ask(text: &str, mut question: impl FnMut(&event::Event<'_>)) {
    let (mut asked, mut reader) = (0, xml::Reader::new(0));
    reader.slice(
        text.as_bytes(),
        &mut Ask(|event: &event::Event<'_>| {
            asked += 1;
            question(event);
        }),
    );
    assert_eq!(asked, 1);
}

#[test]
fn the_rendering_is_kept_apart() {
    let text = event(RENDERED);
    let events = read_whole(&text);
    let rendering = events[0].fields.iter().filter(|(part, ..)| *part == Part::Rendering);
    let names: Vec<_> = rendering.map(|(_, name, _)| name.as_deref().unwrap()).collect();
    let all = ["RenderingInfo_Culture", "Message", "Level", "Task", "Channel", "Provider", "Keyword", "Keyword"];
    assert_eq!(names, all);
    ask(&text, |event| {
        assert_eq!(event.message(), Some("Der Dienst \"Spooler\" wurde nicht gestartet."));
        assert_eq!(event.text("Level").as_deref(), Some("2"));
        assert_eq!(event.text("Channel").as_deref(), Some("System"));
        assert_eq!((event.text("Message"), event.text("Task"), event.text("Keyword")), (None, None, None));
        assert_eq!(event.text("param1").as_deref(), Some("Spooler"));
        assert_eq!(event.text("param2"), None);
        // Keywords are looked for in "the full log message", and in nothing else of the rendering.
        for (detection, matches) in [
            ("{selection: {Level: 2, EventID: 7000}, condition: selection}", true),
            ("{selection: {Level: Fehler}, condition: selection}", false),
            ("{selection: {Message|contains: Dienst}, condition: selection}", false),
            ("{keywords: ['*nicht gestartet*'], condition: keywords}", true),
            ("{keywords: ['*Dienststeuerung*'], condition: keywords}", false),
        ] {
            assert_eq!(parse(detection).matches(event), matches, "{detection}");
        }
    });
}

fn parse(detection: &str) -> Detection {
    let node = evtx_checkup::yaml::parse(detection, 1).unwrap();
    evtx_checkup::detection::parse::parse(&node, true, &mut Vec::new()).unwrap()
}

/// Checks what is read of a text, by record ids, and the problems with it: offsets, reasons and records lost.
fn check_broken(text: &str, ids: &[u64], problems: &[(usize, Reason, u64)]) {
    let problem = |(offset, reason, lost): &(usize, Reason, u64)| Problem {
        offset: *offset as u64,
        reason: reason.clone(),
        lost: *lost,
    };
    let problems: Vec<_> = problems.iter().map(problem).collect();
    for size in [1, 7, 100, text.len()] {
        let (events, coverage) = read_in(text.as_bytes(), size);
        let id = |event: &Plain| event.head.split(' ').nth(4).unwrap().parse::<u64>().unwrap();
        assert_eq!(events.iter().map(id).collect::<Vec<_>>(), ids, "{text}");
        assert_eq!(coverage.problems, problems, "slices of {size} bytes of {text}");
        assert_eq!(coverage.lost, problems.iter().map(|problem| problem.lost).sum::<u64>());
    }
}

fn numbered(id: u64, content: &str) -> String {
    event(content).replace("<EventRecordID>5<", &format!("<EventRecordID>{id}<"))
}

#[test]
fn a_broken_event_costs_no_other() {
    let [a, b, c] = [1, 2, 3].map(|id| numbered(id, "<EventData><Data>text</Data></EventData>"));
    let at = a.len();
    let tags = || Reason::RecordContent("tags that do not match".into());
    check_broken(&format!("{a}{b}{c}"), &[1, 2, 3], &[]);
    check_broken(&format!("{a}{}{c}", b.replace("</Data>", "</Date>")), &[1, 3], &[(at, tags(), 1)]);
    check_broken(&format!("{a}{}{c}", b.replace("</Data></EventData>", "</Data>")), &[1, 3], &[(at, tags(), 1)]);
    for cut in [7, 20, 100, b.len() - 1] {
        check_broken(&format!("{a}{}{c}", &b[..cut]), &[1, 3], &[(at, Reason::EventCut, 1)]);
        check_broken(&format!("{a}{}", &b[..cut]), &[1], &[(at, Reason::EventCut, 1)]);
    }
    // Without its start, an event is something between others.
    check_broken(&format!("{a}{}{c}", &b[10..]), &[1, 3], &[(at, Reason::NotAnEvent, 1)]);
    check_broken(&format!("{a}\n garbage <b>\n{b}{c}"), &[1, 2, 3], &[(at + 2, Reason::NotAnEvent, 0)]);
    check_broken(&format!("{a}{b}{c}\n<Eve"), &[1, 2, 3], &[(3 * at + 1, Reason::NotAnEvent, 0)]);
    check_broken(&format!("{a}\0\0\0{b}{c}"), &[1, 2, 3], &[(at, Reason::NotAnEvent, 0)]);
    // Cut between two events.
    check_broken(&format!("<Events>{a}{b}"), &[1, 2], &[(8 + 2 * at, Reason::ExportCut, 0)]);
    check_broken(&format!("<Events>{a}{b}</Events>\r\n"), &[1, 2], &[]);
    let unquoted = a.replace("Name='Contoso'", "Name=Contoso");
    let (events, coverage) = read(format!("{unquoted}{b}"));
    assert_eq!((events.len(), coverage.lost), (1, 1));
    check_broken("<Event/>", &[], &[]);
    assert_eq!(read("").1, Coverage::default());
    check_broken("<Event></Event>", &[], &[(0, Reason::RecordContent("it has no System".into()), 1)]);
}

#[test]
fn hostile_texts_are_refused() {
    let good = event("<EventData><Data>text</Data></EventData>");
    let lost_of = |text: &str| {
        let started = Instant::now();
        let (events, coverage) = read_in(text.as_bytes(), 256 << 10);
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert_eq!(events.last().map(fields), Some([&SYSTEM[..], &[("", "text")]].concat()), "the last event is read");
        (events.len(), coverage.lost, coverage.problems)
    };
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;&b;&b;\">]><Events>{}{good}</Events>",
        event("<EventData><Data>&c;&c;</Data></EventData>")
    );
    assert_eq!(lost_of(&laughs).0, 2);
    assert_eq!(fields(&read(&laughs).0[0])[2], ("", "&c;&c;"));
    let inner = event("<!DOCTYPE a [<!ENTITY b 'ha'>]><EventData><Data>&b;</Data></EventData>");
    assert_eq!(lost_of(&format!("{inner}{good}")).1, 1);
    let deep = event(&format!("<UserData>{}{}</UserData>", "<a>".repeat(100), "</a>".repeat(100)));
    let (_, lost, problems) = lost_of(&format!("{deep}{good}"));
    assert_eq!((lost, &problems[0].reason), (1, &Reason::RecordContent("elements nested too deeply".into())));
    let open = event(&"<a>".repeat(200_000));
    assert_eq!(lost_of(&format!("{open}{good}")).1, 1);
    let many = event(&format!("<EventData>{}</EventData>", "<Data/>".repeat(100_000)));
    assert_eq!(lost_of(&format!("{many}{good}")).1, 1);
    let attributes: String = (0..50_000).fold(String::new(), |mut text, number| {
        let _ = write!(text, " a{number}='1'");
        text
    });
    assert_eq!(lost_of(&format!("{}{good}", event(&format!("<UserData><A{attributes}/></UserData>")))).1, 1);
    // More than an event can have, in one attribute, in a text, in a comment and between events.
    let long = "x".repeat(3 << 20);
    for content in [
        format!("<UserData><A b='{long}'/></UserData>"),
        format!("<UserData><A>{long}</A></UserData>"),
        format!("<!--{long}-->"),
        format!("<UserData>{}</UserData>", "<A>b</A>".repeat(400_000)),
    ] {
        let (events, lost, problems) = lost_of(&format!("{}{good}", event(&content)));
        let expected = Problem { offset: 0, reason: Reason::EventTooLong, lost: 1 };
        assert_eq!((events, lost, problems), (1, 1, vec![expected]));
    }
    for between in [format!("<!--{long}"), format!("<{long}"), "<Event ".repeat(300_000), "<!--".repeat(300_000)] {
        let (events, _, problems) = lost_of(&format!("{good}{between}\n{good}{good}"));
        assert!((2..=3).contains(&events) && !problems.is_empty());
    }
}

#[test]
fn other_texts_are_named() {
    let check = |text: &str, expected: Kind| {
        let kind = |bytes: &[u8]| Kind::of(bytes);
        assert_eq!(kind(text.as_bytes()), expected, "{text}");
        assert_eq!(kind(&utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)), expected, "{text}");
        assert_eq!(kind(format!("\u{feff}{text}").as_bytes()), expected, "{text}");
    };
    check(&event(""), Kind::Xml);
    check("<?xml version='1.0'?>\r\n<Events><e:Event xmlns:e='urn:e'>", Kind::Xml);
    check("<html><body>Event</body></html>", Kind::OtherXml);
    check("<EventLog><Events/></EventLog>", Kind::OtherXml);
    check(
        "Level,Date and Time,Source,Event ID,Task Category\r\nError,11/20/2026 7:21:19 AM,Service Control Manager,7034,None,\"The",
        Kind::Csv,
    );
    check(
        "Ebene\tDatum und Uhrzeit\tQuelle\tEreignis-ID\tAufgabenkategorie\r\nFehler\t20.11.2026 07:21:19\tDisk\t7\tKeine",
        Kind::Csv,
    );
    check("レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\r\nエラー,2026/11/20 7:21:19,Disk,7,なし", Kind::Csv);
    check("One, two, three, four, five\nand no moment, 1.2.3.4", Kind::Text);
    check("Not a log.", Kind::Text);
    for kind in [Kind::Csv, Kind::OtherXml] {
        assert!(
            kind.refusal()
                .is_some_and(|sentence| sentence.contains("not an event log") || sentence.contains("wevtutil epl"))
        );
    }
}

fn checkup(bytes: &[u8]) -> Report {
    let knowledge = evtx_checkup::built_in();
    let file = FileReport::open("export.xml", bytes.len() as u64, &bytes[..bytes.len().min(Kind::START)]);
    assert_eq!(file.kind, Kind::Xml);
    let mut report = Report::default();
    let mut checkup = InOrder::new(&knowledge, 0, &file, xml::Reader::new(0));
    bytes.chunks(256 << 10).for_each(|slice| report.merge(checkup.slice(slice)));
    report.merge(checkup.finish());
    report
}

#[test]
fn founding_articles_match_an_export() {
    let ids = [
        (Article::Q124641, "rdr-srv-already-running-sms-beta"),
        (Article::Q283472, "sms-bootstrap-unexpected-exit"),
        (Article::Q101355, "messenger-name-conflict"),
        (Article::Q277770, "exchange-inetinfo-service-not-in-program"),
    ];
    let knowledge = evtx_checkup::built_in();
    for (article, id) in ids {
        let log = founding(article);
        let report = checkup(export_of(&log.evtx()).as_bytes());
        let findings = report.findings(&knowledge);
        let finding = findings.iter().find(|finding| finding.article.id == id).unwrap();
        let found: Vec<u64> = report.evidence(finding).iter().map(|evidence| evidence.record_id).collect();
        let expected: Vec<u64> = log.expected.iter().rev().copied().collect();
        assert!(found == expected || found == log.expected, "{id}: {found:?}");
    }
}

#[test]
fn an_export_and_its_log_give_the_same_report() {
    let knowledge = evtx_checkup::built_in();
    let log = sample();
    let file = FileReport::open("sample.evtx", log.len() as u64, &log[..4608]);
    let of_log = evtx_checkup::checkup::slice(&knowledge, 0, &file, &log[HEADER_SIZE as usize..], HEADER_SIZE);
    let of_export = checkup(export_of(&log).as_bytes());
    let counts = |report: &Report| -> Vec<(String, u64)> {
        let findings = report.findings(&knowledge);
        findings.iter().map(|finding| (finding.article.id.clone(), finding.count)).collect()
    };
    assert_eq!(counts(&of_export), counts(&of_log));
    assert_eq!(of_export.records(), of_log.records());
    assert_eq!(of_export.unexplained, of_log.unexplained);
    assert!(of_export.kinds.keys().eq(of_log.kinds.keys()));
}

/// Damages a copy of a text in a few places.
fn mutant(text: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const PIECES: [&[u8]; 8] = [b"<", b">", b"<Event>", b"</Event>", b"<!--", b"<![CDATA[", b"&", b"\"\xff\0"];
    let mut bytes = text.to_vec();
    for _ in 0..1 + numbers.below(5) {
        let at = numbers.below(bytes.len());
        match numbers.below(5) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes[at] = numbers.below(256) as u8,
            2 => drop(bytes.drain(at..(at + numbers.below(300)).min(text.len() / 2).max(at))),
            3 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            _ => {
                let length = numbers.below(200).min(bytes.len() - at);
                let from = numbers.below(bytes.len() - length);
                bytes.copy_within(from..from + length, at);
            }
        }
    }
    bytes
}

#[test]
fn four_thousand_mutants() {
    let (_, texts): (Vec<_>, Vec<_>) = both(&sample()).into_iter().take(15).unzip();
    let text = export(texts.iter().map(String::as_str));
    let (mut numbers, mut with_loss, mut slowest) = (Numbers(1), 0, Duration::ZERO);
    for number in 0..4000 {
        let wide = number % 4 == 3;
        let original = if wide { utf16(&text, u16::to_le_bytes) } else { text.clone().into_bytes() };
        let bytes = mutant(&original, &mut numbers);
        let started = Instant::now();
        let (events, coverage) = read(&bytes);
        slowest = slowest.max(started.elapsed());
        assert_eq!(read_in(&bytes, 1 + numbers.below(5000)), (events.clone(), coverage.clone()), "mutant {number}");
        // Few places are damaged: nearly all events are there. One odd byte makes nonsense of the rest in UTF-16.
        assert!(wide || events.len() + 12 >= texts.len(), "mutant {number}: {} events", events.len());
        assert!(events.iter().all(|event| event.offset < bytes.len() as u64), "mutant {number}");
        with_loss += u64::from(coverage.lost > 0);
        Kind::of(&bytes);
    }
    println!("{with_loss} of 4000 texts lost events; reading took {slowest:?} at most");
    // It takes milliseconds; this leaves room for a busy machine.
    assert!(with_loss > 1000 && slowest < Duration::from_secs(20));
}

#[test]
fn every_cut_keeps_what_is_before() {
    let (_, texts): (Vec<_>, Vec<_>) = both(&typed()).into_iter().unzip();
    let text = export(texts.iter().map(String::as_str));
    let ends: Vec<_> = text.match_indices("</Event>").map(|(at, end)| at + end.len()).collect();
    for cut in 0..text.len() {
        let (events, coverage) = read(&text.as_bytes()[..cut]);
        assert_eq!(events.len(), ends.iter().filter(|end| **end <= cut).count(), "{cut} bytes");
        let said = coverage.problem_count > 0;
        assert!(
            said || cut < "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>".len(),
            "{cut}"
        );
    }
}

#[test]
fn real_records_are_the_same_in_xml() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let (mut same, mut different) = (0, 0);
    for path in test_files::all(folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if Header::recognise(&bytes, bytes.len() as u64).is_none() {
            continue;
        }
        for chunk in (0..chunk_count(bytes.len() as u64)).step_by(5) {
            let start = (HEADER_SIZE + chunk * CHUNK_SIZE) as usize;
            let mut events = Events::default();
            let chunk = &bytes[start..bytes.len().min(start + CHUNK_SIZE as usize)];
            // What is left of broken records differs in any case.
            if evtx::Reader::default().slice(chunk, 0, &mut events).problem_count > 0 {
                continue;
            }
            let texts: Vec<_> = events.0.iter().map(|event| to_xml(chunk, event.offset as usize).unwrap()).collect();
            let (read, coverage) = read(export(texts.iter().map(String::as_str)));
            if coverage.problem_count > 0 || read.len() != events.0.len() {
                println!("{}: {:?}", path.display(), coverage.problems.first());
                different += 1;
                continue;
            }
            for ((event, expected), text) in read.iter().zip(&events.0).zip(&texts) {
                if event.in_xml() == expected.in_xml() {
                    same += 1;
                } else {
                    different += 1;
                    if different < 12 {
                        println!("{}\n{:?}\n{:?}\n{text}", path.display(), event.in_xml(), expected.in_xml());
                    }
                }
            }
        }
    }
    println!("{same} records");
    assert!(same > 10_000 && different == 0, "{different} records are read differently");
}

#[test]
fn a_long_export_is_read_slice_by_slice() {
    let mut out = std::io::Cursor::new(Vec::new());
    benchmark(&mut out, 1 << 20).unwrap();
    let text = export_of(&out.into_inner());
    let (events, coverage) = read_in(text.as_bytes(), 256 << 10);
    assert_eq!(coverage.problems, []);
    assert_eq!(events, read_in(text.as_bytes(), 1000).0);
}
