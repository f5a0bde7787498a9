//! The command line, run as people and scripts run it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use log_writer::logs::{Article, founding, sample};
use log_writer::{Event, EvtWriter, Level, evtx, filetime, zip};
use serde_json::{Value, json};

/// A folder for the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evtx-checkup")).args(arguments).output().unwrap()
}

/// Runs the program on files and checks its exit status. Gives what it wrote.
fn check(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}\n{error}");
    assert_eq!(error, "", "{arguments:?}");
    out
}

/// The same for `--format json`.
fn check_json(files: &[&str], status: i32) -> Value {
    serde_json::from_str(&check(&[&["--format", "json"], files].concat(), status)).unwrap()
}

/// A log without a problem.
fn quiet() -> Vec<u8> {
    evtx([Event::classic("EventLog", 6005), Event::service_control_manager(7036).param("Spooler").param("running")])
}

/// A log with one known issue, in the last record of its only chunk.
fn crashed() -> Vec<u8> {
    let crash = Event::service_control_manager(7034).param("Contoso Agent").param("1");
    evtx([Event::classic("EventLog", 6005), crash.time(filetime(2026, 11, 20, 7, 21, 19))])
}

#[test]
fn the_exit_status_says_what_was_found_and_what_was_not_read() {
    let folder = Folder::new("status");
    let quiet = folder.write("quiet.evtx", &quiet());
    let crashed_log = folder.write("crashed.evtx", &crashed());
    check(&[&quiet], 0);
    check(&[&crashed_log], 1);
    check(&[&quiet, &crashed_log], 1);
    // What is not an event log.
    let text = folder.write("notes.txt", b"Not a log.\n");
    check(&[&text], 2);
    check(&[&folder.write("notes.evtx", b"Not a log, whatever its name.\n")], 2);
    check(&[&folder.write("empty.evtx", b"")], 2);
    check(&[&folder.path("missing.evtx")], 2);
    check(&[folder.0.to_str().unwrap()], 2);
    // A log is read whatever its name is.
    check(&[&folder.write("crashed.txt", &crashed())], 1);
    // Damage outweighs findings: what was not read may hold more.
    let mut damaged = crashed();
    damaged[4096 + 512 + 40] ^= 0xff;
    let damaged = folder.write("damaged.evtx", &damaged);
    let out = check(&[&damaged], 2);
    assert!(out.contains("A service ended unexpectedly"), "the findings are shown all the same:\n{out}");
    let mut cut = crashed();
    cut.truncate(40_000);
    check(&[&folder.write("cut.evtx", &cut)], 2);
    check(&[&folder.write("no-header.evtx", &quiet_without_header())], 2);
    let mut header = crashed();
    header[100] ^= 1;
    check(&[&folder.write("header.evtx", &header)], 2);
    check(&[&quiet, &text], 2);
    check(&[&crashed_log, &folder.path("missing.evtx")], 2);
}

/// A log without a problem whose file header is gone.
fn quiet_without_header() -> Vec<u8> {
    let mut log = quiet();
    log[..4096].fill(0);
    log
}

/// Checks that an object has these keys and no others.
fn check_keys(value: &Value, keys: &[&str]) {
    let own: BTreeSet<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(own, keys.iter().copied().collect(), "{value}");
}

