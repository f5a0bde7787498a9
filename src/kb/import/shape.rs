//! The three shapes that articles are written in, told apart by what is in them, and their heads and ends read.

use std::borrow::Cow;

use super::date;

/// Longer texts are refused: the longest article known is a fifth of it.
const MAX_LENGTH: usize = 1 << 20;
/// How far from the start a head is looked for, in lines.
const HEAD: usize = 40;

/// An article cut into its parts; the lines are those of the text.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    /// The number without its letter.
    pub number: &'a str,
    pub title: String,
    /// As RFC 3339.
    pub date: Option<String>,
    pub products: Vec<String>,
    pub versions: &'a str,
    pub keywords: Vec<&'a str>,
    /// What stands between head and end.
    pub body: Vec<&'a str>,
    /// Headings stand alone on their lines, and nothing is indented or underlined.
    pub flat: bool,
}

/// The text of a file: UTF-8, or else Windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    if bytes.len() > MAX_LENGTH {
        return Err("the text is longer than any article of the Knowledge Base");
    }
    if bytes.contains(&0) {
        return Err("this is no text");
    }
    let text = std::str::from_utf8(bytes).map(|text| Cow::Borrowed(text.trim_start_matches('\u{feff}')));
    Ok(text.unwrap_or_else(|_| bytes.iter().map(|byte| windows_1252(*byte)).collect()))
}

/// A letter of Windows-1252, as in
/// <https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WindowsBestFit/bestfit1252.txt>.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..0xa0 => FROM_80[usize::from(byte - 0x80)],
        _ => byte.into(),
    }
}

/// Reads head and end of an article, whichever shape it has.
pub(super) fn read(text: &str) -> Result<Page<'_>, &'static str> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let head = &lines[..lines.len().min(HEAD)];
    let page = if head.iter().any(|line| line.starts_with("DOCUMENT:") || line.starts_with("TITLE   :")) {
        plain(&lines)
    } else if head.iter().any(|line| number_after(line.trim_start(), "Article:").is_some()) {
        markdown(&lines)
    } else {
        web(&lines)
    };
    let page = page.filter(|page| !page.title.is_empty() && !page.number.is_empty());
    page.ok_or("this is no article of Microsoft's Knowledge Base in a shape that is known here")
}

/// The text shape: `DOCUMENT:Q… TITLE   :… PRODUCT :…`.
fn plain<'a>(lines: &[&'a str]) -> Option<Page<'a>> {
    let mut page = Page::default();
    for line in lines.iter().take_while(|line| !is_ruler(line, 20)) {
        let Some((key, value)) = line.split_once(':') else { continue };
        match key.trim_end() {
            "DOCUMENT" => {
                let mut words = value.split_whitespace();
                page.number = words.next().map_or("", |word| word.trim_start_matches(['Q', 'q']));
                page.date = words.next().and_then(date::iso);
            }
            "TITLE" => page.title = value.trim().to_owned(),
            "PROD/VER" => page.versions = value.trim(),
            "KEYWORDS" => page.keywords = value.split_whitespace().collect(),
            _ => {}
        }
    }
    let rest = lines.iter().position(|line| is_ruler(line, 20)).map_or(lines.len(), |at| at + 1);
    old(&mut page, &lines[rest..]);
    Some(page)
}

/// The Markdown shape: front matter, and the article indented inside raw tags.
fn markdown<'a>(lines: &[&'a str]) -> Option<Page<'a>> {
    let mut page = Page::default();
    let mut rest = lines.len();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim_start();
        if let Some(title) = line.strip_prefix("title:").or_else(|| line.strip_prefix("## ")) {
            let title = title.trim().trim_matches('"');
            page.title = unescape(title.split_once(": ").map_or(title, |(_, title)| title));
        }
        page.number = number_after(line, "Article:").unwrap_or(page.number);
        if let Some(value) = line.strip_prefix("Version(s):") {
            page.versions = value.trim();
        } else if let Some(value) = line.strip_prefix("Keyword(s):") {
            page.keywords = value.split_whitespace().collect();
        } else if let Some(value) = line.strip_prefix("Last Modified:") {
            page.date = date::iso(value.trim());
        } else if is_ruler(line, 20) {
            rest = at;
            break;
        }
    }
    let inner: Vec<&str> = lines[rest..].iter().map(|line| line.strip_prefix('\t').unwrap_or(line)).collect();
    old(&mut page, &inner);
    Some(page)
}

