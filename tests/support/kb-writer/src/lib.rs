//! Writes articles in the three shapes in which archives keep those of Microsoft's Knowledge Base. What they say is our
//! own.

mod many;

pub use many::{EVENT_EVERY, many};

/// An article's parts.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Its number, of six digits.
    pub number: u32,
    /// Its title.
    pub title: &'a str,
    /// What it applies to, one line each; a line that goes on keeps its indentation.
    pub products: &'a [&'a str],
    /// Its sections, each under a heading that is underlined.
    pub body: &'a str,
}

impl Text<'_> {
    /// Plain text: `DOCUMENT:Q… TITLE   :…`.
    pub fn plain(&self) -> String {
        let rule = "-".repeat(79);
        let products: String = self.products.iter().map(|product| format!(" - {product} \n")).collect();
        format!(
            "DOCUMENT:Q{}  08-AUG-2001  [contoso]\nTITLE   :{}\nPRODUCT :Contoso Fabric\nPROD/VER:winnt:4.0\n\
             OPER/SYS:\nKEYWORDS:kbfabric kbfab\n\n{}\n{rule}\nThe information in this article applies to:\n\n\
             {products}{rule}\n\n{}\n\nAdditional query words: Event ID 4711\n\n{}\n\
             Keywords          : kbfabric kbfabricfix \nVersion           : winnt:4.0\n\n{}\n",
            self.number,
            self.title,
            "=".repeat(70),
            self.body,
            "=".repeat(70),
            "=".repeat(77),
        )
    }

    /// The same in a page of Markdown, with front matter and between raw tags.
    pub fn markdown(&self) -> String {
        let plain = self.plain();
        let body = plain.split_once(&"=".repeat(70)).map_or("", |(_, body)| body);
        let title = self.title.replace('&', "&amp;").replace('*', "&#42;").replace('"', "&quot;");
        let number = self.number;
        let head = format!(
            "Article: Q{number}\nProduct(s): Contoso Fabric\nVersion(s): winnt:4.0\nOperating System(s): \n\
             Keyword(s): kbfabric kbfab\nLast Modified: 08-AUG-2001\n\n"
        );
        let lines: String = format!("{head}{}", body.trim_start()).lines().map(|line| format!("\t{line}\n")).collect();
        format!(
            "---\nlayout: page\ntitle: \"Q{number}: {title}\"\npermalink: /kb/{}/Q{number}/\n---\n\n\
             ## Q{number}: {title}\n\n{{% raw %}}\n\n{lines}\n\n{{% endraw %}}\n",
            number / 1000
        )
    }

    /// The text of a newer web page: `Title (Q…)`.
    pub fn web(&self) -> String {
        let products: String = self.products.iter().map(|product| format!("- {product}\n")).collect();
        let is_rule = |line: &&str| !line.is_empty() && line.bytes().all(|byte| byte == b'=');
        let body: String =
            self.body.lines().filter(|line| !is_rule(line)).map(|line| format!("{}\n", line.trim())).collect();
        format!(
            "{} (Q{})\nThe information in this article applies to:\n{products}\
             This article was previously published under Q{}\n{body}\
             Modification Type: | Major | Last Reviewed: | 8/8/2001 |\n---|\nKeywords: | kbfabric kbfabricfix |\n---|\n|",
            self.title, self.number, self.number
        )
    }
}
