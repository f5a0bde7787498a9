//! The known issues of `kb/`, and the linter that keeps them in order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use evtx_checkup::kb::{Block, Heading, Inline, KnowledgeBase, lint};

/// The article files, each with its text.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = |path: PathBuf| {
        (path.strip_prefix(root).unwrap().display().to_string(), std::fs::read_to_string(&path).unwrap())
    };
    test_files::ending(root.join("kb"), "md").unwrap().into_iter().map(file).collect()
}

fn read(files: &[(String, String)]) -> (Vec<evtx_checkup::kb::Article>, Vec<String>) {
    lint::read(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

#[test]
fn the_built_in_articles_are_those_of_the_folder() {
    let files = files();
    let (articles, faults) = read(&files);
    assert_eq!(faults, [""; 0]);
    assert!(articles.len() >= 30, "{} articles", articles.len());
    let ids = |articles: &[evtx_checkup::kb::Article]| -> Vec<String> {
        articles.iter().map(|article| format!("kb/{}/{}.md", article.area, article.id)).collect()
    };
    let names: BTreeSet<_> = files.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(ids(&articles).into_iter().collect::<BTreeSet<_>>(), names, "an id is the name of its file");
    assert_eq!(ids(evtx_checkup::built_in().articles()), ids(&articles), "the build compiled these very articles");
}

/// The text of blocks, without marks.
fn plain(blocks: &[Block]) -> String {
    let block = |block: &Block| match block {
        Block::Paragraph(text) => Inline::plain(text),
        Block::List(_, items) => items.iter().map(|item| plain(item)).collect::<Vec<_>>().join("\n"),
        Block::Code(code) => code.clone(),
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_article_has_something_to_say() {
    let knowledge = evtx_checkup::built_in();
    for article in knowledge.articles() {
        for section in &article.sections {
            let text = plain(&section.blocks);
            assert!(text.lines().all(|line| !line.trim().is_empty()), "{}: {:?}", article.id, section.heading);
            assert!(text.len() > 20, "{}: {:?} says {text:?}", article.id, section.heading);
            // Bold text and links became what they are.
            assert!(!text.contains("**") && !text.contains("]("), "{}: {:?}", article.id, section.heading);
        }
        assert!(article.section(Heading::Symptoms).is_some() && article.section(Heading::Cause).is_some());
        assert!(!article.sources.is_empty() && !article.applies_to.is_empty(), "{}", article.id);
    }
}

#[test]
fn links_between_articles_lead_to_articles() {
    fn links<'a>(blocks: &'a [Block], found: &mut Vec<&'a str>) {
        for block in blocks {
            match block {
                Block::Paragraph(text) => inline_links(text, found),
                Block::List(_, items) => items.iter().for_each(|item| links(item, found)),
                Block::Code(_) => {}
            }
        }
    }
    fn inline_links<'a>(text: &'a [Inline], found: &mut Vec<&'a str>) {
        for inline in text {
            match inline {
                Inline::Link(to, inner) => {
                    found.push(to);
                    inline_links(inner, found);
                }
                Inline::Strong(inner) => inline_links(inner, found),
                Inline::Text(_) | Inline::Code(_) => {}
            }
        }
    }
    let knowledge = evtx_checkup::built_in();
    for article in knowledge.articles() {
        let mut found = Vec::new();
        article.sections.iter().for_each(|section| links(&section.blocks, &mut found));
        for id in found.iter().filter_map(|link| link.strip_prefix('#')) {
            assert!(knowledge.by_id(id).is_some(), "{} links to #{id}", article.id);
        }
    }
}

/// An article without a fault. The tests below spoil it; their line numbers count from its first line.
const GOOD: &str = "\
---
id: spooler-ended
title: The print spooler ended with an error
summary: '{param1} ended: {param2|code}'
level: medium
verdict: fix
applies-to: [Windows 10]
windows: vista..
subject: param1
sources:
  - {id: Q1, title: The spooler, url: 'https://example.com/spooler'}
detection:
  selection:
    Provider_Name: Service Control Manager
    EventID: 7023
    param1: Spooler
  condition: selection
examples:
  match:
    - {Provider_Name: Service Control Manager, EventID: 7023, param1: Spooler}
  no-match:
    - {Provider_Name: Service Control Manager, EventID: 7023, param1: Messenger}
---
## Symptoms
Nothing is printed.

## Cause
The spooler has ended.

## Resolution
Start the spooler.
";

const PATH: &str = "kb/services/spooler-ended.md";

/// Spoils the good article: each text is replaced by the one behind it.
fn spoiled(changes: &[(&str, &str)]) -> String {
    let mut text = GOOD.to_owned();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from:?} stands once in the article");
        text = text.replace(from, to);
    }
    text
}

