//! Reads a Sigma detection; every fault is reported, each with its line.

use super::modifiers;
use super::wildcard::Wildcard;
use super::{Condition, Detection, Selection};
use crate::yaml::{Data, Fault, Node};

/// Conditions nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

/// Parses the value of a rule's or article's `detection` key. Faults are added to `faults`; `None` where they leave no
/// detection. That a selection is not used is a fault only where `strict`: rules of others have some.
pub fn parse(node: &Node, strict: bool, faults: &mut Vec<Fault>) -> Option<Detection> {
    let before = faults.len();
    let Some(entries) = node.entries() else {
        faults.push(Fault::new(node.line, "`detection` must be a map of selections and a `condition`"));
        return None;
    };
    let mut selections = Vec::new();
    for (key, value) in entries {
        match key.scalar() {
            Some("condition") => {}
            Some("timeframe") => {
                faults.push(Fault::new(key.line, "Sigma has no `timeframe` any more; write a correlation rule"));
            }
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
    // A list of conditions: one of them holds.
    let conditions: Result<Vec<_>, _> = condition
        .items()
        .iter()
        .map(|item| match item.scalar() {
            Some(text) => ConditionParser::parse(text, &selections).map_err(|message| Fault::new(item.line, message)),
            None => Err(Fault::new(item.line, "`condition` must be one text")),
        })
        .collect();
    let condition = match conditions {
        Ok(mut all) if all.len() == 1 => Ok(all.remove(0)),
        Ok(all) if all.is_empty() => Err(Fault::new(condition.line, "`condition` is empty")),
        Ok(all) => Ok(Condition::AtLeast(1, all)),
        Err(fault) => Err(fault),
    };
    match condition {
        Err(fault) => faults.push(fault),
        Ok(condition) => {
            let mut used = vec![false; selections.len()];
            mark_used(&condition, &mut used);
            for ((name, _), used) in selections.iter().zip(used) {
                // Sigma rules keep unused selections under a name that starts with an underscore.
                if strict && !used && !name.starts_with('_') {
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
        Data::Map(entries) if entries.is_empty() => {
            faults.push(Fault::new(node.line, "the selection is empty"));
            Selection::Any(Vec::new())
        }
        Data::Map(entries) => {
            let (keywords, fields): (Vec<_>, Vec<_>) =
                entries.iter().partition(|(key, _)| key.scalar().is_some_and(|key| key.starts_with('|')));
            if let [(key, value)] = keywords.as_slice()
                && fields.is_empty()
            {
                // `'|all': […]`: keywords with a modifier.
                return Selection::Keywords(modifiers::test(key, value, faults).unwrap_or_default());
            }
            if let Some((key, _)) = keywords.first() {
                faults.push(Fault::new(key.line, "keywords and fields cannot be mixed in one map"));
            }
            Selection::All(fields.iter().filter_map(|(key, value)| modifiers::test(key, value, faults)).collect())
        }
        Data::List(items) if items.is_empty() => {
            faults.push(Fault::new(node.line, "the selection is empty"));
            Selection::Any(Vec::new())
        }
        Data::List(items) if items.iter().all(|item| item.entries().is_some()) => {
            Selection::Any(items.iter().map(|item| selection(item, faults)).collect())
        }
        Data::List(_) | Data::Scalar(..) => {
            if let Some(map) = node.items().iter().find(|item| item.scalar().is_none()) {
                faults.push(Fault::new(map.line, "keywords and maps cannot be mixed in one list"));
                return Selection::Any(Vec::new());
            }
            let key = Node { line: node.line, data: Data::Scalar(String::new(), false) };
            Selection::Keywords(modifiers::test(&key, node, faults).unwrap_or_default())
        }
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
            Some(token) if token.starts_with('|') => {
                Err("Sigma has no aggregations such as `| count()` any more; write a correlation rule".into())
            }
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
        let wildcard = Wildcard::parse(names).with_case(true);
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
