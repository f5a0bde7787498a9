//! Files that are no logs and are dropped all the same.

use infer::{app, archive, doc, image};

use super::{Kind, text};

/// What a file is that starts with `start`, if it is one of those that people have at hand.
pub fn kind(start: &[u8]) -> Option<Kind> {
    type Matcher = fn(&[u8]) -> bool;
    const KINDS: [(Matcher, Kind); 11] = [
        (archive::is_pdf, Kind::Pdf),
        (doc::is_docx, Kind::Office),
        (doc::is_xlsx, Kind::Office),
        (doc::is_pptx, Kind::Office),
        (image::is_png, Kind::Png),
        (image::is_jpeg, Kind::Jpeg),
        (archive::is_7z, Kind::SevenZip),
        (archive::is_cab, Kind::Cab),
        (archive::is_rar, Kind::Rar),
        (archive::is_gz, Kind::Gzip),
        // Two letters, with which a text may start too.
        (|start| app::is_exe(start) && !text::is_printable(start), Kind::Program),
    ];
    KINDS.into_iter().find(|(matches, _)| matches(start)).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_people_have_at_hand_are_named() {
        for (start, expected) in [
            (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"[..], Kind::Pdf),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Kind::Jpeg),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Kind::SevenZip),
            (b"MSCF\0\0\0\0", Kind::Cab),
            (b"Rar!\x1a\x07\x01\0", Kind::Rar),
            (b"\x1f\x8b\x08\0\0\0\0\0", Kind::Gzip),
            (b"MZ\x90\0\x03\0\0\0", Kind::Program),
            (b"MZ is how the file starts.", Kind::Text),
            (b"PK\x03\x04\x14\0\0\0\x08\0", Kind::Zip),
            (b"\0\x01\x02\x03", Kind::Unknown),
        ] {
            assert_eq!(Kind::of(start), expected, "{start:?}");
        }
    }

    #[test]
    fn a_word_document_is_no_archive_of_logs() {
        use std::io::Write;
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&(0..200).collect::<Vec<u8>>()).unwrap();
        }
        assert_eq!(Kind::of(&writer.finish().unwrap().into_inner()), Kind::Office);
    }
}
