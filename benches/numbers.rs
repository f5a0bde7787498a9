//! The numbers that this project promises, measured in one run. Machines differ, so speeds are compared with something
//! else that the same machine does in the same run. `cargo xtask bench` builds the page and runs this.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use browser::{Browser, Kind, Options, PageProcess};
use evtx_checkup::checkup::{self, Checkup, FileReport, InOrder, Listing, Report};
use evtx_checkup::event::Level;
use evtx_checkup::index::{Builder, Filter, containing};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader, Stream, to_xml};
use evtx_checkup::log::{Kind as FileKind, Record, Sink, evt, xml};
use log_writer::logs::{Article, founding};
use log_writer::{Event, EvtWriter, EvtxWriter};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What can be measured by itself: `cargo xtask bench imported`.
const PARTS: [&str; 6] = ["native", "page", "search", "records", "files", "imported"];

/// The page is measured this often. The best and the worst run are shown; of comparisons, the median counts.
const RUNS: usize = 7;

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` only wants to know that this builds.
    if arguments.iter().any(|argument| argument == "--test") {
        return Ok(());
    }
    // Cargo adds `--bench`.
    let chosen: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = chosen.iter().find(|part| !PARTS.contains(part)) {
        return Err(format!("there is no part {unknown}; there are {}", PARTS.join(", ")).into());
    }
    let (small, large) = (log("64MiB.evtx", 64 << 20)?, log("1GiB.evtx", 1 << 30)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("\n{:<58} {:>20} {:>14}", "", "measured", "promised");
    for part in PARTS.into_iter().filter(|part| chosen.is_empty() || chosen.contains(part)) {
        match part {
            "native" => {
                native(&large)?;
                native_evt();
                native_zip(&large)?;
            }
            "page" => runtime.block_on(page(&small, &large))?,
            "search" => native_search(&large)?,
            "records" => runtime.block_on(page_with_all_records(&large))?,
            "files" => runtime.block_on(page_with_many_files(&large))?,
            _ => runtime.block_on(page_with_imported(&large))?,
        }
    }
    Ok(())
}

/// A quarter of the log in a zip archive in memory, one thread: a checkup of it, and unpacking alone.
fn native_zip(log: &Path) -> Result {
    let mut bytes = Vec::new();
    File::open(log)?.take(HEADER_SIZE + 4096 * CHUNK_SIZE).read_to_end(&mut bytes)?;
    let archive = log_writer::zip(&[("System.evtx", &bytes)]);
    let file = FileReport::open("System.evtx", bytes.len() as u64, &bytes);
    let knowledge = evtx_checkup::built_in();
    let mut opened = Archive::open(|| Ok(Cursor::new(&archive)), FileKind::Zip, "System.zip")?;
    let mut time = |read: &dyn Fn(&mut dyn Read)| -> Result<f64> {
        let started = cpu_time();
        read(&mut opened.entry(0).map_err(|(_, error)| error)?);
        Ok(cpu_time() - started)
    };
    let check = time(&|entry| {
        let report = checkup::in_order(&knowledge, 0, &file, Stream::default(), entry);
        assert!(report.records() > 0, "the log is read");
    })?;
    let unpack = time(&|entry| drop(std::io::copy(entry, &mut std::io::sink())))?;
    row("native zip: MB/s of the log in it", format!("{:.0}", bytes.len() as f64 / check / 1e6), "", true);
    row("native zip: time of the checkup / of unpacking only", format!("{:.2}", check / unpack), "", true);
    Ok(())
}

/// The page with whatever people have: many files, real ones where they are, and a large archive.
async fn page_with_many_files(large: &Path) -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (built, folder) = (root.join("dist/index.html"), root.join("target/bench"));
    let compare = async |what: &str, files: Vec<PathBuf>, one: &Path, promised: Option<f64>| -> Result {
        let (mut many, mut one) = (Series::of(&built, files), Series::new(&built, None, one));
        for _ in 0..7 {
            many.run().await?;
            one.run().await?;
        }
        let (ratio, shown) = many.compared(&one, |many, one| many.done / one.done, 2);
        let said = promised.map(|promised| format!("at most {promised}")).unwrap_or_default();
        row(what, shown, &said, promised.is_none_or(|promised| ratio <= promised));
        let (_, shown) = many.compared(&one, |many, one| many.reading / one.done, 2);
        row("  the browser's time of only reading them / of that one", shown, "", true);
        Ok(())
    };
    let mut bytes = Vec::new();
    File::open(large)?.take(HEADER_SIZE + 1000 * CHUNK_SIZE).read_to_end(&mut bytes)?;
    let (header, chunks) = bytes.split_at(HEADER_SIZE as usize);
    let (pieces, one) = (folder.join("pieces"), folder.join("1000-chunks.evtx"));
    std::fs::create_dir_all(&pieces)?;
    std::fs::write(&one, &bytes)?;
    let mut files = Vec::new();
    for (number, chunk) in chunks.chunks(CHUNK_SIZE as usize).enumerate() {
        files.push(pieces.join(format!("{number}.evtx")));
        std::fs::write(&files[number], [header, chunk].concat())?;
    }
    compare("page: time of 1,000 files of 68 KB / of one of 66 MB", files, &one, None).await?;
    if let Some(samples) = test_files::folder("EVTX_SAMPLES") {
        let files = test_files::all(samples)?.into_iter();
        let logs: Vec<PathBuf> = files.filter(|path| path.extension().is_none_or(|ending| ending != "tsv")).collect();
        let mut joined = header.to_vec();
        for log in &logs {
            joined.extend(std::fs::read(log)?.get(HEADER_SIZE as usize..).unwrap_or_default());
            joined.resize(joined.len() - (joined.len() - HEADER_SIZE as usize) % CHUNK_SIZE as usize, 0);
        }
        let one = folder.join("samples.evtx");
        std::fs::write(&one, joined)?;
        let what = format!("page: time of {} real logs / of their bytes in one", logs.len());
        compare(&what, logs.clone(), &one, Some(1.3)).await?;
        if Kind::Firefox.missing().is_none() {
            let mut ratios = Vec::new();
            for _ in 0..7 {
                let many = done_in_firefox(&built, &logs).await?;
                ratios.push(many / done_in_firefox(&built, std::slice::from_ref(&one)).await?);
            }
            let (ratio, shown) = middle(ratios, 2);
            row("  the same in Firefox", shown, "at most 1.3", ratio <= 1.3);
        }
    }
    let archive = folder.join("4GiB.zip");
    if !archive.is_file() {
        let unfinished = archive.with_extension("part");
        let mut writer = zip::ZipWriter::new(BufWriter::new(File::create(&unfinished)?));
        for number in 0..4 {
            let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
            writer.start_file(format!("{number}/System.evtx"), options)?;
            // The same log again and again: each is looked at twice, for the records that the others have too.
            std::io::copy(&mut File::open(large)?, &mut writer)?;
        }
        writer.finish()?;
        std::fs::rename(unfinished, &archive)?;
    }
    let mut zipped = Series::new(&built, None, &archive);
    zipped.run().await?;
    zipped.row("page: checkup of a zip of 4 logs of 1 GiB, ms", |run| run.done);
    zipped.row_below("page: growth of its memory over that, MB", |run| run.memory as f64 / 1e6, 400.0);
    Ok(())
}

/// The page with an archive of articles as large as the largest that is public: until they can be searched, and what
/// they cost the checkup.
async fn page_with_imported(large: &Path) -> Result {
    const ARTICLES: u32 = 60_000;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/index.html");
    let archive = packed("articles.zip", kb_writer::many(ARTICLES))?;
    let (mut with, mut without) = (Series::new(&built, Some(archive), large), Series::new(&built, None, large));
    for _ in 0..5 {
        with.run().await?;
        without.run().await?;
    }
    with.row_below("page: 60,000 articles from a zip, until searched, ms", |run| run.learned, 20_000.0);
    with.row("page: the first search among them, ms", |run| run.searched);
    with.row_below("page: growth of its memory by them, MB", |run| run.memory_before as f64 / 1e6, 400.0);
    with.row_below("page: longest task until then, ms", |run| run.longest_task_before, 50.0);
    let (speed, shown) = with.compared(&without, |with, without| without.busy / with.busy, 2);
    row("page: CPU time of the checkup without them / with", shown, "at least 0.9", speed >= 0.9);
    Ok(())
}

/// A log of about the given size, made once and kept in target/bench.
fn log(name: &str, bytes: u64) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    let path = folder.join(name);
    if !path.is_file() {
        std::fs::create_dir_all(&folder)?;
        let unfinished = path.with_extension("part");
        log_writer::logs::benchmark(BufWriter::new(File::create(&unfinished)?), bytes)?;
        std::fs::rename(unfinished, &path)?;
    }
    Ok(path)
}

fn row(what: &str, measured: String, promised: &str, holds: bool) {
    println!("{what:<58} {measured:>20} {promised:>14}{}", if holds { "" } else { "  MISSED" });
}

/// One thread, a quarter of the log in memory: a checkup, and the evtx crate writing the same records as JSON lines.
fn native(log: &Path) -> Result {
    let knowledge = evtx_checkup::built_in();
    let bytes = std::fs::read(log)?;
    let bytes = &bytes[..(HEADER_SIZE + 4096 * CHUNK_SIZE) as usize];
    let file = FileReport::open("log", bytes.len() as u64, bytes);
    let started = cpu_time();
    let report = checkup::slice(&knowledge, 0, &file, &bytes[HEADER_SIZE as usize..], HEADER_SIZE);
    let ours = cpu_time() - started;
    let settings = Arc::new(evtx::ParserSettings::default().indent(false).num_threads(1));
    let (mut records, mut length) = (0, 0);
    let started = cpu_time();
    for chunk in bytes[HEADER_SIZE as usize..].chunks(CHUNK_SIZE as usize) {
        let mut data = evtx::EvtxChunkData::new(chunk.to_vec(), true)?;
        for record in data.parse(settings.clone())?.iter() {
            length += record?.into_json_bytes()?.data.len() + 1;
            records += 1;
        }
    }
    let theirs = cpu_time() - started;
    assert!(report.records() == records && length > 0, "both read the same records");
    let speed = |time: f64| bytes.len() as f64 / time / 1e6;
    row("native checkup, one thread, MB/s", format!("{:.0}", speed(ours)), "", true);
    row("evtx crate to JSON lines, one thread, MB/s", format!("{:.0}", speed(theirs)), "", true);
    row("CPU time of the checkup / of JSON lines", format!("{:.2}", ours / theirs), "under 1", ours < theirs);
    let with_none = checkup_time(&KnowledgeBase::default(), bytes);
    row("native speed with all articles / with none", format!("{:.2}", with_none / ours), "", true);
    let export = export(&bytes[HEADER_SIZE as usize..][..1024 * CHUNK_SIZE as usize]);
    for (what, export) in [
        ("native XML export, one thread, MB/s", export.clone().into_bytes()),
        ("native XML export in UTF-16, one thread, MB/s", export.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ] {
        let speed = export_speed(&knowledge, &export);
        row(what, format!("{speed:.0}"), "at least 100", speed >= 100.0);
    }
    let Some(checkout) = test_files::folder("SIGMA_REPO") else { return Ok(()) };
    let (rules, _) = evtx_checkup::sources::compile(&knowledge, &rules(&checkout)?);
    let count = rules.len();
    let mut with_rules = knowledge;
    with_rules.add(rules);
    let cost = checkup_time(&with_rules, bytes) / ours;
    row(&format!("native cost with {count} Sigma rules too / without"), format!("{cost:.1}"), "", true);
    Ok(())
}

/// One thread, an .evt log in memory: of a hundred records two are those of the founding articles' logs.
fn native_evt() {
    const RECORDS: usize = 600_000;
    let problems = Article::ALL.map(|article| founding(article).events).concat();
    let state = Event::service_control_manager(7036).param("Windows Update").param("running");
    let document = Event::classic("Print", 10).string("17").string("Microsoft Word - Report.doc").string("Alice");
    let printed = document.string("HP LaserJet 4 (floor 2)").string("LPT1:").string("152340").string("12");
    let mut writer = EvtWriter::new();
    for number in 0..RECORDS {
        writer.write(match number % 50 {
            0 => &problems[number / 50 % problems.len()],
            1..20 => &printed,
            _ => &state,
        });
    }
    let log = writer.finish();
    let knowledge = evtx_checkup::built_in();
    let file = FileReport::open("SysEvent.Evt", log.len() as u64, &log[..HEADER_SIZE as usize]);
    let started = cpu_time();
    let reader = evt::Reader::new(file.size, &file.name);
    let report = checkup::in_order(&knowledge, 0, &file, reader, log.as_slice());
    let speed = log.len() as f64 / (cpu_time() - started) / 1e6;
    assert_eq!(report.records(), RECORDS as u64, "all records are read");
    row("native .evt, one thread, MB/s", format!("{speed:.0}"), "at least 200", speed >= 200.0);
}

/// A quarter of the log in memory, one thread: listing all records, and searching for texts, against a checkup.
fn native_search(log: &Path) -> Result {
    let bytes = std::fs::read(log)?;
    let bytes = &bytes[..(HEADER_SIZE + 4096 * CHUNK_SIZE) as usize];
    let file = FileReport::open("log", bytes.len() as u64, bytes);
    let list = |knowledge: &KnowledgeBase, listing: &Listing| {
        let started = cpu_time();
        let mut checkup = Checkup::new(knowledge).listing(listing);
        checkup.open(0, &file);
        checkup.read(&bytes[HEADER_SIZE as usize..], HEADER_SIZE);
        checkup.finish();
        cpu_time() - started
    };
    let knowledge = evtx_checkup::built_in();
    let checkup = checkup_time(&knowledge, bytes);
    let listing = Listing::default();
    let cost = list(&knowledge, &listing) / checkup;
    row("native cost of listing all records / of a checkup", format!("{cost:.2}"), "", true);
    let mut builder = Builder::with_room(0);
    let started = cpu_time();
    listing.take().iter().for_each(|listed| builder.add(listed));
    let mut index = builder.finish();
    let made = cpu_time() - started;
    let started = cpu_time();
    index.filter(&Filter { levels: vec![Level::Information], ..Filter::default() });
    let (count, filtered) = (index.about().records as f64, cpu_time() - started);
    row("native index: ns a record to make it", format!("{:.0}", made / count * 1e9), "", true);
    row("native index: ns a record to filter", format!("{:.1}", filtered / count * 1e9), "", true);
    for text in ["contoso backup", "%%1053", "7036", "53", "e"] {
        let speed = checkup / list(&containing(text), &Listing::of_matches());
        let what = format!("native speed of a search for \u{201c}{text}\u{201d} / of a checkup");
        row(&what, format!("{speed:.2}"), "at least 0.4", speed >= 0.4);
    }
    Ok(())
}

/// CPU seconds of a checkup of a whole log.
fn checkup_time(knowledge: &KnowledgeBase, log: &[u8]) -> f64 {
    let file = FileReport::open("log", log.len() as u64, log);
    let started = cpu_time();
    checkup::slice(knowledge, 0, &file, &log[HEADER_SIZE as usize..], HEADER_SIZE);
    cpu_time() - started
}

/// Writes the records of whole chunks as Event Viewer exports them.
struct Export<'c> {
    chunks: &'c [u8],
    text: String,
}

impl Sink for Export<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let at = record.offset % CHUNK_SIZE;
        let chunk = &self.chunks[(record.offset - at) as usize..][..CHUNK_SIZE as usize];
        self.text.push_str(&to_xml(chunk, at as usize).unwrap_or_default());
    }
}

fn export(chunks: &[u8]) -> String {
    let mut export = Export { chunks, text: "<Events>".into() };
    Reader::default().slice(chunks, 0, &mut export);
    export.text + "</Events>"
}

/// The speed of a checkup of an export in slices of 4 MiB, in MB/s.
fn export_speed(knowledge: &KnowledgeBase, export: &[u8]) -> f64 {
    let file = FileReport::open("export", export.len() as u64, &export[..FileKind::START]);
    let started = cpu_time();
    let mut checkup = InOrder::new(knowledge, 0, &file, xml::Reader::new(0));
    let mut report = Report::default();
    export.chunks(4 << 20).for_each(|slice| report.merge(checkup.slice(slice)));
    report.merge(checkup.finish());
    assert!(report.records() > 0 && report.files[&0].coverage.problem_count == 0, "the export is whole");
    export.len() as f64 / (cpu_time() - started) / 1e6
}

/// The texts of all rules of a checkout of SigmaHQ/sigma.
fn rules(checkout: &Path) -> Result<Vec<(String, String)>> {
    let files = test_files::ending(checkout, "yml")?.into_iter().map(|path| (path.display().to_string(), path));
    let rules = files.filter(|(name, _)| name.contains("/rules"));
    rules.map(|(name, path)| Ok((name, std::fs::read_to_string(path)?))).collect()
}

/// CPU seconds that this thread has used: the first number of schedstat, in nanoseconds (Linux, sched-stats.rst).
fn cpu_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|time| time.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e9
}

/// What one run in the page gave; times in milliseconds, memory in bytes.
struct Run {
    ready: f64,
    /// Of reading only: one file as the page reads it, several with the browser's own means.
    reading: f64,
    first: f64,
    done: f64,
    /// What the processors worked for the page until then, on all threads.
    busy: f64,
    longest_task: f64,
    /// Until what was brought was known, with a first search among imported articles, which took so long of it; and the
    /// longest task and the growth of memory by then.
    learned: f64,
    searched: f64,
    longest_task_before: f64,
    memory_before: u64,
    memory: u64,
}

/// The same page and files, measured again and again.
struct Series {
    page: PathBuf,
    /// Articles or rules that it is given before.
    brought: Option<PathBuf>,
    files: Vec<PathBuf>,
    runs: Vec<Run>,
}

impl Series {
    fn new(page: &Path, brought: Option<PathBuf>, log: &Path) -> Series {
        Series { page: page.to_owned(), brought, files: vec![log.to_owned()], runs: Vec::new() }
    }

    /// Several files that are dropped together.
    fn of(page: &Path, files: Vec<PathBuf>) -> Series {
        Series { page: page.to_owned(), brought: None, files, runs: Vec::new() }
    }

    async fn run(&mut self) -> Result {
        self.runs.push(run(&self.page, self.brought.as_deref(), &self.files).await?);
        Ok(())
    }

    /// The lowest and the highest value of a run.
    fn range(&self, value: fn(&Run) -> f64) -> (f64, f64) {
        let values = self.runs.iter().map(value);
        values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    }

    /// A row with that range.
    fn row(&self, what: &str, value: fn(&Run) -> f64) {
        let (low, high) = self.range(value);
        row(what, format!("{low:.0} to {high:.0}"), "", true);
    }

    /// The same, with what even the worst run must be under.
    fn row_below(&self, what: &str, value: fn(&Run) -> f64, promised: f64) {
        let (low, high) = self.range(value);
        row(what, format!("{low:.0} to {high:.0}"), &format!("under {promised:.0}"), high < promised);
    }

    /// What each run is compared with the other series' run of the same round: the median, and all in words. The
    /// machine's speed changes from round to round and less within one.
    fn compared(&self, other: &Series, compare: fn(&Run, &Run) -> f64, digits: usize) -> (f64, String) {
        middle(self.runs.iter().zip(&other.runs).map(|(own, other)| compare(own, other)).collect(), digits)
    }
}

/// The median of values, and all in words.
fn middle(mut values: Vec<f64>, digits: usize) -> (f64, String) {
    values.sort_by(f64::total_cmp);
    let (low, median, high) = (values[0], values[values.len() / 2], values[values.len() - 1]);
    (median, format!("{median:.digits$} ({low:.digits$} to {high:.digits$})"))
}

/// The page in headless Chromium, opened from disk.
async fn page(small: &Path, large: &Path) -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (built, with_ten) = (root.join("dist/index.html"), root.join("target/bench/few-articles.html"));
    let (mut all, mut ten) = (Series::new(&built, None, large), Series::new(&with_ten, None, large));
    let mut short = Series::new(&built, None, small);
    let mut with_rules = match test_files::folder("SIGMA_REPO") {
        Some(checkout) => Some(Series::new(&built, Some(packed_rules(&checkout)?), large)),
        None => None,
    };
    for round in 0..RUNS {
        let mut series: Vec<_> = [&mut all, &mut ten, &mut short].into_iter().chain(&mut with_rules).collect();
        // None is always the first.
        let first = round % series.len();
        series.rotate_left(first);
        for series in series {
            series.run().await?;
        }
    }
    all.row_below("page: from opening the file to ready for a drop, ms", |run| run.ready, 300.0);
    all.row("page: reading slices of 1 GiB only, ms", |run| run.reading);
    all.row("page: checkup of 1 GiB, ms", |run| run.done);
    let (low, high) = all.range(|run| run.reading / run.done);
    row("page: speed of the checkup / of reading only", format!("{low:.2} to {high:.2}"), "at least 0.5", low >= 0.5);
    all.row_below("page: first finding of 1 GiB on screen, ms", |run| run.first, 300.0);
    all.row_below("page: longest task while reading, ms", |run| run.longest_task, 50.0);
    all.row_below("page: growth of its memory over 1 GiB, MB", |run| run.memory as f64 / 1e6, 100.0);
    // Of the time that passes, other programs take their part, and not the same in any two runs.
    let (speed, shown) = all.compared(&ten, |all, ten| ten.busy / all.busy, 2);
    row("page: CPU time with the ten articles it finds / with all", shown, "at least 0.9", speed >= 0.9);
    let (start, shown) = all.compared(&ten, |all, ten| all.ready - ten.ready, 0);
    row("page: start with all articles - with ten, ms", shown, "at most 50", start <= 50.0);
    short.row_below("page: checkup of 64 MiB, ms", |run| run.done, 300.0);
    let Some(with_rules) = with_rules else { return Ok(()) };
    with_rules.row_below("page: learning all Sigma rules from a zip, ms", |run| run.learned, 1000.0);
    with_rules.row_below(
        "page: longest task while learning them and reading, ms",
        |run| run.longest_task.max(run.longest_task_before),
        50.0,
    );
    let (cost, shown) = with_rules.compared(&all, |with, without| with.done / without.done, 1);
    row("page: cost of the checkup with the rules too / without", shown, "at most 3", cost <= 3.0);
    Ok(())
}

/// A log of ten million small records, made once: nothing else would have so many in a few gigabytes.
fn ten_million() -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/10-million.evtx");
    if !path.is_file() {
        let unfinished = path.with_extension("part");
        let mut writer = EvtxWriter::new(BufWriter::new(File::create(&unfinished)?))?;
        let kinds: Vec<Event> = (0..200).map(|id| Event::classic(format!("Contoso {}", id % 40), id)).collect();
        let mut time = log_writer::filetime(2026, 1, 1, 0, 0, 0);
        for number in 0..10_000_000_usize {
            time += 10_000_000;
            let level = if number % 50 == 0 { log_writer::Level::Error } else { log_writer::Level::Information };
            writer.write(&kinds[number * 7919 % kinds.len()].clone().level(level).time(time))?;
        }
        writer.finish()?;
        std::fs::rename(unfinished, &path)?;
    }
    Ok(path)
}

/// All records of ten million in the page: the index, another filter, scrolling; and a search in 1 GiB.
async fn page_with_all_records(large: &Path) -> Result {
    let log = ten_million()?;
    let options = Options { patience: PATIENCE, ..Options::default() };
    let browser = Browser::start(Kind::Chromium, &options).await?;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/index.html");
    // Gives the milliseconds from doing something until something holds of the page.
    const UNTIL: &str = "const [act, holds, done] = arguments;
        const is = new Function('return ' + holds), start = performance.now();
        const look = () => is() ? done(performance.now() - start) : setTimeout(look, 2);
        new Function(act)();
        look();";
    let time = async |act: &str, holds: &str| -> Result<f64> {
        let time = browser.script_async(UNTIL, [serde_json::json!(act), serde_json::json!(holds)]).await?;
        Ok(time.as_f64().unwrap_or(f64::NAN))
    };
    const COUNTED: &str =
        "/^[0-9,]+( of [0-9,]+)? records/.test(document.querySelector('.outcome [role=status]')?.textContent)";
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    let process = page_process(&browser).await?;
    browser.drop_files(&[&log]).await?;
    browser.wait_for("p.progress.done").await?;
    browser.devtools("HeapProfiler.collectGarbage", serde_json::json!({})).await?;
    let before = process.resident_bytes()?;
    let made = time("location.hash = '#/events'", COUNTED).await?;
    row("page: making the index of 10 million records, ms", format!("{made:.0}"), "", true);
    browser.wait_for(".event time").await?;
    let more = process.resident_bytes()?.saturating_sub(before) as f64 / 1e7;
    row("page: bytes of memory a record for it", format!("{more:.1}"), "at most 32", more <= 32.0);
    let (mut filters, mut scrolls) = (Vec::new(), Vec::new());
    for round in 0..RUNS {
        let before = "document.querySelector('.outcome [role=status]').textContent";
        let act = format!("window.before = {before}; document.querySelector('.levels .error input').click()");
        filters.push(time(&act, &format!("{before} !== window.before && {COUNTED}")).await?);
        let act = format!(
            "const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight * {} / {RUNS};
                           window.before = document.querySelector('.event').id",
            round + 1
        );
        let holds = "document.querySelector('.event').id !== window.before && [...document.querySelectorAll('.event')].every(row => row.querySelector('time'))";
        if round + 1 < RUNS {
            scrolls.push(time(&act, holds).await?);
        }
    }
    for (what, times) in [("another filter", filters), ("scrolling anywhere", scrolls)] {
        let worst = times.into_iter().fold(0.0, f64::max);
        row(
            &format!("page: {what} among 10 million records, worst ms"),
            format!("{worst:.0}"),
            "under 100",
            worst < 100.0,
        );
    }
    let longest = browser.long_tasks().await?.iter().map(|task| task.duration).fold(0.0, f64::max);
    row("page: longest task meanwhile, ms", format!("{longest:.0}"), "under 50", longest < 50.0);
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    browser.drop_files(&[large]).await?;
    browser.wait_for("p.progress.done").await?;
    let seconds = browser
        .script("return parseFloat(document.querySelector('p.progress.done').textContent.split(' ')[2])")
        .await?;
    let checkup = seconds.as_f64().unwrap_or(f64::NAN) * 1e3;
    time("location.hash = '#/events'", COUNTED).await?;
    for text in ["contoso backup", "7036"] {
        let act = format!(
            "const field = document.querySelector('#events-text'); field.value = '{text}';
                           field.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        );
        let begun = time(&act, "document.querySelector('.events-view .progress')").await?;
        let searched = begun + time("", "!document.querySelector('.events-view .progress')").await?;
        let speed = checkup / searched;
        row(
            &format!("page: speed of a search for \u{201c}{text}\u{201d} / of the checkup"),
            format!("{speed:.2}"),
            "at least 0.4",
            speed >= 0.4,
        );
    }
    Ok(browser.close().await?)
}

/// The rules of a checkout of SigmaHQ/sigma in an archive.
fn packed_rules(checkout: &Path) -> Result<PathBuf> {
    let rules = rules(checkout)?.into_iter().filter(|(name, _)| name.contains("/windows/"));
    packed("rules.zip", rules.map(|(name, text)| (name.trim_start_matches('/').to_owned(), text)))
}

/// Texts in an archive.
fn packed(name: &str, texts: impl Iterator<Item = (String, String)>) -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench").join(name);
    let mut archive = zip::ZipWriter::new(BufWriter::new(File::create(&path)?));
    for (name, text) in texts {
        archive.start_file(name, zip::write::SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    archive.finish()?;
    Ok(path)
}

/// The page's process. It is found by being busy, which may take a second look.
async fn page_process(browser: &Browser) -> Result<PageProcess> {
    for _ in 0..5 {
        if let Ok(process) = browser.page_process().await {
            return Ok(process);
        }
    }
    Ok(browser.page_process().await?)
}

/// How long the page may take for the largest of these files on a slow machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// Opens a page, brings it articles or rules if there are any, measures reading, drops the files and waits for the end.
async fn run(page: &Path, brought: Option<&Path>, files: &[PathBuf]) -> Result<Run> {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let options = Options { patience: PATIENCE, ..Options::default() };
    let browser = Browser::start(Kind::Chromium, &options).await?;
    browser.open_file(page, "").await?;
    browser.wait_for(".welcome").await?;
    let ready = browser.script("return performance.getEntriesByName('ready')[0].startTime").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let process = page_process(&browser).await?;
    let before = process.resident_bytes()?;
    process.reset_peak()?;
    let (learned, searched) = match brought {
        Some(brought) => learn(&browser, brought).await?,
        None => (0.0, 0.0),
    };
    let memory_before = process.peak_resident_bytes()?.saturating_sub(before);
    browser
        .script(
            "const input = document.createElement('input');
             Object.assign(input, { type: 'file', id: 'measured', multiple: true });
             document.body.append(input);",
        )
        .await?;
    browser.choose_files("#measured", &files).await?;
    let reading = browser
        .script_async(
            "const done = arguments[arguments.length - 1], files = [...document.getElementById('measured').files];
             if (files.length === 1) {
               wasm_bindgen.measure_reading(files[0]).then(done);
             } else {
               (async () => {
                 const start = performance.now();
                 while (files.length) await Promise.all(files.splice(0, 32).map(file => file.arrayBuffer()));
                 done(performance.now() - start);
               })();
             }",
            Vec::new(),
        )
        .await?;
    browser.script("document.getElementById('measured').remove()").await?;
    browser.script(WATCH).await?;
    browser.devtools("HeapProfiler.collectGarbage", serde_json::json!({})).await?;
    let before = process.resident_bytes()?;
    process.reset_peak()?;
    let busy = process.cpu_time();
    browser.drop_files(&files).await?;
    browser.script_async("window.finished.then(arguments[arguments.length - 1])", Vec::new()).await?;
    let busy = process.cpu_time() - busy;
    let memory = process.peak_resident_bytes()?.saturating_sub(before);
    let times = browser.script("return [times.first - times.drop, times.done - times.drop, times.drop]").await?;
    let number = |value: &serde_json::Value| value.as_f64().unwrap_or(f64::NAN);
    let (ready, drop) = (number(&ready), number(&times[2]));
    let tasks = browser.long_tasks().await?;
    let longest = |from: f64, to: f64| {
        let tasks = tasks.iter().filter(|task| (from..to).contains(&task.start));
        tasks.map(|task| task.duration).fold(0.0, f64::max)
    };
    browser.close().await?;
    Ok(Run {
        ready,
        reading: number(&reading),
        first: number(&times[0]),
        done: number(&times[1]),
        busy: busy.as_secs_f64() * 1e3,
        longest_task: longest(drop, f64::MAX),
        learned,
        searched,
        longest_task_before: longest(ready + 100.0, drop),
        memory_before,
        memory,
    })
}

/// The page's time for dropped files in Firefox, in milliseconds.
async fn done_in_firefox(page: &Path, files: &[PathBuf]) -> Result<f64> {
    let browser = Browser::start(Kind::Firefox, &Options { patience: PATIENCE, ..Options::default() }).await?;
    browser.open_file(page, "").await?;
    browser.wait_for(".welcome").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    browser.script(WATCH).await?;
    browser.drop_files(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await?;
    browser.script_async("window.finished.then(arguments[arguments.length - 1])", Vec::new()).await?;
    let done = browser.script("return times.done - times.drop").await?;
    browser.close().await?;
    Ok(done.as_f64().unwrap_or(f64::NAN))
}

/// Notes when files are dropped, when the first finding is there, and when all is done.
const WATCH: &str = "const times = window.times = {};
    addEventListener('drop', () => times.drop = performance.now(), true);
    // One promise: asking again and again would take time from what is measured.
    window.finished = new Promise(resolve => new MutationObserver(() => {
        if (document.querySelector('.list li')) times.first ??= performance.now();
        if (!times.done && document.querySelector('p.progress.done')) resolve(times.done = performance.now());
    }).observe(document.getElementById('app'), { subtree: true, childList: true }));";

/// Gives articles or rules to the page; the milliseconds until it knows them, and of imported ones until a search shows
/// some, and those of that search.
async fn learn(browser: &Browser, brought: &Path) -> Result<(f64, f64)> {
    browser
        .script(
            "let start, asked;
             document.querySelector('main input[type=file]').addEventListener('change', () => start = performance.now(), true);
             new MutationObserver(() => {
                 if (!document.querySelector('.added .buttons')) return;
                 const done = !document.querySelector('.added a') || document.querySelector('.imported li');
                 if (done) {
                     const now = performance.now();
                     window.learned ??= [now - start, now - (asked ?? now)];
                 } else if (!asked) {
                     asked = performance.now();
                     location.hash = '#/kb?q=waran+warims';
                 }
             }).observe(document.getElementById('app'), { subtree: true, childList: true });",
        )
        .await?;
    browser.choose_files("main input[type=file]", &[brought]).await?;
    let times = browser.wait_until("window.learned").await?;
    browser.script("location.hash = ''").await?;
    let number = |at: usize| times[at].as_f64().unwrap_or(f64::NAN);
    Ok((number(0), number(1)))
}
