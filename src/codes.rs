//! Names of the error codes that logs carry: Win32 errors, NTSTATUS and HRESULT.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::event::Head;

/// The names, written by `cargo xtask codes`: a line is the name of the number after that of the line before, or a
/// number in hexadecimal, a space and its name. Ascending; the line with `#` says where they are from.
const TABLE: &str = include_str!("codes.txt");

/// The name of a code. One that carries a code of another kind inside has that one's name: `0x8007041d` is
/// HRESULT_FROM_WIN32 of 1053, `0xd0000022` is HRESULT_FROM_NT of `0xc0000022`.
pub fn name(code: u32) -> Option<&'static str> {
    let inner = match code >> 16 {
        0x8007 => code & 0xffff,
        facility if facility >> 12 == 0xd => code & !0x1000_0000,
        _ => return listed(code),
    };
    listed(code).or_else(|| listed(inner))
}

/// A value read as a code, for people: `ERROR_SERVICE_REQUEST_TIMEOUT (1053)`. Small numbers and hexadecimal ones are
/// shown as they are written, large and negative ones in hexadecimal; so are codes without a name, but without the `%%`
/// that asks Event Viewer for a message.
pub fn show(value: &str) -> Cow<'_, str> {
    with_name(value).map_or_else(|| written(value).into(), Cow::Owned)
}

/// Fields that hold codes, in small letters and without spaces and underscores. `Status`, `Result` and `Reason` hold
/// numbers of all sorts; they are codes only where their form says so.
const FIELDS: [&str; 6] = ["error", "errorcode", "hresult", "netstatuscode", "ntstatus", "win32error"];

/// A value of a record's data, for people: as [`show`] has it where it is a code with a name, else as it is.
///
/// Process ids, ports, sizes and handles have the numbers of codes too. So a number is a code only
/// - if it asks for a message (`%%1053`), but not in the Security log, where these have a meaning of their own (`%%1537`
///   is a right),
/// - or if it is a failure of HRESULT or NTSTATUS (from `0x80000000`), also as eight digits without `0x`, as in the
///   records of crashes. Of the values in real logs that are named so, only User32's reasons for a shutdown are none,
/// - or if its field is called a code (`FIELDS`). What else an article reads as one, it says in its summary.
pub fn show_in<'v>(head: &Head<'_>, field: &str, value: &'v str) -> Cow<'v, str> {
    let is_failure = || parse(value.trim()).is_some_and(|code| code >= 0x8000_0000);
    let is_code = match value.starts_with("%%") {
        true => head.channel.text != "Security",
        false => is_called_code(field) || is_failure() && !head.provider.text.eq_ignore_ascii_case("User32"),
    };
    let shown = if is_code { with_name(value) } else { None };
    shown.map_or(value.into(), Cow::Owned)
}

/// A code behind its name, if it has one.
fn with_name(value: &str) -> Option<String> {
    let written = written(value);
    let code = parse(written)?;
    let name = name(code)?;
    Some(match code > 0xffff && !is_hexadecimal(written) {
        true => format!("{name} ({code:#010x})"),
        false => format!("{name} ({written})"),
    })
}

/// A value without what is around the code in it.
fn written(value: &str) -> &str {
    value.trim().trim_start_matches("%%")
}

/// Whether a field is called a code.
fn is_called_code(field: &str) -> bool {
    let letters = || field.bytes().filter(|byte| !matches!(byte, b' ' | b'_')).map(|byte| byte.to_ascii_lowercase());
    FIELDS.iter().any(|name| letters().eq(name.bytes()))
}

/// A code as logs write it: decimal, as a signed or an unsigned number, or hexadecimal, perhaps extended to 64 bits; of
/// eight digits, it needs no `0x` if one of them is a letter.
fn parse(text: &str) -> Option<u32> {
    let number = match text.get(2..).filter(|_| is_hexadecimal(text)) {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?.cast_signed(),
        None if text.len() == 8 && text.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
            u32::from_str_radix(text, 16).ok()?.into()
        }
        None => text.parse().ok()?,
    };
    u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok()
}

