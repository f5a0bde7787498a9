//! Lists in the order of what matters.

/// The places of things in the order of their ranks, the highest first; of equals, the one that comes first. One function
/// for all kinds of things: the page would carry the code of each sort by itself.
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
}
