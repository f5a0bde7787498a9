//! Feeds the readers with inputs that nobody thought of: cargo-fuzz with seeds for each target.

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use flate2::{Compression, GzBuilder};
use log_writer::MtaWriter;
use log_writer::logs::{Article, founding};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::test::is_installed;
use super::{Result, root, run, run_with};

/// A file's header and one chunk: small inputs are tried more often.
const LOG_HEADER: usize = 4096;
const CHUNK: usize = 65536;

/// Makes the inputs that a target starts from.
type Seeds = fn() -> Result<Vec<Vec<u8>>>;

/// What is fuzzed, and what it starts from. Each is a file in `fuzz/fuzz_targets`.
const TARGETS: [(&str, Seeds); 7] = [
    ("evtx", logs),
    ("evt", old_logs),
    ("xml", exports),
    ("mta", display_texts),
    ("archive", archives),
    ("sigma", texts),
    ("import", imported),
];

/// Fuzzes one target or each in turn, for so many minutes.
pub fn fuzz(target: Option<&str>, minutes: u64) -> Result {
    if target.is_some_and(|target| TARGETS.iter().all(|(name, _)| *name != target)) {
        return Err(format!("there is no such target; there are {}", TARGETS.map(|(name, _)| name).join(", ")).into());
    }
    if !is_installed("cargo-fuzz") {
        run("cargo", &["install", "--locked", "cargo-fuzz"])?;
    }
    for (name, seeds) in TARGETS.into_iter().filter(|(name, _)| target.is_none_or(|target| target == *name)) {
        let corpus = root().join("fuzz/corpus").join(name);
        fs::create_dir_all(&corpus)?;
        let seeds = seeds()?;
        println!("{name}: {} seeds", seeds.len());
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number}")), seed)?;
        }
        run_target(name, minutes)?;
    }
    Ok(())
}

/// The sanitizer that cargo-fuzz asks for is unstable only by name: the stable compiler has it, and says so when told.
fn run_target(name: &str, minutes: u64) -> Result {
    let time = format!("-max_total_time={}", minutes * 60);
    let arguments = ["fuzz", "run", name, "--", &time, "-timeout=20", "-rss_limit_mb=2048"];
    run_with(&[("RUSTC_BOOTSTRAP", "1".as_ref())], "cargo", &arguments)
        .map_err(|error| format!("{error}; an input that fails is in fuzz/artifacts/{name}").into())
}

/// Logs of one chunk: those that the writer for the tests makes, and those of `EVTX_SAMPLES`.
fn logs() -> Result<Vec<Vec<u8>>> {
    let mut benchmark = Cursor::new(Vec::new());
    log_writer::logs::benchmark(&mut benchmark, 1 << 20)?;
    let mut logs = vec![log_writer::logs::sample(), benchmark.into_inner(), log_writer::evtx([])];
    for path in samples("evtx")? {
        logs.push(fs::read(path)?);
    }
    let chunks = |log: &Vec<u8>| -> Vec<Vec<u8>> {
        let (header, chunks) = log.split_at(log.len().min(LOG_HEADER));
        chunks.chunks(CHUNK).map(|chunk| [header, chunk].concat()).collect()
    };
    Ok(logs.iter().flat_map(chunks).collect())
}

/// Logs of Windows NT to Server 2003, each behind a byte that says how it is cut into slices.
fn old_logs() -> Result<Vec<Vec<u8>>> {
    let events = || founding(Article::Q101355).events.into_iter().take(60);
    let mut wrapped = log_writer::EvtWriter::new().max_size(8192);
    for event in events() {
        wrapped.write(&event);
    }
    let mut logs = vec![log_writer::evt(events()), wrapped.finish()];
    for path in samples("evt")? {
        let mut log = fs::read(path)?;
        log.truncate(CHUNK);
        logs.push(log);
    }
    Ok(logs.into_iter().map(|log| [&[16], log.as_slice()].concat()).collect())
}

