//! Sigma's correlation rules: what several matches of other rules mean together
//! (<https://sigmahq.io/sigma-specification/specification/sigma-correlation-rules-specification.html>).
//!
//! A correlation names rules; their matches, from whatever part of whatever log, are collected and evaluated in the
//! order of their times once all is read (see `checkup::correlate`).

use serde::{Deserialize, Serialize};

use super::pattern::{Ordering, number};
use crate::yaml::{Fault, Node};

/// A correlation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// What it looks for.
    pub kind: Kind,
    /// The rules it watches, by id or name; after linking by id.
    pub rules: Vec<String>,
    /// What matches must have in common.
    pub group_by: Vec<Key>,
    /// How close together the matches must be, in 100-nanosecond ticks.
    pub timespan: u64,
    /// What the counted number must be.
    pub condition: Vec<(Comparison, f64)>,
    /// What is counted, for the kinds that look at values.
    pub fields: Vec<Key>,
    /// The watched rules are shown by themselves too.
    pub generate: bool,
}

/// What a correlation looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// That many matches.
    EventCount,
    /// That many different values.
    ValueCount,
    /// Values that add up so.
    ValueSum,
    /// Values that are so on average.
    ValueAvg,
    /// Matches of all the rules.
    Temporal,
    /// Matches of all the rules, in their order.
    TemporalOrdered,
}

impl Kind {
    /// Whether it looks at which rules match.
    pub fn is_temporal(self) -> bool {
        matches!(self, Kind::Temporal | Kind::TemporalOrdered)
    }
}

/// A field by the name the correlation gives it, and what each of its rules calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The name.
    pub name: String,
    /// For rules that call it otherwise: rule and field.
    pub aliases: Vec<(String, String)>,
}

impl Key {
    /// What a rule calls the field.
    pub fn of(&self, rule: &str) -> &str {
        self.aliases.iter().find(|(own, _)| own == rule).map_or(&self.name, |(_, field)| field)
    }
}

/// How the counted number compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// By order.
    Order(Ordering),
    /// Equal.
    Eq,
    /// Not equal.
    Neq,
}

impl Comparison {
    /// Whether `a` compares so to `b`.
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Comparison::Order(ordering) => ordering.holds(a, b),
            Comparison::Eq => a == b,
            Comparison::Neq => a != b,
        }
    }
}

impl Correlation {
    /// Whether a counted number is what the condition asks for.
    pub fn holds(&self, number: f64) -> bool {
        self.condition.iter().all(|(comparison, bound)| comparison.holds(number, *bound))
    }
}

/// Ticks of a second.
const SECOND: u64 = 10_000_000;

/// Parses a rule's `correlation` key. Faults are added to `faults`.
pub fn parse(node: &Node, faults: &mut Vec<Fault>) -> Option<Correlation> {
    let before = faults.len();
    let mut fault = |line: usize, message: &str| faults.push(Fault::new(line, message));
    if node.entries().is_none() {
        fault(node.line, "`correlation` must be a map");
        return None;
    }
    for (key, _) in node.entries().unwrap_or_default() {
        let known = ["type", "rules", "aliases", "group-by", "timespan", "condition", "generate"];
        if !key.scalar().is_some_and(|key| known.contains(&key)) {
            fault(key.line, &format!("`{}` is no key of a correlation; there are {}", key.shown(), known.join(", ")));
        }
    }
    let line_of = |key: &str| node.get(key).map_or(node.line, |value| value.line);
    let texts = |key: &str| -> Vec<String> {
        let items = node.get(key).map_or(&[][..], Node::items);
        items.iter().filter_map(|item| Some(item.scalar()?.to_owned())).collect()
    };
    let kind = match node.get("type").and_then(Node::scalar) {
        Some("event_count") => Some(Kind::EventCount),
        Some("value_count") => Some(Kind::ValueCount),
        Some("value_sum") => Some(Kind::ValueSum),
        Some("value_avg") => Some(Kind::ValueAvg),
        Some("temporal") => Some(Kind::Temporal),
        Some("temporal_ordered") => Some(Kind::TemporalOrdered),
        Some(other) => {
            fault(line_of("type"), &format!("`{other}` is no type of correlation that is evaluated here"));
            None
        }
        None => {
            fault(node.line, "the correlation has no `type`");
            None
        }
    };
    let rules = texts("rules");
    if rules.is_empty() {
        fault(line_of("rules"), "the correlation names no `rules`");
    }
    let mut aliases: Vec<Key> = Vec::new();
    for (name, rules) in node.get("aliases").and_then(Node::entries).unwrap_or_default() {
        let own = rules.entries().unwrap_or_default().iter();
        let pairs: Vec<_> =
            own.filter_map(|(rule, field)| Some((rule.scalar()?.into(), field.scalar()?.into()))).collect();
        if pairs.is_empty() {
            fault(name.line, "an alias is a map of rules and the fields they have");
        }
        aliases.push(Key { name: name.shown().to_owned(), aliases: pairs });
    }
    let key = |name: &String| {
        let alias = aliases.iter().find(|alias| alias.name == *name).cloned();
        alias.unwrap_or_else(|| Key { name: name.clone(), aliases: Vec::new() })
    };
    let group_by = texts("group-by").iter().map(key).collect();
    let timespan = node.get("timespan").and_then(Node::scalar).and_then(timespan).unwrap_or_else(|| {
        fault(line_of("timespan"), "`timespan` must be a number and s, m, h or d, such as 10m");
        0
    });
    let (mut condition, mut fields) = (Vec::new(), Vec::new());
    if node.get("condition").is_some_and(|value| !value.is_null() && value.entries().is_none()) {
        fault(line_of("condition"), "the `condition` of a correlation must be a map such as `gte: 10`");
    }
    for (name, value) in node.get("condition").and_then(Node::entries).unwrap_or_default() {
        let comparison = match name.shown() {
            "field" => {
                fields = value.items().iter().filter_map(|item| Some(key(&item.scalar()?.to_owned()))).collect();
                continue;
            }
            "gt" => Comparison::Order(Ordering::Gt),
            "gte" => Comparison::Order(Ordering::Gte),
            "lt" => Comparison::Order(Ordering::Lt),
            "lte" => Comparison::Order(Ordering::Lte),
            "eq" => Comparison::Eq,
            "neq" => Comparison::Neq,
            other => {
                fault(name.line, &format!("`{other}` is no comparison; there are gt, gte, lt, lte, eq and neq"));
                continue;
            }
        };
        match value.scalar().and_then(number) {
            Some(bound) => condition.push((comparison, bound)),
            None => fault(value.line, "a comparison needs a number"),
        }
    }
    let holds = |number: usize| condition.iter().all(|(comparison, bound)| comparison.holds(number as f64, *bound));
    if !kind.is_some_and(Kind::is_temporal) && condition.is_empty() {
        fault(line_of("condition"), "the correlation needs a `condition` such as `gte: 10`");
    }
    // Some of the rules in their order: the specification does not say what that means.
    let all = rules.len();
    if kind == Some(Kind::TemporalOrdered) && !condition.is_empty() && (!holds(all) || (1..all).any(holds)) {
        fault(line_of("condition"), "all rules of a `temporal_ordered` correlation must match; leave `condition` out");
    }
    let of_values = matches!(kind, Some(Kind::ValueCount | Kind::ValueSum | Kind::ValueAvg));
    if kind.is_some() && of_values == fields.is_empty() {
        let message = if of_values { "the `condition` must name a `field`" } else { "this type counts no `field`" };
        fault(line_of("condition"), message);
    }
    let generate = node.get("generate").and_then(Node::scalar) == Some("true");
    let kind = kind.filter(|_| faults.len() == before)?;
    Some(Correlation { kind, rules, group_by, timespan, condition, fields, generate })
}

