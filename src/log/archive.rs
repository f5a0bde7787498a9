//! Archives: zip and gzip, read entry by entry in bounded memory, whatever they claim.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::read::{ZipFile, read_zipfile_from_stream};
use zip::result::ZipError;

use super::Kind;

/// An archive with more entries than this is not read.
pub const MAX_ENTRIES: usize = 100_000;

/// What is read of an archive to find its entries, in bytes.
const MAX_DIRECTORY: u64 = 64 << 20;

/// An entry may unfold to so many times its size: the logs of a new machine, which are nearly all zeroes, shrink to a
/// hundredth.
const MAX_RATIO: u64 = 200;

/// So many bytes an entry may have in any case.
const ALWAYS: u64 = 256 << 20;

/// An entry's name is cut to this many bytes.
const MAX_NAME: usize = 1024;

/// An archive that was opened.
pub struct Archive<R>(Layer<R>);

enum Layer<R> {
    Zip(ZipArchive<Guarded<R>>),
    /// A zip archive whose end, with the table of its entries, is missing: where its entries start.
    Cut(Guarded<R>, Vec<u64>),
    Gzip(R, String),
}

/// An entry of an archive. Reading it gives its content, or an error once that is longer than it may be.
pub struct Entry<'a> {
    /// Its path in the archive.
    pub name: String,
    /// Its size in bytes, as the archive has it.
    pub size: u64,
    /// It is a folder.
    pub is_folder: bool,
    /// How many bytes it may still give.
    left: u64,
    content: Box<dyn Read + 'a>,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive of the given kind, with a file that `open` opens. `name` is the file's. The error says why the
    /// archive cannot be read.
    pub fn open(open: impl Fn() -> io::Result<R>, kind: Kind, name: &str) -> Result<Archive<R>, String> {
        if kind == Kind::Gzip {
            let file = open().map_err(|error| error.to_string())?;
            return Ok(Archive(Layer::Gzip(file, name.to_owned())));
        }
        let guarded = || Guarded::new(open()?);
        let file = guarded().map_err(|error| error.to_string())?;
        let left = file.left.clone();
        match ZipArchive::new(file) {
            Ok(archive) => {
                left.set(None);
                Ok(Archive(Layer::Zip(archive)))
            }
            Err(error) => {
                let mut file = guarded().map_err(|error| error.to_string())?;
                file.left.set(None);
                match starts(&mut file) {
                    starts if starts.is_empty() => Err(error.to_string()),
                    starts => Ok(Archive(Layer::Cut(file, starts))),
                }
            }
        }
    }

    /// The places of its entries.
    pub fn places(&self) -> Range<usize> {
        0..match &self.0 {
            Layer::Zip(archive) => archive.len(),
            Layer::Cut(_, starts) => starts.len(),
            Layer::Gzip(..) => 1,
        }
    }

    /// Whether the end of the archive is missing, so that there were more entries.
    pub fn is_cut(&self) -> bool {
        matches!(self.0, Layer::Cut(..))
    }

    /// The entry at a place, ready to be read; the error has its name, if that is known, and says why it cannot be read.
    pub fn entry(&mut self, place: usize) -> Result<Entry<'_>, (String, String)> {
        match &mut self.0 {
            Layer::Zip(archive) => {
                let name = archive.name_for_index(place).map(short).unwrap_or_default();
                archive.by_index(place).map(Entry::zipped).map_err(|error| (name, reason(error)))
            }
            Layer::Cut(file, starts) => {
                let unnamed = |error: String| (String::new(), error);
                let start = starts.get(place).ok_or_else(|| unnamed("there is no such entry".into()))?;
                file.seek(SeekFrom::Start(*start)).map_err(|error| unnamed(error.to_string()))?;
                match read_zipfile_from_stream(file) {
                    Ok(Some(file)) => Ok(Entry::zipped(file)),
                    Ok(None) => Err(unnamed("there is no such entry".into())),
                    Err(error) => Err(unnamed(error.to_string())),
                }
            }
            Layer::Gzip(file, name) => gzipped(file, name).map_err(|error| (short(name), error.to_string())),
        }
    }
}

