//! Writes the messages of Win32 errors that articles of the Knowledge Base speak of, `src/kb/import/messages.txt`, from
//! the pages of <https://github.com/MicrosoftDocs/win32>, folder `desktop-src/Debug` (Microsoft, CC BY 4.0).

use std::collections::BTreeMap;
use std::path::Path;

use super::{Result, root};

/// The errors whose messages stand in articles about events, or are of services, logons, files, domains and calls as
/// these are: each costs the page twenty bytes.
const SPOKEN_OF: &[u32] = &[
    1, 2, 3, 4, 5, 6, 8, 13, 14, 15, 19, 20, 21, 22, 28, 31, 32, 33, 51, 53, 54, 55, 58, 59, 64, 65, 67, 68, 71, 80,
    84, 85, 86, 87, 109, 110, 111, 112, 113, 121, 122, 123, 124, 126, 127, 170, 183, 203, 206, 231, 233, 234, 240, 259,
    298, 487, 995, 997, 998, 999, 1051, 1052, 1053, 1054, 1055, 1056, 1057, 1058, 1059, 1060, 1061, 1062, 1063, 1064,
    1065, 1066, 1067, 1068, 1069, 1070, 1071, 1072, 1073, 1074, 1075, 1076, 1077, 1078, 1079, 1080, 1081, 1082, 1083,
    1113, 1114, 1115, 1117, 1127, 1130, 1131, 1132, 1217, 1219, 1222, 1223, 1231, 1232, 1240, 1241, 1242, 1243, 1244,
    1245, 1300, 1311, 1312, 1314, 1317, 1323, 1326, 1327, 1328, 1329, 1330, 1331, 1332, 1352, 1353, 1354, 1355, 1359,
    1371, 1379, 1380, 1385, 1387, 1396, 1450, 1451, 1452, 1453, 1454, 1455, 1460, 1702, 1703, 1706, 1717, 1719, 1720,
    1721, 1722, 1723, 1726, 1727, 1745, 1746, 1747, 1753, 1757, 1760, 1765, 1783, 1786, 1787, 1788, 1789, 1790, 1791,
    1792, 1793, 1795, 1797, 1801, 1802, 1803, 1804, 1805, 1817, 1818, 1825,
];

/// Messages that read otherwise in Windows NT to Server 2003, as articles quote them.
const OLD: [(u32, &str); 3] = [
    (1326, "Logon failure: unknown user name or bad password."),
    (1330, "Logon failure: the specified account password has expired."),
    (1331, "Logon failure: account currently disabled."),
];

/// Writes the table from the pages of a folder.
pub fn messages(folder: &Path) -> Result {
    let mut found: BTreeMap<u32, String> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("system-error-codes--")) {
            found.extend(page(&std::fs::read_to_string(&path)?));
        }
    }
    let mut table =
        String::from("# written by `cargo xtask messages` from MicrosoftDocs/win32 (Microsoft, CC BY 4.0)\n");
    for number in SPOKEN_OF {
        let text = found.get(number).ok_or_else(|| format!("no page has the message of {number}"))?;
        table += &format!("{number} {text}\n");
        let old = OLD.iter().filter(|(own, _)| own == number);
        old.for_each(|(number, text)| table += &format!("{number} {text}\n"));
    }
    let path = root().join("src/kb/import/messages.txt");
    std::fs::write(&path, &table)?;
    println!("{}: {} messages, {} bytes", path.display(), table.lines().count() - 1, table.len());
    Ok(())
}

/// The numbers of a page (`1056 (0x420)` on a line) and the text after each.
fn page(text: &str) -> Vec<(u32, String)> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some((number, rest)) = line.split_once(" (0x") else { continue };
        if let (Ok(number), true, Some(text)) = (number.parse(), rest.ends_with(')'), lines.clone().next()) {
            found.push((number, text.replace("&lt;", "<").replace("&gt;", ">").replace('\\', "")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_as_the_pages_have_them() {
        let text =
            "**ERROR\\_LOOM**\n\n1056 (0x420)\n \n\nThe loom is running.\n\n**ERROR\\_X**\n\n1057 (0x421)\n\nCut.\n";
        assert_eq!(page(text), [(1056, "The loom is running.".to_owned()), (1057, "Cut.".to_owned())]);
        assert_eq!(page("12 (x)\n12 (0x"), []);
    }
}
