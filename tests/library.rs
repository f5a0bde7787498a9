//! Articles of the Knowledge Base as people bring them: told apart, kept in a library, found and read again.

use std::io::Cursor;

use evtx_checkup::checkup::{Contents, FileReport};
use evtx_checkup::kb::filter::Filter;
use evtx_checkup::kb::import::{Extract, Grade};
use evtx_checkup::kb::library::Library;
use evtx_checkup::kb::{Article, Origin, Verdict};
use evtx_checkup::log::Kind;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::sources::{self, Brought, Texts};
use kb_writer::{EVENT_EVERY, Text, many};

const LOOM: Text = Text {
    number: 912_345,
    title: "Fabric: The Loom Is Still Weaving",
    products: &["Contoso Fabric version 2.0", "Microsoft Windows NT Server version 4.0"],
    body: "SYMPTOMS\n========\n\nThe shuttle rattles:\n\n   Event ID: 7000\n   Source: Service Control Manager\n   \
           Description: The Loom service failed to start due to the following error:\n   An instance of the service is \
           already running.\n\nRESOLUTION\n==========\n\nStop the loom.\n",
};

const CARPET: Text = Text {
    number: 912_346,
    title: "Fabric: How to Roll a Carpet",
    products: &["Contoso Fabric version 2.0"],
    body: "SUMMARY\n=======\n\nRoll it from its shorter end, and mind the shuttle.\n",
};

fn brought(path: &str, text: &str) -> Option<&'static str> {
    match sources::read(path, text.as_bytes()) {
        Ok(Brought::Own(_)) => Some("own"),
        Ok(Brought::Imported(_)) => Some("imported"),
        Err(problem) => {
            assert!(problem.starts_with(path), "{problem}");
            None
        }
    }
}

#[test]
fn what_a_text_is_its_content_says() {
    let own = "---\nid: a\ndetection: {}\n---\n## Symptoms\nTITLE   : is no heading\n";
    for (path, text, expected) in [
        ("a.txt", LOOM.plain().as_str(), Some("imported")),
        ("a", &LOOM.plain(), Some("imported")),
        ("a.md", &LOOM.markdown(), Some("imported")),
        ("a.txt", &LOOM.web(), Some("imported")),
        ("a.md", own, Some("own")),
        ("README.md", "# Fabric", Some("own")),
        ("a.yml", "title: x\ndetection: {}", Some("own")),
        ("a.txt", "Dear Fabric,", None),
    ] {
        assert_eq!(brought(path, text), expected, "{path}: {text}");
    }
    assert!(sources::read("a.md", b"\xff\xfe").is_err(), "no text");
}

#[test]
fn an_archive_of_articles_is_known_by_what_is_in_it() {
    let (plain, web) = (LOOM.plain(), LOOM.web());
    for (name, text, has_sources) in
        [("Q912345.TXT", plain.as_str(), true), ("1.txt", &web, true), ("letter.txt", "Dear Fabric,", false)]
    {
        let bytes = log_writer::zip(&[("other.txt", b"Hello"), (name, text.as_bytes())]);
        let mut archive = Archive::open(|| Ok(Cursor::new(&bytes)), Kind::Zip, "a.zip").unwrap();
        let report = FileReport::open("a.zip", bytes.len() as u64, &bytes);
        let contents = Contents::of(&mut archive, &report, false, |_| Ok(()));
        assert_eq!(contents.has_sources, has_sources, "{name}");
        // Where there is nothing at all, it is said of the archive.
        assert_eq!(contents.files.len(), usize::from(!has_sources), "{name}");
    }
}

#[test]
fn the_texts_of_an_archive_come_one_after_the_other() {
    let bytes = log_writer::zip(&[("a.txt", b"one"), ("a.evtx", b"no"), ("folder/b.MD", b"two")]);
    let archive = Archive::open(|| Ok(Cursor::new(&bytes)), Kind::Zip, "a.zip").unwrap();
    let mut texts = Texts::new("a.zip", archive, sources::is_brought);
    assert_eq!(texts.left(), 3);
    let mut found = Vec::new();
    while let Some(text) = texts.next_text() {
        let text = text.unwrap();
        found.push((text.path, text.place, text.bytes.to_vec()));
    }
    let expected =
        [("a.zip/a.txt".to_owned(), 0, b"one".to_vec()), ("a.zip/folder/b.MD".to_owned(), 2, b"two".to_vec())];
    assert_eq!(found, expected);
    assert_eq!(texts.left(), 0);
}

