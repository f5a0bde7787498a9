//! CRC-32 as EVTX uses it (the CRC of zip and Ethernet), for machines without an instruction for it.
//!
//! WebAssembly has no carry-less multiplication, and table look-ups would take a third of a checkup's time. This folds
//! eight bytes at a time into later ones with shifts alone, using a sparse multiple of the polynomial (Chorba: Russell,
//! "Chorba: A novel CRC32 implementation", arXiv:2412.16398), and leaves the last bytes to crc32fast.

/// Fewer bytes than this are left at the end.
const TAIL: usize = 72;

/// The CRC-32 of bytes.
pub fn hash(bytes: &[u8]) -> u32 {
    if cfg!(target_arch = "wasm32") { folded(bytes) } else { crc32fast::hash(bytes) }
}

fn folded(bytes: &[u8]) -> u32 {
    // What earlier bytes add to the next five words.
    let mut next = [u64::from(u32::MAX), 0, 0, 0, 0];
    let mut rest = bytes;
    while rest.len() > TAIL
        && let Some((block, after)) = rest.split_first_chunk::<32>()
    {
        let (words, _) = block.as_chunks::<8>();
        let word = |index: usize| u64::from_le_bytes(words[index]);
        let a = fold(word(0) ^ next[0]);
        let b = fold(word(1) ^ next[1]);
        let c = fold(word(2) ^ next[2] ^ a[0]);
        let d = fold(word(3) ^ next[3] ^ a[1] ^ b[0]);
        next = [next[4] ^ a[2] ^ b[1] ^ c[0], a[3] ^ b[2] ^ c[1] ^ d[0], b[3] ^ c[2] ^ d[1], c[3] ^ d[2], d[3]];
        rest = after;
    }
    let mut tail = [0; TAIL];
    let length = rest.len();
    if length < 40 {
        // Short input was never folded.
        return crc32fast::hash(bytes);
    }
    tail[..length].copy_from_slice(rest);
    for (word, next) in tail.as_chunks_mut::<8>().0.iter_mut().zip(next) {
        *word = (u64::from_le_bytes(*word) ^ next).to_le_bytes();
    }
    // The folded state starts from the usual initial value, so the rest must start from zero.
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::MAX);
    hasher.update(&tail[..length]);
    hasher.finalize()
}

/// What a word adds to the words two to five places behind it.
fn fold(word: u64) -> [u64; 4] {
    [word << 17 ^ word << 55, word >> 47 ^ word >> 9 ^ word << 19, word >> 45 ^ word << 44, word >> 20]
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
