//! A program of its own that unpacks the page's: `www/start.js` puts what is packed into [`room`], calls [`unpack`] and takes
//! what is at [`unpacked`]. It is small, because the page carries it packed by gzip.

use std::cell::RefCell;
use std::io::Read;

use lzma_rust2::LzmaReader;

thread_local! {
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static UNPACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room for so many packed bytes: a file as `.lzma` has it.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    PACKED.with_borrow_mut(|packed| {
        packed.resize(length, 0);
        packed.as_mut_ptr()
    })
}

/// Unpacks what was put there, and gives its length: 0 if it cannot be unpacked.
#[unsafe(no_mangle)]
pub extern "C" fn unpack() -> usize {
    PACKED.with_borrow(|packed| {
        let mut all = Vec::new();
        let read = LzmaReader::new_mem_limit(packed.as_slice(), u32::MAX, None)
            .and_then(|mut reader| reader.read_to_end(&mut all));
        if read.is_err() {
            all.clear();
        }
        UNPACKED.replace(all);
    });
    UNPACKED.with_borrow(Vec::len)
}

/// Where the unpacked bytes are.
#[unsafe(no_mangle)]
pub extern "C" fn unpacked() -> *const u8 {
    UNPACKED.with_borrow(|unpacked| unpacked.as_ptr())
}
