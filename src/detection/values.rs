//! What a detection asks for, as people read it and search for it.

use super::pattern::{Ordering, Place};
use super::{Condition, Detection, Pattern, Selection, Test};

/// Events that a detection may match: any of the ids of any of the providers. An empty list stands for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events<'a> {
    /// Their providers, as the detection writes them.
    pub providers: Vec<&'a str>,
    /// Their ids.
    pub ids: Vec<u32>,
}

impl Detection {
    /// The events it may match, one entry for each way to match.
    pub fn events(&self) -> Vec<Events<'_>> {
        let mut ways = self.events_of(&self.condition);
        ways.retain(|events| *events != Events::default());
        let mut distinct: Vec<Events<'_>> = Vec::new();
        ways.into_iter().for_each(|events| {
            if !distinct.contains(&events) {
                distinct.push(events)
            }
        });
        distinct
    }

    fn events_of(&self, condition: &Condition) -> Vec<Events<'_>> {
        match condition {
            Condition::Selection(index) => self.selection(*index).map_or_else(Vec::new, Selection::events),
            Condition::Not(_) => Vec::new(),
            Condition::And(all) => all.iter().map(|inner| self.events_of(inner)).fold(Vec::new(), both),
            Condition::AtLeast(_, any) => any.iter().flat_map(|inner| self.events_of(inner)).collect(),
        }
    }

    /// The tests that help it match; not those of what must not hold.
    pub fn tests(&self) -> Vec<&Test> {
        let mut tests = Vec::new();
        self.collect_tests(&self.condition, &mut tests);
        tests
    }

    fn collect_tests<'a>(&'a self, condition: &Condition, tests: &mut Vec<&'a Test>) {
        match condition {
            Condition::Selection(index) => {
                self.selection(*index).into_iter().for_each(|selection| selection.collect_tests(tests));
            }
            Condition::Not(_) => {}
            Condition::And(inner) | Condition::AtLeast(_, inner) => {
                inner.iter().for_each(|inner| self.collect_tests(inner, tests));
            }
        }
    }
}

impl Selection {
    fn events(&self) -> Vec<Events<'_>> {
        match self {
            Selection::All(tests) => {
                let mut events = Events::default();
                for (test, pattern) in tests
                    .iter()
                    .filter(|test| !test.negated)
                    .flat_map(|test| test.patterns.iter().map(move |p| (test, p)))
                {
                    match (test.field.as_str(), pattern) {
                        ("Provider_Name", Pattern::Text(text)) => events.providers.push(text.written()),
                        ("EventID", Pattern::Number(id)) => events.ids.extend(u32::try_from(*id)),
                        ("EventID", Pattern::Text(text)) => events.ids.extend(text.written().parse::<u32>()),
                        _ => {}
                    }
                }
                vec![events]
            }
            Selection::Any(any) => any.iter().flat_map(Selection::events).collect(),
            Selection::Keywords(_) => Vec::new(),
        }
    }

    fn collect_tests<'a>(&'a self, tests: &mut Vec<&'a Test>) {
        match self {
            Selection::All(all) => tests.extend(all.iter().filter(|test| !test.negated)),
            Selection::Any(any) => any.iter().for_each(|inner| inner.collect_tests(tests)),
            Selection::Keywords(_) => {}
        }
    }
}

/// What is left when both must hold: what one side leaves open, the other says.
fn both<'a>(a: Vec<Events<'a>>, b: Vec<Events<'a>>) -> Vec<Events<'a>> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    let mut found = Vec::new();
    for (a, b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
        let providers = if a.providers.is_empty() { &b.providers } else { &a.providers };
        let ids = if a.ids.is_empty() { &b.ids } else { &a.ids };
        found.push(Events { providers: providers.clone(), ids: ids.clone() });
    }
    found
}

impl Pattern {
    /// What it asks of a value: a verb, and the text it is about.
    pub fn in_words(&self) -> (&'static str, String) {
        match self {
            Pattern::Text(text) => wildcard_in_words(text.written()),
            Pattern::Number(number) => ("is", number.to_string()),
            Pattern::Decimal(_, text) => ("is", text.clone()),
            Pattern::Regex(expression) => ("fits the expression", expression.as_str().to_owned()),
            Pattern::Compare(ordering, bound) => (ordering.in_words(), bound.to_string()),
            Pattern::Moment(part, ordering, bound) => {
                let verb = ordering.map_or("is", Ordering::in_words);
                (verb, format!("{} {bound}", format!("{part:?}").to_lowercase()))
            }
            Pattern::Network(network) => ("is an address in", network.to_string()),
            Pattern::Field(field, Place::Whole) => ("is what is in", field.clone()),
            Pattern::Field(field, Place::Start) => ("starts with what is in", field.clone()),
            Pattern::Field(field, Place::End) => ("ends with what is in", field.clone()),
            Pattern::Field(field, Place::Anywhere) => ("contains what is in", field.clone()),
            Pattern::Exists(true) => ("is there", String::new()),
            Pattern::Exists(false) => ("is not there", String::new()),
            Pattern::Null => ("has no value", String::new()),
        }
    }
}

