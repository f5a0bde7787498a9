//! YAML with line numbers: what articles and Sigma rules are read from.
//!
//! A scalar keeps the text it was written with and whether it was quoted; what it means is for the reader of the field
//! to say (`7000` is a number to one field and a text to another).

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::{Deserialize, Serialize};

/// Something wrong in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// Line in the text, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault at a line.
    pub fn new(line: usize, message: impl Into<String>) -> Fault {
        Fault { line, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

/// A YAML node and the line it starts at.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Line in the text, from 1.
    pub line: usize,
    /// What it is.
    pub data: Data,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A scalar as written, and whether it was quoted.
    Scalar(String, bool),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written; keys are unique.
    Map(Vec<(Node, Node)>),
}

/// Nodes nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

/// Parses the first document of a text. Line numbers count from `first_line`.
pub fn parse(text: &str, first_line: usize) -> Result<Node, Fault> {
    Builder { parser: Parser::new_from_str(text), first_line }.document()?.map_err(empty)
}

/// Parses all documents of a text; those that are empty are left out.
pub fn parse_all(text: &str, first_line: usize) -> Result<Vec<Node>, Fault> {
    let mut builder = Builder { parser: Parser::new_from_str(text), first_line };
    let mut documents = Vec::new();
    loop {
        match builder.document()? {
            Ok(document) if document.is_null() => {}
            Ok(document) => documents.push(document),
            Err(line) if documents.is_empty() => return Err(empty(line)),
            Err(_) => return Ok(documents),
        }
    }
}

fn empty(line: usize) -> Fault {
    Fault::new(line, "the document is empty")
}

struct Builder<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    first_line: usize,
}

impl<'a> Builder<'a> {
    /// The next document; where there is none, the line of the end.
    fn document(&mut self) -> Result<Result<Node, usize>, Fault> {
        loop {
            match self.next()? {
                (Event::StreamEnd, line) => return Ok(Err(line)),
                (
                    event @ (Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_)),
                    line,
                ) => return self.node(event, line, 0).map(Ok),
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, usize), Fault> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, self.first_line)),
            Some(Ok((event, span))) => Ok((event, span.start.line() + self.first_line - 1)),
            Some(Err(error)) => Err(Fault::new(error.marker().line() + self.first_line - 1, error.info())),
        }
    }

    fn node(&mut self, event: Event<'a>, line: usize, depth: usize) -> Result<Node, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::new(line, "nested too deeply"));
        }
        let data = match event {
            Event::Scalar(text, style, ..) => Data::Scalar(text.into_owned(), style != ScalarStyle::Plain),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break Data::List(items),
                        (event, line) => items.push(self.node(event, line, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries: Vec<(Node, Node)> = Vec::new();
                loop {
                    let (event, line) = self.next()?;
                    if event == Event::MappingEnd {
                        break Data::Map(entries);
                    }
                    let key = self.node(event, line, depth + 1)?;
                    if let Some(twin) = entries.iter().find(|(other, _)| other.data == key.data) {
                        let message = format!("`{}` is given twice, first at line {}", key.shown(), twin.0.line);
                        return Err(Fault::new(line, message));
                    }
                    let (event, line) = self.next()?;
                    let value = self.node(event, line, depth + 1)?;
                    entries.push((key, value));
                }
            }
            Event::Alias(_) => {
                return Err(Fault::new(line, "aliases (`*name`) are not supported; write the value out"));
            }
            _ => return Err(Fault::new(line, "a value is missing")),
        };
        Ok(Node { line, data })
    }
}

impl Node {
    /// The scalar as written.
    pub fn scalar(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether this is YAML's null: nothing, `~` or an unquoted `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.data, Data::Scalar(text, false) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The items of a list; a scalar or map counts as a list of itself, as Sigma has it.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a map.
    pub fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.data {
            Data::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(own, _)| own.scalar() == Some(key)).map(|(_, value)| value)
    }

    /// The node in a word, for messages.
    pub fn shown(&self) -> &str {
        match &self.data {
            Data::Scalar(text, _) => text,
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        parse(text, 1).unwrap_err().to_string()
    }

    #[test]
    fn scalars_keep_their_text_and_their_quotes() {
        let node = parse("a: 7000\nb: '7000'\nc:\nd: 0x1f # comment\n", 1).unwrap();
        assert_eq!(node.get("a").unwrap().data, Data::Scalar("7000".into(), false));
        assert_eq!(node.get("b").unwrap().data, Data::Scalar("7000".into(), true));
        assert!(node.get("c").unwrap().is_null());
        assert_eq!(node.get("d").unwrap().scalar(), Some("0x1f"));
        assert_eq!(node.get("d").unwrap().line, 4);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(fault("a: 1\nb: 2\na: 3\n"), "3: `a` is given twice, first at line 1");
        assert_eq!(fault("a: &x 1\nb: *x\n"), "2: aliases (`*name`) are not supported; write the value out");
        assert_eq!(fault(""), "1: the document is empty");
        assert_eq!(fault(&"[".repeat(200)), "1: nested too deeply");
        assert!(fault("a: [1\nb: 2").starts_with('2'), "{}", fault("a: [1\nb: 2"));
    }
}
