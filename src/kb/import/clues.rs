//! What was found of events, put together: each event once, with its source, values, codes and role.

use super::events::{Form, Found};
use super::{Clue, Heading, Role, Verdict, codes, sources, values};

/// An article of no symptoms that lists more events than these explains them, and no issue.
const CATALOGUE: usize = 5;

/// What was found, each event once, with its source, values and codes.
pub(super) fn of(
    found: &[Found],
    sections: &[(Option<Heading>, String)],
    context: &str,
    verdict: Verdict,
) -> Vec<Clue> {
    let has_symptoms = sections.iter().any(|(heading, _)| matches!(heading, None | Some(Heading::Symptoms)));
    let is_catalogue = !has_symptoms && verdict == Verdict::Informational && found.len() > CATALOGUE;
    let mut clues: Vec<Clue> = Vec::new();
    for (at, one) in found.iter().enumerate() {
        let own_role = if is_catalogue { Role::Expected } else { role(one, has_symptoms, verdict) };
        let twins = || found.iter().filter(|twin| twin.id == one.id);
        // A sentence about an event that is shown, or was named before, says nothing else than what it is to the issue.
        let is_known = found[..at].iter().any(|before| before.id == one.id && before.form >= one.form);
        if twins().any(|twin| twin.form > one.form) || one.form == Form::Named && is_known {
            continue;
        }
        let among_symptoms = twins().filter(|twin| matches!(twin.heading, None | Some(Heading::Symptoms)));
        let role = among_symptoms.map(|twin| role(twin, has_symptoms, verdict)).fold(own_role, Role::min);
        let labelled = one.source.as_deref().and_then(sources::cleaned).map(|source| (source, true));
        let source = labelled.or_else(|| sources::of(one, context));
        let values = values::of(one.id, &one.description, &one.choices);
        let mut error_codes: Vec<String> = values.iter().filter_map(values::Value::written_code).collect();
        error_codes.dedup();
        let clue = Clue {
            event_id: one.id,
            source_inferred: source.as_ref().is_some_and(|(name, stated)| !stated && !names(sections, name)),
            source: source.map(|(name, _)| name),
            values,
            error_codes,
            role,
            passage: one.description.clone(),
        };
        let is_exact = values::is_known_form(one.id, &one.description);
        let twin = clues.iter_mut().find(|old| {
            let is_same_source = old.source == clue.source || old.source.is_none() || clue.source_inferred;
            old.event_id == clue.event_id && is_same_source && (old.values == clue.values || !is_exact)
        });
        match twin {
            Some(old) => old.role = old.role.min(clue.role),
            None => clues.push(clue),
        }
    }
    // Where no event stands among the symptoms, those that go with the cause are.
    if has_symptoms && clues.iter().all(|clue| clue.role != Role::Symptom) {
        clues.iter_mut().filter(|clue| clue.role == Role::Related).for_each(|clue| clue.role = Role::Symptom);
    }
    share_source(&mut clues);
    add_seen_codes(&mut clues, sections);
    clues
}

/// Whether a section names a source somewhere; short names are also parts of other words.
fn names(sections: &[(Option<Heading>, String)], source: &str) -> bool {
    source.len() > 6 && sections.iter().any(|(_, text)| text.contains(source))
}

/// What logs one event of an article logs all of them, where nothing says otherwise.
fn share_source(clues: &mut [Clue]) {
    let mut stated = clues.iter().filter(|clue| !clue.source_inferred).filter_map(|clue| clue.source.clone());
    let Some(first) = stated.next() else { return };
    if stated.all(|other| other.eq_ignore_ascii_case(&first)) {
        for clue in clues.iter_mut().filter(|clue| clue.source.is_none()) {
            (clue.source, clue.source_inferred) = (Some(first.clone()), true);
        }
    }
}

/// Adds the codes of the messages that people see with the event.
fn add_seen_codes(clues: &mut [Clue], sections: &[(Option<Heading>, String)]) {
    let Some(first) = clues.iter_mut().find(|clue| clue.role == Role::Symptom) else { return };
    let seen =
        sections.iter().filter(|(heading, _)| matches!(heading, None | Some(Heading::Symptoms | Heading::Summary)));
    for (_, text) in seen {
        let written = codes::written(text).into_iter().map(|(written, _)| written.to_owned());
        for code in written.chain(codes::messages(text).map(|(_, code)| code.to_string())) {
            if first.error_codes.iter().all(|old| !old.eq_ignore_ascii_case(&code)) {
                first.error_codes.push(code);
            }
        }
    }
}

/// What an event is to the issue, by the section it stands in and the words around it.
fn role(found: &Found, has_symptoms: bool, verdict: Verdict) -> Role {
    const WELL: [&str; 6] = ["startup complete", "successfully", "ended normally", "completed", "has started", "%1"];
    let description = found.description.to_ascii_lowercase();
    let is_info = found.kind.starts_with("info") || found.kind.contains("success");
    let is_well = WELL.iter().any(|words| description.contains(words));
    match found.heading {
        Some(Heading::Resolution | Heading::Workaround | Heading::Status | Heading::References) => Role::Expected,
        Some(Heading::MoreInformation | Heading::Summary) if is_info => Role::Expected,
        Some(Heading::MoreInformation) if has_symptoms => Role::Related,
        Some(Heading::MoreInformation) if verdict == Verdict::Informational && is_well => Role::Expected,
        Some(Heading::Cause) => Role::Related,
        _ if is_info && is_well => Role::Related,
        _ if found.is_beside => Role::Related,
        _ => Role::Symptom,
    }
}
