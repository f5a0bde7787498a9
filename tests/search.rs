//! Queries as administrators type them, and the article that each must find first.

use std::time::{Duration, Instant};

use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::kb::search::Search;

const QUERIES: [(&str, &str); 109] = [
    // An event with its error, in the notations that logs, tools and scripts have for it.
    ("7000 1053", "service-start-timeout"),
    ("event 7000 error 1053", "service-start-timeout"),
    ("7000 %%1053", "service-start-timeout"),
    ("0x8007041d", "service-start-timeout"),
    ("7000 0x41d", "service-start-timeout"),
    ("event id 7000 access denied", "service-start-access-denied"),
    ("7000 5", "service-start-access-denied"),
    ("0xc000021a", "stop-error-c000021a-system-process"),
    ("c000021a", "stop-error-c000021a-system-process"),
    ("bugcheck 3221226010", "stop-error-c000021a-system-process"),
    ("0x7b", "stop-error-7b-boot-device"),
    ("stop 0x0000007B", "stop-error-7b-boot-device"),
    ("bsod 9f", "stop-error-9f-power-state"),
    ("0x124 whea", "stop-error-124-hardware"),
    ("2270", "messenger-name-conflict"),
    ("7024 messenger", "messenger-name-conflict"),
    ("%%1083", "service-start-not-in-program"),
    ("error 193", "service-start-invalid-image"),
    ("8193 0x80070005", "vss-diag-key-access-denied"),
    ("0x80072af9", "time-server-name-not-found"),
    ("slmgr 0x8007007b", "activation-retail-key-or-no-kms-record"),
    // A provider with an event id.
    ("Service Control Manager 7000", "service-start-failed"),
    ("service control manager 7034", "service-crashed"),
    ("Kernel-Power 41 power button", "unexpected-restart-power-button"),
    ("eventlog 6008", "unexpected-shutdown-logged"),
    ("disk 51", "disk-paging-error"),
    ("disk event 153", "disk-io-retried"),
    ("Disk 7", "disk-bad-block"),
    ("ntfs 55", "ntfs-structure-corrupt"),
    ("volmgr 46", "crash-dump-not-initialized"),
    ("Time-Service 36", "time-not-synchronized-for-long"),
    ("storahci 129", "storage-port-device-reset"),
    ("ESENT 640", "esent-flush-map-of-old-database"),
    ("srv 2013", "volume-nearly-full"),
    ("whea-logger 47", "whea-corrected-memory-error"),
    ("7022", "service-hung-on-start"),
    ("1076", "unexpected-shutdown-reason-given"),
    // What one sees.
    ("blue screen", "restart-from-bugcheck"),
    ("spooler crash", "print-spooler-crashed"),
    ("messenger computer name", "messenger-name-conflict"),
    ("service depends on missing service", "service-depends-on-missing-service"),
    ("service dll missing", "service-dll-not-found"),
    ("temporary profile", "temporary-profile"),
    ("held down power button", "unexpected-restart-power-button"),
    ("bad block", "disk-bad-block"),
    ("smart predicts disk failure", "disk-failure-predicted"),
    ("virtual memory low", "virtual-memory-nearly-exhausted"),
    ("display driver stopped responding", "display-driver-recovered"),
    ("gpo clock skew", "group-policy-clock-skew"),
    ("slow logon group policy", "sign-in-waits-for-group-policy"),
    ("journal wrap", "frs-journal-wrap"),
    ("tombstone lifetime", "replication-tombstone-lifetime-exceeded"),
    ("ldap signing", "ldap-signing-not-required"),
    ("no time source pdc", "forest-root-pdc-without-time-source"),
    ("quorum lost", "cluster-quorum-lost"),
    ("app pool disabled", "app-pool-disabled-after-failures"),
    ("transaction log full", "sql-server-transaction-log-full"),
    ("hyper-v vm paused disk full", "vm-paused-disk-full"),
    ("kms dns", "kms-host-not-in-dns"),
    ("openssh permissions", "openssh-server-folder-permissions"),
    ("windows update disk full", "update-failed-disk-full"),
    ("pending reboot update", "update-failed-restart-pending"),
    ("component store corrupt", "update-failed-store-damaged"),
    ("activation failed", "activation-failed"),
    ("dns server waiting for active directory", "dns-waits-for-directory"),
    ("iis app pool identity", "app-pool-identity-invalid"),
    ("sql login failed", "sql-server-login-failed"),
    ("shadow copies deleted", "shadow-copies-deleted-under-load"),
    ("service account password wrong", "service-account-logon-failed"),
    ("service is not a valid application", "service-start-invalid-image"),
    ("dependency service failed to start 1068", "service-start-dependency-failed"),
    ("registry still in use by other applications", "registry-of-user-still-in-use"),
    ("trust relationship dfs forest", "dfs-cross-forest-trust-info-failed"),
    ("usb device problem code 21", "device-removal-pending"),
    ("clock jumped", "time-jumped"),
    ("cpu throttled by firmware", "processor-speed-limited-by-firmware"),
    ("memory error ecc", "whea-corrected-memory-error"),
    ("starttls certificate", "starttls-certificate-missing"),
    ("lingering objects", "lingering-object-found"),
    ("dotnet unhandled exception 1026", "dotnet-unhandled-exception"),
    ("application error 1000", "application-crashed"),
    ("wmi 5858", "wmi-request-failed"),
    ("wmi event 10", "wmi-leftover-processor-filter"),
    ("ip address conflict", "ip-address-conflict"),
    ("tcp ports exhausted", "tcp-ports-exhausted"),
    ("no free udp ports", "udp-ports-exhausted"),
    ("rds license grace period", "rd-licensing-grace-period-over"),
    ("tls cipher suite", "tls-no-common-cipher-suite"),
    ("credssp", "credssp-version-refused"),
    ("defender malware", "malware-detected"),
    ("registry.pol corrupt", "group-policy-registry-file-damaged"),
    ("netlogon 5719 1311", "netlogon-no-logon-server"),
    ("roaming profile path too long", "roaming-profile-path-too-long"),
    ("kerberos clock", "kerberos-ticket-not-yet-valid"),
    ("msiinstaller 10005", "setup-stopped-with-message"),
    ("disk 158", "disks-share-an-identifier"),
    ("srv 2022", "server-no-free-connection"),
    ("winrm spn", "winrm-spn-not-registered"),
    ("smart card domain controller certificate", "domain-controller-without-kdc-certificate"),
    ("windows search index rebuilt", "windows-search-index-reset"),
    // Slips of the hand.
    ("acess denied diag", "vss-diag-key-access-denied"),
    ("bitloker secure boot", "secure-boot-update-blocked-by-bitlocker"),
    ("hyper-v spn regsiter", "vmms-spn-not-registered"),
    ("netlogn time service", "time-service-stopped-without-netlogon"),
    ("vmwrae tools", "vmware-tools-auto-upgrade-not-allowed"),
    ("messanger name", "messenger-name-conflict"),
    ("sevrice accuont logon right", "service-account-lacks-logon-right"),
    ("tempory profle", "temporary-profile"),
    ("quorom lost", "cluster-quorum-lost"),
];

