//! Reads a Sigma detection; every fault is reported, each with its line.

use super::pattern::{Expression, Ordering, Pattern, Wildcard};
use super::{Condition, Detection, Selection, Test};
use crate::yaml::{Data, Fault, Node};

/// Conditions nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

/// Parses the value of a rule's or article's `detection` key. Faults are added to `faults`; `None` where they leave no
/// detection.
pub fn parse(node: &Node, faults: &mut Vec<Fault>) -> Option<Detection> {
    let before = faults.len();
    let Some(entries) = node.entries() else {
        faults.push(Fault::new(node.line, "`detection` must be a map of selections and a `condition`"));
        return None;
    };
    let mut selections = Vec::new();
    for (key, value) in entries {
        match key.scalar() {
            Some("condition") => {}
            Some("timeframe") => faults.push(Fault::new(key.line, "`timeframe` is not supported")),
            Some(name) => {
                let selection = selection(value, faults);
                selections.push((name.to_owned(), selection));
            }
            None => faults.push(Fault::new(key.line, "a selection's name must be a word")),
        }
    }
    let Some(condition) = node.get("condition") else {
        faults.push(Fault::new(node.line, "`condition` is missing"));
        return None;
    };
    let condition = match condition.scalar() {
        Some(text) => ConditionParser::parse(text, &selections).map_err(|message| Fault::new(condition.line, message)),
        None => Err(Fault::new(condition.line, "`condition` must be one text")),
    };
    match condition {
        Err(fault) => faults.push(fault),
        Ok(condition) => {
            let mut used = vec![false; selections.len()];
            mark_used(&condition, &mut used);
            for ((name, _), used) in selections.iter().zip(used) {
                // Sigma rules keep unused selections under a name that starts with an underscore.
                if !used && !name.starts_with('_') {
                    let line =
                        entries.iter().find(|(key, _)| key.scalar() == Some(name)).map_or(node.line, |(k, _)| k.line);
                    faults.push(Fault::new(line, format!("the selection `{name}` is not used in the condition")));
                }
            }
            if faults.len() == before {
                return Some(Detection { selections, condition });
            }
        }
    }
    None
}

fn mark_used(condition: &Condition, used: &mut [bool]) {
    match condition {
        Condition::Selection(index) => used[usize::from(*index)] = true,
        Condition::Not(inner) => mark_used(inner, used),
        Condition::And(all) | Condition::AtLeast(_, all) => all.iter().for_each(|inner| mark_used(inner, used)),
    }
}

fn selection(node: &Node, faults: &mut Vec<Fault>) -> Selection {
    match &node.data {
        Data::Map(entries) => {
            if entries.is_empty() {
                faults.push(Fault::new(node.line, "the selection is empty"));
            }
            Selection::All(entries.iter().filter_map(|(key, value)| test(key, value, faults)).collect())
        }
        Data::List(items) if items.iter().all(|item| item.entries().is_some()) && !items.is_empty() => {
            Selection::Any(items.iter().map(|item| selection(item, faults)).collect())
        }
        Data::List(items) if items.is_empty() => {
            faults.push(Fault::new(node.line, "the selection is empty"));
            Selection::Any(Vec::new())
        }
        Data::List(_) | Data::Scalar(..) => {
            let mut keywords = Vec::new();
            for item in node.items() {
                match item.scalar() {
                    Some(text) => {
                        keywords.push(Pattern::Text(Wildcard::parse(text).after_anything().before_anything()));
                    }
                    None => faults.push(Fault::new(item.line, "keywords and maps cannot be mixed in one list")),
                }
            }
            Selection::Keywords(keywords)
        }
    }
}

fn test(key: &Node, value: &Node, faults: &mut Vec<Fault>) -> Option<Test> {
    let Some(key_text) = key.scalar() else {
        faults.push(Fault::new(key.line, "a field's name must be a word"));
        return None;
    };
    let mut words = key_text.split('|');
    let field = words.next().unwrap_or_default().to_owned();
    let mut modifiers = Modifiers::default();
    let mut shapes = 0;
    for word in words {
        shapes += usize::from(word != "all");
        if shapes > 1 {
            faults.push(Fault::new(key.line, format!("`{word}` cannot be combined with the modifier before it")));
            return None;
        }
        match word {
            "contains" => modifiers.shape = Shape::Contains,
            "startswith" => modifiers.shape = Shape::StartsWith,
            "endswith" => modifiers.shape = Shape::EndsWith,
            "re" => modifiers.shape = Shape::Regex,
            "gt" => modifiers.shape = Shape::Compare(Ordering::Gt),
            "gte" => modifiers.shape = Shape::Compare(Ordering::Gte),
            "lt" => modifiers.shape = Shape::Compare(Ordering::Lt),
            "lte" => modifiers.shape = Shape::Compare(Ordering::Lte),
            "exists" => modifiers.shape = Shape::Exists,
            "all" => modifiers.all = true,
            other => {
                faults.push(Fault::new(key.line, format!("`{other}` is not a modifier that is supported here")));
                return None;
            }
        }
    }
    if field.is_empty() {
        faults.push(Fault::new(key.line, "a field's name is missing"));
        return None;
    }
    if value.items().is_empty() {
        faults.push(Fault::new(value.line, format!("`{field}` has an empty list of values")));
    }
    if modifiers.all && value.items().len() < 2 {
        faults.push(Fault::new(key.line, "`all` needs a list of at least two values"));
    }
    let mut patterns = Vec::new();
    for item in value.items() {
        match pattern(item, modifiers.shape) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => faults.push(Fault::new(item.line, format!("`{key_text}`: {message}"))),
        }
    }
    Some(Test { field, patterns, all: modifiers.all })
}

