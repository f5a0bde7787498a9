//! The index of records: the same in any order of parts, and what a look at every record says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use evtx_checkup::checkup::{
    self, Checkup, Dictionary, FileReport, InOrder, Keys, Listed, ListedKind, ListedRecord, Listing, Place, Report,
};
use evtx_checkup::event::{Event as Read, Level, Time};
use evtx_checkup::index::{Builder, Filter, Index, Kinds, Mark, Moment, containing};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE};
use evtx_checkup::log::{Kind, Record, Sink};
use log_writer::logs::{Article, founding, sample_events};
use log_writer::{Event, Numbers, evtx, filetime};
use proptest::prelude::*;

fn open(log: &[u8]) -> FileReport {
    FileReport::open("System.evtx", log.len() as u64, &log[..log.len().min(Kind::START)])
}

/// The report of a log, and what is listed of its records, in parts of so many chunks.
fn list(knowledge: &KnowledgeBase, number: u32, log: &[u8], listing: &Listing, chunks: usize) -> (Report, Vec<Listed>) {
    let file = open(log);
    let mut report = Report { files: [(number, file.clone())].into(), ..Report::default() };
    let mut parts = Vec::new();
    let mut take = |part: Report| {
        report.merge(part);
        // As it comes from a worker.
        parts.extend(listing.take().iter().map(|listed| Listed::from_bytes(&listed.to_bytes().unwrap()).unwrap()));
    };
    if file.kind == Kind::Evtx {
        let mut checkup = Checkup::new(knowledge).listing(listing);
        let parts = log[HEADER_SIZE as usize..].chunks(chunks * CHUNK_SIZE as usize);
        for (part, bytes) in (0..).zip(parts) {
            checkup.open(number, &file);
            checkup.read(bytes, HEADER_SIZE + part * chunks as u64 * CHUNK_SIZE);
            take(checkup.finish());
        }
    } else if let Some(reader) = file.kind.reader(file.size, &file.name) {
        let mut checkup = InOrder::new(knowledge, number, &file, reader).listing(listing);
        log.chunks(1 << 20).for_each(|bytes| take(checkup.slice(bytes)));
        take(checkup.finish());
    }
    (report, parts)
}

/// The index of logs, and their report, each record counted once.
fn index(knowledge: &KnowledgeBase, logs: &[Vec<u8>]) -> (Index, Report) {
    let (mut builder, mut reports) = (Builder::with_room(0), Vec::new());
    for (number, log) in (0..).zip(logs) {
        let (report, parts) = list(knowledge, number, log, &Listing::default(), 16);
        parts.iter().for_each(|part| builder.add(part));
        reports.push(report);
    }
    let overlaps: BTreeMap<_, _> = checkup::overlaps(&reports).into_iter().flatten().collect();
    let keys = Keys::default();
    let mut all = Report::default();
    for ((number, log), mut report) in (0..).zip(logs).zip(reports) {
        if let Some(ids) = overlaps.get(&number) {
            let first = &report.files[&number];
            report = checkup::again(knowledge, number, first, Some(ids.clone()), &keys, log.as_slice()).collect();
        }
        all.merge(report);
    }
    (builder.finish(), all)
}

/// Checks that an index says what the report says.
fn check_against_report(index: &mut Index, report: &Report) {
    let found = index.filter(&Filter::default());
    assert_eq!((index.about().records, found.count), (report.records(), report.records()));
    assert_eq!(found.levels, Level::ALL.map(|level| report.count(level)));
    let mut articles: BTreeMap<u32, u64> = BTreeMap::new();
    for (together, group) in &report.groups {
        together.iter().for_each(|article| *articles.entry(*article).or_default() += group.count);
    }
    assert_eq!(found.articles.iter().copied().collect::<BTreeMap<_, _>>(), articles);
    assert_eq!(found.explained[1], report.groups.values().map(|group| group.count).sum::<u64>());
    let spans = report.files.values().filter_map(|file| file.span);
    assert_eq!(index.about().span, spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))));
    for (number, file) in &report.files {
        let of_file = index.filter(&Filter { file: Some(*number), ..Filter::default() });
        assert_eq!((of_file.count, of_file.levels), (file.coverage.records, file.levels), "{}", file.name);
    }
}

