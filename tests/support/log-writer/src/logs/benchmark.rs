//! A log of any size for measuring speed.

use std::io::{Seek, Write};

use super::{MINUTE, SECOND};
use crate::event::{Event, Level};
use crate::numbers::Numbers;
use crate::value::{Guid, Sid, Value, filetime};
use crate::writer::{Error, EvtxWriter};

/// What [`benchmark`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// The file's size.
    pub bytes: u64,
    /// How many records it has, with the ids 1 to this number.
    pub records: u64,
    /// How many of them have the level Error or Critical.
    pub errors: u64,
    /// How many of these are problems that the Service Control Manager reports.
    pub service_problems: u64,
    /// The ids of the last few records, each of them a failed start (7000).
    pub last: Vec<u64>,
}

/// The room kept for the last records.
const LAST: u64 = 8 * 1024;

/// Writes a log of about `bytes` bytes that looks like a busy machine's: mostly informational records of several providers,
/// 2 % errors, and 0.5 % problems of the Service Control Manager. The last records are such problems, for a reader that
/// must not stop early. It is the same log every time.
///
/// # Errors
/// When the output cannot be written.
pub fn benchmark<W: Write + Seek>(writer: W, bytes: u64) -> Result<Benchmark, Error> {
    let mut numbers = Numbers(7000);
    let mut pool = pool(&mut numbers);
    let mut writer = EvtxWriter::new(writer)?;
    let mut summary = Benchmark { bytes: 0, records: 0, errors: 0, service_problems: 0, last: Vec::new() };
    let mut time = filetime(2026, 6, 1, 0, 0, 0);
    while writer.size() + LAST < bytes {
        // Of a thousand records twenty are errors, and five of those the Service Control Manager's.
        let group = match numbers.below(1000) {
            0..5 => &mut pool.service_problems,
            5..20 => &mut pool.errors,
            _ => &mut pool.informational,
        };
        let at = numbers.below(group.len());
        let event = &mut group[at];
        time += numbers.next() % SECOND;
        event.time = time;
        event.thread_id = 4 * (1 + numbers.below(4000) as u32);
        writer.write(event)?;
        summary.count(event);
    }
    for service in ["Messenger", "RDR", "Contoso Backup Agent", "Microsoft Exchange POP3"] {
        time += MINUTE;
        let event = Event::service_control_manager(7000).param(service).param("%%1053").time(time);
        summary.last.push(writer.write(&event.computer(COMPUTER))?);
        summary.count(&Event::service_control_manager(7000));
    }
    let mut out = writer.finish()?;
    summary.bytes = out.stream_position()?;
    Ok(summary)
}

impl Benchmark {
    fn count(&mut self, event: &Event) {
        self.records += 1;
        if matches!(event.level, Level::Error | Level::Critical) {
            self.errors += 1;
            self.service_problems += u64::from(event.provider == "Service Control Manager");
        }
    }
}

const COMPUTER: &str = "FILESERVER-07.corp.contoso.example";

/// Records made once, to be written again and again with other times and threads.
struct Pool {
    informational: Vec<Event>,
    errors: Vec<Event>,
    service_problems: Vec<Event>,
}

fn pool(numbers: &mut Numbers) -> Pool {
    let informational = |numbers: &mut Numbers| match numbers.below(20) {
        0..4 => service_state(numbers),
        4..6 => hive(numbers),
        6..8 => name_resolution(numbers),
        8..9 => group_policy(numbers),
        9..18 => logon(numbers),
        18 => time_change(numbers),
        _ => driver(numbers),
    };
    let errors = |numbers: &mut Numbers| match numbers.below(4) {
        0 => disk(numbers),
        1 => component(numbers),
        2 => secure_channel(numbers),
        _ => backup(numbers),
    };
    let mut make = |count, make: &dyn Fn(&mut Numbers) -> Event| -> Vec<Event> {
        (0..count).map(|_| make(numbers).computer(COMPUTER)).collect()
    };
    Pool {
        informational: make(4000, &informational),
        errors: make(200, &errors),
        service_problems: make(100, &service_problem),
    }
}

const SERVICES: [(&str, &str); 10] = [
    ("Windows Update", "wuauserv"),
    ("Background Intelligent Transfer Service", "BITS"),
    ("Print Spooler", "Spooler"),
    ("Windows Modules Installer", "TrustedInstaller"),
    ("Software Protection", "sppsvc"),
    ("Contoso Backup Agent", "ContosoBackup"),
    ("Fabrikam License Manager", "FabrikamLicense"),
    ("Application Information", "Appinfo"),
    ("Portable Device Enumerator Service", "WPDBusEnum"),
    ("WinHTTP Web Proxy Auto-Discovery Service", "WinHttpAutoProxySvc"),
];

