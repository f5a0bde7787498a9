//! Which articles one wants to see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Article, Range, Verdict};

/// What articles must have; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Their area.
    pub area: Option<String>,
    /// A provider whose events they speak of, without regard to case.
    pub provider: Option<String>,
    /// The id of an event they speak of; of the provider, if one is given.
    pub event_id: Option<u32>,
    /// Their verdict.
    pub verdict: Option<Verdict>,
    /// A Windows version they speak of, by its word in [`Version::names`](super::Version::names).
    pub windows: Option<String>,
}

impl Filter {
    /// Whether an article passes.
    pub fn passes(&self, article: &Article) -> bool {
        self.area.as_ref().is_none_or(|area| *area == article.area)
            && self.verdict.is_none_or(|verdict| verdict == article.verdict)
            && self.passes_windows(article)
            && self.passes_event(article)
    }

    fn passes_windows(&self, article: &Article) -> bool {
        let version = self.windows.as_ref().and_then(|word| Range::parse(word).ok());
        match (version, &article.windows) {
            (Some(version), Some(range)) => range.overlaps(&version),
            _ => true,
        }
    }

    fn passes_event(&self, article: &Article) -> bool {
        if self.provider.is_none() && self.event_id.is_none() {
            return true;
        }
        article.detection.events().iter().any(|events| {
            let id = self.event_id.is_none_or(|id| events.ids.contains(&id));
            let provider = self.provider.as_ref().is_none_or(|provider| {
                // Some events have their id from whatever driver writes them.
                let any = events.providers.is_empty() && self.event_id.is_some();
                any || events.providers.iter().any(|own| own.eq_ignore_ascii_case(provider))
            });
            id && provider
        })
    }
}

/// The providers that articles name, each once, in alphabetical order, with the number of articles.
pub fn providers(articles: &[Article]) -> Vec<(&str, usize)> {
    let mut providers: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for article in articles {
        let events = article.detection.events();
        let names = events.iter().flat_map(|events| events.providers.iter().copied());
        let own: BTreeMap<String, &str> = names.map(|name| (name.to_lowercase(), name)).collect();
        for (key, name) in own {
            providers.entry(key).or_insert((name, 0)).1 += 1;
        }
    }
    providers.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::lint;

    fn article(front: &str) -> Article {
        let text = format!(
            "---\nid: a\ntitle: A\nsummary: a\nlevel: low\nverdict: fix\napplies-to: [x]\n\
             sources: [{{id: a, title: a, url: 'https://a'}}]\n{front}\n---\n\
             ## Symptoms\na\n\n## Cause\na\n\n## Resolution\na\n"
        );
        let (mut articles, faults) = lint::read([("storage/a.md", text.as_str())]);
        articles.pop().unwrap_or_else(|| panic!("{faults:?}"))
    }

    #[test]
    fn what_is_not_asked_does_not_matter() {
        let article = article(
            "windows: ..2003\ndetection: {a: {Provider_Name: [Disk, Ntfs], EventID: 7}, b: {EventID: 129, x: 1}, \
             condition: a or b}\nexamples: {match: [{Provider_Name: disk, EventID: 7}], no-match: [{EventID: 7}]}",
        );
        let none = Filter::default;
        let text = |text: &str| Some(text.to_owned());
        for (passes, filter) in [
            (true, none()),
            (true, Filter { area: text("storage"), ..none() }),
            (false, Filter { area: text("boot"), ..none() }),
            (true, Filter { verdict: Some(Verdict::Fix), ..none() }),
            (false, Filter { verdict: Some(Verdict::Investigate), ..none() }),
            (true, Filter { windows: text("xp"), ..none() }),
            (false, Filter { windows: text("10"), ..none() }),
            (true, Filter { windows: text("95"), ..none() }),
            (true, Filter { provider: text("ntfs"), ..none() }),
            (false, Filter { provider: text("storahci"), ..none() }),
            (true, Filter { event_id: Some(7), ..none() }),
            (false, Filter { event_id: Some(8), ..none() }),
            (true, Filter { provider: text("NTFS"), event_id: Some(7), ..none() }),
            (true, Filter { provider: text("storahci"), event_id: Some(129), ..none() }),
            (false, Filter { provider: text("storahci"), event_id: Some(7), ..none() }),
        ] {
            assert_eq!(filter.passes(&article), passes, "{filter:?}");
        }
        assert_eq!(providers(&[article.clone(), article]), [("Disk", 2), ("Ntfs", 2)]);
    }
}