#[derive(Default)]
struct Modifiers {
    shape: Shape,
    all: bool,
}

#[derive(Clone, Copy, Default)]
enum Shape {
    #[default]
    Whole,
    Contains,
    StartsWith,
    EndsWith,
    Regex,
    Compare(Ordering),
    Exists,
}

fn pattern(node: &Node, shape: Shape) -> Result<Pattern, String> {
    let Data::Scalar(text, quoted) = &node.data else { return Err("a value must be a text or a number".into()) };
    if node.is_null() {
        return match shape {
            Shape::Whole => Ok(Pattern::Null),
            _ => Err("null takes no modifier".into()),
        };
    }
    Ok(match shape {
        Shape::Whole => match integer(text) {
            Some(number) if !quoted => Pattern::Number(number),
            _ => Pattern::Text(Wildcard::parse(text)),
        },
        Shape::Contains => Pattern::Text(Wildcard::parse(text).after_anything().before_anything()),
        Shape::StartsWith => Pattern::Text(Wildcard::parse(text).before_anything()),
        Shape::EndsWith => Pattern::Text(Wildcard::parse(text).after_anything()),
        Shape::Regex => Pattern::Regex(Expression::parse(text)?),
        Shape::Compare(ordering) => match integer(text).map(|number| number as f64).or_else(|| text.parse().ok()) {
            Some(bound) => Pattern::Compare(ordering, bound),
            None => return Err(format!("`{text}` is not a number")),
        },
        Shape::Exists => match text.as_str() {
            "true" | "yes" => Pattern::Exists(true),
            "false" | "no" => Pattern::Exists(false),
            _ => return Err("`exists` takes true or false".into()),
        },
    })
}

fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The grammar of a condition: `or` binds least, then `and`, then `not`; `N of` names several selections.
struct ConditionParser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    selections: &'a [(String, Selection)],
}

type Parsed = Result<Condition, String>;

impl<'a> ConditionParser<'a> {
    fn parse(text: &'a str, selections: &'a [(String, Selection)]) -> Parsed {
        let mut tokens = Vec::new();
        for word in text.split_whitespace() {
            let mut rest = word;
            while let Some(at) = rest.find(['(', ')']) {
                tokens.extend([&rest[..at], &rest[at..=at]].into_iter().filter(|token| !token.is_empty()));
                rest = &rest[at + 1..];
            }
            tokens.extend(Some(rest).filter(|token| !token.is_empty()));
        }
        let mut parser = ConditionParser { tokens, at: 0, selections };
        let condition = parser.or(0)?;
        match parser.peek() {
            None => Ok(condition),
            Some(token) => Err(format!("the condition cannot go on with `{token}`")),
        }
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    fn next_is(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn or(&mut self, depth: usize) -> Parsed {
        let mut any = vec![self.and(depth)?];
        while self.next_is("or") {
            any.push(self.and(depth)?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::AtLeast(1, any) })
    }

    fn and(&mut self, depth: usize) -> Parsed {
        let mut all = vec![self.not(depth)?];
        while self.next_is("and") {
            all.push(self.not(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn not(&mut self, depth: usize) -> Parsed {
        if depth > MAX_DEPTH {
            return Err("the condition is nested too deeply".into());
        }
        if self.next_is("not") {
            return Ok(Condition::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.next_is("(") {
            let inner = self.or(depth + 1)?;
            return if self.next_is(")") { Ok(inner) } else { Err("a `)` is missing in the condition".into()) };
        }
        let Some(token) = self.peek() else { return Err("the condition breaks off".into()) };
        self.at += 1;
        if self.next_is("of") {
            return self.quantified(token);
        }
        match self.selections.iter().position(|(name, _)| name == token) {
            Some(index) => Ok(Condition::Selection(index as u16)),
            None => Err(format!("the condition names `{token}`, which is no selection")),
        }
    }

    fn quantified(&mut self, quantifier: &str) -> Parsed {
        let Some(names) = self.peek() else { return Err("`of` needs the name of selections behind it".into()) };
        self.at += 1;
        let wildcard = Wildcard::parse(names);
        let chosen: Vec<Condition> = (0u16..)
            .zip(self.selections)
            .filter(|(_, (name, _))| if names == "them" { !name.starts_with('_') } else { wildcard.fits(name) })
            .map(|(index, _)| Condition::Selection(index))
            .collect();
        if chosen.is_empty() {
            return Err(format!("the condition names `{names}`, which fits no selection"));
        }
        match quantifier.to_ascii_lowercase().as_str() {
            "all" => Ok(Condition::And(chosen)),
            "any" => Ok(Condition::AtLeast(1, chosen)),
            number => match number.parse() {
                Ok(number) if number > 0 && usize::from(number) <= chosen.len() => {
                    Ok(Condition::AtLeast(number, chosen))
                }
                _ => Err(format!("`{number} of {names}` can never be: there are {} selections", chosen.len())),
            },
        }
    }
}
