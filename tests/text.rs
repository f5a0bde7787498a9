//! Where the page's texts are: in `src/ui/text`, each of them once, and nowhere else in `src/ui`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Lit;

/// Attributes that say something to a person, and properties of components that become such.
const SAYING: [&str; 9] = [
    "all",
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
];
/// Attributes whose words are for the browser.
const CODE: [&str; 4] = ["class", "d", "rel", "style"];
/// Words that are not the page's: what the names of Windows' time zones end in.
const FOREIGN: [&str; 1] = [" Standard Time"];

/// Where in a program a literal stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In `html!`.
    html: bool,
    /// There, in the value of an attribute.
    attribute: bool,
    /// Of one in [`SAYING`].
    saying: bool,
    /// Of one in [`CODE`].
    code: bool,
}

/// The literals of a program that look like texts for people.
fn texts(program: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(program.parse().expect("a program"), Place::default(), false, &mut found);
    found
}

/// Looks at what is in a file or group; a block's value is the last that is in it.
fn walk(tokens: TokenStream, place: Place, is_block: bool, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let (before, next) = (&tokens[..at], tokens.get(at + 1).map(TokenTree::to_string));
        let place = match attribute(before).filter(|_| place.html) {
            Some(name) => {
                Place { html: true, attribute: true, saying: SAYING.contains(&&*name), code: CODE.contains(&&*name) }
            }
            None => place,
        };
        match token {
            TokenTree::Group(group) if is_comment(before, group.stream()) => {}
            TokenTree::Group(group) if ends_in(before, &["html", "!"]) => {
                walk(group.stream(), Place { html: true, ..Place::default() }, true, found);
            }
            TokenTree::Group(group) => walk(group.stream(), place, group.delimiter() == Delimiter::Brace, found),
            TokenTree::Literal(literal) => {
                let Lit::Str(text) = Lit::new(literal.clone()) else { continue };
                let text = text.value();
                // `{ "text" }`, `{ "text".into() }`, `_ => "text"`.
                let is_value = is_block && at == 0 && next.as_deref().is_none_or(|next| next == ".");
                let is_shown = place.html && !place.attribute && (is_value || ends_in(before, &["=", ">"]));
                // `"Enter" | "+" =>`, `key == "Enter"`.
                let is_compared = next.is_some_and(|next| next == "=" || next == "|")
                    || ends_in(before, &["=", "="])
                    || ends_in(before, &["!", "="]);
                let is_text = if place.saying || is_shown { has_letter(&text) } else { has_words(&text) };
                if is_text && !place.code && !is_compared && !FOREIGN.contains(&&*text) {
                    found.push(text);
                }
            }
            _ => {}
        }
    }
}

fn ends_in(tokens: &[TokenTree], end: &[&str]) -> bool {
    let start = tokens.len().checked_sub(end.len());
    start.is_some_and(|start| tokens[start..].iter().zip(end).all(|(token, end)| token.to_string() == *end))
}

/// The name of the attribute whose value comes next: `aria-label` after `<a href="#/" aria-label=`.
fn attribute(before: &[TokenTree]) -> Option<String> {
    let (TokenTree::Punct(equals), before) = before.split_last()? else { return None };
    let mut name = String::new();
    for token in before.iter().rev().take_while(|_| equals.as_char() == '=') {
        // A name is made of words with a dash between two of them.
        let is_part = if name.is_empty() || name.starts_with('-') {
            matches!(token, TokenTree::Ident(_))
        } else {
            token.to_string() == "-"
        };
        if !is_part {
            break;
        }
        name.insert_str(0, &token.to_string());
    }
    Some(name).filter(|name| !name.is_empty())
}

/// Whether a group is a comment's: to the compiler that is an attribute.
fn is_comment(before: &[TokenTree], group: TokenStream) -> bool {
    let is_attribute = ends_in(before, &["#"]) || ends_in(before, &["#", "!"]);
    is_attribute && group.into_iter().next().is_some_and(|first| first.to_string() == "doc")
}

fn has_letter(text: &str) -> bool {
    without_values(text).contains(char::is_alphabetic)
}

/// Whether a text has a word beside a space or is one with a capital: `{} lost`, `Cancel`, but not `button`, `{} MiB` or
/// `M{x} 0h2`.
fn has_words(text: &str) -> bool {
    let text = without_values(text);
    let is_alone = !text.contains(char::is_whitespace);
    text.split(char::is_whitespace).map(|part| part.trim_matches(|c: char| !c.is_alphanumeric())).any(|part| {
        let (mut letters, is_letter) = (part.chars(), |c: char| c.is_lowercase() || "-'’".contains(c));
        let first = letters.next().is_some_and(|first| first.is_uppercase() || (first.is_lowercase() && !is_alone));
        first && !letters.as_str().is_empty() && letters.all(is_letter)
    })
}

