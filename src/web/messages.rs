//! What the page and its workers say to each other.

use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use super::index::{Answer, Question};
use crate::checkup::{FileReport, Ids, Report};
use crate::event::Time;
use crate::export::redaction::{Found, Redacted, Texts, Wishes};
use crate::kb::Article;
use crate::kb::filter::Filter;
use crate::log::Kind;
use crate::log::evtx::CHUNK_SIZE;

/// Bytes of what is large or many: postcard is quick, and its code is there already.
pub fn encoded(value: &(impl Serialize + ?Sized)) -> Result<JsValue, String> {
    Ok(bytes(&postcard::to_stdvec(value).map_err(|error| error.to_string())?))
}

/// Bytes as they are.
pub fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// What is handed over with a message and not copied: bytes, where these go with it alone.
pub fn handed_over(with: &JsValue) -> Array {
    with.dyn_ref::<Uint8Array>().map_or_else(Array::new, |bytes| Array::of1(&bytes.buffer()))
}

/// What [`encoded`] made.
pub fn decoded<T: DeserializeOwned>(encoded: &JsValue) -> Result<T, String> {
    postcard::from_bytes(&encoded.unchecked_ref::<Uint8Array>().to_vec()).map_err(|error| error.to_string())
}

/// A message as the browser posts it.
#[derive(Serialize, Deserialize)]
struct Posted {
    id: u32,
    /// The message, encoded.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    content: JsValue,
    /// What goes with it that only the browser can send.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    with: JsValue,
}

impl Posted {
    /// As it is posted.
    fn message(id: u32, content: &impl Serialize, with: JsValue) -> Result<JsValue, String> {
        let posted = Posted { id, content: encoded(content)?, with };
        serde_wasm_bindgen::to_value(&posted).map_err(|error| error.to_string())
    }

    /// What was posted.
    fn open(message: JsValue) -> Result<Posted, String> {
        serde_wasm_bindgen::from_value(message).map_err(|error| error.to_string())
    }
}

/// Page to worker: do this with this file.
pub struct Request {
    /// Comes back with the reply.
    pub id: u32,
    /// What to do.
    pub task: Task,
    /// The `File`, or what else the task works on; posting a file copies a handle, never its bytes.
    pub file: JsValue,
}

impl Request {
    /// As it is posted.
    pub fn post(&self) -> Result<JsValue, String> {
        Posted::message(self.id, &self.task, self.file.clone())
    }

    /// What was posted.
    pub fn open(message: JsValue) -> Result<Request, String> {
        let Posted { id, content, with } = Posted::open(message)?;
        Ok(Request { id, task: decoded(&content)?, file: with })
    }
}

/// Worker to page: what came of a request; the worker's first reply, with id 0, says that it is ready.
pub struct Reply {
    /// The request's.
    pub id: u32,
    /// What came of it, or why nothing did.
    pub outcome: Result<Outcome, String>,
}

impl Reply {
    /// As it is posted.
    pub fn post(&self) -> Result<JsValue, String> {
        Posted::message(self.id, &self.outcome, self.with())
    }

