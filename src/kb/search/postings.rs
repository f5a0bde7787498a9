//! Where a word stands: articles by number, each with a set of places in it. Most words of a large library stand in one
//! article, and a few in all of them, so one is kept as it is and what is before it in a few bytes each.

/// The places of most words.
const FIRST: u16 = 1;

/// Articles with places, by number, ascending.
#[derive(Default)]
pub struct Postings {
    /// Those before the last: how much higher the number is than the one before, doubled, and the places, both as LEB128.
    /// Places that are only the first one are left out, and the doubled number is one more.
    before: Vec<u8>,
    /// The number of the last in `before`.
    packed: u32,
    /// The last one, to which places may come; no places where there is none at all.
    last: (u32, u16),
}

impl Postings {
    /// Adds places of an article: of the last one, or of one with a higher number.
    pub fn add(&mut self, article: u32, places: u16) {
        let (last, own) = self.last;
        if own != 0 && last != article {
            let more = u64::from(last - self.packed) << 1;
            if own == FIRST {
                pack(&mut self.before, more | 1);
            } else {
                pack(&mut self.before, more);
                pack(&mut self.before, own.into());
            }
            self.packed = last;
            self.last = (article, places);
        } else {
            self.last = (article, own | places);
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u16)> {
        let (mut bytes, mut article) = (self.before.iter(), 0);
        let before = std::iter::from_fn(move || {
            let more = unpack(&mut bytes)?;
            article += (more >> 1) as u32;
            let places = if more & 1 == 1 { FIRST } else { unpack(&mut bytes)? as u16 };
            Some((article, places))
        });
        before.chain((self.last.1 != 0).then_some(self.last))
    }
}

fn pack(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn unpack<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = *bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 || shift > 28 {
            return Some(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_there_once_and_in_order() {
        let mut postings = Postings::default();
        assert_eq!(postings.iter().count(), 0);
        let added = [(0, 1), (0, 4), (5, 2), (5, 2), (6, 1), (300, 0x200), (70_000, 1), (70_000, 0x300)];
        added.iter().for_each(|(article, places)| postings.add(*article, *places));
        let expected = [(0, 5), (5, 2), (6, 1), (300, 0x200), (70_000, 0x301)];
        assert_eq!(Vec::from_iter(postings.iter()), expected);
    }
}
