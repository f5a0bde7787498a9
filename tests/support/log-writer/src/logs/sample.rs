//! The log that the page offers to try: three weeks of an office computer, with problems.

use super::{DAY, MINUTE, SECOND};
use crate::event::{Event, Level};
use crate::numbers::Numbers;
use crate::value::{Guid, Sid, SystemTime, Text, Value, filetime};
use crate::writer::evtx;

/// The page's sample log as a file: three weeks of the computer SAMPLE-PC until 2026-11-20, about 400 events. All names of
/// vendors, services and people in it are invented. It is the same every time.
///
/// ```
/// assert!(log_writer::logs::sample().len() < 256 * 1024);
/// ```
#[must_use]
pub fn sample() -> Vec<u8> {
    evtx(sample_events())
}

/// The events of [`sample`], oldest first, each with its record id.
#[must_use]
pub fn sample_events() -> Vec<Event> {
    let mut log = Log { events: Vec::new(), numbers: Numbers(20_261_120), now: 0 };
    // 2026-10-30 is a Friday.
    for day in (0..22).filter(|day| ![1, 2, 8, 9, 15, 16].contains(day)) {
        log.day(day);
    }
    log.events.sort_by_key(|event| event.time);
    for (record_id, event) in (FIRST_RECORD_ID..).zip(&mut log.events) {
        event.record_id = Some(record_id);
    }
    log.events
}

const FIRST_RECORD_ID: u64 = 18_231;
const FIRST_DAY: u64 = filetime(2026, 10, 30, 0, 0, 0);

const KERNEL_GENERAL: Guid = Guid::new("{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}");
const KERNEL_BOOT: Guid = Guid::new("{15ca44ff-4d7a-4baa-bba5-0998955e531e}");
const KERNEL_POWER: Guid = Guid::new("{331c3b3a-2005-44c2-ac5e-77220c37d6b4}");
const FILTER_MANAGER: Guid = Guid::new("{f3c5e28e-63f6-49c7-a204-e48a1bc4b09d}");
const NTFS: Guid = Guid::new("{3ff37a1c-a68d-4d6e-8c9b-f79e8b16c482}");
const DHCP: Guid = Guid::new("{15a7a4f8-0072-4eab-abad-f98a4d666aed}");
const DHCPV6: Guid = Guid::new("{6a1f2b00-6a90-4c38-95a5-5cab3b056778}");
const TIME_SERVICE: Guid = Guid::new("{06edcfeb-0fd0-4e53-acca-a6f8bbf81bcb}");
const WINLOGON: Guid = Guid::new("{dbe9b383-7cf3-4331-91cc-a3cb16a3b538}");
const UPDATE_CLIENT: Guid = Guid::new("{945a8954-c147-4acd-923f-40c45405a658}");
const USER32: Guid = Guid::new("{b0aa8734-56f7-41cc-b2f4-de228e98b946}");
const DCOM: Guid = Guid::new("{1b562e86-b7aa-4131-badc-b6f3a001407e}");
const SCHANNEL: Guid = Guid::new("{1f678132-5938-4686-9fdc-c8ff68f15c85}");

/// The sample being made.
struct Log {
    events: Vec<Event>,
    numbers: Numbers,
    /// The time of the last event.
    now: u64,
}

impl Log {
    /// Adds an event a little later than the last one.
    fn add(&mut self, event: Event) {
        self.now += SECOND / 10 + self.numbers.next() % (2 * SECOND);
        self.events.push(event.time(self.now));
    }

    fn add_after(&mut self, wait: u64, event: Event) {
        self.now += wait;
        self.add(event);
    }

    /// A working day, counted from [`FIRST_DAY`].
    fn day(&mut self, day: u64) {
        let morning = FIRST_DAY + day * DAY + (7 * 60 + 48) * MINUTE + self.numbers.next() % (20 * MINUTE);
        let crashed = day == 11 || day == 19;
        self.now = morning;
        self.boot(day, false);
        self.problems(day);
        self.work(day);
        if crashed {
            // The power went in the afternoon: no shutdown is logged, and the next start says so.
            self.now = morning + 6 * 60 * MINUTE + self.numbers.next() % (60 * MINUTE);
            self.boot(day, true);
            self.service("Windows Modules Installer", "TrustedInstaller", Running);
        }
        self.now = self.now.max(morning + 9 * 60 * MINUTE) + self.numbers.next() % (40 * MINUTE);
        self.shutdown();
    }

