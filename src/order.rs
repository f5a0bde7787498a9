//! Lists in order.

use std::cmp::Ordering;

/// Puts a list in order as `slice::sort_by` does. What moves while it is sorted are numbers, whatever the list is of: the
/// page would carry the code of a sort for each kind of thing.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    sort_numbers(&mut order, &|a, b| match (items.get(a as usize), items.get(b as usize)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(&mut order, |a, b| items.swap(a, b));
}

/// Brings things to where `order` says which of them belongs, with `swap` alone. `order` is used up.
pub fn arrange(order: &mut [u32], mut swap: impl FnMut(usize, usize)) {
    for start in 0..order.len() {
        // What belongs here comes here, and what was here goes on to where the next one came from.
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at as u32) as usize;
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

/// The same by a list's own order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Puts numbers in order, whatever they stand for. What is in order already costs next to nothing.
pub fn sort_numbers(numbers: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    numbers.sort_by(|a, b| compare(*a, *b));
}

/// The places of things in the order of their ranks, the highest first; of equals, the one that comes first.
pub fn ranked(ranks: impl Iterator<Item = (u64, f64)>) -> Vec<usize> {
    // The bits of numbers that are not negative are in their order.
    let mut places: Vec<_> = ranks.zip(0..).map(|((a, b), place)| (!a, !b.max(0.0).to_bits(), place)).collect();
    places.sort_unstable();
    places.into_iter().map(|(.., place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_comes_first() {
        let ranks = [(1, 0.5), (2, 0.0), (1, 7.0), (1, 0.5), (2, f64::INFINITY), (0, 1e9)];
        assert_eq!(ranked(ranks.into_iter()), [4, 1, 2, 0, 3, 5]);
    }

    #[test]
    fn equals_stay_in_their_order() {
        let mut numbers: Vec<(u64, usize)> = (0..1000).map(|place| (place as u64 * 7919 % 97, place)).collect();
        let mut expected = numbers.clone();
        expected.sort_by_key(|(number, _)| *number);
        sort_by(&mut numbers, |a, b| a.0.cmp(&b.0));
        assert_eq!(numbers, expected);
        let mut texts = ["c", "a", "b"].map(String::from);
        sort(&mut texts);
        assert_eq!(texts, ["a", "b", "c"]);
        sort::<u8>(&mut []);
    }
}
