//! The ready-made logs.

mod common;

use std::io::Cursor;

use common::{ids, read};
use log_writer::logs::{Article, benchmark, founding, sample, sample_events};
use serde_json::Value;

/// The event id, with or without Qualifiers.
fn event_id(system: &Value) -> u64 {
    let id = &system["EventID"];
    id.as_u64().or_else(|| id["#text"].as_u64()).expect("an event id")
}

/// What the article is about, said once more and independently of how the log was made.
fn explains(article: Article, event: &Value) -> bool {
    let (system, data) = (&event["System"], &event["EventData"]);
    let id = event_id(system);
    let param = |name: &str| data[name].as_str().unwrap_or_default();
    system["Provider"]["#attributes"]["Name"] == "Service Control Manager"
        && match article {
            Article::Q124641 => {
                id == 7000 && ["rdr", "srv"].contains(&&*param("param1").to_lowercase()) && param("param2") == "%%1056"
            }
            Article::Q283472 => id == 7031 && param("param1") == "SMS_BOOTSTRAP",
            Article::Q101355 => id == 7024 && param("param1") == "Messenger" && param("param2") == "%%2270",
            Article::Q277770 => {
                let services = [
                    "Simple Mail Transport Protocol (SMTP)",
                    "Network News Transport Protocol (NNTP)",
                    "Microsoft Exchange POP3",
                    "Microsoft Exchange IMAP4",
                    "Microsoft Exchange Routing Engine",
                ];
                id == 7000 && services.contains(&param("param1")) && param("param2") == "%%1083"
            }
        }
}

#[test]
fn founding_logs_have_exactly_the_right_records() {
    for article in Article::ALL {
        let log = founding(article);
        let records = read(&log.evtx());
        let all = ids(&records);
        assert!(all.len() > 4000 && log.expected.len() >= 5);
        assert_eq!(all, (71_001..71_001 + all.len() as u64).collect::<Vec<_>>());
        assert_eq!(all.last(), log.expected.last(), "the last record is a right one");
        let right: Vec<_> = records.iter().filter(|record| explains(article, &record["Event"])).cloned().collect();
        assert_eq!(ids(&right), log.expected, "{article:?}");
        let near = records.len() - right.len();
        assert!(near >= 4000);
    }
}

#[test]
fn founding_logs_are_the_same_every_time() {
    assert_eq!(founding(Article::Q101355).evtx(), founding(Article::Q101355).evtx());
}

#[test]
fn the_sms_log_has_right_records_in_two_channels() {
    let log = founding(Article::Q283472);
    let channels: Vec<_> =
        log.events.iter().filter(|e| log.expected.contains(&e.record_id.unwrap())).map(|e| &*e.channel).collect();
    assert!(channels.contains(&"System") && channels.contains(&"Application"));
}

#[test]
fn the_messenger_log_has_2270_in_wrong_places() {
    let log = founding(Article::Q101355);
    let wrong = |f: &dyn Fn(&log_writer::Event) -> bool| {
        log.events.iter().filter(|e| !log.expected.contains(&e.record_id.unwrap())).any(f)
    };
    assert!(wrong(&|event| event.process_id == 2270));
    assert!(wrong(&|event| event.event_id == 2270));
    assert!(wrong(&|event| event.provider == "Contoso-Fabric-Connection"));
}

#[test]
fn the_sample_is_small_and_believable() {
    let log = sample();
    assert!(log.len() < 256 * 1024, "{} bytes", log.len());
    let records = read(&log);
    assert!((350..=450).contains(&records.len()), "{} events", records.len());
    assert_eq!(ids(&records), (18_231..18_231 + records.len() as u64).collect::<Vec<_>>());
    let times: Vec<_> = records
        .iter()
        .map(|record| record["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());
    assert!(times[0].starts_with("2026-10-30") && times[times.len() - 1].starts_with("2026-11-20"));
    let ids: Vec<u64> = records.iter().map(|record| event_id(&record["Event"]["System"])).collect();
    for id in [41, 6005, 6006, 6008, 6009, 6013, 7000, 7001, 7009, 7011, 7023, 7026, 7031, 7034, 7036, 7038] {
        assert!(ids.contains(&id), "no event {id}");
    }
    for event in sample_events() {
        assert_eq!(event.computer, "SAMPLE-PC");
    }
}

#[test]
fn the_benchmark_has_the_size_and_the_mix_that_it_promises() {
    let size = 12 * 1024 * 1024;
    let mut out = Cursor::new(Vec::new());
    let summary = benchmark(&mut out, size).unwrap();
    let log = out.into_inner();
    assert_eq!(summary.bytes, log.len() as u64);
    assert!(summary.bytes.abs_diff(size) < 128 * 1024, "{summary:?}");
    let records = read(&log);
    assert_eq!(ids(&records), (1..=summary.records).collect::<Vec<_>>());
    let level = |record: &Value| record["Event"]["System"]["Level"].as_u64().unwrap();
    let errors: Vec<_> = records.iter().filter(|record| (1..=2).contains(&level(record))).collect();
    assert_eq!(errors.len() as u64, summary.errors);
    let share = |count: u64| count as f64 / summary.records as f64;
    assert!((0.018..0.022).contains(&share(summary.errors)), "{summary:?}");
    assert!((0.004..0.006).contains(&share(summary.service_problems)), "{summary:?}");
    let average = summary.bytes / summary.records;
    assert!((600..1000).contains(&average), "{average} bytes a record");
    for id in summary.last {
        assert_eq!(event_id(&records[id as usize - 1]["Event"]["System"]), 7000);
        assert!(id + 8 > summary.records);
    }
}
