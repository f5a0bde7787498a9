//! CRC-32 as EVTX uses it (the CRC of zip and Ethernet), for machines without an instruction for it.
//!
//! WebAssembly has no carry-less multiplication, and table look-ups would take a third of a checkup's time. This folds
//! eight bytes at a time into later ones with shifts alone, using a sparse multiple of the polynomial (Chorba: Russell,
//! "Chorba: A novel CRC32 implementation", arXiv:2412.16398), and leaves the last bytes to crc32fast. Two halves of the
//! bytes are folded side by side, in the two lanes of a vector. The pieces of that loop must be inlined into it, which
//! a build for size does not do by itself.

use crc32fast::Hasher;

use vector::{Lanes, lanes, left, right, words, xor};

/// Fewer bytes than this are left at the end.
const TAIL: usize = 72;
/// Bytes that are folded in one step.
const BLOCK: usize = 32;

/// The CRC-32 of bytes.
pub fn hash(bytes: &[u8]) -> u32 {
    if cfg!(target_arch = "wasm32") { folded(bytes) } else { crc32fast::hash(bytes) }
}

fn folded(bytes: &[u8]) -> u32 {
    let blocks = (bytes.len() / 2).saturating_sub(TAIL) / BLOCK;
    if blocks == 0 {
        return crc32fast::hash(bytes);
    }
    let (first, second) = bytes.split_at(bytes.len() / 2);
    // What earlier bytes add to the next five words, in either half.
    let mut next = [u64::from(u32::MAX), 0, 0, 0, 0].map(|word| lanes([word; 2]));
    let (whole, _) = first.as_chunks::<BLOCK>();
    for (one, other) in whole.iter().zip(second.as_chunks::<BLOCK>().0).take(blocks) {
        let word = |index: usize| lanes([word_of(one, index), word_of(other, index)]);
        let a = fold(xor(word(0), next[0]));
        let b = fold(xor(word(1), next[1]));
        let c = fold(xor(xor(word(2), next[2]), a[0]));
        let d = fold(xor(xor(xor(word(3), next[3]), a[1]), b[0]));
        next = [
            xor(xor(xor(next[4], a[2]), b[1]), c[0]),
            xor(xor(xor(a[3], b[2]), c[1]), d[0]),
            xor(xor(b[3], c[2]), d[1]),
            xor(c[3], d[2]),
            d[3],
        ];
    }
    let next = next.map(words);
    let done = blocks * BLOCK;
    let rest = |half: &[u8], lane: usize| {
        let (tail, after) = half[done..].split_at(40);
        let mut tail: [u8; 40] = tail.try_into().unwrap_or([0; 40]);
        for (word, next) in tail.as_chunks_mut::<8>().0.iter_mut().zip(next) {
            *word = (u64::from_le_bytes(*word) ^ next[lane]).to_le_bytes();
        }
        // The folded state starts from the usual initial value, so the rest must start from zero.
        let mut hasher = Hasher::new_with_initial(u32::MAX);
        hasher.update(&tail);
        hasher.update(after);
        Hasher::new_with_initial_len(hasher.finalize(), half.len() as u64)
    };
    let mut hasher = rest(first, 0);
    hasher.combine(&rest(second, 1));
    hasher.finalize()
}

#[inline(always)]
fn word_of(block: &[u8; BLOCK], index: usize) -> u64 {
    u64::from_le_bytes(block.as_chunks::<8>().0[index])
}

/// What a word adds to the words two to five places behind it.
#[inline(always)]
fn fold(word: Lanes) -> [Lanes; 4] {
    [
        xor(left(word, 17), left(word, 55)),
        xor(xor(right(word, 47), right(word, 9)), left(word, 19)),
        xor(right(word, 45), left(word, 44)),
        right(word, 20),
    ]
}

/// Two words side by side. The compiler does not see by itself that a vector holds them.
#[cfg(target_arch = "wasm32")]
mod vector {
    use core::arch::wasm32::{i64x2_shl, u64x2, u64x2_extract_lane, u64x2_shr, v128, v128_xor};

    pub type Lanes = v128;

    #[inline(always)]
    pub fn lanes([a, b]: [u64; 2]) -> Lanes {
        u64x2(a, b)
    }

    #[inline(always)]
    pub fn words(lanes: Lanes) -> [u64; 2] {
        [u64x2_extract_lane::<0>(lanes), u64x2_extract_lane::<1>(lanes)]
    }

    #[inline(always)]
    pub fn xor(a: Lanes, b: Lanes) -> Lanes {
        v128_xor(a, b)
    }

    #[inline(always)]
    pub fn left(lanes: Lanes, by: u32) -> Lanes {
        i64x2_shl(lanes, by)
    }

    #[inline(always)]
    pub fn right(lanes: Lanes, by: u32) -> Lanes {
        u64x2_shr(lanes, by)
    }
}

/// The same for the tests, which run elsewhere.
#[cfg(not(target_arch = "wasm32"))]
mod vector {
    pub type Lanes = [u64; 2];

    #[inline(always)]
    pub fn lanes(words: [u64; 2]) -> Lanes {
        words
    }

    #[inline(always)]
    pub fn words(lanes: Lanes) -> [u64; 2] {
        lanes
    }

    #[inline(always)]
    pub fn xor(a: Lanes, b: Lanes) -> Lanes {
        [a[0] ^ b[0], a[1] ^ b[1]]
    }

    #[inline(always)]
    pub fn left(lanes: Lanes, by: u32) -> Lanes {
        lanes.map(|word| word << by)
    }

    #[inline(always)]
    pub fn right(lanes: Lanes, by: u32) -> Lanes {
        lanes.map(|word| word >> by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_by_tables() {
        let bytes: Vec<u8> = (0..3000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for start in 0..3 {
            for end in start..bytes.len() {
                let part = &bytes[start..end];
                assert_eq!(folded(part), crc32fast::hash(part), "{} bytes", part.len());
            }
        }
    }
}