fn library<'a>(texts: impl IntoIterator<Item = Text<'a>>) -> (Library, Vec<Article>) {
    let mut library = Library::default();
    let add = |text: Text<'_>| library.add(&Extract::read(text.plain().as_bytes()).unwrap()).unwrap();
    let matching = texts.into_iter().flat_map(add).collect();
    (library, matching)
}

#[test]
fn all_are_found_and_those_that_look_for_events_match() {
    let (mut library, matching) = library([LOOM, CARPET]);
    let grades: Vec<_> = matching.iter().map(|article| (article.id.as_str(), article.grade.unwrap())).collect();
    let expected =
        [("q912345", Grade::Exact), ("q912345-likely", Grade::Likely), ("q912345-same-event", Grade::SameEvent)];
    assert_eq!(grades, expected);
    for article in &matching {
        assert_eq!(article.origin, Origin::Imported);
        assert!(article.sections.is_empty() && !article.passages.is_empty() && !article.applies_to.is_empty());
    }
    let mut ids = |query: &str, filter: Filter| {
        let (whole, partly) = library.find(query, &filter);
        let id = |number: &u32| library.articles()[*number as usize].id.clone();
        (whole.iter().map(id).collect::<Vec<_>>(), partly.iter().map(id).collect::<Vec<_>>())
    };
    let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    // By its text, its title, its number, its event and its error code.
    assert_eq!(ids("shuttle", Filter::default()), (list(&["q912346", "q912345"]), list(&[])));
    assert_eq!(ids("carpets", Filter::default()), (list(&["q912346"]), list(&[])));
    assert_eq!(ids("Q912346", Filter::default()), (list(&["q912346"]), list(&[])));
    assert_eq!(ids("7000 %%1056", Filter::default()), (list(&["q912345"]), list(&[])));
    assert_eq!(ids("shuttle rattles", Filter::default()), (list(&["q912345"]), list(&["q912346"])));
    assert_eq!(ids("cathedral", Filter::default()), (list(&[]), list(&[])));
    assert_eq!(ids("", Filter::default()), (list(&["q912345", "q912346"]), list(&[])));
    let event = Filter { event_id: Some(7000), ..Filter::default() };
    assert_eq!(ids("shuttle", event), (list(&["q912345"]), list(&[])));
    let verdict = Filter { verdict: Some(Verdict::Informational), ..Filter::default() };
    assert_eq!(ids("", verdict), (list(&["q912346"]), list(&[])));
    assert_eq!(library.number("q912345-same-event"), Some(0));
    assert_eq!(library.number("q1"), None);
}

#[test]
fn an_article_that_is_there_is_not_taken_again() {
    let (mut library, _) = library([LOOM]);
    assert!(library.add(&Extract::read(LOOM.web().as_bytes()).unwrap()).is_none());
    assert_eq!(library.articles().len(), 1);
    // What comes after a search is found by the next one.
    assert_eq!(library.find("carpet", &Filter::default()).0, [0; 0]);
    library.add(&Extract::read(CARPET.markdown().as_bytes()).unwrap()).unwrap();
    assert_eq!(library.find("carpet", &Filter::default()).0, [1]);
}

#[test]
fn the_articles_of_the_benchmark_are_read() {
    let mut library = Library::default();
    let mut matching = Vec::new();
    for (path, text) in many(10 * EVENT_EVERY) {
        let Ok(Brought::Imported(extract)) = sources::read(&path, text.as_bytes()) else { panic!("{path}: {text}") };
        let found = library.add(&extract).unwrap();
        matching.extend(found.into_iter().find(|article| !article.id.contains('-')));
    }
    assert_eq!(library.articles().len(), 10 * EVENT_EVERY as usize);
    assert_eq!(matching.len(), 10, "one in {EVENT_EVERY} describes an event");
    assert_eq!(library.find("Q100007", &Filter::default()).0.first(), Some(&7));
}
