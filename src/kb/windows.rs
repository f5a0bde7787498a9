//! Windows versions, and ranges of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A Windows version as it names itself: major and minor version and build. Client and server of one generation are one
/// version here; from Windows 10 on, the build tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// Major version.
    pub major: u16,
    /// Minor version.
    pub minor: u16,
    /// Build; 0 where it does not matter.
    pub build: u32,
}

/// The words that articles use, with the version each starts at, and how people call it; in order. Versions from
/// <https://learn.microsoft.com/windows/win32/sysinfo/operating-system-version> and the release histories of Windows 10,
/// 11 and Server.
const NAMED: [(&str, Version, &str); 21] = [
    ("nt3.1", Version::new(3, 10, 0), "Windows NT 3.1"),
    ("nt3.5", Version::new(3, 50, 0), "Windows NT 3.5"),
    ("nt3.51", Version::new(3, 51, 0), "Windows NT 3.51"),
    ("nt4", Version::new(4, 0, 0), "Windows NT 4.0"),
    ("2000", Version::new(5, 0, 0), "Windows 2000"),
    ("xp", Version::new(5, 1, 0), "Windows XP"),
    ("2003", Version::new(5, 2, 0), "Windows Server 2003"),
    ("vista", Version::new(6, 0, 0), "Windows Vista"),
    ("2008", Version::new(6, 0, 0), "Windows Server 2008"),
    ("7", Version::new(6, 1, 0), "Windows 7"),
    ("2008r2", Version::new(6, 1, 0), "Windows Server 2008 R2"),
    ("8", Version::new(6, 2, 0), "Windows 8"),
    ("2012", Version::new(6, 2, 0), "Windows Server 2012"),
    ("8.1", Version::new(6, 3, 0), "Windows 8.1"),
    ("2012r2", Version::new(6, 3, 0), "Windows Server 2012 R2"),
    ("10", Version::new(10, 0, 10240), "Windows 10"),
    ("2016", Version::new(10, 0, 14393), "Windows Server 2016"),
    ("2019", Version::new(10, 0, 17763), "Windows Server 2019"),
    ("2022", Version::new(10, 0, 20348), "Windows Server 2022"),
    ("11", Version::new(10, 0, 22000), "Windows 11"),
    ("2025", Version::new(10, 0, 26100), "Windows Server 2025"),
];

impl Version {
    /// The first version that writes .evtx logs.
    pub const VISTA: Version = Version::new(6, 0, 0);

    /// A version by its numbers.
    pub const fn new(major: u16, minor: u16, build: u32) -> Version {
        Version { major, minor, build }
    }

    /// The versions that articles can name, oldest first: the word for [`Range::parse`], and how people call it.
    pub fn names() -> impl DoubleEndedIterator<Item = (&'static str, &'static str)> {
        NAMED.into_iter().map(|(word, _, name)| (word, name))
    }

    fn place(word: &str) -> Option<usize> {
        NAMED.iter().position(|(own, ..)| *own == word)
    }

    /// The first version after the one at `place`; none after the newest.
    fn after(place: usize) -> Option<Version> {
        NAMED[place..].iter().map(|(_, version, _)| *version).find(|version| *version > NAMED[place].1)
    }
}

/// How people call it: `Windows 7 or Server 2008 R2 (6.1.7601)`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = |v: &Version| (v.major, v.minor);
        let mut names = NAMED.iter().filter(|(_, start, _)| numbers(start) == numbers(self)).map(|(.., name)| *name);
        match (names.next(), names.next()) {
            // A client and a server can share their build.
            _ if self.major == 10 && self.build >= 22000 => f.write_str("Windows 11 or Server")?,
            _ if self.major == 10 => f.write_str("Windows 10 or Server")?,
            (Some(client), Some(server)) => write!(f, "{client} or {}", server.trim_start_matches("Windows "))?,
            (Some(name), None) => f.write_str(name)?,
            (None, _) => f.write_str("Windows")?,
        }
        write!(f, " ({}.{}", self.major, self.minor)?;
        if self.build > 0 { write!(f, ".{})", self.build) } else { f.write_str(")") }
    }
}

/// A range of versions; an end that is `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first version in the range.
    pub from: Option<Version>,
    /// The first version after the range.
    pub until: Option<Version>,
}

impl Range {
    /// Reads `nt3.1..2000`, `vista..`, `..2003` or a single version such as `10`.
    pub fn parse(text: &str) -> Result<Range, String> {
        let place = |word: &str| match word.trim() {
            "" => Ok(None),
            word => Version::place(word).map(Some).ok_or_else(|| {
                let known: Vec<_> = NAMED.iter().map(|(word, ..)| *word).collect();
                format!("`{word}` is no Windows version; there are {}", known.join(", "))
            }),
        };
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let (from, to) = (place(from)?, place(to)?);
        let range = Range { from: from.map(|at| NAMED[at].1), until: to.and_then(Version::after) };
        match (range.from, range.until) {
            (None, None) if to.is_none() => Err("a range without ends is no range; leave `windows` out".into()),
            (Some(from), Some(until)) if from >= until => Err(format!("`{text}` ends before it starts")),
            _ => Ok(range),
        }
    }

    /// Whether a log written by some version in `other` may come from this range.
    pub fn overlaps(&self, other: &Range) -> bool {
        let before = |until: Option<Version>, from: Option<Version>| matches!((until, from), (Some(until), Some(from)) if until <= from);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

/// As [`Range::parse`] reads it, as far as there are words for its ends.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = NAMED.iter().find(|(_, version, _)| Some(*version) == self.from);
        let to = (0..NAMED.len()).rev().find(|place| self.until.is_some() && Version::after(*place) == self.until);
        let word = |named: Option<&(&'static str, Version, &str)>| named.map_or("", |(word, ..)| *word);
        write!(f, "{}..{}", word(from), word(to.and_then(|place| NAMED.get(place))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range = |text| Range::parse(text).unwrap();
        let modern = range("vista..");
        assert!(!range("nt3.1..2000").overlaps(&modern));
        assert!(!range("..2003").overlaps(&modern));
        assert!(range("xp..7").overlaps(&modern));
        assert!(range("10").overlaps(&modern));
        assert!(!range("10").overlaps(&range("11")));
        assert!(
            range("2016..")
                .overlaps(&Range { from: Some(Version::new(10, 0, 19045)), until: Some(Version::new(10, 0, 19046)) })
        );
        assert!(range("7").overlaps(&range("2008r2")));
        assert_eq!(Range::parse("11..10").unwrap_err(), "`11..10` ends before it starts");
        assert!(Range::parse("95").unwrap_err().starts_with("`95` is no Windows version"));
        assert!(Range::parse("..").is_err());
        for text in ["nt3.1..2000", "vista..", "..2003", "10..10", "2008r2..11"] {
            let range = Range::parse(text).unwrap();
            assert_eq!(Range::parse(&range.to_string()), Ok(range), "{text}");
        }
    }

    #[test]
    fn versions_have_names() {
        assert_eq!(Version::new(6, 1, 7601).to_string(), "Windows 7 or Server 2008 R2 (6.1.7601)");
        assert_eq!(Version::new(10, 0, 19045).to_string(), "Windows 10 or Server (10.0.19045)");
        assert_eq!(Version::new(10, 0, 22631).to_string(), "Windows 11 or Server (10.0.22631)");
        assert_eq!(Version::new(5, 1, 2600).to_string(), "Windows XP (5.1.2600)");
    }
}