/// Checks the shape of a report, and that its sums add up.
fn check_shape(report: &Value) {
    let keys = ["note", "redacted", "files", "findings", "unexplained", "explained_groups", "not_evaluated", "totals"];
    check_keys(report, &keys);
    let list = |value: &Value| value.as_array().unwrap().clone();
    let number = |value: &Value| value.as_u64().unwrap();
    for file in list(&report["files"]) {
        let keys = ["name", "kind", "computer", "records", "repeated", "carved", "damaged", "declared", "undeclared"];
        check_keys(&file, &[&keys[..], &["problems", "dirty", "first", "last"]].concat());
        let sum: u64 = ["records", "repeated", "damaged"].into_iter().map(|key| number(&file[key])).sum();
        match file["declared"].as_u64() {
            Some(declared) => assert_eq!(sum, declared),
            None => assert!(file["undeclared"].is_string()),
        }
        assert!(file["name"].is_string() && file["kind"].is_string() && file["dirty"].is_boolean());
        assert_eq!(file["first"].is_string(), number(&file["records"]) > 0);
        assert_eq!(file["last"].is_string(), number(&file["records"]) > 0);
        for problem in list(&file["problems"]) {
            check_keys(&problem, &["offset", "reason"]);
            assert!(problem["offset"].is_u64() && problem["reason"].is_string());
        }
    }
    for finding in list(&report["findings"]) {
        let keys = [
            "id",
            "title",
            "level",
            "verdict",
            "count",
            "carved",
            "first",
            "last",
            "subjects",
            "computers",
            "sources",
            "other_windows",
            "follows",
            "followed_by",
            "grade",
            "passages",
            "sections",
        ];
        check_keys(&finding, &keys);
        assert!(["informational", "low", "medium", "high", "critical"].contains(&finding["level"].as_str().unwrap()));
        let verdicts = ["fix", "investigate", "safe-to-ignore", "informational"];
        assert!(verdicts.contains(&finding["verdict"].as_str().unwrap()));
        assert!(number(&finding["count"]) > 0 && finding["first"].as_str() <= finding["last"].as_str());
        list(&finding["subjects"]).iter().for_each(|subject| check_keys(subject, &["name", "count"]));
        let subjects: u64 = list(&finding["subjects"]).iter().map(|subject| number(&subject["count"])).sum();
        assert!(subjects <= number(&finding["count"]));
        assert!(list(&finding["computers"]).iter().all(Value::is_string));
        assert!(!list(&finding["sources"]).is_empty() && list(&finding["sources"]).iter().all(Value::is_string));
    }
    let sum = |key: &str| -> u64 {
        for kind in list(&report[key]) {
            check_keys(&kind, &["provider", "event_id", "level", "count"]);
            assert!(["critical", "error", "warning"].contains(&kind["level"].as_str().unwrap()));
            assert!(kind["provider"].is_string() && kind["event_id"].is_u64());
        }
        list(&report[key]).iter().map(|kind| number(&kind["count"])).sum()
    };
    let totals = &report["totals"];
    check_keys(totals, &["records", "critical", "error", "warning", "explained"]);
    assert_eq!(sum("explained_groups"), number(&totals["explained"]));
    let problems = ["critical", "error", "warning"].map(|level| number(&totals[level])).iter().sum::<u64>();
    assert_eq!(sum("explained_groups") + sum("unexplained"), problems);
    let records: u64 = list(&report["files"]).iter().map(|file| number(&file["records"])).sum();
    assert_eq!(records, number(&totals["records"]));
}

#[test]
fn json_of_logs_with_and_without_findings() {
    let folder = Folder::new("json");
    let path = folder.write("crashed.evtx", &crashed());
    let report = check_json(&[&path], 1);
    check_shape(&report);
    let first = "2026-11-20T08:00:00.0000000Z";
    let crash = "2026-11-20T07:21:19.0000000Z";
    assert_eq!(
        report["files"],
        serde_json::json!([{
            "name": path, "kind": "evtx", "computer": "SAMPLE-PC", "records": 2, "repeated": 0, "carved": 0,
            "damaged": 0, "declared": 2, "undeclared": null, "problems": [], "dirty": false, "first": crash, "last": first,
        }])
    );
    let finding = &report["findings"][0];
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!((&finding["id"], &finding["count"]), (&"service-crashed".into(), &1.into()));
    assert_eq!(finding["subjects"], serde_json::json!([{"name": "Contoso Agent", "count": 1}]));
    assert_eq!(finding["computers"], serde_json::json!(["SAMPLE-PC"]));
    assert_eq!((&finding["first"], &finding["last"]), (&crash.into(), &crash.into()));
    assert_eq!(finding["other_windows"], Value::Bool(false));
    let kind = serde_json::json!([{
        "provider": "Service Control Manager", "event_id": 7034, "level": "error", "count": 1,
    }]);
    assert_eq!((&report["explained_groups"], &report["unexplained"]), (&kind, &serde_json::json!([])));

    let quiet = check_json(&[&folder.write("quiet.evtx", &quiet())], 0);
    check_shape(&quiet);
    assert_eq!((&quiet["findings"], &quiet["unexplained"]), (&serde_json::json!([]), &serde_json::json!([])));

    for (name, log) in [("sample.evtx", sample()), ("seed.evtx", founding(Article::Q277770).evtx())] {
        let report = check_json(&[&folder.write(name, &log)], 1);
        check_shape(&report);
        assert!(report["findings"].as_array().unwrap().len() > 1 && report["totals"]["explained"].as_u64() > Some(0));
    }
}