    fn boot(&mut self, day: u64, after_crash: bool) {
        let start = self.now;
        self.add(
            kernel("Microsoft-Windows-Kernel-General", KERNEL_GENERAL, 12)
                .task(1)
                .keywords(0x8000_0000_0000_0080)
                .data("MajorVersion", 10_u32)
                .data("MinorVersion", 0_u32)
                .data("BuildVersion", 26100_u32)
                .data("QfeVersion", if day < 12 { 6899_u32 } else { 7171 })
                .data("ServiceVersion", 0_u16)
                .data("BootMode", 0_u32)
                .data("StartTime", Value::FileTime(start)),
        );
        self.add(
            kernel("Microsoft-Windows-Kernel-Boot", KERNEL_BOOT, 27)
                .version(1)
                .task(33)
                .data("BootType", 0_u32)
                .data("LoadOptions", " NOEXECUTE=OPTIN"),
        );
        if after_crash {
            self.add(power_lost());
        }
        self.add(
            kernel("Microsoft-Windows-Ntfs", NTFS, 98)
                .keywords(0x8000_0000_0000_0002)
                .data("DriveName", "C:")
                .data("DeviceName", r"\Device\HarddiskVolume3")
                .data("CorruptionActionState", 0_u32),
        );
        self.add(
            kernel("Microsoft-Windows-FilterManager", FILTER_MANAGER, 6)
                .data("FinalStatus", Value::HexInt32(0))
                .data("DeviceVersionMajor", 10_u32)
                .data("DeviceVersionMinor", 0_u32)
                .data("DeviceNameLength", 8_u16)
                .data("DeviceName", "WdFilter")
                .data("DeviceTime", Value::FileTime(filetime(2026, 3, 12, 4, 17, 31))),
        );
        self.add(event_log(6009).string("10.00.").string("26100").string("").string("Multiprocessor Free").string("0"));
        if after_crash {
            let lost = start - 9 * MINUTE;
            let time = system_time(lost);
            let clock = format!("{}:{:02}:{:02} PM", time.hour - 12, time.minute, time.second);
            let date = format!("\u{200e}{}/\u{200e}{}/\u{200e}{}", time.month, time.day, time.year);
            self.add(
                event_log(6008)
                    .level(Level::Error)
                    .qualifiers(0x8000)
                    .string(clock)
                    .string(date)
                    .string("")
                    .string("")
                    .string("21140")
                    .string("")
                    .string("")
                    .binary(bytes_of(time).repeat(2)),
            );
        }
        let uptime = 14 + self.numbers.below(9);
        self.add(event_log(6005).binary([bytes_of(system_time(start)), vec![0; 8]].concat()));
        self.add(
            ["", "", "", ""]
                .into_iter()
                .fold(event_log(6013), Event::string)
                .string(uptime.to_string())
                .string("60")
                .string("0 GMT Standard Time"),
        );
        let local_service = Sid::new("S-1-5-19");
        self.add(
            Event::manifest("Microsoft-Windows-Dhcp-Client", DHCP, 50036)
                .task(4)
                .opcode(68)
                .keywords(0x2000_0000_0000_0000)
                .process(1888, 1944)
                .user(local_service.clone()),
        );
        self.add(
            Event::manifest("Microsoft-Windows-DHCPv6-Client", DHCPV6, 51046)
                .task(4)
                .opcode(62)
                .keywords(0x2000_0000_0000_0000)
                .process(1888, 1976)
                .user(local_service),
        );
        if day.is_multiple_of(7) || after_crash {
            self.add(Event::service_control_manager(7026).param("\r\ndam"));
        }
        self.service("Windows Time", "W32Time", Running);
        self.service("Print Spooler", "Spooler", Running);
        self.add(
            Event::manifest("Microsoft-Windows-Winlogon", WINLOGON, 7001)
                .task(1101)
                .keywords(0x2000_0000_0000_0000)
                .process(996, 1040)
                .user(Sid::new("S-1-5-18"))
                .data("TSId", 1_u32)
                .data("UserSid", Sid::new(USER)),
        );
    }