/// Checks that files have exactly these faults, in this order.
fn check_files(files: &[(&str, &str)], expected: &[&str]) {
    let (articles, faults) = lint::read(files.iter().copied());
    assert_eq!(faults, expected);
    assert!(!faults.is_empty() || articles.len() == files.len());
}

/// Checks that a spoiled article has exactly these faults. A fault without a path is one of the article.
fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let expected: Vec<_> = expected.iter().map(|fault| format!("{PATH}:{fault}")).collect();
    check_files(&[(PATH, &spoiled(changes))], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_good_article_has_no_fault() {
    check(&[], &[]);
    let (articles, _) = lint::read([(PATH, GOOD)]);
    let [article] = &articles[..] else { panic!("{} articles", articles.len()) };
    assert_eq!((article.id.as_str(), article.area.as_str()), ("spooler-ended", "services"));
    // Editors on Windows may write other line ends, and other separators stand in the paths.
    check_files(&[("kb\\services\\spooler-ended.md", &GOOD.replace('\n', "\r\n"))], &[]);
}

#[test]
fn keys() {
    const KEYS: &str = "id, title, summary, level, verdict, applies-to, windows, subject, subject-is, sources, detection, \
                        caused-by, examples";
    check(
        &[("level: medium\n", "level: medium\nseverity: 3\n")],
        &[&format!("6: `severity` is no key; there are {KEYS}")],
    );
    check(&[("verdict: fix\n", "")], &["2: `verdict` is missing"]);
    check(&[("verdict: fix", "verdict:")], &["6: `verdict` is missing"]);
    check(&[("windows: vista..\n", ""), ("subject: param1\n", "")], &[]);
    check(&[("verdict: fix\n", "verdict: fix\nlevel: low\n")], &["7: `level` is given twice, first at line 5"]);
    check(
        &[("    param1: Spooler\n", "    param1: Spooler\n    EventID: 7024\n")],
        &["17: `EventID` is given twice, first at line 15"],
    );
    check(
        &[("{id: Q1, title: The spooler, url:", "{id: Q1, name: The spooler, url:")],
        &["11: `name` is no key; there are id, title, url", "11: the source has no `title`"],
    );
}

#[test]
fn words_and_texts() {
    check(
        &[("level: medium", "level: severe")],
        &["5: `level`: `severe` is none of informational, low, medium, high, critical"],
    );
    check(
        &[("verdict: fix", "verdict: ignore")],
        &["6: `verdict`: `ignore` is none of fix, investigate, safe-to-ignore, informational"],
    );
    check(&[("title: The print", "title: [The print"), ("an error", "an error]")], &["3: `title`: one text is wanted"]);
    check(&[("'{param1} ended", "'{param1 ended")], &["4: `summary`: a `}` is missing in the summary"]);
    check(&[("{param2|code}", "{param2|hex}")], &["4: `summary`: `hex` is no filter; there is `code`"]);
    check(&[("applies-to: [Windows 10]", "applies-to: []")], &["7: `applies-to`: a list of texts is wanted"]);
    let title = "The print spooler ended with an error";
    let too_long = "the title must have at most 90 characters and no full stop at its end";
    check(&[(title, &"x".repeat(90))], &[]);
    check(&[(title, &"x".repeat(91))], &[&format!("3: {too_long}")]);
    check(&[(title, "The print spooler ended.")], &[&format!("3: {too_long}")]);
    check(
        &[("https://example.com/spooler", "javascript:alert(1)")],
        &["11: `javascript:alert(1)` is no https:// or http:// address"],
    );
}

#[test]
fn windows_ranges() {
    check(&[("windows: vista..", "windows: 10..7")], &["8: `windows`: `10..7` ends before it starts"]);
    check(
        &[("windows: vista..", "windows: '..'")],
        &["8: `windows`: a range without ends is no range; leave `windows` out"],
    );
    let known = "nt3.1, nt3.5, nt3.51, nt4, 2000, xp, 2003, vista, 2008, 7, 2008r2, 8, 2012, 8.1, 2012r2, 10, 2016, \
                 2019, 2022, 11, 2025";
    check(
        &[("windows: vista..", "windows: 95..xp")],
        &[&format!("8: `windows`: `95` is no Windows version; there are {known}")],
    );
}

#[test]
fn causes() {
    let with = |causes: &str| spoiled(&[("examples:", &format!("{causes}\nexamples:"))]);
    let other = with("caused-by:\n  - {article: spooler-crashed, within: 10m}");
    let crashed = GOOD
        .replace("spooler-ended", "spooler-crashed")
        .replace("7023", "7034")
        .replace("title: The print spooler ended with an error", "title: The print spooler crashed");
    check_files(&[(PATH, &other), ("kb/services/spooler-crashed.md", &crashed)], &[]);
    let (articles, _) = lint::read([(PATH, other.as_str()), ("kb/services/spooler-crashed.md", crashed.as_str())]);
    assert_eq!(articles[1].caused_by[0].article, "spooler-crashed");
    assert_eq!(articles[1].caused_by[0].within, 600 * 10_000_000);
    let unknown = "18: `caused-by` names `spooler-crashed`, which is no article that is here";
    check_files(&[(PATH, &other)], &[&format!("{PATH}:{unknown}")]);
    // Those that stand beside it, it may name.
    let (crashed_article, _) = lint::read([("kb/services/spooler-crashed.md", crashed.as_str())]);
    let beside = KnowledgeBase::new(crashed_article);
    assert_eq!(lint::read_beside(&beside, [(PATH, other.as_str())]).1, [""; 0]);
    // One that has faults of its own is there all the same.
    let faulty = crashed.replace("level: medium", "level: bad");
    check_files(
        &[(PATH, &other), ("kb/services/spooler-crashed.md", &faulty)],
        &["kb/services/spooler-crashed.md:5: `level`: `bad` is none of informational, low, medium, high, critical"],
    );
    let back = crashed.replace("examples:", "caused-by: [{article: spooler-ended, within: 1h}]\nexamples:");
    let circle = "18: `caused-by` leads from cause to cause back to this article";
    check_files(
        &[(PATH, &other), ("kb/services/spooler-crashed.md", &back)],
        &[&format!("kb/services/spooler-crashed.md:{circle}"), &format!("{PATH}:{circle}")],
    );
    let own = "caused-by: [{article: spooler-ended, within: 1h}]";
    check_files(&[(PATH, &with(own))], &[&format!("{PATH}:{circle}")]);
    let window = "`within` must be a number and s, m, h or d, such as 10m";
    for (causes, fault) in [
        ("caused-by:", "`caused-by`: a list of causes is wanted, such as {article: id, within: 10m}"),
        ("caused-by: []", "`caused-by`: a list of causes is wanted, such as {article: id, within: 10m}"),
        ("caused-by: [{within: 10m}]", "the cause has no `article`"),
        ("caused-by: [{article: a}]", window),
        ("caused-by: [{article: a, within: 10}]", window),
        ("caused-by: [{article: a, within: 0m}]", window),
        ("caused-by: [{article: a, within: 9999999999999d}]", window),
        (
            "caused-by: [{article: a, within: 1m, where: param1}]",
            "`where` must be a map of fields, such as {param2: param1}",
        ),
        (
            "caused-by: [{article: a, within: 1m, where: {a: [b]}}]",
            "`where` must be a map of fields, such as {param2: param1}",
        ),
        ("caused-by: [{article: a, within: 1m, after: 2m}]", "`after` is no key; there are article, within, where"),
    ] {
        let (_, faults) = lint::read([(PATH, with(causes).as_str())]);
        assert_eq!(faults.first(), Some(&format!("{PATH}:18: {fault}")), "{causes}");
    }
}

#[test]
fn ids_are_file_names() {
    check(&[("id: spooler-ended", "id: spooler")], &["2: the file must be named `spooler.md`"]);
    check_files(
        &[("kb/services/Spooler_Ended.md", &spoiled(&[("id: spooler-ended", "id: Spooler_Ended")]))],
        &["kb/services/Spooler_Ended.md:2: `Spooler_Ended`: an id is lower-case words joined by `-`"],
    );
    check_files(
        &[("kb/services/spooler-ended.txt", GOOD)],
        &["kb/services/spooler-ended.txt:2: the file must be named `spooler-ended.md`"],
    );
}

#[test]
fn detections() {
    check(
        &[("condition: selection", "condition: selected")],
        &["17: the condition names `selected`, which is no selection"],
    );
    check(
        &[("  condition: selection\n", "  other:\n    EventID: 1\n  condition: selection\n")],
        &["17: the selection `other` is not used in the condition"],
    );
    check(
        &[("    param1: Spooler\n", "    param1|startwith: Spooler\n")],
        &["16: `startwith` is not a modifier of Sigma"],
    );
    check(&[("  condition: selection\n", "")], &["13: `condition` is missing"]);
    check(
        &[("condition: selection", "condition: 2 of selection")],
        &["17: `2 of selection` can never be: there are 1 selections"],
    );
    check(&[("condition: selection", "condition: (selection")], &["17: a `)` is missing in the condition"]);
    check(&[("condition: selection", "condition: selection or")], &["17: the condition breaks off"]);
    check(
        &[("condition: selection", "condition: selection selection")],
        &["17: the condition cannot go on with `selection`"],
    );
    check(&[("    param1: Spooler\n", "    param1: []\n")], &["16: `param1` has an empty list of values"]);
    check(
        &[("    param1: Spooler\n", "    param1|exists: maybe\n")],
        &["16: `param1|exists`: `exists` takes true or false"],
    );
    check(&[("    param1: Spooler\n", "    param2|gt: many\n")], &["16: `param2|gt`: `many` is not a number"]);
}

#[test]
fn a_regular_expression_that_is_none() {
    let text = spoiled(&[("    param1: Spooler\n", "    param1|re: 'Spool(er'\n")]);
    let (articles, faults) = lint::read([(PATH, text.as_str())]);
    // What is wrong in the expression is said in the words of the library.
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.starts_with(&format!("{PATH}:16: `param1|re`: ")) && fault.len() > 60, "{fault}");
    assert!(articles.is_empty());
}

