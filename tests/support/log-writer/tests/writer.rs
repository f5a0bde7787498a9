//! What is described is what the evtx crate reads.

mod common;

use std::io::Cursor;

use common::{check, ids, read, u32_at, u64_at};
use log_writer::{Element, Error, Event, EvtxWriter, Guid, Level, Sid, SystemTime, Value, evtx, filetime};
use serde_json::{Value as Json, json};

const PROVIDER: Guid = Guid::new("{3C1D42E6-9F0B-4C57-8A4E-52D1B7A90C13}");

/// The only event of a log of `event`.
fn one(event: Event) -> Json {
    let mut records = read(&evtx([event]));
    assert_eq!(records.len(), 1);
    records.remove(0)["Event"].take()
}

/// The only event of a log of `event` as XML, on one line.
fn one_as_xml(event: Event) -> String {
    let mut parser = evtx::EvtxParser::from_buffer(evtx([event])).unwrap();
    let xml = parser.records().next().unwrap().unwrap().data;
    xml.lines().map(str::trim).collect()
}

#[test]
fn service_control_manager_events_are_like_those_of_windows() {
    let event = Event::service_control_manager(7024)
        .param("Messenger")
        .param("%%2270")
        .service_key("Messenger")
        .time(filetime(2026, 11, 20, 8, 30, 1) + 1_234_567);
    assert_eq!(
        one(event),
        json!({
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {
                    "Name": "Service Control Manager",
                    "Guid": "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
                    "EventSourceName": "Service Control Manager",
                }},
                "EventID": {"#attributes": {"Qualifiers": 49152}, "#text": 7024},
                "Version": 0,
                "Level": 2,
                "Task": 0,
                "Opcode": 0,
                "Keywords": "0x8080000000000000",
                "TimeCreated": {"#attributes": {"SystemTime": "2026-11-20T08:30:01.1234567Z"}},
                "EventRecordID": 1,
                "Correlation": null,
                "Execution": {"#attributes": {"ProcessID": 740, "ThreadID": 812}},
                "Channel": "System",
                "Computer": "SAMPLE-PC",
                "Security": null,
            },
            "EventData": {
                "param1": "Messenger",
                "param2": "%%2270",
                "Binary": "4D0065007300730065006E006700650072000000",
            },
        })
    );
    for (id, qualifiers, level) in [(7036, 16384, 4), (7039, 32768, 3), (7000, 49152, 2)] {
        let system = one(Event::service_control_manager(id))["System"].take();
        assert_eq!(system["EventID"]["#attributes"]["Qualifiers"], qualifiers);
        assert_eq!(system["Level"], level);
    }
}

#[test]
fn every_field_of_the_system_part_is_written() {
    let event = Event::manifest("Contoso-Fabric-Control", PROVIDER, 65535)
        .version(7)
        .level(Level::Critical)
        .task(300)
        .opcode(200)
        .keywords(0x4000_0000_0000_0001)
        .time(filetime(1999, 12, 31, 23, 59, 59))
        .process(4_000_000_000, 5)
        .activity_id(PROVIDER)
        .channel("Contoso-Fabric/Operational")
        .computer("größe.例.example")
        .user(Sid::new("S-1-5-21-1-2-3-4294967295"))
        .record_id(9_000_000_000);
    assert_eq!(
        one(event)["System"],
        json!({
            "Provider": {"#attributes": {
                "Name": "Contoso-Fabric-Control",
                "Guid": "{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}",
            }},
            "EventID": 65535,
            "Version": 7,
            "Level": 1,
            "Task": 300,
            "Opcode": 200,
            "Keywords": "0x4000000000000001",
            "TimeCreated": {"#attributes": {"SystemTime": "1999-12-31T23:59:59.0000000Z"}},
            "EventRecordID": 9_000_000_000_u64,
            "Correlation": {"#attributes": {"ActivityID": "{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}"}},
            "Execution": {"#attributes": {"ProcessID": 4_000_000_000_u32, "ThreadID": 5}},
            "Channel": "Contoso-Fabric/Operational",
            "Computer": "größe.例.example",
            "Security": {"#attributes": {"UserID": "S-1-5-21-1-2-3-4294967295"}},
        })
    );
}