#[test]
fn logs_of_windows_nt() {
    let folder = Folder::new("evt");
    let log = founding(Article::Q101355);
    let path = folder.write("SysEvent.Evt", &log.evt());
    let report = check_json(&[&path], 1);
    check_shape(&report);
    let file = &report["files"][0];
    assert_eq!((&file["kind"], &file["records"]), (&"evt".into(), &log.events.len().into()));
    let found =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == "messenger-name-conflict");
    assert_eq!(found.unwrap()["count"], log.expected.len());
    // Larger than a slice, in use, and the last record broken.
    let mut writer = EvtWriter::new().max_size(9 << 20);
    (0..20).for_each(|_| log.events.iter().for_each(|event| _ = writer.write(event)));
    writer.leave_header_stale();
    let records = writer.numbers().len();
    let mut large = writer.finish();
    let report = check_json(&[&folder.write("large.evt", &large)], 1);
    check_shape(&report);
    let file = &report["files"][0];
    assert_eq!((&file["records"], &file["damaged"], &file["dirty"]), (&records.into(), &0.into(), &true.into()));
    let magic = large.windows(4).rposition(|bytes| bytes == b"LfLe").unwrap();
    large[magic] = b'?';
    let text = check(&[&folder.write("damaged.evt", &large)], 2);
    assert!(
        text.contains(&format!(
            "damaged.evt: {} records read, 1 lost, {records} declared, from SERVER12345",
            records - 1
        )),
        "{text}"
    );
    assert!(text.contains(&format!("at byte {}: no record where one should start", magic - 4)), "{text}");
    assert!(text.contains("the log holds fewer records than it declares"), "{text}");
}

#[test]
fn json_of_what_could_not_be_read() {
    let folder = Folder::new("json-unread");
    let missing = folder.path("missing.evtx");
    let report = check_json(&[&missing], 2);
    check_shape(&report);
    let file = &report["files"][0];
    assert_eq!((&file["name"], &file["records"]), (&missing.as_str().into(), &0.into()));
    assert!(file["problems"][0]["reason"].as_str().unwrap().contains("could not be read"), "{file}");

    let report = check_json(&[&folder.write("notes.txt", b"Not a log.")], 2);
    check_shape(&report);
    assert_eq!(report["files"][0]["kind"], "text");

    let mut damaged = crashed();
    damaged[4096 + 512] = b'?';
    let report = check_json(&[&folder.write("damaged.evtx", &damaged)], 2);
    check_shape(&report);
    let file = &report["files"][0];
    assert_eq!((&file["kind"], &file["records"], &file["damaged"]), (&"evtx".into(), &1.into(), &1.into()));
    let offsets: Vec<_> = file["problems"].as_array().unwrap().iter().map(|p| p["offset"].as_u64().unwrap()).collect();
    assert_eq!(offsets, [4096, 4096 + 512]);
}

#[test]
fn an_export_is_a_log_too() {
    let folder = Folder::new("export");
    let event = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Service Control Manager'/><EventID>7034</EventID><Level>2</Level>\
        <TimeCreated SystemTime='2026-11-20T07:21:19Z'/><Channel>System</Channel><Computer>SAMPLE-PC</Computer></System>\
        <EventData><Data Name='param1'>Contoso Agent</Data><Data Name='param2'>1</Data></EventData></Event>";
    let report = check_json(&[&folder.write("export.xml", format!("<Events>{event}{event}</Events>").as_bytes())], 1);
    check_shape(&report);
    let file = &report["files"][0];
    assert_eq!((&file["kind"], &file["records"], &file["damaged"]), (&"xml".into(), &2.into(), &0.into()));
    assert_eq!((&report["findings"][0]["id"], &report["findings"][0]["count"]), (&"service-crashed".into(), &2.into()));
    // A cut one is read as far as it goes.
    let report = check_json(&[&folder.write("cut.xml", format!("<Events>{event}{}", &event[..99]).as_bytes())], 2);
    let file = &report["files"][0];
    assert_eq!((&file["records"], &file["damaged"]), (&1.into(), &1.into()));
    assert!(file["problems"][0]["reason"].as_str().unwrap().contains("breaks off"), "{file}");
    let other = check_json(&[&folder.write("other.xml", b"<html></html>")], 2);
    assert_eq!(other["files"][0]["kind"], "other-xml");
    let csv = b"Level,Date and Time,Source,Event ID,Task Category\r\nError,11/20/2026 7:21:19 AM,Disk,7,None,\"Bad\"";
    let text = check(&[&folder.write("export.csv", csv)], 2);
    assert!(text.contains("wevtutil epl System System.evtx"), "{text}");
}