#[test]
fn examples_hold() {
    let no_match = "- {Provider_Name: Service Control Manager, EventID: 7023, param1: Messenger}";
    check(
        &[("7023, param1: Spooler}", "7024, param1: Spooler}")],
        &["20: the detection does not match this `match` example"],
    );
    check(&[("param1: Messenger", "param1: SPOOLER")], &["22: the detection matches this `no-match` example"]);
    check(
        &[("  no-match:\n", ""), (&format!("    {no_match}\n"), "")],
        &["19: at least one `no-match` example is wanted"],
    );
    check(&[(no_match, "- Messenger")], &["22: an example is a map of fields and values"]);
    check(
        &[("  no-match:", "  nomatch:")],
        &["19: at least one `no-match` example is wanted", "21: `nomatch` is no key; there are match, no-match"],
    );
}

#[test]
fn sections() {
    let known = "Symptoms, Cause, Resolution, Workaround, More information";
    check(
        &[("Start the spooler.\n", "Start the spooler.\n\n## Fix\nStart it.\n")],
        &[&format!("33: `Fix` is no section; there are {known}")],
    );
    check(
        &[(
            "## Symptoms\nNothing is printed.\n\n## Cause\nThe spooler has ended.\n",
            "\
## Cause\nThe spooler has ended.\n\n## Symptoms\nNothing is printed.\n",
        )],
        &["27: the section Symptoms comes twice or too late"],
    );
    check(&[("The spooler has ended.\n", "")], &["27: the section Cause is empty"]);
    check(&[("## Cause\nThe spooler has ended.\n\n", "")], &["24: the section Cause is missing"]);
    check(&[("## Resolution", "## More information")], &["24: a section Resolution or Workaround is missing"]);
    check(&[("## Resolution", "## Workaround")], &[]);
    check(&[("---\n## Symptoms", "---\nIt is broken.\n## Symptoms")], &["24: text stands before the first section"]);
    // What stands in a code block is no heading.
    check(&[("Start the spooler.\n", "```\n## Fix\n```\n")], &[]);
}