/// Each value with what the evtx crate makes of it.
fn typed() -> Vec<(&'static str, Value, Json)> {
    let time =
        SystemTime { year: 2026, month: 2, day_of_week: 6, day: 28, hour: 23, minute: 1, second: 2, milliseconds: 3 };
    vec![
        ("text", "plain".into(), json!("plain")),
        ("unicode", "Zürich 東京 🦀 \u{200e}\u{ffff}".into(), json!("Zürich 東京 🦀 \u{200e}\u{ffff}")),
        ("markup", "<a href=\"x\">&amp;</a>".into(), json!("<a href=\"x\">&amp;</a>")),
        ("empty", "".into(), json!("")),
        ("null", Value::Null, json!("")),
        ("ansi", Value::Ansi(b"Caf\xe9".to_vec()), json!("Café")),
        ("int8", (-128_i8).into(), json!(-128)),
        ("uint8", 255_u8.into(), json!(255)),
        ("int16", i16::MIN.into(), json!(i16::MIN)),
        ("uint16", u16::MAX.into(), json!(u16::MAX)),
        ("int32", i32::MIN.into(), json!(i32::MIN)),
        ("uint32", u32::MAX.into(), json!(u32::MAX)),
        ("int64", i64::MIN.into(), json!(i64::MIN)),
        ("uint64", u64::MAX.into(), json!(u64::MAX)),
        ("real32", 0.5_f32.into(), json!("0.5")),
        ("real64", (-1234.25_f64).into(), json!("-1234.25")),
        ("true", true.into(), json!(true)),
        ("false", false.into(), json!(false)),
        ("binary", vec![0_u8, 1, 0xfe, 0xff].into(), json!("0001FEFF")),
        ("guid", PROVIDER.into(), json!("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}")),
        ("size", Value::SizeT(0x1234), json!("0x1234")),
        ("filetime", Value::FileTime(filetime(2024, 2, 29, 1, 2, 3)), json!("2024-02-29T01:02:03.0000000Z")),
        ("systemtime", time.into(), json!("2026-02-28T23:01:02.0030000Z")),
        ("sid", Sid::new("S-1-5-32-544").into(), json!("S-1-5-32-544")),
        ("hex32", Value::HexInt32(0xC000_0005), json!("0xc0000005")),
        ("hex64", Value::HexInt64(u64::MAX), json!("0xffffffffffffffff")),
        ("last", "last".into(), json!("last")),
    ]
}

#[test]
fn values_of_all_types_are_written() {
    // As EventData of a manifest provider and of the Service Control Manager, and as UserData.
    for event in [Event::manifest("Contoso-Fabric-Control", PROVIDER, 1), Event::service_control_manager(7000)] {
        let event = typed().into_iter().fold(event, |event, (name, value, _)| event.data(name, value));
        let read = one(event);
        for (name, _, expected) in typed() {
            assert_eq!(text_of(&read["EventData"][name]), text_of(&expected), "{name}");
        }
    }
    let element = Element::new("EventXML").attribute("xmlns", "Event_NS");
    let element = typed().into_iter().fold(element, |e, (name, value, _)| e.child(Element::value(name, value)));
    let read = one(Event::manifest("Contoso-Fabric-Control", PROVIDER, 1).user_data(element));
    assert_eq!(read["UserData"]["EventXML"]["#attributes"], json!({"xmlns": "Event_NS"}));
    for (name, _, expected) in typed() {
        assert_eq!(text_of(&read["UserData"]["EventXML"][name]), text_of(&expected), "{name}");
    }
}

/// `value` with nothing and an empty string being the same: the evtx crate shows both as either.
fn text_of(value: &Json) -> Json {
    match value {
        Json::Null => json!(""),
        value => value.clone(),
    }
}

#[test]
fn a_missing_value_and_an_empty_string_are_told_apart_in_the_log() {
    let log = evtx([Event::service_control_manager(7000).param("").param(Value::Null)]);
    let mut chunk = evtx::EvtxChunkData::new(log[4096..].to_vec(), true).unwrap();
    let mut chunk = chunk.parse(Default::default()).unwrap();
    let record = chunk.iter().next().unwrap().unwrap();
    let instances = record.template_instances().unwrap();
    let evtx::binxml::value_variant::BinXmlValue::BinXmlType(data) = &instances[0].values[19] else {
        panic!("the last value is the event's data");
    };
    // Two values without bytes, a string and none at all.
    assert!(data.windows(12).any(|bytes| bytes == [2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]), "{data:02x?}");
}