    /// What happens between start and shutdown on every day.
    fn work(&mut self, day: u64) {
        let source = "time.windows.com,0x9 (ntp.m|0x9|0.0.0.0:123->198.51.100.23:123)";
        for id in [37, 35] {
            self.add_after(
                MINUTE,
                Event::manifest("Microsoft-Windows-Time-Service", TIME_SERVICE, id)
                    .process(1432, 5216)
                    .user(Sid::new("S-1-5-19"))
                    .data("TimeSource", source),
            );
        }
        self.now += 20 * MINUTE;
        self.service("Windows Update", "wuauserv", Running);
        if day.is_multiple_of(2) {
            let version = 1_431 + day;
            let title = format!(
                "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.{version}.{}.0)",
                self.numbers.below(500)
            );
            let update = Guid(std::array::from_fn(|_| self.numbers.next() as u8));
            for (id, keywords) in [(43, 0x8000_0000_0000_2008), (19, 0x8000_0000_0000_0018)] {
                self.add_after(
                    MINUTE / 2,
                    Event::manifest("Microsoft-Windows-WindowsUpdateClient", UPDATE_CLIENT, id)
                        .version(1)
                        .task(1)
                        .opcode(13)
                        .keywords(keywords)
                        .process(1284, 6012)
                        .user(Sid::new("S-1-5-18"))
                        .data("updateTitle", title.clone())
                        .data("updateGuid", update)
                        .data("updateRevisionNumber", 200_u32),
                );
            }
        } else {
            for (from, to) in [("demand start", "auto start"), ("auto start", "demand start")] {
                self.add_after(
                    15 * MINUTE,
                    Event::service_control_manager(7040)
                        .user(Sid::new("S-1-5-18"))
                        .param("Background Intelligent Transfer Service")
                        .param(from)
                        .param(to)
                        .param("BITS"),
                );
            }
        }
        self.now += 90 * MINUTE;
        self.service("Windows Update", "wuauserv", Stopped);
    }

    fn shutdown(&mut self) {
        self.add(
            Event::manifest("User32", USER32, 1074)
                .event_source_name("User32")
                .qualifiers(0x8000)
                .keywords(0x8080_0000_0000_0000)
                .process(996, 1180)
                .user(Sid::new(USER))
                .param(r"C:\Windows\System32\RuntimeBroker.exe (SAMPLE-PC)")
                .param("SAMPLE-PC")
                .param("Other (Unplanned)")
                .param("0x0")
                .param("power off")
                .param("")
                .param(r"SAMPLE-PC\kim"),
        );
        self.service("Print Spooler", "Spooler", Stopped);
        self.add(event_log(6006).binary(vec![1, 0, 0, 0]));
        self.add(
            kernel("Microsoft-Windows-Kernel-Power", KERNEL_POWER, 109)
                .task(103)
                .keywords(0x8000_0000_0000_0404)
                .data("ShutdownActionType", 6_u32)
                .data("ShutdownEventCode", 0_u32)
                .data("ShutdownReason", 0_u32),
        );
        let stop = self.now;
        self.add(
            kernel("Microsoft-Windows-Kernel-General", KERNEL_GENERAL, 13)
                .task(2)
                .keywords(0x8000_0000_0000_0080)
                .data("StopTime", Value::FileTime(stop)),
        );
    }

    fn service(&mut self, name: &'static str, key: &str, state: State) {
        let (text, number) = match state {
            Running => ("running", 4),
            Stopped => ("stopped", 1),
        };
        self.add(Event::service_control_manager(7036).param(name).param(text).service_key(&format!("{key}/{number}")));
    }