/// What an index says, without the numbers of its kinds, which may differ.
fn said(index: &mut Index) -> impl PartialEq + std::fmt::Debug + use<> {
    let found = index.filter(&Filter::default());
    let span = index.about().span.unwrap_or_default();
    (index.about().clone(), found, index.rows(0, usize::MAX), index.histogram(37, span))
}

fn logs() -> Vec<Vec<u8>> {
    let sample = || sample_events().into_iter();
    let founding = founding(Article::ALL[0]);
    vec![evtx(sample()), founding.evt(), evtx(sample().take(40)), founding.evtx(), evtx(sample().skip(1))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_parts_gives_the_same_index(seed: u64) {
        static KNOWLEDGE: LazyLock<KnowledgeBase> = LazyLock::new(evtx_checkup::built_in);
        let (knowledge, logs, mut numbers) = (&*KNOWLEDGE, logs(), Numbers(seed));
        let mut parts = Vec::new();
        for (number, log) in (0..).zip(&logs) {
            parts.extend(list(knowledge, number, log, &Listing::default(), 1 + numbers.below(3)).1);
        }
        for place in (1..parts.len()).rev() {
            parts.swap(place, numbers.below(place + 1));
        }
        let mut builder = Builder::with_room(numbers.below(10_000));
        parts.iter().for_each(|part| builder.add(part));
        assert_eq!(said(&mut builder.finish()), said(&mut index(knowledge, &logs).0));
    }
}

#[test]
fn an_index_says_what_the_report_says() {
    let knowledge = evtx_checkup::built_in();
    let (mut index, report) = index(&knowledge, &logs());
    assert!(report.files.values().any(|file| file.coverage.repeated > 0) && report.groups.len() > 5);
    check_against_report(&mut index, &report);
}

#[test]
fn an_index_of_real_logs_says_what_their_report_says() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let knowledge = evtx_checkup::built_in();
    let mut logs = Vec::new();
    for path in test_files::all(folder).unwrap() {
        logs.push(std::fs::read(path).unwrap());
        let (mut index, report) = index(&knowledge, &logs[logs.len() - 1..]);
        check_against_report(&mut index, &report);
    }
    let (mut index, report) = index(&knowledge, &logs);
    check_against_report(&mut index, &report);
    assert!(!index.about().marks.is_empty() && !index.about().gaps.is_empty());
}

#[test]
fn rows_are_the_newest_first_and_found_again() {
    let (index, _) = index(&evtx_checkup::built_in(), &logs());
    let rows = index.rows(0, usize::MAX);
    assert!(rows.is_sorted_by(|a, b| (a.time, a.place) > (b.time, b.place)));
    assert_eq!(index.rows(10, 5), rows[10..15]);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(index.position(row.time, row.place), Some(number));
        assert_eq!(index.position(row.time, Place(row.place.0 + 1)), None);
        assert_eq!(index.rows_after(row.time), rows.iter().filter(|other| other.time > row.time).count());
    }
}