#[test]
fn classic_events_have_strings_and_binary_data() {
    let event =
        Event::classic("Contoso Backup Agent", 12).qualifiers(0xC004).level(Level::Error).channel("Application");
    let all = one(event.clone().string("D:\\").string("").string("東京").binary([0xde, 0xad]));
    assert_eq!(all["System"]["Provider"], json!({"#attributes": {"Name": "Contoso Backup Agent"}}));
    assert_eq!(all["System"]["EventID"], json!({"#attributes": {"Qualifiers": 0xC004}, "#text": 12}));
    assert_eq!(all["System"]["Channel"], "Application");
    assert_eq!(all["EventData"], json!({"Data": {"#text": ["D:\\", "", "東京"]}, "Binary": "DEAD"}));
    assert_eq!(one(event.clone().string("one"))["EventData"], json!({"Data": {"#text": "one"}}));
    assert_eq!(one(event.clone().binary([1]))["EventData"], json!({"Binary": "01"}));
    assert_eq!(one(event.clone())["EventData"], json!(null));
    let xml = one_as_xml(event.string("a").string("b"));
    assert!(xml.contains("<EventData><Data>a</Data><Data>b</Data></EventData>"), "{xml}");
}

#[test]
fn user_data_has_nested_elements() {
    let element = Element::new("Outer")
        .attribute("xmlns", "urn:contoso")
        .attribute("kind", "test")
        .child(Element::value("First", 1_u32))
        .child(Element::new("Inner").child(Element::value("Second", "two")).child(Element::value("Third", true)));
    let xml = one_as_xml(Event::manifest("Contoso-Fabric-Control", PROVIDER, 1).user_data(element));
    let expected = "<UserData><Outer xmlns=\"urn:contoso\" kind=\"test\"><First>1</First>\
                    <Inner><Second>two</Second><Third>true</Third></Inner></Outer></UserData>";
    assert!(xml.contains(expected), "{xml}");
}

#[test]
fn an_event_without_data_has_an_empty_element() {
    let xml = one_as_xml(Event::manifest("Microsoft-Windows-Dhcp-Client", PROVIDER, 50036));
    assert!(xml.contains("<EventData>") && !xml.contains("<Data"), "{xml}");
}

#[test]
fn an_array_repeats_its_element() {
    let xml = one_as_xml(
        Event::manifest("Contoso-Fabric-Control", PROVIDER, 1)
            .data("all", Value::Strings(vec!["x".into(), "y".into()])),
    );
    assert!(xml.contains("<Data Name=\"all\">x</Data><Data Name=\"all\">y</Data>"), "{xml}");
}

#[test]
fn long_logs_have_many_chunks_and_consecutive_ids() {
    let events = (0..20_000_u32).map(|number| {
        // Many providers and shapes, so that records with and without new templates end the chunks.
        let provider = format!("Contoso Service {}", number % 37);
        match number % 3 {
            0 => Event::classic(provider, 1).string(number.to_string()),
            1 => Event::manifest(provider, PROVIDER, 2).data(format!("value{}", number % 11), number),
            _ => Event::service_control_manager(7036).param(number.to_string()).param("running"),
        }
    });
    let log = evtx(events);
    let records = read(&log);
    assert_eq!(ids(&records), (1..=20_000).collect::<Vec<_>>());
    let chunks = (log.len() - 4096) / 65536;
    assert!(chunks > 50);
    let header = (u64_at(&log, 8), u64_at(&log, 16), u64_at(&log, 24), u32_at(&log, 32), u32_at(&log, 120));
    assert_eq!(header, (0, chunks as u64 - 1, 20_001, 128, 0));
    assert_eq!(log[36..44], [1, 0, 3, 0, 0, 16, chunks as u8, 0]);
    for (number, record) in records.iter().enumerate() {
        let data = &record["Event"]["EventData"];
        let value = match number % 3 {
            0 => data["Data"]["#text"].as_str().unwrap().to_owned(),
            1 => data[format!("value{}", number % 11)].to_string(),
            _ => data["param1"].as_str().unwrap().to_owned(),
        };
        assert_eq!(value, number.to_string());
    }
}