/// The ticks of a timespan as Sigma writes it: a number and `s`, `m`, `h` or `d`.
pub fn timespan(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return None,
    };
    number.parse::<u64>().ok().filter(|number| *number > 0)?.checked_mul(seconds)?.checked_mul(SECOND)
}

/// A timespan for people: `10 minutes`, in the largest unit of which it is so many.
pub fn timespan_in_words(ticks: u64) -> String {
    let units = [(86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let seconds = ticks / SECOND;
    let (length, unit) = units.into_iter().find(|(length, _)| seconds.is_multiple_of(*length)).unwrap_or((1, "second"));
    let number = seconds / length;
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn faults(text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        parse(&yaml::parse(text, 1).unwrap(), &mut faults);
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_correlation_is_read() {
        let text = "type: value_count\nrules: [a, b]\ngroup-by: [who, Computer]\ntimespan: 90m\n\
                    aliases: {who: {a: User, b: TargetUserName}}\ncondition: {field: Ip, gt: 3, lte: 9}\n";
        let correlation = parse(&yaml::parse(text, 1).unwrap(), &mut Vec::new()).unwrap();
        assert_eq!(correlation.timespan, 90 * 60 * SECOND);
        assert_eq!(correlation.group_by[0].of("b"), "TargetUserName");
        assert_eq!(correlation.group_by[1].of("b"), "Computer");
        assert!(correlation.holds(9.0) && !correlation.holds(3.0) && !correlation.holds(10.0));
    }

    #[test]
    fn timespans_are_said_in_words() {
        for (text, words) in
            [("1s", "1 second"), ("90s", "90 seconds"), ("10m", "10 minutes"), ("60m", "1 hour"), ("2d", "2 days")]
        {
            assert_eq!(timespan(text).map(timespan_in_words).as_deref(), Some(words));
        }
    }

    #[test]
    fn all_faults_are_said() {
        assert_eq!(
            faults("type: value_percentile\nrules: []\ntimespan: 5\nwindow: 1\ncondition: {about: 3}\n"),
            [
                "4: `window` is no key of a correlation; there are type, rules, aliases, group-by, timespan, condition, generate",
                "1: `value_percentile` is no type of correlation that is evaluated here",
                "2: the correlation names no `rules`",
                "3: `timespan` must be a number and s, m, h or d, such as 10m",
                "5: `about` is no comparison; there are gt, gte, lt, lte, eq and neq",
                "5: the correlation needs a `condition` such as `gte: 10`",
            ]
        );
        assert_eq!(
            faults("type: value_count\nrules: [a]\ntimespan: 5m\ncondition: {gte: 3}\n"),
            ["4: the `condition` must name a `field`"]
        );
    }
}