#[test]
fn a_filter_lets_through_what_fits() {
    let (mut index, _) = index(&evtx_checkup::built_in(), &logs());
    let rows = index.rows(0, usize::MAX);
    let (article, _) = index.filter(&Filter::default()).articles[0];
    let middle = &rows[rows.len() / 2];
    let any = Filter::default();
    let filters = [
        Filter { levels: vec![Level::Error, Level::Critical], ..any.clone() },
        Filter { provider: Some(middle.provider.to_uppercase()), ..any.clone() },
        Filter { event_ids: vec![middle.event_id, 7036, 1], ..any.clone() },
        Filter { channel: Some(middle.channel.clone()), ..any.clone() },
        Filter { computer: Some(middle.computer.clone()), ..any.clone() },
        Filter { file: Some(1), ..any.clone() },
        Filter { explained: Some(false), ..any.clone() },
        Filter { from: Some(middle.time), to: Some(Time(middle.time.0 + 36_000_000_000)), ..any.clone() },
        Filter { from: Some(middle.time), to: Some(Time(middle.time.0 - 1)), ..any.clone() },
        Filter { provider: Some("nobody".into()), ..any.clone() },
        Filter { levels: vec![Level::Error], explained: Some(true), from: Some(middle.time), ..any.clone() },
        Filter { article: Some(article), file: Some(0), ..any },
    ];
    for filter in filters {
        let found = index.filter(&filter);
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(own));
        let expected: Vec<_> = rows
            .iter()
            .filter(|row| {
                filter.from.is_none_or(|from| row.time >= from)
                    && filter.to.is_none_or(|to| row.time <= to)
                    && (filter.levels.is_empty() || filter.levels.contains(&row.level))
                    && (filter.event_ids.is_empty() || filter.event_ids.contains(&row.event_id))
                    && is(&filter.provider, &row.provider)
                    && is(&filter.channel, &row.channel)
                    && is(&filter.computer, &row.computer)
                    && filter.file.is_none_or(|file| row.place.file() == file)
                    && filter.explained.is_none_or(|explained| row.explained == explained)
            })
            .cloned()
            .collect();
        let shown = index.rows(0, usize::MAX);
        assert_eq!((found.count, index.count()), (shown.len() as u64, shown.len()));
        if let Some(article) = filter.article {
            // Rows do not say which article it was.
            assert!(found.count > 0 && shown.iter().all(|row| row.explained && row.place.file() == 0));
            assert_eq!(
                found.articles.iter().find(|(own, _)| *own == article).map(|(_, count)| *count),
                Some(found.count)
            );
            continue;
        }
        assert_eq!(shown, expected, "{filter:?}");
        // What one could choose instead is counted as if this had not been chosen.
        for level in Level::ALL {
            let other = Filter { levels: vec![level], ..filter.clone() };
            assert_eq!(found.levels[level as usize], index.filter(&other).count, "{filter:?}");
        }
        for (name, count) in &found.providers {
            let other = Filter { provider: Some(name.clone()), ..filter.clone() };
            assert_eq!(*count, index.filter(&other).count, "{filter:?}");
        }
    }
}

#[test]
fn a_histogram_counts_every_record_once() {
    let (mut index, report) = index(&evtx_checkup::built_in(), &logs());
    let (first, last) = index.about().span.unwrap();
    let rows = index.rows(0, usize::MAX);
    for bins in [1, 2, 7, 500] {
        let histogram = index.histogram(bins, (first, last));
        let mut expected = vec![[0; 5]; bins];
        for row in &rows {
            let width = u128::from(last.0 - first.0) + 1;
            let bin = (u128::from(row.time.0 - first.0) * bins as u128 / width) as usize;
            assert!((histogram.start(bin)..histogram.start(bin + 1)).contains(&row.time));
            expected[bin][row.level as usize] += 1;
        }
        assert_eq!(histogram.bins, expected);
        assert_eq!((histogram.start(0), histogram.start(bins)), (first, Time(last.0 + 1)));
        for lane in &histogram.lanes {
            let of_article = report.groups.iter().filter(|(articles, _)| articles.contains(&lane.article));
            assert_eq!(lane.count, of_article.map(|(_, group)| group.count).sum::<u64>());
            assert_eq!(lane.bins.iter().map(|count| u64::from(*count)).sum::<u64>(), lane.count);
        }
    }
    let middle = rows[rows.len() / 2].time;
    let half = index.histogram(9, (middle, last)).bins.into_iter().flatten().sum::<u32>();
    assert_eq!(half as usize, rows.iter().filter(|row| row.time >= middle).count());
    index.filter(&Filter { levels: vec![Level::Error], ..Filter::default() });
    let errors = index.histogram(9, (first, last));
    assert!(errors.bins.iter().all(|bin| bin[Level::Error as usize] == bin.iter().sum::<u32>()));
}

/// Collects, of the records whose values have a text, where they are.
struct Containing {
    text: String,
    places: Vec<u64>,
}

impl Sink for Containing {
    fn record(&mut self, record: &Record<'_>) {
        let (event, _) = record.read();
        let Read { head, .. } = &event;
        let own = [head.provider.text, head.channel.text, head.computer.text].map(str::to_owned);
        let own = own.into_iter().chain([head.event_id.to_string()]);
        let mut texts = own.chain(event.fields().map(|field| field.value.to_string()));
        if texts.any(|text| text.to_lowercase().contains(&self.text)) {
            self.places.push(record.offset);
        }
    }
}

