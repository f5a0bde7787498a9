//! What went wrong, and at which step.

use std::fmt;

/// What a step gives.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Says which step failed, and why.
pub struct Error {
    step: String,
    cause: String,
}

impl Error {
    /// An error at a step.
    pub fn new(step: impl Into<String>, cause: impl fmt::Display) -> Error {
        Error { step: step.into(), cause: cause.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.cause)
    }
}

/// The same as [`fmt::Display`]: tests show errors by `unwrap` and by `main`, and those show them so.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

/// Names the step that gives a result.
pub trait Step<T> {
    /// An error becomes one that names `step`.
    fn step(self, step: impl Into<String>) -> Result<T>;
}

impl<T, E: fmt::Display> Step<T> for std::result::Result<T, E> {
    fn step(self, step: impl Into<String>) -> Result<T> {
        self.map_err(|cause| Error::new(step, cause))
    }
}
