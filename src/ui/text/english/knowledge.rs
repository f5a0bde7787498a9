//! The known issues, to search and to read.

use super::*;

pub const AREAS: &str = "Areas";
pub const CLEAR: &str = "Clear search and filters";
pub const PARTLY: &str = "With some of the words";
pub const NONE_FITS: &str = "No known issue fits";
pub const WITHOUT_FILTERS: &str = "Search without the filters";
/// `SEARCHES`, to try.
pub const EXAMPLES: &str = "Give the event's provider and id, or its error code, in any notation: {0}, {1}.";
pub const SEARCHES: [&str; 2] = ["Service Control Manager 7000", "0x8007041d"];
pub const FEWER_WORDS: &str = "Or fewer words, those of the event rather than those of a program's own message.";
pub const NOT_KNOWN: &str = "Not every problem is known here. Drop the log on this page: it lists the errors that no \
                             article explains.";
pub const SHOW_ALL: &str = "Show all known issues";

/// So many of `all` fit what is searched for.
pub fn fit(number: u64, all: &str) -> String {
    format!("{} of {all} {}", count(number), if number == 1 { "fits" } else { "fit" })
}

pub fn only_partly(number: u64) -> String {
    partly("No known issue", number)
}

fn partly(none: &str, number: u64) -> String {
    format!("{none} has all the words; {} some of them", counted(number, "has", "have"))
}

/// The folders of `kb/` whose name alone would not do.
pub const AREA_TITLES: [(&str, &str); 19] = [
    ("activation", "Activation and licensing"),
    ("boot", "Startup, shutdown and stop errors"),
    ("cluster", "Failover clusters"),
    ("com-wmi", "DCOM and WMI"),
    ("defender", "Microsoft Defender"),
    ("devices", "Devices and drivers"),
    ("directory", "Active Directory"),
    ("dns-dhcp", "DNS and DHCP servers"),
    ("exchange", "Exchange Server"),
    ("group-policy", "Group Policy"),
    ("hyper-v", "Hyper-V"),
    ("profiles", "User profiles"),
    ("remote-desktop", "Remote Desktop and WinRM"),
    ("security", "Security and sign-in"),
    ("sql", "SQL Server"),
    ("storage", "Disks and file systems"),
    ("time", "Time service"),
    ("updates", "Windows Update"),
    ("web", "IIS and web"),
];

pub mod article {
    pub const BREADCRUMB: &str = "Breadcrumb";
    pub const COPY_LINK: &str = "Copy link";
    pub const SAVE: &str = "Save as an article to edit";
    pub const WHICH_EVENTS: &str = "Which events show it";
    pub const NO_EVENTS: &str = "None: it is there to be read.";
    /// The id that an address has.
    pub const NOT_KNOWN: &str = "This page knows no issue named {0}.";
    pub const ALL: &str = "All known issues";
}

pub mod form {
    pub const SEARCH: &str = "Search";
    pub const SEARCH_HINT: &str = "Event id, error code, provider or what you see";
    pub const AREA: &str = "Area";
    pub const ANY_EVENT: &str = "Any";
    pub const VERDICT: &str = "Verdict";
    pub const ANY_VERDICT: &str = "Any verdict";
    pub const WINDOWS: &str = "Windows";
    pub const ANY_WINDOWS: &str = "Any version";
}

pub mod imported {
    pub const TITLE: &str = "Imported articles";

    pub fn none_fits(all: &str) -> String {
        format!("None of {all} fits")
    }

    pub fn only_partly(all: &str, number: u64) -> String {
        super::partly(&format!("None of {all}"), number)
    }
}