/// Checks that a search finds what a look at every value finds.
fn check_search(index: &mut Index, logs: &[Vec<u8>], text: &str) -> usize {
    let knowledge = containing(text);
    index.begin_search();
    let mut expected = Vec::new();
    for (number, log) in (0..).zip(logs) {
        let file = open(log);
        let Some(mut reader) = file.kind.reader(file.size, &file.name) else { continue };
        let mut naive = Containing { text: text.to_lowercase(), places: Vec::new() };
        reader.slice(log, &mut naive);
        reader.finish(&mut naive);
        expected.extend(naive.places.into_iter().map(|offset| Place::new(number, offset).unwrap()));
        let (_, parts) = list(&knowledge, number, log, &Listing::of_matches(), 16);
        parts.iter().for_each(|part| index.add_hits(part));
    }
    let count = index.filter(&Filter::default()).count;
    let mut found: Vec<Place> = index.rows(0, usize::MAX).iter().map(|row| row.place).collect();
    index.end_search();
    // Repetitions are no hits of their own.
    index.filter(&Filter::default());
    let all: BTreeSet<Place> = index.rows(0, usize::MAX).iter().map(|row| row.place).collect();
    expected.retain(|place| all.contains(place));
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected, "{text}");
    assert_eq!(count, expected.len() as u64);
    expected.len()
}

#[test]
fn a_search_finds_every_value() {
    let number =
        Event::manifest("Contoso-Numbers", log_writer::Guid::new("00000000-0000-0000-0000-000000000007"), 4711)
            .data("Size", 123_456_789_u32)
            .data("Code", log_writer::Value::HexInt32(0x8007_0005))
            .data("Text", "a*b?c\\d Grüße");
    let mut logs = logs();
    logs.push(evtx([number.time(filetime(2026, 6, 1, 0, 0, 0))]));
    let (mut index, _) = index(&evtx_checkup::built_in(), &logs);
    for text in ["345678", "0x8007", "80070005", "a*b?c\\", "GRÜSSE", "grüße", "Contoso-Numbers", "4711", "4", "%%1053"]
    {
        let hits = check_search(&mut index, &logs, text);
        assert_eq!(hits == 0, text == "GRÜSSE", "{text}: {hits}");
    }
    for text in ["spooler", "service control manager", "7036", "e", "50", "é", "true", "nothing of this kind"] {
        check_search(&mut index, &logs, text);
    }
}

#[test]
fn a_search_finds_every_value_of_real_logs() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let files = test_files::all(folder).unwrap().into_iter().step_by(17);
    let logs: Vec<Vec<u8>> = files.map(|path| std::fs::read(path).unwrap()).collect();
    let (mut index, _) = index(&evtx_checkup::built_in(), &logs);
    let hits = ["system32", "4624", "S-1-5-18", "0x0", "microsoft", "Ü", "5", "53", "sy", "-a", "k"]
        .map(|text| check_search(&mut index, &logs, text));
    assert!(hits.iter().sum::<usize>() > 0);
}

const MINUTE: u64 = 60 * 10_000_000;

/// Records of one computer: minute, provider, event id and record id.
fn records(computer: &str, records: &[(u64, &str, u32, u32)]) -> Listed {
    let mut listed = Listed::default();
    listed.dictionary.names = vec![computer.to_owned(), "System".to_owned()];
    listed.dictionary.articles = vec![Vec::new()];
    for (place, (minute, provider, event_id, id)) in (0..).zip(records) {
        listed.dictionary.names.push((*provider).to_owned());
        listed.dictionary.kinds.push(ListedKind {
            provider: place as u32 + 2,
            event_id: *event_id,
            level: Level::Information,
            channel: 1,
            computer: 0,
            articles: 0,
            carved: false,
        });
        let time = Time(1000 * MINUTE + minute * MINUTE);
        listed.push(ListedRecord { time, place: Place(place), id: *id, kind: place as u32 });
    }
    listed
}

fn index_of(parts: &[Listed]) -> Index {
    let mut builder = Builder::with_room(0);
    parts.iter().for_each(|part| builder.add(part));
    builder.finish()
}