#[test]
fn markdown_that_articles_do_not_use() {
    let html = "HTML tags (put `<name>` in backticks) are not used in articles";
    check(&[("Nothing is printed.", "Nothing\nis <b>printed.")], &[&format!("26: {html}")]);
    check(&[("Start the spooler.", "<script>\nalert(1)\n</script>\n\nStart the spooler.")], &[&format!("31: {html}")]);
    check(
        &[("Start the spooler.", "Start\n[the spooler](javascript:alert(1)).")],
        &["32: the link to `javascript:alert(1)` is neither https://, http:// nor #article"],
    );
    check(
        &[("Start the spooler.", "![The spooler](https://example.com/spooler.png)")],
        &["31: images are not used in articles"],
    );
    check(
        &[("Start the spooler.", "### Details\nStart it.")],
        &["31: headings other than the sections' are not used in articles"],
    );
}

#[test]
fn a_registry_edit_is_warned_of() {
    let unwarned = "this edits the registry: say so before it in this section, after the bold word **Warning:**";
    let step = "Start the spooler.";
    for edit in [
        "Run `reg add HKLM\\X /v Y /d 1`.",
        "Run `REG.EXE Delete HKLM\\X /v Y`.",
        "```\nreg.exe add HKLM\\X\n```",
        "Run `Set-ItemProperty -Path HKLM:\\X -Name Y -Value 1`.",
        "Open `regedit.exe` and delete the value `Y` of `HKLM\\X`.",
        "In **Registry Editor**, set the value `Y` to 1.",
    ] {
        let line = if edit.starts_with("```") { 32 } else { 31 };
        check(&[(step, edit)], &[&format!("{line}: {unwarned}")]);
        check(&[(step, &format!("**Warning:** this can break Windows.\n\n{edit}"))], &[]);
        // The warning comes first, and stands in the same section.
        check(&[(step, &format!("{edit}\n\n**Warning:** this can break Windows."))], &[&format!("{line}: {unwarned}")]);
        check(
            &[("The spooler has ended.", "**Warning:** it has ended."), (step, edit)],
            &[&format!("{line}: {unwarned}")],
        );
    }
    check(
        &[(step, "1. Open Registry Editor.\n2. Go to `HKLM\\X`.\n3. Change the value.")],
        &[&format!("33: {unwarned}")],
    );
    check(&[(step, "Run `reg add HKLM\\X`. **Warning:** it is done.")], &[&format!("31: {unwarned}")]);
    check(&[(step, "Run `reg add HKLM\\X`, then **Stop**.")], &[&format!("31: {unwarned}")]);
    // Who only looks, or edits something else, breaks nothing.
    for reading in [
        "Run `reg query HKLM\\X` or `reg.exe export HKLM\\X x.reg`.",
        "Run `(Get-ItemProperty HKLM:\\X).Y`.",
        "Run `Remove-Item x.txt`.",
        "Look at `HKLM\\X` in `regedit.exe`.",
        "Look in `regedit.exe` which program it is.\n\nThen set the startup type to **Automatic**.",
        "Set the value `Y` in the program's own settings.",
    ] {
        check(&[(step, reading)], &[]);
    }
}