impl Ordering {
    fn in_words(self) -> &'static str {
        match self {
            Ordering::Gt => "is more than",
            Ordering::Gte => "is at least",
            Ordering::Lt => "is less than",
            Ordering::Lte => "is at most",
        }
    }
}

fn wildcard_in_words(written: &str) -> (&'static str, String) {
    // A character, and whether it is a wildcard.
    let mut characters: Vec<(char, bool)> = Vec::new();
    let mut rest = written.chars().peekable();
    while let Some(character) = rest.next() {
        characters.push(match character {
            '\\' => (rest.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\'), false),
            character => (character, matches!(character, '*' | '?')),
        });
    }
    let (starts, ends) = (characters.first() == Some(&('*', true)), characters.last() == Some(&('*', true)));
    let inner = match (starts, ends) {
        (true, true) => characters.get(1..characters.len() - 1).unwrap_or_default(),
        (true, false) => &characters[1..],
        (false, true) => &characters[..characters.len() - 1],
        (false, false) => &characters[..],
    };
    if inner.iter().any(|(_, wildcard)| *wildcard) {
        return ("looks like", written.to_owned());
    }
    let verb = match (starts, ends) {
        _ if characters.is_empty() => "is empty",
        _ if inner.is_empty() => "is anything",
        (true, true) => "contains",
        (true, false) => "ends with",
        (false, true) => "starts with",
        (false, false) => "is",
    };
    (verb, inner.iter().map(|(character, _)| character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detection(text: &str) -> Detection {
        let mut faults = Vec::new();
        let parsed = crate::yaml::parse(text, 1).map(|node| crate::detection::parse::parse(&node, true, &mut faults));
        parsed.ok().flatten().unwrap_or_else(|| panic!("{faults:?}"))
    }

    #[test]
    fn events_go_together_as_the_condition_says() {
        let detection = detection(
            "a: {Provider_Name: [Disk, Ntfs], EventID: [7, 8]}\nb: {Provider_Name: VSS, Level: 2}\nc: {EventID: 13}\n\
             filter: {Provider_Name: No, EventID: 1}\ncondition: (a or (b and c)) and not filter",
        );
        let events = |providers: &[&'static str], ids: &[u32]| Events { providers: providers.into(), ids: ids.into() };
        assert_eq!(detection.events(), [events(&["Disk", "Ntfs"], &[7, 8]), events(&["VSS"], &[13])]);
        let fields: Vec<_> = detection.tests().iter().map(|test| test.field.as_str()).collect();
        assert_eq!(fields, ["Provider_Name", "EventID", "Provider_Name", "Level", "EventID"]);
    }

    #[test]
    fn patterns_in_words() {
        let words = |test: &str| {
            let detection = detection(&format!("a: {{{test}}}\ncondition: a"));
            let (verb, text) = detection.tests()[0].patterns[0].in_words();
            format!("{verb} {text}")
        };
        assert_eq!(words("a: Print Spooler"), "is Print Spooler");
        assert_eq!(words(r"a|startswith: '\Device\'"), r"starts with \Device\");
        assert_eq!(words(r"a|startswith: '\\\\'"), r"starts with \\");
        assert_eq!(words("a|contains: Diag"), "contains Diag");
        assert_eq!(words("a: '2270 (*'"), "starts with 2270 (");
        assert_eq!(words("a: 'a*b'"), "looks like a*b");
        assert_eq!(words(r"a: 'a\*'"), "is a*");
        assert_eq!(words("a: '*'"), "is anything ");
        assert_eq!(words("a: ''"), "is empty ");
        assert_eq!(words("a: 0x7b"), "is 123");
        assert_eq!(words("a|gt: 5"), "is more than 5");
        assert_eq!(words("a|exists: true"), "is there ");
        assert_eq!(words("a: null"), "has no value ");
    }
}
