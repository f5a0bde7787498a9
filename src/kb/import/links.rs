//! Mentions of other articles (`Q256986`), made links.

use crate::kb::{Article, Block, Inline};

/// More links to other articles are left out.
const MAX_LINKS: usize = 200;

/// The article that a word names, if it does.
fn number(word: &str) -> Option<&str> {
    let digits = word.strip_prefix('Q')?;
    ((5..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(word)
}

/// The numbers of other articles, each once, in order; `own` is without its letter.
pub(super) fn of(body: &[&str], own: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for line in body.iter().filter(|line| line.contains('Q')) {
        let words = line.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(number);
        for word in words.filter(|word| word[1..] != *own) {
            if links.len() < MAX_LINKS && links.iter().all(|old| old != word) {
                links.push(word.to_owned());
            }
        }
    }
    links
}

/// Makes links of the numbers in an article's text for which `find` knows the id of an article that is there.
pub fn link(article: &mut Article, find: &dyn Fn(&str) -> Option<String>) {
    article.sections.iter_mut().for_each(|section| link_blocks(&mut section.blocks, find));
}

fn link_blocks(blocks: &mut [Block], find: &dyn Fn(&str) -> Option<String>) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => {
                *inlines = std::mem::take(inlines).into_iter().flat_map(|inline| linked(inline, find)).collect();
            }
            Block::List(_, items) => items.iter_mut().for_each(|item| link_blocks(item, find)),
            Block::Code(_) => {}
        }
    }
}

/// A text in pieces, of which some are links.
fn linked(inline: Inline, find: &dyn Fn(&str) -> Option<String>) -> Vec<Inline> {
    let Inline::Text(text) = inline else { return vec![inline] };
    let is_between = |c: char| !c.is_ascii_alphanumeric();
    let (mut pieces, mut done, mut next) = (Vec::new(), 0, 0);
    for part in text.split_inclusive(is_between) {
        let (word, start) = (part.trim_end_matches(is_between), next);
        next += part.len();
        let Some(id) = number(word).and_then(find) else { continue };
        pieces.push(Inline::Text(text[done..start].to_owned()));
        pieces.push(Inline::Link(format!("#{id}"), vec![Inline::Text(word.to_owned())]));
        done = start + word.len();
    }
    pieces.push(Inline::Text(text[done..].to_owned()));
    pieces
}