#[test]
fn steps_say_what_to_do() {
    let step = "Start the spooler.";
    for start in
        ["You should", "You can", "You may", "You must", "You need to", "You have to", "Please", "We recommend"]
    {
        let fault = format!("a step says what to do: start with the verb, not with `{start}`");
        let numbered = format!("1. Start it.\n2. {start} restart.");
        check(&[(step, &numbered)], &[&format!("32: {fault}")]);
        check(&[("## Resolution", "## Workaround"), (step, &numbered)], &[&format!("32: {fault}")]);
        // Only steps are instructions.
        check(&[(step, &format!("{start} restart.\n\n- {start} restart."))], &[]);
        check(&[("Nothing is printed.", &numbered)], &[]);
    }
    let fault = "a step says what to do: start with the verb, not with `It is recommended`";
    check(&[(step, "1. **it is** recommended\n   to restart.")], &[&format!("31: {fault}")]);
    // The verb comes first, or a condition; a longer word is another word.
    check(&[(step, "1. Start it.\n\n   You can wait.\n2. If you can, wait.\n3. Pleased users wait.")], &[]);
}

#[test]
fn code_stands_in_backticks() {
    let code = |line: usize, code: &str| format!("{line}: `{code}` is code: put it in backticks");
    let symptom = "Nothing is printed.";
    for path in ["HKLM\\SYSTEM\\X", "hkcu\\X", "HKEY_LOCAL_MACHINE\\X", "HKLM:\\X", "C:\\Windows\\x.log", "d:\\x"] {
        check(&[(symptom, &format!("Look at\nthe place ({path})."))], &[&code(26, path)]);
        check(&[(symptom, &format!("Look at **{path}**."))], &[&code(25, path)]);
        check(&[(symptom, &format!("Look at `{path}`.\n\n```\n{path}\n```"))], &[]);
    }
    check(&[(symptom, "Run chkdsk.exe /f now.")], &[&code(25, "chkdsk.exe /f")]);
    check(&[(symptom, "Run Chkdsk.EXE -f now.")], &[&code(25, "Chkdsk.EXE -f")]);
    check(&[(symptom, "Run `chkdsk.exe /f` now; chkdsk.exe then runs - or not / never - on drive C: of HKLM.")], &[]);
}