/// What `format!` takes for a text, with a number for each value.
fn without_values(text: &str) -> String {
    let mut own = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        own.extend([before, "0"]);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    own + rest
}

/// The programs in a folder, by their paths.
fn programs(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read_to_string(&path).unwrap());
    test_files::ending(folder, "rs").unwrap().into_iter().map(read).collect()
}

#[test]
fn a_text_is_recognised_wherever_it_stands() {
    for (program, text) in [
        ("fn f() -> Html { html! { <p>{ \"no records\" }</p> } }", "no records"),
        ("html! { <p>{ \"none\" }</p> }", "none"),
        ("html! { \"none\" }", "none"),
        ("html! { <p>{ if many { \"many\".into() } else { text::ONE } }</p> }", "many"),
        ("html! { <p>{ match number { 0 => \"none\", _ => text::SOME } }</p> }", "none"),
        ("html! { <p>{ format!(\"{} lost\", lost) }</p> }", "{} lost"),
        ("html! { <a class=\"small\" aria-label=\"close\">{ icon() }</a> }", "close"),
        ("html! { <a aria-label={if open { \"close\" } else { text::OPEN }} /> }", "close"),
        ("html! { <input id=\"name\" placeholder=\"name\" /> }", "name"),
        ("html! { <Select all=\"any\" /> }", "any"),
        ("html! { <button onclick={move |_| said.set(\"Copied.\".into())} /> }", "Copied."),
        ("const NAMES: [(&str, Route); 1] = [(\"Timeline\", Route::Timeline)];", "Timeline"),
        ("#[prop_or(\"Copy\".into())] label: AttrValue", "Copy"),
        ("fn f(n: u64) -> String { format!(\"and {n} more\") }", "and {n} more"),
        ("fn f(n: u64) -> String { format!(\"{n}\\u{20}lost\") }", "{n} lost"),
        ("fn f() -> &'static str { r#\"all \"these\"\"# }", "all \"these\""),
        ("let failed = concat!(\"Nothing\", 1);", "Nothing"),
    ] {
        assert_eq!(texts(program), [text], "{program}");
    }
}

#[test]
fn what_is_no_text_is_not_taken_for_one() {
    for program in [
        "/// Says a word.\nfn f() {} // Another one.",
        "html! { <p id=\"kb-query\" class=\"button small\" role=\"status\" type=\"button\">{ text::CANCEL }</p> }",
        "html! { <p class={classes!(\"small\", open.then_some(\"is open\"))} style={format!(\"top: {y}px\")} /> }",
        "html! { <path d=\"M14 6h14l8 8v28H14z M28 6v8h8\" /> }",
        "html! { <p>{ \", \" }{ name }{ format!(\" {id}\") }</p> }",
        "html! { <option value={if yes { \"yes\" } else { \"no\" }} selected={word == \"Log\"} /> }",
        "match key { \"Enter\" | \"Escape\" => close(), \"ArrowDown\" => down(), _ => {} }",
        "let path = format!(\"M{x} {y:.2}h1v{height:.2}h-1z\");",
        "let size = format!(\"{:.0} MiB\", n / 1024.0); put(\"TimeCreated\", \"0\");",
        "let widths = [\"minmax(9rem, 15rem)\", \"6.5rem\"]; window.get(\"timeZoneName\");",
    ] {
        assert_eq!(texts(program), [""; 0], "{program}");
    }
}

#[test]
fn components_have_no_texts_of_their_own() {
    let programs = programs("src/ui");
    let components = programs.iter().filter(|(path, _)| !path.contains("/text/"));
    let found: Vec<_> =
        components.flat_map(|(path, program)| texts(program).into_iter().map(move |text| (path, text))).collect();
    assert!(found.is_empty(), "these belong in src/ui/text: {found:#?}");
    assert!(programs.len() > 20, "{} programs", programs.len());
}

#[test]
fn no_text_is_there_twice() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, program) in programs("src/ui/text/english") {
        for text in texts(&program) {
            files.entry(text).or_default().push(path.clone());
        }
    }
    assert!(files.len() > 200, "{} texts", files.len());
    files.retain(|_, files| files.len() > 1);
    assert!(files.is_empty(), "these can be one: {files:#?}");
}
