//! Sigma's `logsource`: where a rule's events are. For Windows, the service stands for a channel and the category for a
//! channel and event ids, as SigmaHQ's own tools map them (`tests/thor.yml` of github.com/SigmaHQ/sigma; the taxonomy
//! of the specification).

use super::pattern::Pattern;
use super::wildcard::Wildcard;
use super::{Condition, Detection, Selection, Test};
use crate::yaml::{Fault, Node};

/// Services and the channels they stand for.
const SERVICES: &[(&str, &[&str])] = &[
    ("application", &["Application"]),
    ("security", &["Security"]),
    ("system", &["System"]),
    ("sysmon", &[SYSMON]),
    ("powershell", &["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"]),
    ("powershell-classic", &["Windows PowerShell"]),
    (
        "application-experience",
        &[
            "Microsoft-Windows-Application-Experience/Program-Telemetry",
            "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
        ],
    ),
    (
        "applocker",
        &[
            "Microsoft-Windows-AppLocker/MSI and Script",
            "Microsoft-Windows-AppLocker/EXE and DLL",
            "Microsoft-Windows-AppLocker/Packaged app-Deployment",
            "Microsoft-Windows-AppLocker/Packaged app-Execution",
        ],
    ),
    ("appmodel-runtime", &["Microsoft-Windows-AppModel-Runtime/Admin"]),
    ("appxdeployment-server", &["Microsoft-Windows-AppXDeploymentServer/Operational"]),
    ("appxpackaging-om", &["Microsoft-Windows-AppxPackaging/Operational"]),
    ("bitlocker", &["Microsoft-Windows-BitLocker/BitLocker Management"]),
    ("bits-client", &["Microsoft-Windows-Bits-Client/Operational"]),
    ("capi2", &["Microsoft-Windows-CAPI2/Operational"]),
    (
        "certificateservicesclient-lifecycle-system",
        &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"],
    ),
    ("codeintegrity-operational", &["Microsoft-Windows-CodeIntegrity/Operational"]),
    ("dhcp", &["Microsoft-Windows-DHCP-Server/Operational"]),
    ("diagnosis-scripted", &["Microsoft-Windows-Diagnosis-Scripted/Operational"]),
    ("dns-client", &["Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS Client Events/Operational"]),
    ("dns-server", &["DNS Server"]),
    ("dns-server-analytic", &["Microsoft-Windows-DNS-Server/Analytical"]),
    ("driver-framework", &["Microsoft-Windows-DriverFrameworks-UserMode/Operational"]),
    ("firewall-as", &["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"]),
    ("hyper-v-worker", &["Microsoft-Windows-Hyper-V-Worker", "Microsoft-Windows-Hyper-V-Worker-Admin"]),
    ("iis-configuration", &["Microsoft-IIS-Configuration/Operational"]),
    ("kernel-event-tracing", &["Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"]),
    (
        "kernel-shimengine",
        &["Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"],
    ),
    ("ldap", &["Microsoft-Windows-LDAP-Client/Debug"]),
    ("lsa-server", &["Microsoft-Windows-LSA/Operational"]),
    ("microsoft-servicebus-client", &["Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"]),
    ("msexchange-management", &["MSExchange Management"]),
    ("ntfs", &["Microsoft-Windows-Ntfs/Operational"]),
    ("ntlm", &["Microsoft-Windows-NTLM/Operational"]),
    ("openssh", &["OpenSSH/Operational"]),
    ("printservice-admin", &["Microsoft-Windows-PrintService/Admin"]),
    ("printservice-operational", &["Microsoft-Windows-PrintService/Operational"]),
    (
        "security-mitigations",
        &["Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"],
    ),
    ("sense", &["Microsoft-Windows-SENSE/Operational"]),
    ("servicebus-client", &["Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"]),
    ("shell-core", &["Microsoft-Windows-Shell-Core/Operational"]),
    ("smbclient-connectivity", &["Microsoft-Windows-SmbClient/Connectivity"]),
    ("smbclient-security", &["Microsoft-Windows-SmbClient/Security"]),
    ("smbserver-connectivity", &["Microsoft-Windows-SMBServer/Connectivity"]),
    ("taskscheduler", &["Microsoft-Windows-TaskScheduler/Operational"]),
    ("terminalservices-localsessionmanager", &["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"]),
    ("vhdmp", &["Microsoft-Windows-VHDMP/Operational"]),
    ("windefend", &["Microsoft-Windows-Windows Defender/Operational"]),
    ("wmi", &["Microsoft-Windows-WMI-Activity/Operational"]),
];

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