#[test]
fn links() {
    let bare = |address: &str| format!("25: `{address}` stands bare in the text: make it a link, `[title](address)`");
    let symptom = "Nothing is printed.";
    check(&[(symptom, "See https://example.com/x.")], &[&bare("https://example.com/x")]);
    check(&[(symptom, "See **(http://example.com)**.")], &[&bare("http://example.com")]);
    check(&[(symptom, "See www.example.com.")], &[&bare("www.example.com")]);
    check(&[(symptom, "See [this](https://example.com/a b).")], &[&bare("[this](https://example.com/a")]);
    check(
        &[(symptom, "See [this](<https://example.com/a b>).")],
        &["25: the link to `https://example.com/a b` is neither https://, http:// nor #article"],
    );
    check(
        &[(symptom, "See [this](https://).")],
        &["25: the link to `https://` is neither https://, http:// nor #article"],
    );
    check(
        &[("https://example.com/spooler", "https://example.com/the spooler")],
        &["11: `https://example.com/the spooler` is no https:// or http:// address"],
    );
    check(
        &[(symptom, "See [www.example.com](http://www.example.com), [that](#other) and `https://example.com`.")],
        &[],
    );
}

#[test]
fn examples_are_of_records_that_want_an_explanation() {
    let example = |level: &str| format!("EventID: 7023, Level: {level}, param1: Spooler}}");
    for level in ["1", "2", "3", "'2'"] {
        check(&[("EventID: 7023, param1: Spooler}", &example(level))], &[]);
    }
    for level in ["0", "4", "5", "Error"] {
        let fault =
            format!("20: Level {level}: an article speaks of critical, error or warning records (Level 1, 2 or 3)");
        check(&[("EventID: 7023, param1: Spooler}", &example(level))], &[&fault]);
    }
    // What does not match may be anything.
    check(&[("EventID: 7023, param1: Messenger}", "EventID: 7023, Level: 4, param1: Messenger}")], &[]);
}