#[test]
fn starts_and_stops_are_marked_and_what_is_between_them_is_a_gap() {
    const KERNEL: &str = "Microsoft-Windows-Kernel-General";
    let index = index_of(&[records(
        "PC-1",
        &[
            (0, KERNEL, 12, 1),
            (1, "EventLog", 6005, 2),
            (50, "Anything", 1, 3),
            (60, "EventLog", 6006, 4),
            (60, KERNEL, 13, 5),
            (90, KERNEL, 12, 6),
            (91, "EventLog", 6005, 7),
            (100, "Anything", 1, 8),
            (200, KERNEL, 12, 9),
            (201, "Microsoft-Windows-Kernel-Power", 41, 10),
            (201, "EventLog", 6005, 11),
            (201, "eventlog", 6008, 12),
            (202, "Microsoft-Windows-WER-SystemErrorReporting", 1001, 13),
            (203, "Windows Error Reporting", 1001, 14),
        ],
    )]);
    let about = index.about();
    let minutes = |time: Time| time.0 / MINUTE - 1000;
    let gaps: Vec<_> = about.gaps.iter().map(|gap| (minutes(gap.from), minutes(gap.to), gap.clean)).collect();
    assert_eq!(gaps, [(100, 200, false), (60, 90, true)]);
    assert!(about.gaps.iter().all(|gap| gap.computer == "PC-1"));
    let marks: Vec<_> = about.marks.iter().map(|mark| (minutes(mark.time), mark.moment)).collect();
    use Moment::{Crashed, Started, Stopped, Unexpected};
    assert_eq!(marks.len(), 11);
    assert_eq!(marks[..4], [(202, Crashed), (201, Unexpected), (201, Started), (201, Unexpected)]);
    assert_eq!(marks[9..], [(1, Started), (0, Started)]);
    assert_eq!(marks.iter().filter(|(_, moment)| *moment == Stopped).count(), 2);
    assert!(about.missing.is_empty());
}

#[test]
fn a_day_on_which_a_machine_says_that_it_runs_is_no_day_off() {
    const DAY: u64 = 24 * 60;
    let index = index_of(&[records(
        "PC-1",
        &[
            (0, "EventLog", 6005, 1),
            (0, "EventLog", 6013, 2),
            (DAY, "EventLog", 6013, 3),
            (2 * DAY, "eventlog", 6013, 4),
            (2 * DAY, "Anything", 6013, 5),
            (4 * DAY, "EventLog", 6005, 6),
        ],
    )]);
    let minutes = |time: Time| time.0 / MINUTE - 1000;
    let marks: Vec<_> = index.about().marks.iter().map(|mark| (minutes(mark.time), mark.moment)).collect();
    use Moment::{Running, Started};
    let expected = [(4 * DAY, Started), (2 * DAY, Running), (DAY, Running), (0, Running), (0, Started)];
    assert_eq!(marks, expected);
    let gaps: Vec<_> = index.about().gaps.iter().map(|gap| (minutes(gap.from), minutes(gap.to))).collect();
    assert_eq!(gaps, [(2 * DAY, 4 * DAY)]);
}

#[test]
fn that_a_machine_runs_crowds_out_nothing() {
    let day = |day: u64| (day * 1440, "EventLog", if day.is_multiple_of(4) { 6005 } else { 6013 }, day as u32);
    let counts = |days: u64| {
        let days: Vec<_> = (0..days).map(day).collect();
        let index = index_of(&[records("PC-1", &days)]);
        let marks = &index.about().marks;
        assert!(marks.is_sorted_by(|a, b| a.time > b.time));
        let running: Vec<_> = marks.iter().filter(|mark| mark.moment == Moment::Running).collect();
        (marks.len() - running.len(), running.len(), running.last().map(|mark| mark.time))
    };
    let max = Mark::MAX as u64;
    assert_eq!(counts(400), (100, 300, Some(Time((1000 + 1440) * MINUTE))));
    // The newest of them stay: of four days, three say that it runs.
    let (started, running, oldest) = counts(max * 2);
    assert_eq!((started, running), (Mark::MAX / 2, Mark::MAX / 2));
    assert!(oldest > Some(Time(max * 1440 * MINUTE)));
    assert_eq!(counts(max * 8), (Mark::MAX, 0, None));
}

#[test]
fn jumps_of_ids_are_records_that_are_missing() {
    let at = |minute, id| (minute, "Anything", 1, id);
    let ids =
        [at(0, 1), at(1, 2), at(2, 503), at(3, 1000), at(4, 1001), at(5, 1003), at(6, 1002), at(7, 1), at(8, 5000)];
    let mut other = records("PC-2", &[at(0, 90_000), at(9, 90_001)]);
    other = Listed::from_bytes(&other.to_bytes().unwrap()).unwrap();
    let index = index_of(&[other, records("PC-1", &ids)]);
    let minutes = |time: Time| time.0 / MINUTE - 1000;
    let missing = index.about().missing.iter();
    let missing: Vec<_> = missing.map(|gap| (minutes(gap.from), minutes(gap.to), gap.records)).collect();
    // Those that follow one another are one; a log that was cleared begins anew.
    assert_eq!(missing, [(7, 8, 4998), (1, 3, 996)]);
    assert!(index.about().missing.iter().all(|gap| (&*gap.computer, &*gap.channel) == ("PC-1", "System")));
}