fn service_state(numbers: &mut Numbers) -> Event {
    let (name, key) = numbers.pick(&SERVICES);
    let (state, number) = numbers.pick(&[("running", 4), ("stopped", 1)]);
    Event::service_control_manager(7036).param(name).param(state).service_key(&format!("{key}/{number}"))
}

fn service_problem(numbers: &mut Numbers) -> Event {
    let (name, key) = numbers.pick(&SERVICES);
    let scm = |id| Event::service_control_manager(id).param(name);
    match numbers.below(6) {
        0 => scm(7000).param(numbers.pick(&["%%1053", "%%2", "%%1069", "%%5"])).service_key(key),
        1 => scm(7023).param(numbers.pick(&["%%126", "%%1747", "%%2147942405"])).service_key(key),
        2 => scm(7031).param("1").param("60000").param("1").param("Restart the service").service_key(key),
        3 => scm(7034).param("2").service_key(key),
        4 => Event::service_control_manager(7009).param("30000").param(name).service_key(key),
        _ => Event::service_control_manager(7011).param("30000").param(key),
    }
}

fn system_account() -> Sid {
    Sid::new("S-1-5-18")
}

fn hive(numbers: &mut Numbers) -> Event {
    let hive = format!(
        r"\??\C:\Users\user{:03}\AppData\Local\Packages\Contoso.Reader_{:08x}\Settings\settings.dat",
        numbers.below(400),
        numbers.next() as u32,
    );
    Event::manifest("Microsoft-Windows-Kernel-General", Guid::new("{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}"), 16)
        .process(4, 0)
        .user(system_account())
        .data("HiveNameLength", hive.len() as u16)
        .data("HiveName", hive)
        .data("KeysUpdated", numbers.below(30_000) as u32)
        .data("DirtyPages", numbers.below(900) as u32)
}

fn name_resolution(numbers: &mut Numbers) -> Event {
    let name = format!("host{:05}.branch{:02}.corp.contoso.example", numbers.below(100_000), numbers.below(60));
    let address = |numbers: &mut Numbers| {
        let mut bytes = vec![2, 0, 0, 53, 10];
        bytes.extend(&numbers.next().to_le_bytes()[..3]);
        bytes.extend([0; 8]);
        bytes
    };
    Event::manifest("Microsoft-Windows-DNS-Client", Guid::new("{1c95126e-7eea-49a9-a3fe-a378b03ddb4d}"), 1014)
        .task(1014)
        .keywords(0x4000_0000_1000_0000)
        .level(Level::Warning)
        .process(2116, 0)
        .user(Sid::new("S-1-5-20"))
        .data("QueryName", name)
        .data("AddressLength", 128_u32)
        .data("Address", address(numbers))
        .data("ClientPID", numbers.below(9000) as u32)
}

fn group_policy(numbers: &mut Numbers) -> Event {
    Event::manifest("Microsoft-Windows-GroupPolicy", Guid::new("{aea1b4fa-97d1-45f2-a64c-4d69fffd92c9}"), 1502)
        .opcode(1)
        .process(1180, 0)
        .activity_id(Guid(std::array::from_fn(|_| numbers.next() as u8)))
        .user(system_account())
        .data("SupportInfo1", 1_u32)
        .data("SupportInfo2", 4716_u32)
        .data("ProcessingMode", 0_u32)
        .data("ProcessingTimeInMilliseconds", numbers.below(9000) as u32)
        .data("DCName", format!(r"\\DC{:02}.corp.contoso.example", numbers.below(12)))
        .data("NumberOfGroupPolicyObjects", numbers.below(30) as u32)
}