    /// The problems of a day: some come back, some happen once.
    fn problems(&mut self, day: u64) {
        let scm = Event::service_control_manager;
        // The backup agent starts too slowly; from the second week on, what depends on it fails as well.
        if [3, 6, 10, 13, 17, 20, 21].contains(&day) {
            self.add_after(30 * SECOND, scm(7009).param("30000").param(BACKUP).service_key("ContosoBackup"));
            self.add(scm(7000).param(BACKUP).param("%%1053").service_key("ContosoBackup"));
            if day >= 10 {
                self.add(scm(7001).param("Tailwind Sync Service").param(BACKUP).param("%%1053"));
            }
        }
        // The password of the account behind this service was changed.
        if [12, 13, 14].contains(&day) {
            self.add(scm(7038).param("FabrikamLicense").param(r".\svc-license").param("%%1326"));
            self.add(scm(7000).param("Fabrikam License Manager").param("%%1069").service_key("FabrikamLicense"));
        }
        // A driver whose file is gone.
        if [17, 18, 20].contains(&day) {
            self.add(scm(7000).param("Litware Camera Filter").param("%%2").service_key("lwcamflt"));
        }
        match day {
            4 => {
                let event = scm(7031).param("Print Spooler").param("1").param("60000").param("1");
                self.add_after(40 * MINUTE, event.param("Restart the service").service_key("Spooler"));
                self.add_after(MINUTE, scm(7036).param("Print Spooler").param("running").service_key("Spooler/4"));
                let disk = Event::classic("disk", 7).qualifiers(0xC004).level(Level::Error).process(4, 284);
                self.add_after(
                    50 * MINUTE,
                    disk.string(r"\Device\Harddisk1\DR3").binary(vec![3, 0, 0x68, 0, 1, 0, 0, 0]),
                );
            }
            5 => {
                let event = scm(7023).param("Northwind Scanner Service").param("%%126");
                self.add_after(MINUTE, event.service_key("NorthwindScan"));
            }
            7 => self.add_after(
                25 * MINUTE,
                Event::manifest("Schannel", SCHANNEL, 36874)
                    .level(Level::Error)
                    .process(740, 5532)
                    .user(Sid::new("S-1-5-18"))
                    .data("Protocol", "TLS 1.2"),
            ),
            10 => {
                self.add_after(35 * MINUTE, scm(7034).param("Adatum Update Helper").param("1").service_key("AdatumUpd"))
            }
            12 => self.add_after(2 * MINUTE, scm(7011).param("30000").param("ContosoBackup")),
            14 => {
                let vpn =
                    Event::classic("Contoso VPN Driver", 5).qualifiers(0xC000).level(Level::Error).process(4, 5120);
                self.add_after(
                    5 * MINUTE,
                    vpn.string(r"\Device\ContosoVpn").string("Office Zürich").string("0xC00000B5"),
                );
            }
            18 => {
                let dcom = Event::manifest("Microsoft-Windows-DistributedCOM", DCOM, 10010).event_source_name("DCOM");
                let dcom = dcom.qualifiers(0).level(Level::Error).keywords(0x8080_0000_0000_0000).process(1024, 6604);
                let dcom = dcom.user(Sid::new(USER));
                self.add_after(10 * MINUTE, dcom.param("{6F1B2C9A-0D47-4E5A-9B83-51C2D7E4A0F6}"));
                let event = scm(7034).param("Adatum Update Helper").param("2").service_key("AdatumUpd");
                self.add_after(20 * MINUTE, event);
            }
            20 => {
                let event = scm(7031).param("Northwind Scanner Service").param("1").param("5000").param("1");
                self.add_after(3 * MINUTE, event.param("Restart the service").service_key("NorthwindScan"));
                let print = Event::classic("Contoso Print Gateway", 210).qualifiers(0xC000).level(Level::Error);
                self.add_after(12 * MINUTE, print.process(3320, 3348).string("PRN-2-EAST").string("0x00000709"));
            }
            _ => {}
        }
    }
}

const BACKUP: &str = "Contoso Backup Agent";
/// The account of the person at the computer.
const USER: &str = "S-1-5-21-3021994410-1187260554-2940012178-1001";

#[derive(Clone, Copy)]
enum State {
    Running,
    Stopped,
}
use State::{Running, Stopped};

/// An event that the kernel logs.
fn kernel(provider: &'static str, guid: Guid, event_id: u16) -> Event {
    Event::manifest(provider, guid, event_id).process(4, 8).user(Sid::new("S-1-5-18"))
}

/// An event of the Event Log service about itself.
fn event_log(event_id: u16) -> Event {
    Event::classic(Text::Borrowed("EventLog"), event_id).qualifiers(0x8000)
}

/// The reset without a shutdown: Kernel-Power 41.
fn power_lost() -> Event {
    let event = kernel("Microsoft-Windows-Kernel-Power", KERNEL_POWER, 41)
        .version(10)
        .level(Level::Critical)
        .task(63)
        .keywords(0x8000_4000_0000_0002)
        .data("BugcheckCode", 0_u32);
    ["BugcheckParameter1", "BugcheckParameter2", "BugcheckParameter3", "BugcheckParameter4"]
        .into_iter()
        .fold(event, |event, name| event.data(name, Value::HexInt64(0)))
        .data("SleepInProgress", 0_u32)
        .data("PowerButtonTimestamp", 0_u64)
        .data("BootAppStatus", 0_u32)
        .data("Checkpoint", 0_u8)
        .data("ConnectedStandbyInProgress", false)
        .data("SystemSleepTransitionsToOn", 0_u32)
        .data("LongPowerButtonPressDetected", false)
}

/// The SYSTEMTIME of a FILETIME in the sample's three weeks.
fn system_time(time: u64) -> SystemTime {
    let days = (time - FIRST_DAY) / DAY;
    let (month, day) = if days < 2 { (10, 30 + days) } else { (11, days - 1) };
    let number = |value: u64| u16::try_from(value).expect("a part of a date is small");
    SystemTime {
        year: 2026,
        month,
        day_of_week: number((5 + days) % 7),
        day: number(day),
        hour: number(time / (60 * MINUTE) % 24),
        minute: number(time / MINUTE % 60),
        second: number(time / SECOND % 60),
        milliseconds: number(time / (SECOND / 1000) % 1000),
    }
}

fn bytes_of(time: SystemTime) -> Vec<u8> {
    time.fields().iter().flat_map(|field| field.to_le_bytes()).collect()
}
