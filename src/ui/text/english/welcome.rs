//! What one sees first.

pub const QUESTION: &str = "What is wrong with this Windows machine?";
pub const LEAD: &str =
    "Drop an event log and read which known issues it shows, why they happen and how to resolve them.";
pub const DROP: &str = "Drop logs, zip archives or folders of them anywhere on this page";
pub const CHOOSE_FILES: &str = "Choose files";
pub const CHOOSE_FOLDER: &str = "Choose a folder";
pub const TRY_SAMPLE: &str = "Try a sample log";
pub const FOLDER: &str = r"C:\Windows\System32\winevt\Logs";
pub const LOG: &str = "System.evtx";
/// `FOLDER` and `LOG`.
pub const HINT: &str = "Logs are in {0}; start with {1}. Logs of old Windows (.evt) and exports as XML are read too.";
/// What the page promises: each in bold, and in more words. The last one begins with the number of known issues.
pub const PRIVATE: &str = "Nothing leaves this page.";
pub const PRIVATE_MORE: &str = "{0} Your log is read here, in the browser. The page's own security policy forbids it every \
                                network request, so it works the same with the network off.";
pub const EXACT: &str = "Exact or silent.";
pub const EXACT_MORE: &str = "{0} An issue is named when provider, event and values fit, not for an event number alone. What \
                              could not be read is said.";
pub const ISSUES_MORE: &str = "{0} come with the page, each with its sources. Read them without a log, too.";
/// What buttons say that choose files, to screen readers.
pub const FILES_LABEL: &str = "Choose event logs";
pub const FOLDER_LABEL: &str = "Choose a folder of event logs";