#[test]
fn a_hostile_log_stays_bounded() {
    let mut listed = Listed::default();
    listed.dictionary =
        Dictionary { names: vec!["PC".into(), String::new()], articles: vec![Vec::new(), vec![3]], kinds: vec![] };
    let count = Kinds::MAX as u32 + 1000;
    for number in 0..count {
        let level = Level::ALL[number as usize % 5];
        listed.dictionary.kinds.push(ListedKind {
            provider: 0,
            event_id: number,
            level,
            channel: 1,
            computer: 0,
            articles: number % 2,
            carved: false,
        });
        let time = [Time(0), Time(u64::MAX), Time(u64::from(number)), Time(u64::MAX / 2)][number as usize % 4];
        listed.push(ListedRecord {
            time,
            place: Place(number.into()),
            id: number.wrapping_mul(0x9e37_79b9),
            kind: number,
        });
    }
    // What names no kind finds no place.
    listed.push(ListedRecord { time: Time(1), place: Place(u64::MAX), id: 0, kind: u32::MAX });
    let mut index = index_of(&[listed]);
    let about = index.about().clone();
    assert_eq!((about.records, about.left_out, about.others), (count.into(), 1, 1000));
    assert_eq!(about.span, Some((Time(0), Time(u64::MAX))));
    assert!(index.dictionary().kinds.len() <= Kinds::MAX + 10);
    let found = index.filter(&Filter::default());
    assert_eq!((found.count, found.explained), (count.into(), [u64::from(count / 2); 2]));
    let histogram = index.histogram(100, (Time(0), Time(u64::MAX)));
    assert_eq!(histogram.bins.iter().flatten().map(|count| u64::from(*count)).sum::<u64>(), u64::from(count));
    assert_eq!(histogram.start(100), Time(u64::MAX));
    assert!(Listed::from_bytes(&[0xff; 40]).is_err());
}

#[test]
fn nothing_is_an_index_too() {
    let mut index = Builder::with_room(0).finish();
    assert_eq!(index.about(), &Default::default());
    assert_eq!(index.filter(&Filter::default()).count, 0);
    assert!(index.rows(0, 10).is_empty());
    let histogram = index.histogram(0, (Time(5), Time(4)));
    assert_eq!(histogram.bins, [[0; 5]]);
}

/// One record of long ago does not hide where the others are.
#[test]
fn most_records_may_be_in_a_small_part_of_the_time() {
    const DAY: u64 = 24 * 60;
    let day = |day: u64| Time((1000 + day * DAY) * MINUTE);
    let mut all: Vec<(u64, &str, u32, u32)> =
        (0..60).map(|number| (300 * DAY + number * 60, "Disk", 7, number as u32 + 2)).collect();
    let span = (day(0), day(400));
    let index = |all: &[(u64, &str, u32, u32)]| index_of(&[records("PC", all)]).histogram(200, span);
    all.push((1, "Disk", 7, 1));
    let histogram = index(&all);
    let (from, to) = histogram.dense().unwrap();
    assert!((day(298)..=day(301)).contains(&from));
    assert!((day(302)..=day(306)).contains(&to));
    let dense = histogram.bins.iter().zip(0..).filter(|(_, bin)| (from..=to).contains(&histogram.start(*bin)));
    assert!(dense.map(|(bin, _)| bin.iter().sum::<u32>()).sum::<u32>() >= 58);
    // More of them, or as many everywhere, are nothing that hides.
    all.extend((2..6).map(|number| (number * 50 * DAY, "Disk", 7, number as u32 + 100)));
    assert_eq!(index(&all).dense(), None);
    let even: Vec<_> = (0..200).map(|number| (number * 2 * DAY, "Disk", 7, number as u32)).collect();
    assert_eq!((index(&even).dense(), index(&[]).dense()), (None, None));
}