#[test]
fn articles_do_not_share_text() {
    let numbers = |count: usize| (1..=count).map(|n| format!("word{n}")).collect::<Vec<_>>();
    let second = "kb/services/spooler-gone.md";
    let check_texts = |first: &str, other: &str, expected: &[&str]| {
        let other = spoiled(&[
            ("id: spooler-ended", "id: spooler-gone"),
            ("    param1: Spooler\n", "    param1: Printer\n"),
            ("7023, param1: Spooler}", "7023, param1: Printer}"),
            ("Nothing is printed.", other),
        ]);
        let expected: Vec<_> = expected.iter().map(|fault| format!("{second}:{fault}")).collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check_files(&[(second, &other), (PATH, &spoiled(&[("Nothing is printed.", first)]))], &expected);
    };
    let copy = |line: usize, count: usize| {
        let start = "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10";
        format!("{line}: {count} words in a row are those of `spooler-ended`: {start} …")
    };
    check_texts(&numbers(23).join(" "), &numbers(23).join(" "), &[]);
    check_texts(&numbers(24).join(" "), &numbers(24).join(" "), &[&copy(25, 24)]);
    // Case, marks and lines make no difference, and the whole run is one fault.
    let other = format!("Other words.\n\n- other,\n  {}. End.", numbers(60).join(",\n  ").to_uppercase());
    check_texts(&format!("{} more.", numbers(60).join(" ")), &other, &[&copy(28, 60)]);
    // Code and names in bold are not the author's words; they and paragraphs end a run.
    let words = numbers(23).join(" ");
    for gap in ["`word24`", "**word24**", "\n\n"] {
        let text = format!("{words} {gap} {words}");
        check_texts(&text, &text, &[]);
    }
    let code = format!("```\n{}\n```", numbers(60).join(" "));
    check_texts(&code, &code, &[]);
    // An article may repeat itself, and every article may warn of the registry.
    let words = numbers(24).join(" ");
    check_texts(&format!("{words}\n\n{words}"), "Nothing.", &[]);
    let words = numbers(14).join(" ");
    let warning = format!("**Warning:** this is a registry edit; a wrong one can break Windows. {words}");
    check_texts(&warning, &warning, &[]);
}

/// Words in small letters, without those in code.
fn words(blocks: &[Block]) -> Vec<String> {
    fn prose(text: &[Inline]) -> String {
        let inline = |inline: &Inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Code(_) => " ".to_owned(),
            Inline::Strong(inner) | Inline::Link(_, inner) => prose(inner),
        };
        text.iter().map(inline).collect()
    }
    let split = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let block = |block: &Block| match block {
        Block::Paragraph(text) => split(&prose(text)),
        Block::List(_, items) => items.iter().flat_map(|item| words(item)).collect(),
        Block::Code(_) => Vec::new(),
    };
    blocks.iter().flat_map(block).collect()
}

/// The articles that the project started with were written anew, not copied. Their texts lie in the folder that
/// `EVTX_SEEDS` names.
#[test]
fn no_article_copies_a_founding_text() {
    let Some(folder) = test_files::folder("EVTX_SEEDS") else { return };
    const COPY: usize = 10;
    let mut runs = BTreeSet::new();
    for path in test_files::all(folder).unwrap() {
        let text = std::fs::read_to_string(path).unwrap();
        let words = words(&[Block::Paragraph(vec![Inline::Text(text)])]);
        runs.extend(words.windows(COPY).map(|run| run.join(" ")));
    }
    assert!(runs.len() > 500, "{} runs of words", runs.len());
    for article in evtx_checkup::built_in().articles() {
        for section in &article.sections {
            let words = words(&section.blocks);
            let copy = words.windows(COPY).map(|run| run.join(" ")).find(|run| runs.contains(run));
            assert_eq!(copy, None, "{}: {:?}", article.id, section.heading);
        }
    }
}

