//! What the page and its workers say to each other.

use js_sys::Uint8Array;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use crate::checkup::FileReport;
use crate::event::Time;
use crate::log::Kind;

/// A message as the browser posts it; sizes and times need all their 64 bits.
pub fn posted(message: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    message.serialize(&serializer).map_err(JsValue::from)
}

/// Articles and reports go as bytes: they are large, and postcard is quick.
pub fn encoded(value: &(impl Serialize + ?Sized)) -> Result<JsValue, String> {
    let encoded = postcard::to_stdvec(value).map_err(|error| error.to_string())?;
    Ok(Uint8Array::from(encoded.as_slice()).into())
}

/// What [`encoded`] made.
pub fn decoded<T: DeserializeOwned>(encoded: &JsValue) -> Result<T, String> {
    postcard::from_bytes(&encoded.unchecked_ref::<Uint8Array>().to_vec()).map_err(|error| error.to_string())
}

/// Page to worker: do this with this file.
#[derive(Serialize, Deserialize)]
pub struct Request {
    /// Comes back with the reply.
    pub id: u32,
    /// What to do.
    pub task: Task,
    /// The `File`, or what else the task works on; posting a file copies a handle, never its bytes.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub file: JsValue,
}

/// Worker to page: what came of a request; the worker's first reply, with id 0, says that it is ready.
#[derive(Serialize, Deserialize)]
pub struct Reply {
    /// The request's.
    pub id: u32,
    /// What came of it, or why nothing did.
    pub outcome: Result<Outcome, String>,
}

/// Work on a file.
#[derive(Clone, Serialize, Deserialize)]
pub enum Task {
    /// Say what it is.
    Open { name: String },
    /// Check a run of chunks.
    Check { number: u32, file: Box<FileReport>, first: u64, chunks: u64 },
    /// Check a file that can be read only from its start to its end. Reports of parts come as [`Outcome::Part`].
    CheckInOrder { number: u32, file: Box<FileReport> },
    /// Read a run of bytes and do nothing with them (for the benchmark).
    Read { offset: u64, length: u64 },
    /// Show the records at these offsets, as an article sees them.
    Show { article: String, kind: Kind, name: String, offsets: Vec<u64> },
    /// Write the record at this offset as XML.
    Xml { kind: Kind, offset: u64 },
    /// Read and compile articles and rules: the request has an array of `[path, text or File]`.
    Compile,
    /// Know these articles beside the built-in ones: the request has what [`Outcome::Compiled`] brought.
    Learn,
}

/// What came of a task.
#[derive(Serialize, Deserialize)]
pub enum Outcome {
    /// The worker is there.
    Ready,
    /// What the file is.
    Opened(Box<FileReport>),
    /// The report of some of the file, encoded by postcard; more will come.
    Part(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue),
    /// The report of the part, or of the rest, encoded by postcard.
    Checked(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue),
    /// How many bytes were read.
    Read(u64),
    /// The records that were found.
    Shown(Vec<Row>),
    /// The XML, if the record could be written.
    Xml(Option<String>),
    /// What was compiled.
    Compiled(Compiled),
    /// The articles are known.
    Learned,
}

/// Articles and rules that somebody added.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// The articles that are well: an array of some at a time, encoded by postcard.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub articles: JsValue,
    /// All texts: an array of `[path, text]`.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub sources: JsValue,
    /// What is wrong with the others, as `path:line: message`.
    pub faults: Vec<String>,
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
    /// Its values by name, those that are error codes with their names, and whether the article matched because of them.
    pub fields: Vec<(String, String, bool)>,
}