    /// What goes with it.
    pub fn with(&self) -> JsValue {
        match &self.outcome {
            Ok(Outcome::Unpacked(unpacked)) => unpacked.archives.clone(),
            Ok(Outcome::Compiled(compiled)) => {
                Array::of3(&compiled.articles, &compiled.sources, &compiled.imported).into()
            }
            Ok(Outcome::Carried(texts)) => texts.texts.clone(),
            Ok(Outcome::Listed { listed, .. }) => listed.clone(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// What was posted.
    pub fn open(message: JsValue) -> Result<Reply, String> {
        let Posted { id, content, with } = Posted::open(message)?;
        let mut outcome = decoded(&content)?;
        match &mut outcome {
            Ok(Outcome::Unpacked(unpacked)) => unpacked.archives = with,
            Ok(Outcome::Listed { listed, .. }) => *listed = with,
            Ok(Outcome::Compiled(compiled)) => {
                let with: Array = with.unchecked_into();
                (compiled.articles, compiled.sources, compiled.imported) = (with.get(0), with.get(1), with.get(2));
            }
            Ok(Outcome::Carried(texts)) => texts.texts = with,
            _ => {}
        }
        Ok(Reply { id, outcome })
    }
}

/// Work on a file.
#[derive(Serialize, Deserialize)]
pub enum Task {
    /// Say what files are, and check those that are to be checked at once. The request has an array of the files.
    Open { files: Vec<Unopened> },
    /// Check a run of chunks.
    Check { number: u32, file: Box<FileReport>, first: u64, chunks: u64 },
    /// Say what is in an archive.
    Unpack { file: Box<FileReport>, is_nested: bool },
    /// Check a file that can be read only from its start to its end. The reports come as [`Outcome::Part`].
    CheckInOrder { number: u32, file: Box<FileReport>, archived: Option<Archived> },
    /// Look at whole files again, for records that several have, and for those that logs have given up if they are to be
    /// carved. The request has an array of the files; the reports come as [`Outcome::Again`] and [`Outcome::Part`].
    LookAgain { files: Vec<Look>, carve: bool },
    /// Read a run of bytes and do nothing with them (for the benchmark).
    Read { offset: u64, length: u64 },
    /// Show the records at these offsets, as an article sees them, or as the one does that speaks best of each. The request
    /// has an array of the file and, if there is display text, the file of that.
    Show { article: Option<String>, log: Log, display_text: Option<Log>, offsets: Vec<u64> },
    /// List the records of logs: those with a text in any of their values, if there is one. The request has an array of
    /// the files; what was listed comes as [`Outcome::Listed`], the end of each as [`Outcome::ListEnded`].
    List { lists: Vec<List>, text: Option<String> },
    /// Answer a question about the index of records.
    Index(Question),
    /// Write the record at this offset as XML.
    Xml { log: Log, offset: u64 },
    /// Find the names that a log has of what is in texts: in a run of chunks (the first, and how many) or in all of it, or
    /// in what it has given up. The request has an array of the file and the texts, encoded.
    Names { look: Box<Look>, chunks: Option<(u64, u64)>, carve: bool },
    /// Take names out of texts.
    Redact { texts: Texts, found: Found, wishes: Wishes },
    /// Read and compile articles and rules: the request has an array of `[path, text or Blob]`. Imported ones are added to
    /// this worker's library. How far it is comes as [`Outcome::Compiling`].
    Compile,
    /// Be content with what the [`Task::Compile`] that is going on has read.
    Stop,
    /// Find imported articles, the first `most` of them.
    Find { query: String, filter: Filter, most: usize },
    /// Read an imported article again, by its id.
    Look { id: String },
    /// Read the texts of imported articles again, for a copy of the page.
    Texts,
    /// Know these articles beside the built-in ones: the request has what [`Outcome::Compiled`] brought.
    Learn,
}

/// Where a log is in the archive that the request's file is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Archived {
    /// The archive's number in this page, by which a worker knows it again.
    pub archive: u32,
    /// What kind of archive.
    pub kind: Kind,
    /// Its place among the entries.
    pub place: usize,
}

/// A file to look at again.
#[derive(Serialize, Deserialize)]
pub struct Look {
    /// Its number.
    pub number: u32,
    /// What the first look gave.
    pub file: FileReport,
    /// Where it is, if it is in an archive.
    pub archived: Option<Archived>,
    /// Where other files may have the same records; everywhere, if it is `None`.
    pub ids: Option<Ids>,
}

/// What must be known of a log to read some of it again.
#[derive(Clone, Serialize, Deserialize)]
pub struct Log {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where it is, if it is in an archive.
    pub archived: Option<Archived>,
}

/// A log, or a run of its chunks, whose records are to be listed.
#[derive(Clone, Serialize, Deserialize)]
pub struct List {
    /// Its number.
    pub number: u32,
    /// What it is.
    pub log: Log,
    /// The first of the chunks, and how many.
    pub run: Option<(u64, u64)>,
    /// What the log has given up is to be listed, not what it has.
    pub carve: bool,
}

impl List {
    /// How much it is, in bytes of the log.
    pub fn bytes(&self) -> u64 {
        self.run.map_or(self.log.size, |(_, chunks)| chunks * CHUNK_SIZE)
    }
}

/// What came of a task.
#[derive(Serialize, Deserialize)]
pub enum Outcome {
    /// The worker is there.
    Ready,
    /// What the files are.
    Opened(Vec<Opened>),
    /// What is in the archive.
    Unpacked(Unpacked),
    /// The report of some of the file; more will come.
    Part(Report),
    /// The report of a file that takes the place of an earlier one; more will come.
    Again(Report),
    /// Records of so many bytes of logs; more will come.
    Listed {
        /// Bytes that were read.
        read: u64,
        /// The bytes of [`Listed`](crate::checkup::Listed).
        #[serde(skip)]
        listed: JsValue,
    },
    /// One of the lists is at its end, or why it could not be read to its end; they come in their order.
    ListEnded(Result<(), String>),
    /// What the index answers.
    Answer(Answer),
    /// The report of the slice.
    Checked(Report),
    /// All parts of the file have come.
    Ended,
    /// How many bytes were read.
    Read(u64),
    /// The records that were found.
    Shown(Vec<Row>),
    /// The XML, if the record could be written.
    Xml(Option<String>),
    /// The names that were found.
    Names(Found),
    /// The texts without names.
    Redacted(Redacted),
    /// How many texts were read, and of how many; more will come.
    Compiling(Share),
    /// What was compiled.
    Compiled(Compiled),
    /// The reading will end.
    Stopped,
    /// The imported articles that were found.
    Listing(Listing),
    /// The article, if there is one.
    Looked(Option<Box<Looked>>),
    /// The texts for a copy of the page.
    Carried(Carried),
    /// The articles are known.
    Learned,
}

impl Outcome {
    /// Whether more will come of the task.
    pub fn is_part(&self) -> bool {
        use Outcome::{Again, Compiling, ListEnded, Listed, Part};
        matches!(self, Part(_) | Again(_) | Compiling(_) | Listed { .. } | ListEnded(_))
    }
}

/// A file of which nothing is known but this.
#[derive(Clone, Serialize, Deserialize)]
pub struct Unopened {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Check it at once.
    pub whole: bool,
}

/// What a file is.
#[derive(Serialize, Deserialize)]
pub struct Opened {
    /// Its number.
    pub number: u32,
    /// The report of all of it, or of its start.
    pub report: Report,
    /// It was checked at once.
    pub is_checked: bool,
    /// It is an article of Microsoft's Knowledge Base.
    pub is_article: bool,
}

/// What is in an archive.
#[derive(Serialize, Deserialize)]
pub struct Unpacked {
    /// The logs, and what is none and must be spoken of, with their places.
    pub files: Vec<(usize, FileReport)>,
    /// The archives in it: an array of `[name, Blob]`.
    #[serde(skip)]
    pub archives: JsValue,
    /// There are articles or rules in it.
    pub has_sources: bool,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// So many.
    pub part: usize,
    /// Of so many.
    pub of: usize,
}

/// Articles and rules that somebody added.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// The articles that are well: an array of some at a time, encoded by postcard.
    #[serde(skip)]
    pub articles: JsValue,
    /// Their texts: an array of `[path, text]`.
    #[serde(skip)]
    pub sources: JsValue,
    /// The imported articles that look for events, without their texts: an array like `articles`.
    #[serde(skip)]
    pub imported: JsValue,
    /// How many imported articles there are now, and how many of them look for events.
    pub library: Library,
    /// The places in the request of what has imported articles.
    pub origins: Vec<u32>,
    /// What is wrong with the others, as `path:line: message`.
    pub faults: Vec<String>,
    /// How much was read when somebody stopped it.
    pub stopped: Option<Share>,
}

/// How many imported articles there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Library {
    /// All of them.
    pub articles: usize,
    /// Those that look for events.
    pub matching: usize,
}

/// Imported articles that were found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listing {
    /// How many there are.
    pub all: usize,
    /// How many have all the words.
    pub whole: usize,
    /// How many have some of them.
    pub partly: usize,
    /// The first of them, the best first, without their texts.
    pub articles: Vec<Article>,
}

/// An imported article, read again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Looked {
    /// The article.
    pub article: Article,
    /// Its source as an article of ours, to be edited.
    pub source: String,
    /// What that is to be called.
    pub name: String,
}

/// Texts of imported articles.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Carried {
    /// An array of `[path, text]`.
    #[serde(skip)]
    pub texts: JsValue,
    /// How many articles were left out, because all together are too long.
    pub left_out: usize,
}

/// A record, to be looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Where it starts in its file.
    pub offset: u64,
    /// Its record id.
    pub record_id: u64,
    /// When it was written.
    pub time: Time,
    /// The computer it is from.
    pub computer: String,
    /// The record in one line.
    pub summary: String,
    /// The id of the article that it is seen by.
    pub article: Option<String>,
    /// Its values by name, those that are error codes with their names, and whether the article matched because of them.
    pub fields: Vec<(String, String, bool)>,
}