#[test]
fn chosen_record_ids_are_kept_and_continued() {
    let event = || Event::service_control_manager(7036);
    let log = evtx([event(), event().record_id(500), event(), event().record_id(7), event()]);
    assert_eq!(ids(&read(&log)), [1, 500, 501, 7, 8]);
    assert_eq!(u64_at(&log, 24), 9);
}

#[test]
fn a_log_without_events_has_one_empty_chunk() {
    let log = evtx([]);
    assert_eq!(log.len(), 4096 + 65536);
    assert!(read(&log).is_empty());
}

#[test]
fn what_fits_in_no_chunk_is_an_error_and_leaves_the_log_right() {
    let mut writer = EvtxWriter::new(Cursor::new(Vec::new())).unwrap();
    let event = |length| Event::service_control_manager(7000).param("x".repeat(length)).param("%%2");
    for length in [10, 31_000, 10, 31_000] {
        writer.write(&event(length)).unwrap();
        let error = writer.write(&event(32_700)).unwrap_err();
        assert!(matches!(error, Error::RecordTooLarge(65_017..)), "{error}");
        let many = (0..70_000).fold(Event::service_control_manager(1), |event, _| event.param(0_u8));
        assert!(matches!(writer.write(&many), Err(Error::RecordTooLarge(_))));
        let error = writer.write(&event(524_288)).unwrap_err();
        assert!(matches!(error, Error::ValueTooLong(1_048_576)), "{error}");
        let error = writer.write(&Event::classic("n".repeat(70_000), 1)).unwrap_err();
        assert!(matches!(error, Error::ValueTooLong(140_000)), "{error}");
        let error = writer.write(&Event::classic("A", 1).binary(vec![0; 65_536])).unwrap_err();
        assert!(matches!(error, Error::ValueTooLong(_)), "{error}");
        // One that leaves names and templates behind if it is not taken back completely.
        let event =
            Event::manifest("B", PROVIDER, 1).data("new name", vec![0_u8; 60_000]).data("more", vec![0_u8; 9_000]);
        assert!(matches!(writer.write(&event), Err(Error::RecordTooLarge(_))));
    }
    writer.write(&Event::manifest("B", PROVIDER, 1).data("new name", "after").data("more", vec![1_u8])).unwrap();
    let log = writer.finish().unwrap().into_inner();
    let records = read(&log);
    assert_eq!(ids(&records), [1, 2, 3, 4, 5]);
    assert_eq!(records[3]["Event"]["EventData"]["param1"].as_str().unwrap().len(), 31_000);
    assert_eq!(records[4]["Event"]["EventData"], json!({"new name": "after", "more": "01"}));
}

#[test]
fn a_log_can_be_dirty_with_a_right_or_a_stale_header() {
    for stale in [false, true] {
        let mut writer = EvtxWriter::new(Cursor::new(Vec::new())).unwrap();
        if stale {
            writer.leave_header_stale();
        } else {
            writer.mark_dirty();
        }
        for _ in 0..1000 {
            writer.write(&Event::service_control_manager(7036).param("Windows Update").param("running")).unwrap();
        }
        let log = writer.finish().unwrap().into_inner();
        assert_eq!(u32_at(&log, 120), 1);
        assert_eq!(u64_at(&log, 24), if stale { 1 } else { 1001 });
        assert_eq!(read(&log).len(), 1000);
    }
}

#[test]
fn a_log_starts_where_the_output_stands() {
    let mut out = Cursor::new(b"before".to_vec());
    out.set_position(6);
    let mut writer = EvtxWriter::new(out).unwrap();
    writer.write(&Event::service_control_manager(7036)).unwrap();
    let out = writer.finish().unwrap();
    assert_eq!(out.position(), 6 + 4096 + 65536);
    let bytes = out.into_inner();
    assert_eq!(&bytes[..6], b"before");
    check(&bytes[6..]);
}

#[test]
fn very_many_templates_do_not_stay_in_memory() {
    let events = (0..10_000).map(|number| Event::manifest("B", PROVIDER, 1).data(format!("name{number}"), number));
    assert_eq!(read(&evtx(events)).len(), 10_000);
}

#[test]
#[should_panic(expected = "has named values")]
fn named_and_unnamed_values_do_not_mix() {
    let _ = Event::service_control_manager(7000).param("a").string("b");
}