impl<'a> Entry<'a> {
    fn zipped<R: Read>(file: ZipFile<'a, R>) -> Entry<'a> {
        let size = file.size();
        Entry {
            name: short(file.name()),
            size,
            is_folder: file.is_dir(),
            left: size.min(most(file.compressed_size())),
            content: Box::new(file),
        }
    }
}

/// Why an entry cannot be read, and what to do.
fn reason(error: ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            "it is encrypted: unpack it with its password and drop what is in it".into()
        }
        error @ (ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_)) => {
            format!("unpack it first: {error}")
        }
        error => error.to_string(),
    }
}

/// What so many packed bytes may unfold to.
fn most(packed: u64) -> u64 {
    packed.saturating_mul(MAX_RATIO).max(ALWAYS)
}

/// The file in a gzip archive. Its size is at the archive's end, as far as 32 bits hold it (RFC 1952, 2.3.1).
fn gzipped<'a, R: Read + Seek>(file: &'a mut R, archive: &str) -> io::Result<Entry<'a>> {
    let packed = file.seek(SeekFrom::End(0))?;
    let mut size = [0; 4];
    file.seek(SeekFrom::Start(packed.saturating_sub(4)))?;
    file.read_exact(&mut size)?;
    file.seek(SeekFrom::Start(0))?;
    let content = MultiGzDecoder::new(file);
    let own =
        content.header().and_then(|header| header.filename()).map(|name| String::from_utf8_lossy(name).into_owned());
    let stem = || archive.rsplit_once('.').map_or(archive, |(stem, _)| stem).to_owned();
    Ok(Entry {
        name: short(&own.unwrap_or_else(stem)),
        size: u32::from_le_bytes(size).into(),
        is_folder: false,
        left: most(packed),
        content: Box::new(content),
    })
}

/// Where the entries of a zip archive start, from its start on, as far as each says where it ends.
fn starts<R: Read + Seek>(file: &mut R) -> Vec<u64> {
    let mut starts = Vec::new();
    let mut at = 0;
    while starts.len() < MAX_ENTRIES {
        match read_zipfile_from_stream(file) {
            // What is left of an entry is read when it is dropped.
            Ok(Some(entry)) => drop(entry),
            _ => break,
        }
        starts.push(at);
        at = match file.stream_position() {
            Ok(next) => next,
            Err(_) => break,
        };
    }
    starts
}

fn short(name: &str) -> String {
    name[..name.floor_char_boundary(MAX_NAME)].to_owned()
}

impl Read for Entry<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return match self.content.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(io::Error::other("it unfolds further than it says, or than a log would")),
            };
        }
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.content.read(&mut buffer[..length])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A file of which only so much is read while its entries are looked for. The library asks memory for as many entries as
/// an archive claims to have; a larger claim than [`MAX_ENTRIES`] ends the reading before that.
struct Guarded<R> {
    file: R,
    left: Rc<Cell<Option<u64>>>,
}

impl<R> Guarded<R> {
    fn new(file: R) -> io::Result<Guarded<R>> {
        Ok(Guarded { file, left: Rc::new(Cell::new(Some(MAX_DIRECTORY))) })
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        while length < buffer.len() {
            match self.file.read(&mut buffer[length..])? {
                0 => break,
                more => length += more,
            }
        }
        if let Some(left) = self.left.get() {
            // Zip64 end of central directory record (APPNOTE 4.3.14): the number of entries is at 32.
            let claimed = match buffer[..length] {
                [b'P', b'K', 6, 6, ..] => buffer[..length]
                    .get(32..40)
                    .map(|count| count.iter().rev().fold(0, |n: u64, byte| n << 8 | u64::from(*byte))),
                _ => None,
            };
            let left =
                left.checked_sub(length as u64).filter(|_| claimed.is_none_or(|count| count <= MAX_ENTRIES as u64));
            if left.is_none() {
                return Err(io::Error::other(format!("it has more than {MAX_ENTRIES} entries")));
            }
            self.left.set(left);
        }
        Ok(length)
    }
}

impl<R: Seek> Seek for Guarded<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}