fn logon(numbers: &mut Numbers) -> Event {
    let user = format!("user{:05}", numbers.below(20_000));
    let sid = Sid::new(&format!("S-1-5-21-1004336348-1177238915-682003330-{}", 1000 + numbers.below(20_000)));
    Event::manifest("Microsoft-Windows-Security-Auditing", Guid::new("{54849625-5478-4994-a5ba-3e3b0328c30d}"), 4624)
        .version(2)
        .level(Level::LogAlways)
        .task(12544)
        .keywords(0x8020_0000_0000_0000)
        .channel("Security")
        .process(716, 0)
        .data("SubjectUserSid", system_account())
        .data("SubjectUserName", "FILESERVER-07$")
        .data("SubjectDomainName", "CONTOSO")
        .data("SubjectLogonId", Value::HexInt64(0x3e7))
        .data("TargetUserSid", sid)
        .data("TargetUserName", user)
        .data("TargetDomainName", "CONTOSO")
        .data("TargetLogonId", Value::HexInt64(numbers.next() % (1 << 40)))
        .data("LogonType", numbers.pick(&[2_u32, 3, 5, 10]))
        .data("LogonProcessName", "Kerberos")
        .data("AuthenticationPackageName", "Kerberos")
        .data("WorkstationName", format!("PC-{:05}", numbers.below(30_000)))
        .data("LogonGuid", Guid(std::array::from_fn(|_| numbers.next() as u8)))
        .data("TransmittedServices", "-")
        .data("LmPackageName", "-")
        .data("KeyLength", 0_u32)
        .data("ProcessId", Value::HexInt64(0x2cc))
        .data("ProcessName", r"C:\Windows\System32\svchost.exe")
        .data("IpAddress", format!("10.{}.{}.{}", numbers.below(256), numbers.below(256), numbers.below(256)))
        .data("IpPort", numbers.below(65536).to_string())
        .data("ImpersonationLevel", "%%1833")
        .data("RestrictedAdminMode", "-")
        .data("TargetOutboundUserName", "-")
        .data("TargetOutboundDomainName", "-")
        .data("VirtualAccount", "%%1843")
        .data("TargetLinkedLogonId", Value::HexInt64(0))
        .data("ElevatedToken", "%%1842")
}

fn time_change(numbers: &mut Numbers) -> Event {
    let time = filetime(2026, 6, 1, 0, 0, 0) + numbers.next() % (1 << 40);
    Event::manifest("Microsoft-Windows-Kernel-General", Guid::new("{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}"), 1)
        .version(2)
        .task(5)
        .keywords(0x8000_0000_0000_0010)
        .process(4, 0)
        .user(Sid::new("S-1-5-19"))
        .data("NewTime", Value::FileTime(time))
        .data("OldTime", Value::FileTime(time + SECOND))
        .data("Reason", 1_u32)
        .data("ProcessName", r"\Device\HarddiskVolume3\Windows\System32\svchost.exe")
        .data("ProcessID", 1456_u32)
}

fn driver(numbers: &mut Numbers) -> Event {
    Event::classic("e1i68x64", 32)
        .qualifiers(0x6004)
        .process(4, 0)
        .string("")
        .string("Contoso 10 Gigabit Network Connection")
        .binary(numbers.next().to_le_bytes().repeat(5))
}

fn disk(numbers: &mut Numbers) -> Event {
    Event::classic("disk", numbers.pick(&[7, 11, 15]))
        .qualifiers(0xC004)
        .level(Level::Error)
        .process(4, 0)
        .string(format!(r"\Device\Harddisk{}\DR{}", numbers.below(8), numbers.below(8)))
        .binary(numbers.next().to_le_bytes().repeat(6))
}

fn component(numbers: &mut Numbers) -> Event {
    Event::manifest("Microsoft-Windows-DistributedCOM", Guid::new("{1b562e86-b7aa-4131-badc-b6f3a001407e}"), 10010)
        .event_source_name("DCOM")
        .qualifiers(0)
        .level(Level::Error)
        .keywords(0x8080_0000_0000_0000)
        .process(1004, 0)
        .user(system_account())
        .param(Guid(std::array::from_fn(|_| numbers.next() as u8)).to_string())
}

fn secure_channel(numbers: &mut Numbers) -> Event {
    Event::manifest("Schannel", Guid::new("{1f678132-5938-4686-9fdc-c8ff68f15c85}"), 36874)
        .level(Level::Error)
        .process(740, 0)
        .user(system_account())
        .data("Protocol", numbers.pick(&["TLS 1.0", "TLS 1.1", "TLS 1.2"]))
}

fn backup(numbers: &mut Numbers) -> Event {
    Event::classic("Contoso Backup Agent", 4103)
        .qualifiers(0xC000)
        .level(Level::Error)
        .channel("Application")
        .string(format!(r"D:\Shares\Projects\{:04}", numbers.below(10_000)))
        .string(format!("0x{:08x}", numbers.next() as u32))
        .string("The volume shadow copy was deleted before the copy was complete.")
}