/// Categories, the service that has them, their event ids, and what else their events say of themselves.
const CATEGORIES: &[Category] = &[
    category("process_creation", "sysmon", &[1]),
    category("process_creation", "security", &[4688]),
    category("file_change", "sysmon", &[2]),
    category("network_connection", "sysmon", &[3]),
    category("sysmon_status", "sysmon", &[4, 16]),
    category("process_termination", "sysmon", &[5]),
    category("driver_load", "sysmon", &[6]),
    category("image_load", "sysmon", &[7]),
    category("create_remote_thread", "sysmon", &[8]),
    category("raw_access_thread", "sysmon", &[9]),
    category("process_access", "sysmon", &[10]),
    category("file_event", "sysmon", &[11]),
    category("registry_event", "sysmon", &[12, 13, 14]),
    Category { kind: &["CreateKey"], ..category("registry_add", "sysmon", &[12]) },
    Category { kind: &["DeleteKey", "DeleteValue"], ..category("registry_delete", "sysmon", &[12]) },
    category("registry_set", "sysmon", &[13]),
    category("registry_rename", "sysmon", &[14]),
    category("create_stream_hash", "sysmon", &[15]),
    category("pipe_created", "sysmon", &[17, 18]),
    category("wmi_event", "sysmon", &[19, 20, 21]),
    category("dns_query", "sysmon", &[22]),
    category("file_delete", "sysmon", &[23, 26]),
    category("clipboard_change", "sysmon", &[24]),
    category("process_tampering", "sysmon", &[25]),
    category("file_delete_detected", "sysmon", &[26]),
    category("file_block_executable", "sysmon", &[27]),
    category("file_block_shredding", "sysmon", &[28]),
    category("file_executable_detected", "sysmon", &[29]),
    category("sysmon_error", "sysmon", &[255]),
    category("ps_module", "powershell", &[4103]),
    category("ps_script", "powershell", &[4104]),
    category("ps_classic_start", "powershell-classic", &[400]),
    category("ps_classic_provider_start", "powershell-classic", &[600]),
    category("ps_classic_script", "powershell-classic", &[800]),
    category("antivirus", "windefend", &[1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116]),
];

struct Category {
    name: &'static str,
    service: &'static str,
    event_ids: &'static [i64],
    /// The values of `EventType` that it has, if that decides.
    kind: &'static [&'static str],
}

const fn category(name: &'static str, service: &'static str, event_ids: &'static [i64]) -> Category {
    Category { name, service, event_ids, kind: &[] }
}

/// What the fields of a category are called in the records of another channel: (channel, event id, Sigma's name, the
/// record's name).
const RENAMED: &[(&str, u32, &str, &str)] = &[
    ("Security", 4688, "Image", "NewProcessName"),
    ("Security", 4688, "ParentImage", "ParentProcessName"),
    ("Security", 4688, "User", "SubjectUserName"),
    ("Security", 4688, "LogonId", "SubjectLogonId"),
];

/// What a record calls a field that it does not have by Sigma's name.
pub fn renamed(channel: &str, event_id: u32, field: &str) -> Option<&'static str> {
    let found = RENAMED.iter().find(|(own, id, name, _)| {
        *id == event_id && field.eq_ignore_ascii_case(name) && own.eq_ignore_ascii_case(channel)
    });
    found.map(|(.., name)| *name)
}

/// Whether some kind of record has another name for a field.
pub fn is_renamed(field: &str) -> bool {
    RENAMED.iter().any(|(_, _, name, _)| field.eq_ignore_ascii_case(name))
}

