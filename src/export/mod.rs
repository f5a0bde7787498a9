//! A report in forms that leave the program. [`Handover`] is what all of them are made of; [`redaction`] takes names of
//! computers and people out of it first.

pub mod comparison;
mod csv;
pub mod document;
mod handover;
mod html;
pub mod imported;
pub mod json;
mod markdown;
pub mod redaction;
mod text;
mod zone;

pub use handover::Handover;
pub use zone::{Zone, offset};

/// The forms there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// For scripts. The fields are described in README.md.
    Json,
    /// For tickets and wikis.
    Markdown,
    /// For people without this program: one file to read and to print, without a script.
    Html,
    /// For spreadsheets.
    Csv,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 5] = [Format::Text, Format::Json, Format::Markdown, Format::Html, Format::Csv];

    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Csv => "csv",
        }
    }

    /// How the names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Json => "json",
            Format::Markdown => "md",
            Format::Html => "html",
            Format::Csv => "csv",
        }
    }

    /// What is handed over, in this form.
    pub fn write(self, handover: &Handover<'_>) -> String {
        match self {
            Format::Text => text::write(handover),
            Format::Json => json::text(handover),
            Format::Markdown => markdown::write(handover),
            Format::Html => html::write(handover),
            Format::Csv => csv::write(handover),
        }
    }
}
