//! As many articles as a whole archive has, the same every time.

use std::fmt::Write;

use log_writer::Numbers;

use crate::Text;

/// One article in so many describes a logged event: of 59,000 in a public archive, 1,800 do.
pub const EVENT_EVERY: u32 = 33;

/// Words of an article's text, without those of its event: an article of the archive has 3,500 letters.
const WORDS: usize = 360;

/// Parts of words. Three of them make as many words as a library of articles has.
const STARTS: [&str; 32] = [
    "war", "wef", "loo", "thre", "spin", "bob", "sel", "vel", "cot", "lin", "dam", "fel", "hem", "kni", "lac", "mus",
    "pat", "qui", "rib", "sat", "tap", "tuf", "wea", "yar", "bra", "can", "chi", "den", "gau", "jer", "nap", "ply",
];
const MIDDLES: [&str; 24] = [
    "an", "el", "im", "or", "ut", "abi", "edo", "ila", "omu", "ure", "ack", "end", "ist", "ong", "urt", "all", "ere",
    "int", "oss", "udd", "aph", "eck", "ift", "own",
];
const ENDS: [&str; 16] =
    ["", "s", "ing", "ed", "er", "le", "tion", "ment", "ness", "ly", "ful", "age", "ent", "ive", "al", "ic"];

const SERVICES: [&str; 8] = ["Loom", "Spooler", "Weft", "Browser", "Shuttle", "Alerter", "Bobbin", "Warp"];

const ERRORS: [&str; 4] = [
    "Access is denied.",
    "The system cannot find the file specified.",
    "An instance of the service is already running.",
    "The service did not respond to the start or control request in a timely fashion.",
];

/// So many articles, each with its path in an archive: a third in each of the three shapes.
pub fn many(count: u32) -> impl Iterator<Item = (String, String)> {
    (0..count).map(|at| {
        let number = 100_000 + at;
        let mut numbers = Numbers(u64::from(number));
        let title = title(&mut numbers);
        let body = body(&mut numbers, at % EVENT_EVERY == 0);
        let version = ["3.51", "4.0"][numbers.below(2)];
        let products = [&*format!("Microsoft Windows NT Server version {version}"), "Contoso Fabric version 2.0"];
        let text = Text { number, title: &title, products: &products, body: &body };
        let folder = number / 1000;
        match at % 3 {
            0 => (format!("txt/{folder}/Q{number}.TXT"), text.plain()),
            1 => (format!("kb/{folder}/Q{number}.md"), text.markdown()),
            _ => (format!("web/{folder}/{number}.txt"), text.web()),
        }
    })
}

/// A word; few are frequent, and most are rare.
fn word(numbers: &mut Numbers, text: &mut String) {
    let rare = [4, 32, 512, 12_288][numbers.below(4)];
    let at = numbers.below(rare);
    text.push_str(STARTS[at % 32]);
    text.push_str(MIDDLES[at / 32 % 24]);
    text.push_str(ENDS[at / 768 % 16]);
}

fn title(numbers: &mut Numbers) -> String {
    let mut title = String::from("Fabric:");
    for _ in 0..6 {
        title.push(' ');
        word(numbers, &mut title);
    }
    title
}

fn body(numbers: &mut Numbers, has_event: bool) -> String {
    let mut body = String::new();
    for heading in ["SYMPTOMS", "CAUSE", "RESOLUTION", "MORE INFORMATION"] {
        let _ = writeln!(body, "{heading}\n{}\n", "=".repeat(heading.len()));
        sentences(numbers, WORDS / 4, &mut body);
        if heading == "SYMPTOMS" && has_event {
            event(numbers, &mut body);
        }
        // What few articles say: a file, a code and another article.
        let _ = writeln!(
            body,
            "See fab{:04x}.dll, 0x{:08x} and Q{}.\n",
            numbers.below(1 << 14),
            0x8000_0000u32 + numbers.below(1 << 16) as u32,
            100_000 + numbers.below(100_000)
        );
    }
    body
}

fn sentences(numbers: &mut Numbers, words: usize, body: &mut String) {
    let mut width = 0;
    for at in 1..=words {
        let before = body.len();
        word(numbers, body);
        if at % 12 == 0 {
            body.push('.');
        }
        width += body.len() - before + 1;
        body.push(if width > 70 { '\n' } else { ' ' });
        width = if width > 70 { 0 } else { width };
    }
    body.push_str("\n\n");
}

fn event(numbers: &mut Numbers, body: &mut String) {
    let service = numbers.pick(&SERVICES);
    // Each program of the old days logs its own events; one article in ten is about the services'.
    let _ = match numbers.below(20) {
        0 => writeln!(
            body,
            "   Event ID: 7000\n   Source: Service Control Manager\n   Type: Error\n   Description: The {service} service \
             failed to start due to the following error:\n   {}\n",
            numbers.pick(&ERRORS)
        ),
        1 => writeln!(
            body,
            "   Event ID: 7031\n   Source: Service Control Manager\n   Type: Error\n   Description: The {service} service \
             terminated unexpectedly.\n"
        ),
        _ => writeln!(
            body,
            "   Event ID: {}\n   Source: {service}\n   Type: Error\n   Description: The file fab{:05x}.dll was not \
             found, error 0x8007{:04x}.\n",
            1000 + numbers.below(4000),
            numbers.below(1 << 20),
            numbers.below(1 << 14)
        ),
    };
}