fn ids<'a>(knowledge: &'a KnowledgeBase, search: &Search, query: &str) -> Vec<&'a str> {
    let hits = search.find(query);
    hits.iter().filter_map(|hit| Some(knowledge.article(hit.article)?.id.as_str())).collect()
}

#[test]
fn the_right_article_comes_first() {
    let knowledge = evtx_checkup::built_in();
    let search = Search::new(knowledge.articles());
    let mut failures = Vec::new();
    for (query, expected) in QUERIES {
        let found = ids(&knowledge, &search, query);
        if knowledge.by_id(expected).is_none() {
            failures.push(format!("{query}: there is no article {expected}"));
        } else if found.first() != Some(&expected) {
            let place = found.iter().position(|id| *id == expected).map(|place| place + 1);
            failures.push(format!("{query}: {expected} is at {place:?} behind {:?}", &found[..found.len().min(4)]));
        }
    }
    assert!(failures.is_empty(), "{} of {} queries:\n{}", failures.len(), QUERIES.len(), failures.join("\n"));
}

#[test]
fn all_words_come_before_some() {
    let knowledge = evtx_checkup::built_in();
    let hits = Search::new(knowledge.articles()).find("service control manager 7000 1053");
    let first_partial = hits.iter().position(|hit| !hit.whole).unwrap_or(hits.len());
    assert!(first_partial > 0);
    assert!(hits.iter().skip(first_partial).all(|hit| !hit.whole));
}

#[test]
fn typing_narrows() {
    let knowledge = evtx_checkup::built_in();
    let search = Search::new(knowledge.articles());
    // While one types, the article is there from its first few letters on.
    for typed in ["mess", "messe", "messen", "messeng", "messenge", "messenger"] {
        assert!(ids(&knowledge, &search, typed).contains(&"messenger-name-conflict"), "{typed}");
    }
    assert!(ids(&knowledge, &search, "").is_empty());
    assert!(ids(&knowledge, &search, " - , %% ").is_empty());
    assert!(ids(&knowledge, &search, "xyzzyqwv").is_empty());
}

/// Every article is found by its own title and id, and any text that one may paste is only searched for.
#[test]
fn everything_is_found_and_nothing_is_feared() {
    let knowledge = evtx_checkup::built_in();
    let search = Search::new(knowledge.articles());
    let mut failures = Vec::new();
    for article in knowledge.articles() {
        for query in [&article.title, &article.id] {
            if ids(&knowledge, &search, query).first() != Some(&article.id.as_str()) {
                failures.push(format!("{query}: {} is not first", article.id));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for query in
        ["0x", "-", "--1", "99999999999999999999", "0xfffffffffffffffffff", "İ", "\u{202e}", "日本語 7000", "\0"]
    {
        search.find(query);
    }
    let long = "service 7000 ".repeat(2000);
    let start = Instant::now();
    search.find(&long);
    assert!(start.elapsed() < Duration::from_secs(2), "a long query took {:?}", start.elapsed());
}
