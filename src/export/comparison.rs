//! What became of each finding from one set of logs to another, as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::json;
use crate::checkup::{Compared, Frequency};

/// As text for a terminal.
pub fn text(compared: &[Compared<'_>]) -> String {
    let mut out = String::from("Records a day before and after:\n");
    for Compared { article, change, before, after } in compared {
        let (word, before, after) = (change.word(), before.per_day, after.per_day);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {word:<12} {before:>10.2} {after:>10.2}  {}", article.title);
    }
    out.push('\n');
    out
}

/// As JSON text. The fields are described in README.md.
pub fn json(compared: &[Compared<'_>]) -> String {
    let frequency = |frequency: Frequency| json!({"count": frequency.count, "per_day": frequency.per_day});
    let compared = compared.iter().map(|compared| {
        json!({
            "id": compared.article.id,
            "title": compared.article.title,
            "change": compared.change.word(),
            "before": frequency(compared.before),
            "after": frequency(compared.after),
        })
    });
    json::safe(&compared.collect::<Value>())
}