/// Exports of a few events, in both encodings, behind such a byte.
fn exports() -> Result<Vec<Vec<u8>>> {
    let event = |number: u32, data: &str| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Service Control \
             Manager'/><EventID Qualifiers='49152'>{number}</EventID><Level>2</Level><TimeCreated \
             SystemTime='2026-01-02T03:04:05.678Z'/><EventRecordID>{number}</EventRecordID><Channel>System</Channel>\
             <Computer>PC</Computer></System><EventData>{data}</EventData></Event>\r\n"
        )
    };
    let named = event(
        7000,
        "<Data Name='param1'>Spooler &amp; co</Data><Data Name='param2'>%%1053</Data><Binary>5300</Binary>",
    );
    let unnamed = event(7023, "<Data>Spooler</Data><Data/><!-- ]]> --><Data><![CDATA[<Event>]]></Data>");
    let rendered = named.replace(
        "</Event>",
        "<RenderingInfo Culture='en-US'><Message>It did not start.</Message></RenderingInfo></Event>",
    );
    let texts = [format!("<Events>{named}{unnamed}{rendered}</Events>"), format!("{unnamed}garbage{named}")];
    let wide = |text: &String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let all = texts.iter().flat_map(|text| [text.as_bytes().to_vec(), wide(text)]);
    Ok(all.map(|text| [&[3], text.as_slice()].concat()).collect())
}

/// Display text of a few records, and that of `EVTX_SAMPLES`.
fn display_texts() -> Result<Vec<Vec<u8>>> {
    let mut written = MtaWriter::new();
    written.publisher("DEFAULT_PUBLISHER", &[(2, "Error")], &[(0x10000, "None")]);
    written.publisher("Service Control Manager", &[(3, "Warning")], &[(1, "Start")]);
    (0..3).for_each(|record| written.message(record, "The Spooler service did not start.\r\n"));
    let mut texts = vec![written.finish(), MtaWriter::new().finish()];
    for path in samples("mta")? {
        texts.push(fs::read(path)?);
    }
    Ok(texts)
}

/// Archives of all kinds that are read.
fn archives() -> Result<Vec<Vec<u8>>> {
    let text = b"Service Control Manager ".repeat(20);
    let options = SimpleFileOptions::default();
    let stored = options.compression_method(zip::CompressionMethod::Stored);
    let files: [(&str, &[u8]); 3] = [("logs/System.evtx", &text), ("empty", b""), ("folder/", b"")];
    let inner = zipped(&files, options)?;
    let mut streamed = ZipWriter::new_stream(Vec::new());
    streamed.start_file("System.evtx", options)?;
    streamed.write_all(&text)?;
    let mut gzip = GzBuilder::new().filename("System.evtx").write(Vec::new(), Compression::default());
    gzip.write_all(&text)?;
    let gzip = gzip.finish()?;
    Ok(vec![
        zipped(&files, stored)?,
        zipped(&files, options.large_file(true))?,
        zipped(&[("logs.zip", &inner), ("System.evtx.gz", &gzip)], stored)?,
        inner[..inner.len() - 22].to_vec(),
        inner,
        streamed.finish()?.into_inner(),
        gzip,
    ])
}

fn zipped(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The articles, and the rules of `EVTX_SAMPLES`.
fn texts() -> Result<Vec<Vec<u8>>> {
    let mut paths = test_files::ending(root().join("kb"), "md")?;
    paths.extend(samples("yml")?);
    Ok(paths.into_iter().map(fs::read).collect::<std::io::Result<_>>()?)
}

/// The files of real logs and what is with them, where there are such.
fn samples(ending: &str) -> Result<Vec<PathBuf>> {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return Ok(Vec::new()) };
    Ok(test_files::ending(folder, ending)?)
}

/// Articles in the shapes of Microsoft's Knowledge Base.
fn imported() -> Result<Vec<Vec<u8>>> {
    let body = "SYMPTOMS\n========\n\nThis event (event ID 12) is logged:\n\n   Event ID: 7000\n   \
                Source: Service Control Manager\n   Description: The Loom service failed to start due to the following \
                error:\n   Access is denied. Error 0x80070005 in \"weft.dll\".\n\nRESOLUTION\n==========\n\n1. Stop it.\n";
    let rule = "-".repeat(79);
    let applies =
        format!("The information in this article applies to:\n\n - Contoso Fabric version 2.0\n{rule}\n\n{body}");
    let head = "DOCUMENT:Q912345  08-AUG-2001  [contoso]\nTITLE   :Fabric";
    let plain = format!("{head}\n\n{}\n{applies}", "=".repeat(70));
    let inner = format!("Article: Q912345\nLast Modified: 08-AUG-2001\n\n{rule}\n{applies}").replace('\n', "\n\t");
    let markdown = format!("---\ntitle: \"Q912345: Fabric\"\n---\n{{% raw %}}\n\t{inner}\n{{% endraw %}}\n");
    let web = format!(
        "Fabric (Q912345)\nThe information in this article applies to:\n- Contoso Fabric\n{}Last Reviewed: | 8/8/2001 |\n",
        body.replace('=', "")
    );
    Ok([plain, markdown, web].map(String::into_bytes).to_vec())
}