fn is_hexadecimal(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}

/// The runs of numbers that have names, by the first number of each: the lines of its names.
static RUNS: LazyLock<Vec<(u32, &str)>> = LazyLock::new(|| {
    let mut runs: Vec<(u32, &str)> = Vec::new();
    let (_, mut rest) = TABLE.split_once('\n').unwrap_or_default();
    while let Some((before, after)) = rest.split_once(' ') {
        // What is before a number are the names of the run before it.
        let (names, number) = before.rsplit_once('\n').unwrap_or(("", before));
        if let Some((_, last)) = runs.last_mut() {
            *last = names;
        }
        if let Ok(number) = u32::from_str_radix(number, 16) {
            runs.push((number, after));
        }
        rest = after;
    }
    runs
});

/// Looks a code up.
fn listed(code: u32) -> Option<&'static str> {
    let (first, names) = RUNS[..RUNS.partition_point(|(first, _)| *first <= code)].last()?;
    names.lines().nth((code - first) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Level, Names, Time};

    #[test]
    fn every_way_to_write_a_code() {
        for (written, shown) in [
            ("1053", "ERROR_SERVICE_REQUEST_TIMEOUT (1053)"),
            ("%%1053", "ERROR_SERVICE_REQUEST_TIMEOUT (1053)"),
            (" 1053 ", "ERROR_SERVICE_REQUEST_TIMEOUT (1053)"),
            ("0x41d", "ERROR_SERVICE_REQUEST_TIMEOUT (0x41d)"),
            ("0x8007041d", "ERROR_SERVICE_REQUEST_TIMEOUT (0x8007041d)"),
            ("0X8007041D", "ERROR_SERVICE_REQUEST_TIMEOUT (0X8007041D)"),
            ("0xffffffff8007041d", "ERROR_SERVICE_REQUEST_TIMEOUT (0xffffffff8007041d)"),
            ("-2147023843", "ERROR_SERVICE_REQUEST_TIMEOUT (0x8007041d)"),
            ("%%2147943453", "ERROR_SERVICE_REQUEST_TIMEOUT (0x8007041d)"),
            ("3221225794", "STATUS_DLL_INIT_FAILED (0xc0000142)"),
            ("0xc0000022", "STATUS_ACCESS_DENIED (0xc0000022)"),
            ("C0000022", "STATUS_ACCESS_DENIED (0xc0000022)"),
            ("0xd0000022", "STATUS_ACCESS_DENIED (0xd0000022)"),
            ("0x80070005", "E_ACCESSDENIED (0x80070005)"),
        ] {
            assert_eq!(show(written), shown);
        }
    }

    #[test]
    fn a_code_without_a_name_stays_as_it_is_written() {
        for written in ["0", "0x0", "65535", "-1", "0x8007ffff", "0xdeadbeef", "18446744073709551616", "0x", "…", ""]
        {
            assert_eq!(show(written), written);
        }
        assert_eq!(show("%%65535"), "65535");
        assert_eq!(show("%%the spooler"), "the spooler");
        assert_eq!(show("0x１"), "0x１");
    }

    #[test]
    fn codes_of_every_kind_have_names() {
        for (code, expected) in [
            (5, "ERROR_ACCESS_DENIED"),
            (14, "ERROR_OUTOFMEMORY"),
            (258, "WAIT_TIMEOUT"),
            (1722, "RPC_S_SERVER_UNAVAILABLE"),
            (1783, "RPC_X_BAD_STUB_DATA"),
            (8003, "FRS_ERR_STOPPING_SERVICE"),
            (9003, "DNS_ERROR_RCODE_NAME_ERROR"),
            (10060, "WSAETIMEDOUT"),
            (12007, "ERROR_WINHTTP_NAME_NOT_RESOLVED"),
            (0x8000_ffff, "E_UNEXPECTED"),
            (0x8001_0108, "RPC_E_DISCONNECTED"),
            (0x8004_0154, "REGDB_E_CLASSNOTREG"),
            (0x8004_1003, "WBEM_E_ACCESS_DENIED"),
            (0x8004_1315, "SCHED_E_SERVICE_NOT_RUNNING"),
            (0x8004_2306, "VSS_E_PROVIDER_VETO"),
            (0x8007_2ee2, "WININET_E_TIMEOUT"),
            (0x8008_0005, "CO_E_SERVER_EXEC_FAILURE"),
            (0x8009_0324, "SEC_E_TIME_SKEW"),
            (0x800b_0101, "CERT_E_EXPIRED"),
            (0x8019_0194, "HTTP_E_STATUS_NOT_FOUND"),
            (0x8024_4007, "WU_E_PT_SOAPCLIENT_SOAPFAULT"),
            (0xc002_0017, "RPC_NT_SERVER_UNAVAILABLE"),
            (0xc004_f074, "SL_E_VL_BINDING_SERVICE_UNAVAILABLE"),
        ] {
            assert_eq!(name(code), Some(expected), "{code:#x}");
        }
    }

    #[test]
    fn every_line_of_the_table_is_found() {
        let mut next = 0;
        let mut before = None;
        for line in TABLE.lines().skip(1) {
            let (number, name) = line.split_once(' ').map_or((None, line), |(number, name)| (Some(number), name));
            next = number.map_or(next, |number| u32::from_str_radix(number, 16).unwrap());
            assert!(before < Some(next), "{line} is out of order");
            assert_eq!(listed(next), Some(name));
            if number.is_some() {
                assert_eq!(listed(next - 1), None, "before {line}");
            }
            before = Some(next);
            next += 1;
        }
    }

    /// What `show_in` makes of a value in a log of a provider.
    fn shown(channel: &str, provider: &str, field: &str, value: &str) -> String {
        let mut names = Names::default();
        let (channel, provider) = (names.intern(channel), names.intern(provider));
        let head = Head {
            provider: names.name(provider),
            event_id: 1,
            level: Level::Error,
            time: Time::default(),
            record_id: 1,
            channel: names.name(channel),
            computer: names.name(channel),
        };
        show_in(&head, field, value).into_owned()
    }

    #[test]
    fn a_value_is_a_code_by_its_form_or_its_field() {
        for (field, value, expected) in [
            ("param2", "%%1053", "ERROR_SERVICE_REQUEST_TIMEOUT (1053)"),
            ("param2", "%%2147943453", "ERROR_SERVICE_REQUEST_TIMEOUT (0x8007041d)"),
            ("Status", "0xc0000022", "STATUS_ACCESS_DENIED (0xc0000022)"),
            ("Value", "-2147024809", "E_INVALIDARG (0x80070057)"),
            ("param7", "c0000005", "STATUS_ACCESS_VIOLATION (0xc0000005)"),
            ("Error Code", "5", "ERROR_ACCESS_DENIED (5)"),
            ("error_code", "0x5", "ERROR_ACCESS_DENIED (0x5)"),
            ("HRESULT", "1053", "ERROR_SERVICE_REQUEST_TIMEOUT (1053)"),
        ] {
            assert_eq!(shown("System", "Provider", field, value), expected, "{field}");
        }
        for (field, value) in [
            ("param2", "%%65535"),
            ("param2", "%%1053 %%1054"),
            ("param2", "1053"),
            ("ProcessId", "0x44c"),
            ("DestinationPort", "53"),
            ("Status", "0x12"),
            ("Size", "80070005"),
            ("Size", "2000000000"),
            ("SubjectLogonId", "0x3e7"),
            ("ErrorCode", "0"),
            ("ErrorCode", "none"),
            ("Name", "décodée"),
        ] {
            assert_eq!(shown("System", "Provider", field, value), value, "{field}");
        }
    }

    #[test]
    fn numbers_that_only_look_like_codes_stay_as_they_are() {
        assert_eq!(shown("Security", "Provider", "AccessList", "%%1537"), "%%1537");
        assert_eq!(shown("System", "User32", "param4", "0x80020003"), "0x80020003");
        assert_eq!(shown("Security", "Provider", "Status", "0xc0000022"), "STATUS_ACCESS_DENIED (0xc0000022)");
    }
}