/// The selection that a rule's `logsource` stands for; `None` for one that takes every Windows event, and where there
/// are faults.
pub fn parse(node: &Node, faults: &mut Vec<Fault>) -> Option<Selection> {
    let word = |key: &str| node.get(key).and_then(Node::scalar).map(str::to_ascii_lowercase);
    let (product, category, service) = (word("product"), word("category"), word("service"));
    let mut fault = |message: String| {
        faults.push(Fault::new(node.line, message));
        None
    };
    match product.as_deref() {
        Some("windows") => {}
        None if category.as_deref() == Some("antivirus") => {}
        None => return fault("the `logsource` names no product; only rules for `windows` can match here".into()),
        Some(other) => return fault(format!("the rule is for `{other}`, not for `windows`")),
    }
    if let Some(name) = &category {
        let ways: Vec<_> = CATEGORIES.iter().filter(|category| category.name == name).collect();
        if ways.is_empty() {
            return fault(format!("no Windows event log is known to have the category `{name}`"));
        }
        let wanted = ways.iter().filter(|way| service.as_deref().is_none_or(|service| service == way.service));
        let wanted: Vec<_> = wanted.map(|way| Selection::All(way.tests())).collect();
        if wanted.is_empty() {
            let service = service.unwrap_or_default();
            return fault(format!("the service `{service}` is not known to have the category `{name}`"));
        }
        return Some(Selection::Any(wanted));
    }
    match &service {
        None => None,
        Some(name) => match channels(name) {
            Some(channels) => Some(Selection::All(vec![text_test("Channel", channels)])),
            None => fault(format!("no Windows event log is known by the service `{name}`")),
        },
    }
}

/// A detection that also asks for what the `logsource` says.
pub fn within(selection: Option<Selection>, mut detection: Detection) -> Detection {
    if let Some(selection) = selection {
        let number = detection.selections.len() as u16;
        detection.selections.push(("logsource".into(), selection));
        detection.condition = Condition::And(vec![Condition::Selection(number), detection.condition]);
    }
    detection
}

fn channels(service: &str) -> Option<&'static [&'static str]> {
    SERVICES.iter().find(|(name, _)| *name == service).map(|(_, channels)| *channels)
}

impl Category {
    fn tests(&self) -> Vec<Test> {
        let mut tests = vec![
            text_test("Channel", channels(self.service).unwrap_or_default()),
            test("EventID", self.event_ids.iter().map(|id| Pattern::Number(*id)).collect()),
        ];
        if !self.kind.is_empty() {
            tests.push(text_test("EventType", self.kind));
        }
        tests
    }
}

fn text_test(field: &str, texts: &[&str]) -> Test {
    let exactly = |text: &&str| Pattern::Text(Wildcard::exactly(text).with_case(false));
    test(field, texts.iter().map(exactly).collect())
}

fn test(field: &str, patterns: Vec<Pattern>) -> Test {
    Test { field: field.to_owned(), patterns, ..Test::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn fault(text: &str) -> String {
        let mut faults = Vec::new();
        assert!(parse(&yaml::parse(text, 1).unwrap(), &mut faults).is_none());
        faults[0].message.clone()
    }

    #[test]
    fn what_cannot_be_in_a_log_is_said() {
        assert_eq!(fault("{product: linux}"), "the rule is for `linux`, not for `windows`");
        assert_eq!(
            fault("{category: proxy}"),
            "the `logsource` names no product; only rules for `windows` can match here"
        );
        assert_eq!(
            fault("{product: windows, category: webserver}"),
            "no Windows event log is known to have the category `webserver`"
        );
        assert_eq!(fault("{product: windows, service: x}"), "no Windows event log is known by the service `x`");
    }

    #[test]
    fn every_category_has_a_known_service() {
        for category in CATEGORIES {
            assert!(channels(category.service).is_some(), "{}", category.name);
        }
    }

    #[test]
    fn fields_have_other_names_elsewhere() {
        assert_eq!(renamed("security", 4688, "image"), Some("NewProcessName"));
        assert_eq!(renamed("security", 4624, "image"), None);
    }
}
