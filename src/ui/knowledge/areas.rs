//! The areas of the knowledge base, as people call them.

/// Folders of `kb/` whose name alone would not do.
const TITLES: [(&str, &str); 19] = [
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

/// An area as a heading; `print-server` is `Print server` if nothing else is known of it.
pub fn title(area: &str) -> String {
    if let Some((_, title)) = TITLES.iter().find(|(folder, _)| *folder == area) {
        return (*title).to_owned();
    }
    let mut characters = area.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).map(|c| if c == '-' { ' ' } else { c }).collect()
}