#[test]
fn files_that_are_no_articles() {
    let wanted = "the file must start with front matter between two lines `---`";
    check_files(&[(PATH, "# A title\n")], &[&format!("{PATH}:1: {wanted}")]);
    check_files(&[(PATH, "")], &[&format!("{PATH}:1: {wanted}")]);
    check_files(&[(PATH, "---\nid: spooler-ended\n")], &[&format!("{PATH}:1: {wanted}")]);
}

#[test]
fn two_articles_do_not_share_an_id_or_a_detection() {
    let twin = spoiled(&[("id: spooler-ended", "id: spooler-gone")]);
    check_files(
        &[(PATH, GOOD), ("kb/services/spooler-gone.md", &twin)],
        &["kb/services/spooler-gone.md:1: the detection is that of `spooler-ended`"],
    );
    let other = GOOD.replace("7023", "7034");
    check_files(
        &[(PATH, GOOD), ("kb/storage/spooler-ended.md", &other)],
        &["kb/storage/spooler-ended.md:1: the id `spooler-ended` is used twice, also by kb/services/spooler-ended.md"],
    );
    check_files(
        &[(PATH, GOOD), ("kb/storage/spooler-ended.md", GOOD)],
        &["kb/storage/spooler-ended.md:1: the id `spooler-ended` is used twice, also by kb/services/spooler-ended.md"],
    );
}

#[test]
fn all_faults_of_all_files_at_once_and_in_order() {
    let first = spoiled(&[
        ("level: medium", "level: severe"),
        ("windows: vista..", "windows: 10..7"),
        ("condition: selection", "condition: selected"),
        ("Nothing is printed.", "<b>Nothing</b> is printed."),
        ("The spooler has ended.\n", ""),
    ]);
    let second = spoiled(&[("id: spooler-ended", "id: b"), ("param1: Messenger", "param1: Spooler")]);
    let html = "HTML tags (put `<name>` in backticks) are not used in articles";
    check_files(
        &[("kb/x/b.md", &second), ("kb/x/c.md", "No article."), ("kb/x/a.md", &first)],
        &[
            "kb/x/a.md:5: `level`: `severe` is none of informational, low, medium, high, critical",
            "kb/x/a.md:8: `windows`: `10..7` ends before it starts",
            "kb/x/a.md:17: the condition names `selected`, which is no selection",
            &format!("kb/x/a.md:25: {html}"),
            &format!("kb/x/a.md:25: {html}"),
            "kb/x/a.md:27: the section Cause is empty",
            "kb/x/b.md:22: the detection matches this `no-match` example",
            "kb/x/c.md:1: the file must start with front matter between two lines `---`",
        ],
    );
}

#[test]
fn what_only_a_whole_article_can_be_asked_is_said_with_the_rest() {
    // The title, the file's name and the examples are looked at although the level is wrong.
    let title = "x".repeat(91);
    let text = spoiled(&[
        ("level: medium", "level: severe"),
        ("The print spooler ended with an error", &title),
        ("param1: Messenger", "param1: Spooler"),
    ]);
    check_files(
        &[("kb/services/spooler.md", &text)],
        &[
            "kb/services/spooler.md:2: the file must be named `spooler-ended.md`",
            "kb/services/spooler.md:3: the title must have at most 90 characters and no full stop at its end",
            "kb/services/spooler.md:5: `level`: `severe` is none of informational, low, medium, high, critical",
            "kb/services/spooler.md:22: the detection matches this `no-match` example",
        ],
    );
}
