//! What detections match: from YAML text and an event's values to yes or no, and whether the index changes any of it.

use evtx_checkup::event::{Event, Field, Head, Level, Names, Part, Time, Value};
use evtx_checkup::kb::{Article, KnowledgeBase, lint};
use log_writer::Numbers;
use proptest::prelude::*;

/// The names and values of an event; a value without a name has an empty one.
type Fields<'a> = &'a [(&'a str, Value<'a>)];

/// Where an event is from.
#[derive(Clone, Copy, Debug)]
struct Origin<'a> {
    provider: &'a str,
    event_id: u32,
    channel: &'a str,
}

const SYSTEM: Origin<'_> = Origin { provider: "Contoso", event_id: 7, channel: "System" };

/// 2018-06-04 07:20:21 UTC, a Monday.
const TIME: Time = Time(131_725_704_215_337_803);

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

/// A value as the record has it.
fn named<'a>((name, value): &(&str, Value<'a>)) -> Field<'a> {
    let name = (!name.is_empty()).then(|| (*name).to_owned().into());
    Field { part: Part::Data, name, value: value.clone() }
}

/// Shows an event.
fn with_event<T>(origin: Origin<'_>, fields: Fields<'_>, show: impl FnOnce(&Event<'_>) -> T) -> T {
    let mut names = Names::default();
    let [provider, channel, computer] =
        [origin.provider, origin.channel, "PC1.contoso.example"].map(|name| names.intern(name));
    show(&Event {
        head: Head {
            provider: names.name(provider),
            event_id: origin.event_id,
            level: Level::Error,
            time: TIME,
            record_id: 4711,
            channel: names.name(channel),
            computer: names.name(computer),
        },
        fields: fields.iter().map(named).collect(),
    })
}

/// A rule of a `logsource` and a `detection`, both in YAML's flow style.
fn rule(id: &str, logsource: &str, detection: &str) -> String {
    format!("title: {id}\nid: {id}\nlogsource: {{{logsource}}}\ndetection: {{{detection}}}\n")
}

fn read(rules: &str) -> Result<Vec<Article>, Vec<String>> {
    let (articles, faults) = lint::read([("rules.yml", rules)]);
    if faults.is_empty() { Ok(articles) } else { Err(faults) }
}

/// Whether a rule matches an event, also by way of the index.
fn matches(logsource: &str, detection: &str, origin: Origin<'_>, fields: Fields<'_>) -> bool {
    let rule = rule("rule", logsource, detection);
    let knowledge = KnowledgeBase::new(read(&rule).unwrap_or_else(|faults| panic!("{rule}{faults:?}")));
    with_event(origin, fields, |event| {
        let alone = knowledge.articles()[0].detection.matches(event);
        let candidates = knowledge.candidates(origin.provider, origin.event_id, origin.channel);
        assert_eq!(!knowledge.matches(&candidates, event).is_empty(), alone, "the index agrees: {rule}");
        alone
    })
}

/// Checks which events a detection matches.
#[track_caller]
fn check(detection: &str, matching: &[Fields<'_>], others: &[Fields<'_>]) {
    for (events, expected) in [(matching, true), (others, false)] {
        for fields in events {
            assert_eq!(matches("product: windows", detection, SYSTEM, fields), expected, "{detection}: {fields:?}");
        }
    }
}

/// Checks which values of the field `a` an entry of a selection matches.
#[track_caller]
fn check_values(entry: &str, matching: &[Value<'_>], others: &[Value<'_>]) {
    let detection = format!("sel: {{{entry}}}, condition: sel");
    matching.iter().for_each(|value| check(&detection, &[&[("a", value.clone())]], &[]));
    others.iter().for_each(|value| check(&detection, &[], &[&[("a", value.clone())]]));
}

/// The same for texts.
#[track_caller]
fn check_texts(entry: &str, matching: &[&'static str], others: &[&'static str]) {
    let values = |texts: &[&'static str]| texts.iter().map(|own| text(own)).collect::<Vec<_>>();
    check_values(entry, &values(matching), &values(others));
}

/// Checks that a detection is refused, and what is said.
#[track_caller]
fn check_fault(detection: &str, expected: &str) {
    let rule = rule("rule", "product: windows", detection);
    let faults = read(&rule).expect_err(&rule);
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{rule}{faults:?}");
}

#[test]
fn texts_without_modifiers() {
    check_texts("a: Spooler", &["spooler", "SPOOLER"], &["Spooler ", "xSpooler", ""]);
    check_texts("a: [one, two]", &["one", "TWO"], &["three", "one two"]);
    check_texts("a: 'prog?.exe'", &["progA.exe", "prog?.exe", "progÄ.exe"], &["prog.exe", "progAB.exe"]);
    check_texts(
        "a: 'antivirus_V*.exe'",
        &["antivirus_V1.exe", "antivirus_V21.2.1.exe", "antivirus_V.exe"],
        &["antivirus_.exe"],
    );
    check_texts("a: '*'", &["", "x"], &[]);
    check_texts("a: '**b**'", &["b", "abc"], &["", "a"]);
    check_texts("a: '?*?'", &["ab", "abc"], &["a", ""]);
    // A field that is not there has no value, also none that a `*` would fit.
    check("sel: {a: '*'}, condition: sel", &[&[("A", text("x"))]], &[&[], &[("b", text("x"))]]);
    // A field may be there twice.
    check(
        "sel: {a: x}, condition: sel",
        &[&[("a", text("y")), ("a", text("x"))]],
        &[&[("a", text("y")), ("b", text("x"))]],
    );
    // A map is all of its entries.
    let both = "sel: {a: x, b: y}, condition: sel";
    check(
        both,
        &[&[("b", text("y")), ("a", text("x"))]],
        &[&[("a", text("x"))], &[("a", text("y")), ("b", text("x"))]],
    );
}

#[test]
fn case_is_folded_as_unicode_has_it() {
    check_texts("a: 'ÄÖÜ straße'", &["äöü STRAßE", "äöü STRAẞE"], &["aou strasse", "ÄÖÜ STRASSE"]);
    check_texts("a: 'ΟΔΟΣ'", &["οδος", "οδοσ", "ΟΔΟΣ"], &["οδο"]);
    check_texts("a: 'οδος'", &["ΟΔΟΣ", "οδοσ"], &[]);
    // The Kelvin sign, the long s, the micro sign and the ångström are letters with other code points.
    check_texts("a: 'k'", &["\u{212a}", "K"], &["x"]);
    check_texts("a: '\u{212a}'", &["k"], &[]);
    check_texts("a|contains: 'mimikatz'", &["x MIMI\u{212a}ATZ x"], &["mimicatz"]);
    check_texts("a: 'ſ'", &["s", "S"], &[]);
    check_texts("a: 'µ'", &["μ", "Μ"], &[]);
    check_texts("a: 'Å'", &["\u{212b}", "å"], &["a"]);
    check_texts("a: 'ПРИВЕТ'", &["привет"], &[]);
    // One character is one character, whatever its lower case: and these two are letters of their own.
    check_texts("a: 'x?x'", &["xİx", "xẞx", "xﬃx"], &["xi\u{307}x"]);
    check_texts("a: 'i'", &["I"], &["İ", "ı"]);
    check_texts("a|cased: 'ΟΔΟΣ'", &["ΟΔΟΣ"], &["οδος", "οδοσ"]);
    check_texts("a|cased|contains: 'k'", &["xkx"], &["xKx", "x\u{212a}x"]);
}

#[test]
fn the_backslash_escapes() {
    // The five sentences of the specification, and their borders.
    check_texts(r"a: 'C:\Windows\cmd.exe'", &[r"c:\windows\CMD.EXE"], &[r"C:\\Windows\\cmd.exe"]);
    check_texts(r"a: 'C:\\Windows\\cmd.exe'", &[r"c:\windows\CMD.EXE"], &[r"C:\\Windows\\cmd.exe"]);
    check_texts(r"a: 'x\*y'", &["x*y"], &["xay", r"x\y", r"x\ay"]);
    check_texts(r"a: 'x\?y'", &["x?y"], &["xay", r"x\?y"]);
    check_texts(r"a: 'x\\*y'", &[r"x\y", r"x\aby"], &["x*y", "xay"]);
    check_texts(r"a: 'x\\?y'", &[r"x\ay", r"x\?y"], &["x?y", r"x\y"]);
    check_texts(r"a: 'x\\\*y'", &[r"x\*y"], &[r"x\ay", "x*y", r"x\\*y"]);
    check_texts(r"a: 'x\\\?y'", &[r"x\?y"], &[r"x\ay", r"x\\?y"]);
    check_texts(r"a: 'x\\\y'", &[r"x\\y"], &[r"x\y", r"x\\\y"]);
    check_texts(r"a: 'x\\\\y'", &[r"x\\y"], &[r"x\y", r"x\\\\y"]);
    check_texts(r"a: '\\\\server\share'", &[r"\\server\share"], &[r"\server\share"]);
    check_texts(r"a: 'x\\\\*'", &[r"x\\", r"x\\a"], &[r"x\a"]);
    // At the end, a backslash escapes nothing: not what a modifier adds, either.
    check_texts(r"a: 'x\'", &[r"x\"], &["x", r"x\\"]);
    check_texts(r"a: 'x\\'", &[r"x\"], &["x"]);
    check_texts(r"a|startswith: 'x\'", &[r"x\", r"x\abc"], &["x*", "xa"]);
    check_texts(r"a|contains: '\x\'", &[r"C:\x\y"], &[r"C:\x", r"\x*"]);
    check_texts(r"a|endswith: '\*'", &["x*"], &["x"]);
    check_texts(r"a|contains: '\'", &[r"a\b"], &["ab", "*"]);
    // Any other character needs no escape and is given none.
    check_texts(r"a: '\n\t\%\d'", &[r"\n\t\%\d"], &["ntd", "\n\t%d"]);
    // A regular expression has its own escapes.
    check_texts(r"a|re: 'x\*y'", &["x*y"], &["xxy", r"x\y"]);
    check_texts(r"a|re: 'x\\y'", &[r"x\y"], &[r"x\\y"]);
}

#[test]
fn places() {
    check_texts("a|contains: mid", &["mid", "aMIDa"], &["mi d"]);
    check_texts("a|startswith: mid", &["mid", "Midas"], &["amid"]);
    check_texts("a|endswith: mid", &["mid", "aMid"], &["midas"]);
    check_texts("a|contains: 'x*y'", &["axby", "xy"], &["yx"]);
    check_texts("a|startswith: '*x'", &["ax", "axb"], &["a"]);
    check_texts("a|contains: ''", &["", "x"], &[]);
    check_texts("a|contains: [one, two]", &["xonex", "two"], &["on e"]);
    check_texts("a|contains|all: [one, two]", &["one two", "twone"], &["one", "two"]);
    check_texts("a|all|contains: [one, two]", &["one two"], &["one", "two"]);
    check_texts("a|startswith|all: [ab, 'a*c']", &["abc"], &["ab"]);
    check_texts("a|contains|cased: Mid", &["aMida"], &["amida"]);
    check_texts("a|contains|cased|all: [Mid, As]", &["MidAs"], &["Midas"]);
    check_texts("a|contains: 5", &["a5", "0x50"], &["4"]);
    check_values("a|contains: 5", &[Value::Unsigned(152), Value::Hex(0x5)], &[Value::Unsigned(12)]);
    check_values("a|startswith: 0x5", &[Value::Hex(0x50), text("0X51")], &[Value::Unsigned(5)]);
    for (key, value) in [
        ("contains|startswith", "x"),
        ("contains|contains", "x"),
        ("cidr|contains", "10.0.0.0/8"),
        ("contains", "null"),
    ] {
        check_fault(&format!("sel: {{a|{key}: {value}}}, condition: sel"), "");
    }
    check_fault("sel: {a|all: x}, condition: sel", "at least two");
}

#[test]
fn what_is_not_the_value() {
    check_texts("a|neq: x", &["y", "", "xx"], &["x", "X"]);
    check_texts("a|neq: [x, y]", &["z"], &["x", "y"]);
    check_texts("a|contains|neq: x", &["abc"], &["axb"]);
    check_texts("a|re|neq: '^x'", &["ax", "X"], &["xa"]);
    check_texts("a|contains|all|neq: [x, y]", &["x", "y", "z"], &["xy"]);
    check_values(
        "a|neq: 5",
        &[Value::Unsigned(6), text("x"), Value::Null],
        &[Value::Unsigned(5), Value::Hex(5), text("0x5"), Value::Real(5.0)],
    );
    // As in pySigma, it is the negation of the entry: a field that is not there is different, too.
    check("sel: {a|neq: x}, condition: sel", &[&[], &[("b", text("x"))]], &[&[("a", text("y")), ("a", text("x"))]]);
    check(
        "sel: {a|cidr|neq: 10.0.0.0/8}, condition: sel",
        &[&[("a", text("11.0.0.1"))]],
        &[&[("a", text("10.0.0.1"))]],
    );
}

#[test]
fn nothing_and_empty() {
    // A record's XML shows no difference between an empty text and no value.
    let (absent, null, empty, some): (Fields<'_>, Fields<'_>, Fields<'_>, Fields<'_>) =
        (&[], &[("a", Value::Null)], &[("a", Value::Text("".into()))], &[("a", Value::Unsigned(0))]);
    check("sel: {a: null}, condition: sel", &[absent, null, empty], &[some]);
    check("sel: {a: ''}, condition: sel", &[null, empty], &[absent, some]);
    check("sel: {a: }, condition: sel", &[absent, null, empty], &[some]);
    check("sel: {a: 'null'}, condition: sel", &[&[("a", text("NULL"))]], &[absent, null, empty]);
    check(
        "sel: {b: 0}, filter: {a: null}, condition: sel and not filter",
        &[&[("a", text("x")), ("b", Value::Unsigned(0))]],
        &[&[("b", Value::Unsigned(0))]],
    );
    check("sel: {a|exists: true}, condition: sel", &[null, empty, some], &[absent]);
    check("sel: {a|exists: false}, condition: sel", &[absent], &[null, empty, some]);
    check("sel: {a|exists: yes}, condition: sel", &[some], &[absent]);
    check("sel: {a|exists|neq: true}, condition: sel", &[absent], &[some]);
    check(
        "sel1: {b: x}, sel2: {a: ''}, sel3: {a: null}, condition: sel1 and 1 of sel*",
        &[&[("b", text("x"))]],
        &[some],
    );
    check_fault("sel: {a|exists: maybe}, condition: sel", "true or false");
}

#[test]
fn numbers() {
    let all = [
        Value::Unsigned(23),
        Value::Signed(23),
        Value::Hex(23),
        Value::Real(23.0),
        text("23"),
        text("0x17"),
        text(" 23 "),
    ];
    let none = [Value::Unsigned(24), Value::Real(23.5), text("23.0"), text("x23"), text("17"), Value::Null, text("")];
    check_values("a: 23", &all, &none);
    check_values("a: 0x17", &all, &none);
    check_values("a: 0X17", &all, &none);
    check_values("a: [1, 23]", &all, &none);
    check_values("a: -1", &[Value::Signed(-1), text("-1")], &[Value::Unsigned(1), Value::Unsigned(u64::MAX)]);
    check_values("a: 007", &[Value::Unsigned(7), text("007"), text("7")], &[]);
    // In quotes it is the text that Windows shows.
    check_values("a: '23'", &[Value::Unsigned(23), text("23")], &[Value::Hex(23), text("0x17")]);
    check_values("a: '0x17'", &[Value::Hex(23), text("0X17")], &[Value::Unsigned(23), text("23")]);
    // More than fits is a text; the keywords of an event are such.
    check_values("a: 0x8010000000000000", &[Value::Hex(0x8010_0000_0000_0000)], &[Value::Hex(0x8020_0000_0000_0000)]);
    check_values("a: 18446744073709551615", &[Value::Unsigned(u64::MAX)], &[Value::Signed(-1)]);
    // A number that is not whole is the number, and the text it is written as: it may be a version.
    check_values(
        "a: 1.50",
        &[text("1.50"), Value::Real(1.5)],
        &[text("1.5"), text("1.500"), Value::Unsigned(1), Value::Real(1.05)],
    );
    check_values("a: '1.50'", &[text("1.50")], &[Value::Real(1.5), text("1.5")]);
    check_values("a: -.5", &[text("-.5"), Value::Real(-0.5)], &[text("-0.5")]);
    check_values("a: 1.2.3", &[text("1.2.3")], &[text("1.2.30"), Value::Real(1.2)]);
    check_values("a: .inf", &[text(".inf")], &[Value::Real(f64::INFINITY)]);
    check_values("a|contains: 1.50", &[text("v1.50.2")], &[text("v1.5")]);
    check_values("a: true", &[Value::Bool(true), text("True")], &[Value::Bool(false), Value::Unsigned(1)]);
    check_values("a|cased: 23", &[Value::Unsigned(23)], &[Value::Hex(23)]);
}

#[test]
fn comparisons() {
    check_values(
        "a|gt: 5",
        &[Value::Unsigned(6), text("6"), Value::Real(5.1), Value::Hex(0x10), text("0x6")],
        &[Value::Unsigned(5), Value::Signed(-9)],
    );
    check_values("a|gte: 5", &[Value::Unsigned(5), text(" 5 "), text("5.0")], &[text("4.9")]);
    check_values(
        "a|lt: 5",
        &[Value::Signed(-5), text("-5")],
        &[Value::Unsigned(5), text(""), Value::Null, text("many"), text("-inf"), text("nan")],
    );
    check_values("a|lte: 0x10", &[Value::Unsigned(16)], &[Value::Unsigned(17), text("x")]);
    check_values("a|gt: 1.5", &[Value::Unsigned(2), text("1.51")], &[text("1.50")]);
    check_values("a|gt: '5'", &[text("40")], &[text("4")]);
    check(
        "sel: {a|gt: 1, b|lt: 9}, condition: sel",
        &[&[("a", Value::Unsigned(2)), ("b", Value::Unsigned(2))]],
        &[&[("a", Value::Unsigned(2))]],
    );
    check_fault("sel: {a|gt: x}, condition: sel", "not a number");
    check_fault("sel: {a|gt: nan}, condition: sel", "not a number");
    check_fault("sel: {a|gt|lt: 5}, condition: sel", "cannot follow");
}

#[test]
fn times() {
    let times = [Value::Time(TIME), text("2018-06-04T07:20:21.5337803Z"), text("2018-06-04 07:20:21.533")];
    for (part, number) in [("minute", 20), ("hour", 7), ("day", 4), ("week", 23), ("month", 6), ("year", 2018)] {
        let nothing = [text("noon"), text(""), Value::Null, Value::Unsigned(number)];
        check_values(&format!("a|{part}: {number}"), &times, &nothing);
        check_values(&format!("a|{part}: [1, {number}]"), &times, &nothing);
        check_values(&format!("a|{part}|gte: {number}"), &times, &nothing);
        check_values(&format!("a|{part}|gt: {number}"), &[], &times);
        check_values(&format!("a|{part}|lt: {}", number + 1), &times, &nothing);
        check_values(&format!("a|{part}|neq: {number}"), &[text("noon")], &times);
    }
    check("sel: {TimeCreated|hour: 7}, condition: sel", &[&[]], &[]);
    check("sel: {TimeCreated|hour: 8}, condition: sel", &[], &[&[]]);
    check_fault("sel: {a|hour: noon}, condition: sel", "not a whole number");
    check_fault("sel: {a|hour|contains: 7}, condition: sel", "cannot");
}

#[test]
fn regular_expressions() {
    check_texts("a|re: 'b.d'", &["abcde"], &["aBcde", "b\nd"]);
    check_texts("a|re: '^b.d$'", &["bcd"], &["abcd", "bcd\n"]);
    check_texts("a|re|i: '^b.d$'", &["BCD"], &["ABCD"]);
    check_texts("a|re|m: '^b$'", &["a\nb\nc"], &["a b c"]);
    check_texts("a|re|s: 'a.b'", &["a\nb"], &["ab"]);
    check_texts("a|re|i|m|s: '^a.b$'", &["x\nA\nB\ny"], &["xa\nb"]);
    check_texts("a|re: ['x{2,3}y', '[^a-c]z']", &["xxy", "dz"], &["xy", "az"]);
    check_texts("a|re|all: ['x', 'y']", &["yx"], &["x"]);
    check_texts("a|re: '(ab|cd)+e?'", &["cd"], &["ad"]);
    check_values("a|re: '^0x1'", &[Value::Hex(0x17)], &[Value::Unsigned(17)]);
    check_fault("sel: {a|re: '('}, condition: sel", "a|re");
    check_fault("sel: {a|i: x}, condition: sel", "cannot stand alone");
    check_fault("sel: {a|re|contains: x}, condition: sel", "cannot follow");
}

#[test]
fn encodings() {
    // All by `base64` and `iconv`.
    check_texts("a|base64: foobar", &["Zm9vYmFy"], &["foobar", "xZm9vYmFy"]);
    check_texts("a|base64|contains: foobar", &["xZm9vYmFyx"], &["foobar"]);
    check_texts("a|base64|cased: foobar", &["Zm9vYmFy"], &["zm9vymfy"]);
    check_texts(
        "a|base64offset|contains: 'http://'",
        &["aHR0cDovL3g=", "eGh0dHA6Ly94", "eHhodHRwOi8veA=="],
        &["aHR0cHM6Ly94"],
    );
    check_texts("a|base64offset|contains: [foo, bar]", &["Zm9v", "YmFy"], &["YmF6"]);
    check_texts("a|base64offset|contains|all: [foobar, 'http://']", &[], &["Zm9vYmFy"]);
    check_texts("a|wide|base64offset|contains: 'ping'", &["cABpAG4AZwA=", "eABwAGkAbgBnAA=="], &["cGluZw=="]);
    check_texts("a|utf16le|base64|contains: ping", &["cABpAG4AZwA="], &["AHAAaQBuAGc="]);
    check_texts("a|utf16be|base64|contains: ping", &["AHAAaQBuAGc="], &["cABpAG4AZwA="]);
    check_texts("a|utf16|base64|contains: ping", &["//5wAGkAbgBnAA=="], &["cABpAG4AZwA="]);
    check_texts("a|wide|base64: 'é'", &["6QA="], &["w6k="]);
    check_texts("a|wide: ab", &["a\0b\0"], &["ab"]);
    check_texts(r"a|base64: 'C:\x'", &["QzpceA=="], &[]);
    check_fault("sel: {a|base64: 'a*'}, condition: sel", "no wildcards");
    check_fault("sel: {a|re|base64: x}, condition: sel", "cannot follow");
}

#[test]
fn dashes() {
    let dashes = ["x -f y", "x /f y", "x –F y", "x —f y", "x ―f y"];
    check_texts("a|windash|contains: ' -f '", &dashes, &["x +f y", "x f y"]);
    check_texts("a|contains|windash: ' /f '", &dashes, &["x +f y"]);
    check_texts("a|windash|contains|all: [' -f ', ' /g ']", &["x /f -g y", "x -f /g y"], &["x -f y"]);
    // Only where an option starts: in pySigma, a dash between a border and a word.
    check_texts("a|windash: 'x -param-name'", &["x /param-name"], &["x /param/name"]);
    check_texts("a|windash: '-a/b'", &["/a/b", "-a/b"], &["-a-b"]);
    // Each dash by itself, and each way is encoded where an encoding follows.
    check_texts("a|windash: ' -a -b'", &[" /a -b", " –a /b"], &[" a b"]);
    check_texts(
        "a|windash|base64offset|contains: ' -f '",
        &["eCAtZiB5", "eCAvZiB5", "eCDigJNmIHk="],
        &["eCArZiB5", "eCA/ZiB5"],
    );
    check_texts(
        "a|windash|wide|base64offset|contains: ' -enc '",
        &["eAAgAC8AZQBuAGMAIAB5AA=="],
        &["eAAgACsAZQBuAGMAIAB5AA=="],
    );
    check_fault("sel: {a|base64|windash: ' -f'}, condition: sel", "cannot follow");
    check_fault("sel: {a|windash|re: ' -f'}, condition: sel", "cannot");
}

#[test]
fn networks() {
    check_texts("a|cidr: 10.0.0.0/8", &["10.1.2.3", "::ffff:10.0.0.1", " 10.0.0.1 "], &["11.0.0.1", "10.1.2", "-", ""]);
    check_texts(
        "a|cidr: [192.168.0.0/16, 'fe80::/10', '::1']",
        &["192.168.7.7", "fe80::1", "::1"],
        &["::2", "192.169.0.0"],
    );
    check_texts("a|cidr: 127.0.0.1", &["127.0.0.1"], &["127.0.0.2"]);
    check_fault("sel: {a|cidr: 10.0.0.0/33}, condition: sel", "range of addresses");
}

#[test]
fn placeholders() {
    check_texts("a: '%name%'", &["%NAME%"], &["name"]);
    check_texts(r"a|expand: '100\%'", &["100%"], &[r"100\%"]);
    check_texts("a|expand|contains: '5%'", &["is 5% of"], &["5"]);
    // Nothing here knows what they stand for: the rule must be rejected.
    check_fault("sel: {a|expand: '%Servers%'}, condition: sel", "`%Servers%` stands for nothing");
    check_fault(r"sel: {a|expand: '\%plain%name%'}, condition: sel", "stands for nothing");
}

#[test]
fn fields_are_compared() {
    let pair = |a: Value<'static>, b: Value<'static>| [("a", a), ("b", b)];
    let (same, other) = (pair(text("X"), text("x")), pair(text("x"), text("y")));
    let (starts, ends, wild) = (pair(text("xy"), text("x")), pair(text("yx"), text("x")), pair(text("axb"), text("*")));
    check(
        "sel: {a|fieldref: b}, condition: sel",
        &[&same],
        &[&other, &starts, &wild, &[("a", text("x"))], &[("b", text("x"))], &[]],
    );
    check("sel: {a|fieldref|startswith: b}, condition: sel", &[&same, &starts], &[&ends]);
    check("sel: {a|fieldref|endswith: b}, condition: sel", &[&same, &ends], &[&starts]);
    check("sel: {a|fieldref|contains: b}, condition: sel", &[&starts, &ends], &[&other]);
    check("sel: {a|fieldref|neq: b}, condition: sel", &[&other, &[("a", text("x"))]], &[&same]);
    check("sel: {a|fieldref: [b, c]}, condition: sel", &[&[("a", text("x")), ("c", text("x"))]], &[&other]);
    check("sel: {a|fieldref: Channel}, condition: sel", &[&[("a", text("system"))]], &[&[("a", text("x"))]]);
}

#[test]
fn keywords() {
    let (one, two) = ([("a", text("an EvilService here"))], [("", text("x")), ("b", text("the evilservice"))]);
    check(
        "sel: [EVILSERVICE, 'svchost.exe -n evil'], condition: sel",
        &[&one, &two, &[("c", text("svchost.exe -n evil -x"))]],
        &[&[("a", text("Evil Service"))], &[]],
    );
    check("sel: EVILSERVICE, condition: sel", &[&one], &[&[]]);
    let all = "sel: {'|all': [OabVirtualDirectory, ' -ExternalUrl ']}, condition: sel";
    let apart = [("a", text("oabvirtualdirectory")), ("b", text("set -externalurl x"))];
    check(
        all,
        &[&apart, &[("a", text("OabVirtualDirectory -ExternalUrl "))]],
        &[&[("a", text("OabVirtualDirectory"))]],
    );
    check("sel: ['a*c'], condition: sel", &[&[("x", text("xabcx"))]], &[&[("x", text("ca"))]]);
    check(r"sel: ['a\*c'], condition: sel", &[&[("x", text("a*c"))]], &[&[("x", text("abc"))]]);
    check(
        "sel: [4624], condition: sel",
        &[&[("x", Value::Unsigned(4624))], &[("x", text("id 46240"))]],
        &[&[("x", Value::Unsigned(4634))]],
    );
    check("sel: {'|re': 'a[0-9]c'}, condition: sel", &[&[("x", text("a5c"))]], &[&[("x", text("abc"))]]);
    check("sel: {'|re|i': 'a[0-9]c'}, condition: sel", &[&[("x", text("A5C"))]], &[&[("x", text("abc"))]]);
    check("sel: {'|cased': Abc}, condition: sel", &[&[("x", text("xAbcx"))]], &[&[("x", text("abc"))]]);
    check(
        "sel: [{'|all': [a1, a2]}, {b: x}], condition: sel",
        &[&[("c", text("a1a2"))], &[("b", text("x"))]],
        &[&[("c", text("a1"))]],
    );
    check(
        "sel: [abc], filter: {a: abc}, condition: sel and not filter",
        &[&[("b", text("abc"))]],
        &[&[("a", text("abc"))]],
    );
    // They are looked for in the whole event: where it is from is part of it.
    for word in ["contoso", "System", "pc1.contoso", "7"] {
        check(&format!("sel: ['{word}'], condition: sel"), &[&[]], &[]);
    }
    check_fault("sel: [x, {a: y}], condition: sel", "cannot be mixed");
    check_fault("sel: {'|all': [x, y], a: z}, condition: sel", "cannot be mixed");
    check_fault("sel: [], condition: sel", "empty");
    check_fault("sel: {}, condition: sel", "empty");
    check_fault("sel: {a: []}, condition: sel", "empty");
}

#[test]
fn lists_of_maps() {
    let list = r"sel: [{a|endswith: '\example.exe'}, {b|contains: 'Test executable', c: 1}], condition: sel";
    check(
        list,
        &[&[("a", text(r"C:\example.exe"))], &[("b", text("a test executable")), ("c", Value::Unsigned(1))]],
        &[&[("b", text("a test executable"))], &[("c", Value::Unsigned(1))], &[]],
    );
}

#[test]
fn conditions() {
    // x, y and z are there or not; the condition's value for all eight cases, in the order of counting with x first.
    let cases = |condition: &str, expected: &str| {
        let detection = format!("x: {{x: 1}}, y: {{y: 1}}, sel_z: {{z: 1}}, condition: {condition}");
        for (number, expected) in expected.chars().enumerate() {
            let fields: Vec<_> = ["x", "y", "z"]
                .into_iter()
                .enumerate()
                .filter(|(place, _)| number >> (2 - place) & 1 == 1)
                .map(|(_, name)| (name, Value::Unsigned(1)))
                .collect();
            let found = matches("product: windows", &detection, SYSTEM, &fields);
            assert_eq!(found, expected == '1', "{condition}: {fields:?}");
        }
    };
    cases("x", "00001111");
    cases("not x", "11110000");
    cases("not not x", "00001111");
    cases("x and y", "00000011");
    cases("x or y", "00111111");
    // or binds least, then and, then not.
    cases("x or y and sel_z", "00011111");
    cases("y and sel_z or x", "00011111");
    cases("(x or y) and sel_z", "00010101");
    cases("x and y or sel_z", "01010111");
    cases("x and (y or sel_z)", "00000111");
    cases("not x and y", "00110000");
    cases("not (x and y)", "11111100");
    cases("not x or y", "11110011");
    cases("x and not y or sel_z", "01011101");
    cases("((x))and(not(y))", "00001100");
    cases("x AND NOT y OR sel_z", "01011101");
    cases("1 of them", "01111111");
    cases("all of them", "00000001");
    cases("2 of them", "00010111");
    cases("any of them", "01111111");
    cases("not 1 of them", "10000000");
    cases("not all of them", "11111110");
    cases("1 of sel*", "01010101");
    cases("all of sel_*", "01010101");
    cases("1 of *_z or x", "01011111");
    cases("x and not 1 of sel*", "00001010");
    cases("x and 1 of sel* and not y", "00000100");
    cases("[x and y, sel_z]", "01010111");
    cases("[x]", "00001111");
    cases("\"x\\n  and y\"", "00000011");
    let hidden = |condition: &str| {
        format!("_x: {{x: 1}}, y: {{y: 1}}, sel_a: {{a: 1}}, sel_b: {{b: 1}}, condition: {condition}")
    };
    let one = |name| [(name, Value::Unsigned(1))];
    check(&hidden("1 of them"), &[&one("y"), &one("a")], &[&one("x")]);
    check(&hidden("1 of _*"), &[&one("x")], &[&one("y")]);
    check(&hidden("_x or y"), &[&one("x"), &one("y")], &[&one("a")]);
    check(&hidden("all of sel*"), &[&[("a", Value::Unsigned(1)), ("b", Value::Unsigned(1))]], &[&one("a"), &one("b")]);
    for (condition, fault) in [
        ("x and", "breaks off"),
        ("x y", "cannot go on"),
        ("x)", "cannot go on"),
        ("(x", "missing"),
        ("''", "breaks off"),
        ("nobody", "no selection"),
        ("1 of nobody*", "no selection"),
        ("3 of them", "can never be"),
        ("0 of them", "can never be"),
        ("many of them", "can never be"),
        ("x | count() > 5", "aggregations"),
        ("[]", "empty"),
    ] {
        check_fault(&format!("x: {{x: 1}}, y: {{y: 1}}, condition: {condition}"), fault);
    }
    check_fault("x: {x: 1}, timeframe: 5m, condition: x", "timeframe");
}

#[test]
fn names_of_fields() {
    // The fields of the head, in any case; everything else by its name, in any case.
    for entry in [
        "EventID: 7",
        "eventid: 7",
        "EventID: '7'",
        "EventID: [1, 7]",
        "Channel: SYSTEM",
        "channel: system",
        "Provider_Name: contoso",
        "provider_name|startswith: Con",
        "Computer|endswith: .example",
        "ComputerName|endswith: .example",
        "EventRecordID: 4711",
        "EventID|gte: 7",
        "EventID: 0x7",
    ] {
        check(&format!("sel: {{{entry}}}, condition: sel"), &[&[]], &[]);
    }
    for entry in [
        "EventID: 8",
        "EventID: '07'",
        "Channel: Sys",
        "Channel: null",
        "Channel|exists: false",
        "Computer: PC1",
        "EventID|neq: 7",
    ] {
        check(&format!("sel: {{{entry}}}, condition: sel"), &[], &[&[]]);
    }
    // Some events have a field of the name.
    check(
        "sel: {ComputerName: PC9}, condition: sel",
        &[&[("ComputerName", text("PC9"))]],
        &[&[("Name", text("PC9"))], &[]],
    );
    check("sel: {CommandLine: x}, condition: sel", &[&[("COMMANDLINE", text("x"))]], &[]);
    // Sigma leaves spaces out.
    check(
        "sel: {SAMUserAccount: x}, condition: sel",
        &[&[("SAM User Account", text("x"))]],
        &[&[("SAMUser", text("x"))]],
    );
    check("sel: {NewValue|contains: x}, condition: sel", &[&[("New Value", text("x"))]], &[]);
    check(
        "sel: {'SAM User Account': x}, condition: sel",
        &[&[("SAM User Account", text("x"))]],
        &[&[("SAMUserAccount", text("x"))]],
    );
    // What has no name is known by its number.
    check(
        "sel: {param2: x}, condition: sel",
        &[&[("", text("a")), ("", text("x"))], &[("param2", text("x"))]],
        &[&[("", text("x"))]],
    );
    // A record without a channel has none, whatever its values are called.
    let nowhere = Origin { channel: "", ..SYSTEM };
    assert!(!matches("product: windows", "sel: {Channel: x}, condition: sel", nowhere, &[("Channel", text("x"))]));
    assert!(matches("product: windows", "sel: {Channel: null}, condition: sel", nowhere, &[]));
}

const SECURITY: Origin<'_> =
    Origin { provider: "Microsoft-Windows-Security-Auditing", event_id: 4688, channel: "Security" };
const SYSMON: Origin<'_> =
    Origin { provider: "Microsoft-Windows-Sysmon", event_id: 1, channel: "Microsoft-Windows-Sysmon/Operational" };

#[test]
fn log_sources() {
    let check = |logsource: &str, origin: Origin<'_>, fields: Fields<'_>, expected: bool| {
        assert_eq!(
            matches(logsource, "sel: {a: null}, condition: sel", origin, fields),
            expected,
            "{logsource} {origin:?}"
        );
    };
    let of = |channel, event_id| Origin { channel, event_id, ..SYSTEM };
    for origin in [SYSTEM, SECURITY, SYSMON] {
        check("product: windows", origin, &[], true);
    }
    let created = "product: windows, category: process_creation";
    for (origin, expected) in [
        (SYSMON, true),
        (SECURITY, true),
        (of("Security", 1), false),
        (of(SYSMON.channel, 4688), false),
        (of("security", 4688), true),
    ] {
        check(created, origin, &[], expected);
    }
    check("product: windows, category: process_creation, service: sysmon", SYSMON, &[], true);
    check("product: windows, category: process_creation, service: sysmon", SECURITY, &[], false);
    check("product: windows, category: process_creation, service: security", SECURITY, &[], true);
    check("product: Windows, service: Security", of("SECURITY", 1), &[], true);
    check("product: windows, service: security", of("System", 1), &[], false);
    for channel in ["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"] {
        check("product: windows, service: powershell", of(channel, 1), &[], true);
        check("product: windows, category: ps_script", of(channel, 4104), &[], true);
        check("product: windows, category: ps_script", of(channel, 4103), &[], false);
    }
    check("product: windows, service: powershell", of("Windows PowerShell", 1), &[], false);
    check("product: windows, category: ps_classic_start", of("Windows PowerShell", 400), &[], true);
    for event_id in [12, 13, 14] {
        check("product: windows, category: registry_event", of(SYSMON.channel, event_id), &[], true);
    }
    let kind = |kind| [("EventType", text(kind))];
    let registry = of(SYSMON.channel, 12);
    check("product: windows, category: registry_add", registry, &kind("CreateKey"), true);
    check("product: windows, category: registry_add", registry, &kind("DeleteKey"), false);
    check("product: windows, category: registry_delete", registry, &kind("DeleteValue"), true);
    check("product: windows, category: registry_delete", of(SYSMON.channel, 13), &kind("DeleteKey"), false);
    check("category: antivirus", of("Microsoft-Windows-Windows Defender/Operational", 1116), &[], true);
    check(
        "product: windows, service: firewall-as, definition: 'on'",
        of("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", 2004),
        &[],
        true,
    );
    for (logsource, fault) in [
        ("product: linux", "not for `windows`"),
        ("service: sshd", "no product"),
        ("product: windows, category: webserver", "no Windows event log"),
        ("product: windows, service: nothing", "no Windows event log"),
        // It could match nothing, which nobody would notice.
        ("product: windows, category: process_creation, service: powershell", "not known to have the category"),
    ] {
        let faults = read(&rule("rule", logsource, "sel: {a: 1}, condition: sel")).unwrap_err();
        assert!(faults[0].contains(fault), "{faults:?}");
    }
}

#[test]
fn process_creation_has_other_names_in_security() {
    let created = "product: windows, category: process_creation";
    let check = |detection: &str, fields: Fields<'_>, expected: bool| {
        assert_eq!(matches(created, detection, SECURITY, fields), expected, "{detection} {fields:?}");
    };
    let image = r"sel: {Image|endswith: '\whoami.exe'}, condition: sel";
    check(image, &[("NewProcessName", text(r"C:\Windows\System32\whoami.exe"))], true);
    check(image, &[("ProcessName", text(r"C:\Windows\System32\whoami.exe"))], false);
    check("sel: {ParentImage: x}, condition: sel", &[("ParentProcessName", text("x"))], true);
    check("sel: {User: x}, condition: sel", &[("SubjectUserName", text("x"))], true);
    check("sel: {LogonId: 0x3e7}, condition: sel", &[("SubjectLogonId", Value::Hex(0x3e7))], true);
    check(
        "sel: {Image|fieldref: ParentImage}, condition: sel",
        &[("NewProcessName", text("x")), ("ParentProcessName", text("X"))],
        true,
    );
    check("sel: {Image|exists: true}, condition: sel", &[("NewProcessName", text("x"))], true);
    // It has a field of Sigma's name: that is the one.
    check("sel: {Image: x}, condition: sel", &[("Image", text("y")), ("NewProcessName", text("x"))], false);
    // Nowhere else does it mean the same.
    let other = Origin { event_id: 4689, ..SECURITY };
    assert!(!matches("product: windows", "sel: {Image: x}, condition: sel", other, &[("NewProcessName", text("x"))]));
}

/// Texts that make an index stumble: short ones, ones in other scripts, and ones that only look like others.
const TEXTS: &[&str] = &[
    "",
    "a",
    "ab",
    "abc",
    "Abc",
    "bcd",
    "abd",
    "ac",
    "aabbcc",
    "cmd",
    "cmd.exe",
    "CMD.EXE",
    "\u{212a}elvin",
    "kelvin",
    "KELVIN",
    "ſtart",
    "START",
    "İstanbul",
    "straße",
    "STRASSE",
    "ΟΔΟΣ",
    "οδος",
    r"C:\Windows\",
    r"\system32\",
    "*",
    "?",
    r"\",
    "x*y",
    "xzy",
    " -enc ",
    " /enc ",
    " –enc ",
    "http://x",
    "aHR0cDovL3g=",
    "0x17",
    "23",
    "1.50",
    "\n",
    "abcd",
    "x41bc",
    "u0041bc",
    "<cmd",
    "]bc",
    "pqr",
    "p q r",
    "日本",
    "日本語",
];

/// Keys of selections and the values they take: texts of [`TEXTS`], of [`EXPRESSIONS`], or these.
const KEYS: &[(&str, &str)] = &[
    ("FIELD", "text"),
    ("FIELD", "text"),
    ("FIELD|contains", "text"),
    ("FIELD|contains", "text"),
    ("FIELD|startswith", "text"),
    ("FIELD|endswith", "text"),
    ("FIELD|contains|all", "text"),
    ("FIELD|cased", "text"),
    ("FIELD|contains|cased", "text"),
    ("FIELD|neq", "text"),
    ("FIELD|contains|neq", "text"),
    ("FIELD|windash|contains", "text"),
    ("FIELD|wide|base64offset|contains", "plain"),
    ("FIELD|base64offset|contains", "plain"),
    ("FIELD|re", "expression"),
    ("FIELD|re", "expression"),
    ("FIELD|re|i", "expression"),
    ("FIELD|re|neq", "expression"),
    ("FIELD|re|all", "expression"),
    ("FIELD", "null"),
    ("FIELD", "23"),
    ("FIELD", "0x17"),
    ("FIELD", "1.50"),
    ("FIELD|gt", "5"),
    ("FIELD|exists", "true"),
    ("FIELD|exists", "false"),
    ("FIELD|fieldref", "CommandLine"),
    ("EventID", "7"),
    ("EventID", "[7, 4688, 1]"),
    ("EventID", "'7'"),
    ("eventid", "7"),
    ("EventID|neq", "7"),
    ("Channel", "security"),
    ("Channel|contains", "sys"),
    ("channel", "x"),
    ("Provider_Name", "Contoso"),
    ("Provider_Name|contains", "cont"),
    ("TimeCreated|contains", "'2018-06'"),
    ("timecreated|startswith", "'2018'"),
    ("EventRecordID|contains", "'471'"),
    ("Computer|contains", "contoso"),
    ("ComputerName|startswith", "pc1"),
    ("Level|contains", "err"),
];

/// Regular expressions whose texts are not simply in what they match.
const EXPRESSIONS: &[&str] = &[
    r"^cmd\.exe",
    r"(foo|cmd)\.exe",
    "abc|xyz",
    "(abc|xyz)",
    "a(bc)?d",
    "abc?d",
    "[c]md",
    r"\x41bc",
    r"\x{41}bc",
    r"\u0041bc",
    r"\u{41}bc",
    r"\U00000041bc",
    "(?i)KELVIN",
    "(?i:CMD).EXE",
    "(?ix) p q r",
    "(?x)p q r # and this",
    "(?x-i: p q r )",
    "(?P<x>abc)",
    "ab*cd?",
    "ab{0,1}d",
    "(abc){0}",
    "ab{2}c",
    "abc{0}d?",
    r"\bcmd\b",
    r"\<cmd",
    r"cmd\>",
    r"\b{start}cmd",
    "[^a]bc",
    r"[]a]bc",
    r"[^]a]bc",
    r"[[:alpha:]]bc",
    r"[\]a]bc",
    r"\.exe$",
    "\u{212a}elvin",
    "straße?",
    "ΟΔΟ[Σς]",
    r"C:\\Windows\\",
    r"enc\s",
    "(?:enc)?x",
    "(a(b)c)+",
    r"\d\d",
    "abc??",
    "(?s)a.c",
    r"x\*y",
    "日本語?",
    "(?m)^abc$",
    r"\(?x\)?zy",
    "a+b+c+",
];

const FIELDS: &[&str] = &["a", "b", "Image", "CommandLine", "SpacedName", "param1"];

const CONDITIONS: &[&str] = &[
    "s0",
    "s0",
    "s0 and s1",
    "s0 or s1",
    "s0 and not s1",
    "not s0",
    "1 of s*",
    "all of them",
    "2 of s*",
    "s0 and (s1 or s2)",
    "[s0 and s1, s2]",
];

const SOURCES: &[&str] = &[
    "product: windows",
    "product: windows",
    "product: windows",
    "product: windows, category: process_creation",
    "product: windows, service: security",
];

/// Some texts, one behind the other.
fn some_text(numbers: &mut Numbers) -> String {
    (0..1 + numbers.below(3)).map(|_| numbers.pick(TEXTS)).collect()
}

/// Values in YAML. JSON's quotes are YAML's.
fn values(numbers: &mut Numbers, kind: &str, several: bool) -> String {
    let count = if several { 2 } else { 1 + numbers.below(3) };
    let mut quoted = |make: &mut dyn FnMut(&mut Numbers) -> String| {
        let all: Vec<_> = (0..count).map(|_| serde_json::to_string(&make(numbers)).unwrap()).collect();
        format!("[{}]", all.join(", "))
    };
    match kind {
        "text" => quoted(&mut |numbers| {
            if numbers.below(2) == 0 { some_text(numbers) } else { numbers.pick(TEXTS).to_owned() }
        }),
        "plain" => quoted(&mut |numbers| numbers.pick(&["http://x", "cmd.exe", "x"]).to_owned()),
        "expression" => quoted(&mut |numbers| numbers.pick(EXPRESSIONS).to_owned()),
        other => other.to_owned(),
    }
}

fn selection(numbers: &mut Numbers) -> String {
    match numbers.below(10) {
        0 => values(numbers, "text", false),
        1 => format!("{{'|all': {}}}", values(numbers, "text", true)),
        2 => format!("{{'|re': {}}}", values(numbers, "expression", false)),
        3 => format!("[{}, {}]", map(numbers), map(numbers)),
        _ => map(numbers),
    }
}

fn map(numbers: &mut Numbers) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for _ in 0..1 + numbers.below(2) {
        let (key, kind) = numbers.pick(KEYS);
        let key = key.replace("FIELD", numbers.pick(FIELDS));
        if entries.iter().all(|(other, _)| *other != key) {
            let values = values(numbers, kind, key.contains("|all"));
            entries.push((key, values));
        }
    }
    let entries: Vec<_> = entries.into_iter().map(|(key, values)| format!("'{key}': {values}")).collect();
    format!("{{{}}}", entries.join(", "))
}

fn rules(numbers: &mut Numbers, count: usize) -> String {
    let rules: Vec<_> = (0..count)
        .map(|number| {
            let selections: Vec<_> = (0..3).map(|place| format!("s{place}: {}", selection(numbers))).collect();
            let detection = format!("{}, condition: {}", selections.join(", "), numbers.pick(CONDITIONS));
            rule(&format!("rule{number:02}"), numbers.pick(SOURCES), &detection)
        })
        .collect();
    rules.join("---\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The index and its scan for texts leave out only what does not match.
    #[test]
    fn the_index_loses_no_match(seed in any::<u64>(), count in 17..60_usize) {
        let mut numbers = Numbers(seed);
        let rules = rules(&mut numbers, count);
        let knowledge = KnowledgeBase::new(read(&rules).unwrap_or_else(|faults| panic!("{faults:#?}\n{rules}")));
        for _ in 0..20 {
            let names = ["a", "b", "Image", "NewProcessName", "CommandLine", "Spaced Name", "SpacedName", "", "param1", "Channel", "Level", "A"];
            let fields: Vec<(&str, String)> = (0..numbers.below(5)).map(|_| (numbers.pick(&names), some_text(&mut numbers))).collect();
            let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, text(value))).collect();
            if numbers.below(2) == 0 {
                fields.push(("a", numbers.pick(&[&Value::Null, &Value::Unsigned(23), &Value::Hex(23), &Value::Real(1.5), &Value::Time(TIME)]).clone()));
            }
            let origin = numbers.pick(&[SYSTEM, SYSTEM, SECURITY, SYSMON, Origin { channel: "", ..SYSTEM }, Origin { provider: "", ..SECURITY }]);
            with_event(origin, &fields, |event| {
                let candidates = knowledge.candidates(origin.provider, origin.event_id, origin.channel);
                let by_index = knowledge.matches(&candidates, event);
                let alone: Vec<u32> =
                    (0..).zip(knowledge.articles()).filter(|(_, article)| article.detection.matches(event)).map(|(number, _)| number).collect();
                let differing: Vec<_> =
                    alone.iter().filter(|number| !by_index.contains(number)).filter_map(|number| knowledge.article(*number)).collect();
                assert!(by_index == alone, "lost: {differing:#?}\nin {origin:?} {fields:?}");
            });
        }
    }
}