#[test]
fn several_files_give_one_report() {
    let folder = Folder::new("several");
    let log = founding(Article::Q101355);
    let one = folder.write("one.evtx", &log.evtx());
    let two = folder.write("two.evtx", &crashed());
    let three = folder.write("three.evtx", &quiet());
    let alone = check_json(&[&one], 1);
    let report = check_json(&[&one, &two, &three, &one], 1);
    check_shape(&report);
    let names: Vec<_> = report["files"].as_array().unwrap().iter().map(|file| file["name"].clone()).collect();
    assert_eq!(names, [one.as_str(), &two, &three, &one], "the files are in the order given");
    let count = |report: &Value, id: &str| -> u64 {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["id"] == id).map_or(0, |finding| finding["count"].as_u64().unwrap())
    };
    for id in ["messenger-name-conflict", "service-ended-with-own-error-code"] {
        assert!(count(&alone, id) > 0);
        assert_eq!(count(&report, id), count(&alone, id), "{id}");
    }
    assert_eq!(count(&report, "service-crashed"), 1 + count(&alone, "service-crashed"));
    // What the last file has, the first one has too; and both small logs begin with the same record.
    let records = log.events.len() as u64;
    assert_eq!(report["totals"]["records"].as_u64(), Some(records + 3));
    let repeated: Vec<_> = report["files"].as_array().unwrap().iter().map(|file| file["repeated"].as_u64()).collect();
    assert_eq!(repeated, [Some(0), Some(0), Some(1), Some(records)]);
    let text = check(&[&one, &two, &three], 1);
    for path in [&one, &two, &three] {
        assert_eq!(text.lines().filter(|line| line.starts_with(&format!("{path}: "))).count(), 1, "{text}");
    }
}