/// What text and Markdown shape have in common: products between rulers, the body, and an end with keywords.
fn old<'a>(page: &mut Page<'a>, lines: &[&'a str]) {
    let applies = lines.iter().position(|line| leads_to_products(line));
    let body = match applies {
        Some(at) => {
            let products = &lines[at + 1..];
            let end = products.iter().position(|line| is_ruler(line, 20)).unwrap_or(0);
            page.products = bullets(&products[..end]);
            at + 1 + end + usize::from(end > 0)
        }
        None => 0,
    };
    let body = &lines[body..];
    let is_end = |line: &&str| {
        is_ruler(line, 60) && line.starts_with('=')
            || line.starts_with("Additional query words:")
            || line.starts_with("THE INFORMATION PROVIDED IN")
            || *line == "{% endraw %}"
    };
    let end = body.iter().position(is_end).unwrap_or(body.len());
    page.body = body[..end].to_vec();
    for line in &body[end..] {
        let Some((key, value)) = line.split_once(':') else { continue };
        match key.trim_end() {
            "Keywords" => page.keywords = value.split_whitespace().collect(),
            "Version" => page.versions = value.trim(),
            _ => {}
        }
    }
}

/// The web shape: `Title (Q101355)`, or a title and `Article ID`, and an end with the day of the last review.
fn web<'a>(lines: &[&'a str]) -> Option<Page<'a>> {
    let mut page = Page { flat: true, ..Page::default() };
    let first = lines.iter().position(|line| !line.is_empty())?;
    let title = lines[first].trim();
    page.title = unescape(title);
    if let Some((text, number)) = title.strip_suffix(')').and_then(|title| title.rsplit_once('(')) {
        let number = number.trim_start_matches(['Q', 'q']);
        if is_number(number) {
            (page.title, page.number) = (unescape(text.trim()), number);
        }
    }
    let mut products = 0..0;
    let (mut start, mut end) = (first + 1, lines.len());
    for (at, line) in lines.iter().enumerate().skip(first) {
        let line = line.trim();
        if leads_to_products(line) {
            let count = lines[at + 1..].iter().take_while(|line| line.trim_start().starts_with(['-', '•'])).count();
            products = at + 1..at + 1 + count;
            start = products.end;
        } else if line.eq_ignore_ascii_case("applies to") && at > start {
            products = at + 1..lines.len();
            end = end.min(at);
        } else if line.starts_with("Modification Type:") {
            end = end.min(at);
        } else if page.number.is_empty() {
            let number =
                ["This article was previously published under ", "Article ID", "View products that this article"];
            page.number = number.iter().find_map(|label| number_after(line, label)).unwrap_or_default();
        }
        if line.contains('L')
            && let Some((_, rest)) = line.split_once("Last ")
            && let Some(value) = ["Reviewed:", "Review", "reviewed"].iter().find_map(|label| rest.strip_prefix(label))
        {
            page.date = page.date.or_else(|| date::iso(value.trim_start_matches([' ', ':', '|'])));
        }
        if let Some(value) = line.strip_prefix("Keywords:") {
            page.keywords = value.split_whitespace().filter(|word| *word != "|").collect();
            end = end.min(at);
        }
    }
    if products.is_empty() {
        return None;
    }
    page.products = bullets(&lines[products]);
    page.body = lines.get(start..end)?.to_vec();
    Some(page)
}

/// Whether the products follow a line. Few lines have a colon, and only these are searched.
fn leads_to_products(line: &str) -> bool {
    line.contains(':') && line.contains("in this article applies to:")
}

/// The items of a list of products: wrapped lines joined, without the platforms nested under them.
fn bullets(lines: &[&str]) -> Vec<String> {
    let mut products: Vec<String> = Vec::new();
    let mut outer = None;
    let mut nested = false;
    for line in lines {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match text.strip_prefix(['-', '•']) {
            _ if text.is_empty() || is_ruler(text, 3) => {}
            Some(item) => {
                nested = indent > *outer.get_or_insert(indent);
                if !nested {
                    products.push(item.trim().to_owned());
                }
            }
            None if nested || text.contains(':') => {}
            None => {
                if let Some(last) = products.last_mut() {
                    last.push(' ');
                    last.push_str(text);
                }
            }
        }
    }
    for product in &mut products {
        if let Some(at) = product.find(", on platform(s)") {
            product.truncate(at);
        }
    }
    products
}

/// Whether a line is a rule across the page, of at least so many characters.
pub(super) fn is_ruler(line: &str, length: usize) -> bool {
    // Most lines end in no sign of a rule.
    if line.len() < length || line.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let line = line.trim();
    line.len() >= length && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// The number of an article (`Q101355`, `101355`) that follows a label.
fn number_after<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(label)?.trim_start_matches([' ', ':']).trim_start_matches(['Q', 'q']);
    let number = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    is_number(number).then_some(number)
}

/// Whether a text can be an article's number.
fn is_number(text: &str) -> bool {
    (5..=7).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text with its HTML entities resolved; what is none stays.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let entity = rest.bytes().take(10).position(|byte| byte == b';');
        let found = entity.and_then(|end| Some((entity_of(&rest[1..end])?, end + 1)));
        let (letter, end) = found.unwrap_or(('&', 1));
        plain.push(letter);
        rest = &rest[end..];
    }
    plain + rest
}

fn entity_of(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}