#[test]
fn what_a_log_has_given_up_is_read_when_asked_for() {
    // A log with one record is written over one with two: the second one is left behind its end.
    let folder = Folder::new("carve");
    let (mut log, short) = (crashed(), evtx([Event::classic("EventLog", 6005)]));
    let end = short[4096 + 48..][..4].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte));
    log[..4096 + end].copy_from_slice(&short[..4096 + end]);
    let path = folder.write("carve.evtx", &log);
    check(&[&path], 0);
    let report = check_json(&["--carve", &path], 1);
    let (file, finding) = (&report["files"][0], &report["findings"][0]);
    assert_eq!((&file["records"], &file["carved"], &file["declared"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(
        (&finding["id"], &finding["count"], &finding["carved"]),
        (&"service-crashed".into(), &1.into(), &1.into())
    );
    let text = check(&["--carve", &path], 1);
    assert!(text.contains("carve.evtx: 1 record read, 1 carved, 1 declared"), "{text}");
    assert!(text.contains("1 record carved from what the logs have given up"), "{text}");
}

#[test]
fn text_shows_findings_with_what_to_do() {
    let folder = Folder::new("text");
    let path = folder.write("crashed.evtx", &crashed());
    let text = check(&[&path], 1);
    assert_eq!(text, check(&["--format", "text", &path], 1), "text is the usual format");
    for part in [
        "kb/services/service-crashed.md",
        "affects Contoso Agent (1)",
        "from 2026-11-20 07:21:19 to 2026-11-20 07:21:19 UTC",
        "  Resolution:",
        "crashed.evtx: 2 records read, 2 declared, from SAMPLE-PC",
        "Of 1 critical, error and warning records, articles explain 1 and none explains 0.",
    ] {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
    let unexplained = evtx([Event::classic("Contoso VPN", 5).level(Level::Error), Event::classic("Fabrikam", 1)]);
    let text = check(&[&folder.write("unexplained.evtx", &unexplained)], 0);
    assert!(text.contains("No known issue was found in what could be read."), "{text}");
    assert!(text.contains("Contoso VPN 5 (error)") && !text.contains("Fabrikam"), "{text}");
}

#[test]
fn text_says_what_was_not_read() {
    let folder = Folder::new("text-unread");
    let check_says = |path: &str, parts: &[&str]| {
        let text = check(&[path], 2);
        parts.iter().for_each(|part| assert!(text.contains(part), "{part:?} in\n{text}"));
    };
    check_says(&folder.write("notes.txt", b"Not a log."), &["notes.txt: This is a text file, not an event log."]);
    check_says(&folder.write("empty.evtx", b""), &["empty.evtx: The file is empty"]);
    let mut cut = crashed();
    cut.truncate(4096 + 512 + 100);
    check_says(
        &folder.write("cut.evtx", &cut),
        &[
            "cut.evtx: 0 records read, 2 lost, 2 declared",
            "at byte 4096: the file ends inside this chunk, after 612 of 65536 bytes",
            "No known issue was found in what could be read.",
        ],
    );
    check_says(
        &folder.write("header.evtx", &quiet_without_header()),
        &["header.evtx: 2 records read", "at byte 0: the file header is damaged; the log was read without it"],
    );
    let mut second = founding(Article::Q101355).evtx();
    second[4096 + 65536..][..8].fill(b'?');
    check_says(
        &folder.write("second.evtx", &second),
        &[
            "at byte 69632: no chunk where one should be",
            "at byte 69632: by the record numbers around it, chunks are missing here",
        ],
    );
}

#[test]
fn folders_and_archives() {
    let folder = Folder::new("folders");
    folder.write("logs/System.evtx", &crashed());
    folder.write("logs/desktop.ini", b"[.ShellClassInfo]");
    folder.write("logs/old/quiet.zip", &zip(&[("System.evtx", &quiet()), ("readme.txt", b"Read me.")]));
    folder.write("nested.zip", &zip(&[("logs.zip", &zip(&[("deep/System.evtx", &crashed())]))]));
    let names = |report: &Value| -> Vec<String> {
        let names = report["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned());
        names.map(|name| name.replace(folder.0.to_str().unwrap(), "")).collect()
    };
    let report = check_json(&[&folder.path("logs")], 1);
    assert_eq!(names(&report), ["/logs/System.evtx", "/logs/old/quiet.zip › System.evtx"]);
    // One of its records is in the other log too.
    assert_eq!((&report["files"][1]["records"], &report["files"][1]["repeated"]), (&json!(1), &json!(1)));
    let report = check_json(&[&folder.path("nested.zip")], 1);
    assert_eq!(names(&report), ["/nested.zip › logs.zip › deep/System.evtx"]);
    assert_eq!(report["findings"][0]["count"], 1);
    // An archive of other files, and one that is damaged.
    check(&[&folder.write("other.zip", &zip(&[("readme.txt", b"Read me.")]))], 2);
    check(&[&folder.write("damaged.zip", b"PK\x03\x04 and no more")], 2);
}

#[test]
fn text_says_why_a_file_could_not_be_opened() {
    let folder = Folder::new("text-missing");
    for path in [folder.path("missing.evtx"), folder.0.to_str().unwrap().to_owned()] {
        let text = check(&[&path], 2);
        let line = text.lines().find(|line| line.contains("could not be read: "));
        assert!(line.is_some(), "{text}");
        assert!(!text.contains("This is not a Windows event log"), "nobody has looked into it:\n{text}");
    }
}

#[test]
fn text_from_the_log_does_not_control_the_terminal() {
    let folder = Folder::new("hostile");
    let evil = "a\u{1b}[2J\u{7}\u{8}\u{9b}31m\u{7f}\rb\tc\0d";
    let crash = Event::service_control_manager(7034).param(evil).param("1").computer(evil).channel(evil);
    let unknown = Event::classic(evil, 7).level(Level::Error).computer(evil);
    let text = check(&[&folder.write("hostile.evtx", &evtx([crash, unknown]))], 1);
    let control: Vec<_> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert_eq!(control, [], "{text:?}");
    assert!(text.contains("\u{fffd}[2J"), "what it was can be seen");
}

#[test]
fn text_from_the_log_starts_no_line_of_its_own() {
    let folder = Folder::new("lines");
    // Real records do so too: 7026 lists its drivers each on a line of its own.
    let evil = "Spooler\nNo known issue was found.\r\nAll is well.";
    let crash = Event::service_control_manager(7034).param(evil).param("1").computer(evil);
    let unknown = Event::classic(evil, 7).level(Level::Error).computer(evil);
    let text = check(&[&folder.write("lines.evtx", &evtx([crash, unknown]))], 1);
    let forged = text.lines().find(|line| line.starts_with("No known") || line.starts_with("All is well"));
    assert_eq!(forged, None, "{text}");
    assert!(text.contains("All is well."), "what it was can be seen");
}

/// What a text says without its marks: no format can write a name so that this does not show it.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn no_name_survives_redaction() {
    // Each where the report has it: as a computer, as something affected, as a file.
    const SECRETS: [&str; 18] = [
        "FILIALE17",
        "ZENTRALE",
        "nordwind.example",
        "NORDWIND",
        "m.mustermann",
        "Änne O'Brîen_2",
        "j.mail",
        "mailprovider.example",
        "vertragsordner",
        "FS-AKTEN",
        "dc-unbekannt",
        "fremdling",
        "profilbesitzer",
        "Erika Beispiel",
        "1004336348-1177238915",
        "10.77.66.55",
        "fd00:77::66",
        "gehaltsabteilung",
    ];
    let folder = Folder::new("redact");
    let crash = |service: &'static str| {
        let crash = Event::service_control_manager(7034).param(service).param("1");
        crash.computer("FILIALE17.nordwind.example")
    };
    let affected = [
        "Agent of m.mustermann",
        "M.MUSTERMANN@NORDWIND.EXAMPLE",
        "Änne O'Brîen_2",
        "for ÄNNE O'BRÎEN_2, too",
        r"NORDWIND\fremdling",
        "Fremdling alone",
        "mail to j.mail@mailprovider.example",
        r"\\FS-AKTEN\vertragsordner\Fremdling plan.docx",
        r"\\?\UNC\fs-akten\sysvol\nordwind.example\Policies",
        "dc-unbekannt.nordwind.example:389 does not answer",
        r"C:\Users\Profilbesitzer\AppData\a.exe",
        "profilbesitzer's agent",
        r#"{"path":"C:\\Users\\Erika Beispiel\\a.exe"}"#,
        "S-1-5-21-1004336348-1177238915-682003330-512 and s-1-5-21-1004336348-1177238915-682003330-513",
        "10.77.66.55:443, [fd00:77::66]:443, fd00:77::66%4",
        "CN=Zentrale,OU=Gehaltsabteilung,DC=nordwind,DC=example",
        "filiale17$ and ZENTRALE",
        "NT AUTHORITY\\SYSTEM with S-1-5-18 at 127.0.0.1 and ::1",
    ];
    // Records that nothing is handed over of say what is a name.
    let logon = Event::classic("Security", 4624)
        .data("TargetUserName", "M.Mustermann")
        .data("SubjectUserName", "änne o'brîen_2")
        .data("WorkstationName", "Zentrale")
        .data("TargetDomainName", "Nordwind");
    let log = evtx(affected.iter().map(|service| crash(service)).chain([logon]));
    let zipped = zip(&[(r"Zentrale/m.mustermann_System.evtx", &log)]);
    let mut damaged = log.clone();
    damaged[4096 + 512 + 40] ^= 0xff;
    folder.write("FILIALE17_System.evtx", &log);
    folder.write("home/profilbesitzer/10.77.66.55.zip", &zipped);
    folder.write("Users/Erika Beispiel/damaged.evtx", &damaged);
    folder.write("ZENTRALE/notes.evtx", b"no log");
    let unknown = Event::classic("Agent M.Mustermann", 7).level(Level::Error).computer("Zentrale");
    let strings = Event::classic("Fabrikam", 8).level(Level::Error).string("x").computer("FILIALE17");
    let mut evt = EvtWriter::new();
    [unknown, strings].iter().for_each(|event| _ = evt.write(event));
    folder.write("fs-akten.evt", &evt.finish());
    let all = folder.0.to_str().unwrap();
    let mut shown = String::new();
    for format in ["text", "json", "markdown", "html", "csv"] {
        shown.push_str(&letters(&check(&["--format", format, all], 2)));
        let out = check(&["--format", format, "--redact", all], 2);
        let said = letters(&out);
        for secret in SECRETS {
            assert!(!said.contains(&letters(secret)), "{secret} in {format}:\n{out}");
        }
        // What everybody has stays.
        let known = ["ntauthoritysystem", "s1518", "127001", "agent", "systemevtx"];
        known.iter().for_each(|known| assert!(said.contains(known), "{known} in {format}:\n{out}"));
    }
    // Each is in a report from which nothing was taken.
    SECRETS.iter().for_each(|secret| assert!(shown.contains(&letters(secret)), "{secret}"));

    let report: Value = serde_json::from_str(&check(&["--format", "json", "--redact", all], 2)).unwrap();
    check_shape(&report);
    assert_eq!(report["redacted"], true);
    // The same name has the same word everywhere.
    let finding = &report["findings"][0];
    let computer = finding["computers"][0].as_str().unwrap();
    assert_eq!(finding["computers"], serde_json::json!([computer]));
    assert!(computer.starts_with("COMPUTER-"), "{computer}");
    let names: Vec<_> = report["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert!(names.iter().any(|name| name.ends_with(&format!("{computer}_System.evtx"))), "{names:?}");
    let subjects: Vec<_> =
        finding["subjects"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    let user = |before: &str| {
        let subject = subjects.iter().find_map(|subject| subject.strip_prefix(before));
        subject.unwrap_or_else(|| panic!("{before} in {subjects:?}")).to_owned()
    };
    let mustermann = user("Agent of ");
    assert!(subjects.iter().any(|subject| *subject == format!("{mustermann}@DOMAIN-1")), "{subjects:?}");
    assert!(user(r"C:\Users\").strip_suffix(r"\AppData\a.exe").is_some_and(|user| user.starts_with("USER-")));
    assert!(subjects.contains(&"NT AUTHORITY\\SYSTEM with S-1-5-18 at 127.0.0.1 and ::1"), "{subjects:?}");
    // What somebody knows better.
    let wishes = ["--redact", "--keep", "filiale17", "--hide", "AGENT", "--format", "csv", all];
    let out = check(&wishes, 2);
    assert!(out.contains("FILIALE17_System.evtx") && !letters(&out).contains("mustermann"), "{out}");
    assert!(out.contains("TEXT-1 of USER-") && !out.contains("Agent of"), "{out}");
}

#[test]
fn help() {
    for argument in ["--help", "-h"] {
        let text = check(&[argument], 0);
        assert!(
            text.contains(
                "Usage: evtx-checkup [--format text|json|markdown|html|csv] [--redact] [--kb PATH]... [--carve] PATH..."
            ),
            "{text}"
        );
        assert!(text.contains("Exit status: 0 no known issue, 1 known issues found, 2"), "{text}");
    }
    check(&["--format", "json", "--help", "no-such-file"], 0);
}

#[test]
fn two_sets_of_logs_are_compared() {
    let folder = Folder::new("compare");
    let hung = Event::service_control_manager(7022).param("Agent").time(filetime(2026, 11, 1, 0, 0, 0));
    let (before, after) = (folder.write("before.evtx", &evtx([hung])), folder.write("after.evtx", &crashed()));
    let text = "Records a day before and after:\n  \
                new                0.00       1.00  A service ended unexpectedly\n  \
                gone               1.00       0.00  A service hung while it was starting\n\n";
    assert_eq!(check(&["--compare-with", &before, &after], 1), text);
    // Which was before is told by the records, not by the order of the arguments.
    let later = evtx([Event::classic("EventLog", 6005).time(filetime(2026, 12, 1, 0, 0, 0))]);
    let later = folder.write("later.evtx", &later);
    let gone = json!([{
        "id": "service-crashed",
        "title": "A service ended unexpectedly",
        "change": "gone",
        "before": {"count": 1, "per_day": 1.0},
        "after": {"count": 0, "per_day": 0.0},
    }]);
    assert_eq!(check_json(&["--compare-with", &after, &later], 0), gone);
    assert_eq!(check_json(&["--compare-with", &later, &after], 1), gone);
}

#[test]
fn arguments_that_are_none() {
    let folder = Folder::new("arguments");
    let path = folder.write("quiet.evtx", &quiet());
    let check_refused = |arguments: &[&str], reason: &str| {
        let output = run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}\n{error}");
        assert!(error.starts_with("evtx-checkup: ") && error.contains("Usage: evtx-checkup"), "{error}");
        assert!(error.contains(reason), "{reason:?} in {error}");
    };
    check_refused(&[], "no file is given");
    check_refused(&["--format", "json"], "no file is given");
    check_refused(&["--format", "xml", &path], "`xml` is no format; there are text, json, markdown, html, csv");
    check_refused(&[&path, "--format"], "--format");
    check_refused(&["--verbose", &path], "--verbose");
    check_refused(&["--compare-with", &path, "--format", "csv", &path], "text or json");
    check_refused(&["--hide", "x", &path], "--hide and --keep go with --redact");
    check_refused(&["import", "--format", "csv", &path], "import knows the formats text and json");
    check_refused(&["-x", &path], "-x");
    // Behind `--` everything is a file.
    let output = run(&["--format=json", "--", &path, "--help"]);
    assert_eq!(output.status.code(), Some(2), "there is no file --help");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["files"][0]["records"], &report["files"][1]["name"]), (&2.into(), &"--help".into()));
}

#[test]
fn articles_of_the_old_knowledge_base_are_read_and_other_texts_named() {
    let folder = Folder::new("import");
    let article = "Fabric Event 7034 (Q912345)\nThe information in this article applies to:\n- Contoso Fabric\nSYMPTOMS\n\
                   Event ID: 7034\nSource: Service Control Manager\nDescription: The Loom service terminated unexpectedly.\n";
    let path = folder.write("Q912345.TXT", article.as_bytes());
    let line: Value = serde_json::from_str(&check(&["import", &path, "--format", "json"], 0)).unwrap();
    assert_eq!((&line["kb"], &line["events"][0]["params"][0]), (&Value::from("Q912345"), &Value::from("Loom")));
    assert!(check(&["import", &path], 0).starts_with("---\nid: fabric-event-7034\n"));
    let other = folder.write("letter.txt", b"Dear Fabric,");
    let output = run(&["import", "--format", "json", &folder.path("")]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "one object a line");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&other) && said.contains("no article"), "{said}");
}

#[test]
fn articles_of_the_old_knowledge_base_match_and_say_how_well() {
    let folder = Folder::new("imported");
    let article = kb_writer::Text {
        number: 912_345,
        title: "Fabric: The Loom Is Still Weaving",
        products: &["Microsoft Windows NT Server version 4.0"],
        body: "SYMPTOMS\n========\n\n   Event ID: 4711\n   Source: Fabric Loom\n   Type: Error\n   \
               Description: The thread \"Warp One\" was not found.\n",
    };
    let error = |text: &'static str| Event::classic("Fabric Loom", 4711).level(Level::Error).string(text);
    let log = folder.write("System.evtx", &evtx([error("Warp One"), error("Warp Two")]));
    let (plain, web) = (article.plain(), article.web());
    let archive = zip(&[("Q912345.TXT", plain.as_bytes()), ("912345.txt", web.as_bytes()), ("a.txt", b"Hello")]);
    for knowledge in [folder.write("kb.zip", &archive), folder.write("kb/Q912345.md", article.markdown().as_bytes())] {
        folder.write("kb/notes.txt", b"What lies beside articles is not spoken of.");
        let report = check_json(&["--kb", &knowledge, &log], 1);
        let found: Vec<_> =
            report["findings"].as_array().unwrap().iter().map(|own| (&own["id"], &own["grade"])).collect();
        let expected = [(json!("q912345"), json!("exact")), (json!("q912345-same-event"), json!("same-event"))];
        assert_eq!(found, expected.each_ref().map(|(id, grade)| (id, grade)));
        assert_eq!(report["findings"][0]["passages"], json!(["The thread \"Warp One\" was not found."]));
        assert_eq!(report["findings"][0]["other_windows"], json!(true));
        let text = check(&["--kb", &knowledge, &log], 1);
        assert!(text.contains("imported, match: exact; the article says of the event:\n    The thread"), "{text}");
    }
    let letter = folder.write("letter.txt", b"Dear Fabric,");
    let output = run(&["--kb", &letter, &log]);
    assert!(String::from_utf8(output.stderr).unwrap().starts_with(&letter), "one that was asked for is");
}
