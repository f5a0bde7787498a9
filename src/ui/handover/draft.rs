//! What is to be handed over, and the report that is made of it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::checkup::Report;
use crate::export::Handover;
use crate::export::redaction::{Found, Hidden, Texts, Wishes};
use crate::kb::Origin;
use crate::ui::zone;
use crate::web::session::Session;
use crate::web::timer::pause;
use crate::web::{imported, knowledge};

/// What somebody wants to hand over.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    /// Findings that are left out, by their articles' ids.
    pub left_out: BTreeSet<String>,
    /// What they have to say.
    pub note: String,
    /// Names are taken out.
    pub redacts: bool,
    /// What is a name and what is none, in spite of all.
    pub wishes: Wishes,
}

/// A report to hand over, and what was taken out of it.
pub type Made = (Handover<'static>, Vec<Hidden>);

/// The report that a draft asks for, on its way.
#[derive(Default)]
pub struct Making {
    /// What is to be made of what; other work is out of date.
    of: Option<(Rc<Report>, Draft)>,
    /// All that the report says.
    whole: Option<Rc<Handover<'static>>>,
    /// The names that the logs have of what is in it and in the note.
    names: Option<Rc<Found>>,
    /// How far the search for them is, from 0 to 1.
    pub searched: Option<f64>,
    /// Why names cannot be taken out.
    pub failed: Option<String>,
    /// The last one that was made, until the one that is asked for is there.
    pub made: Option<Rc<Made>>,
    /// It is the one that is asked for.
    pub is_done: bool,
}

impl Making {
    fn is_of(&self, report: &Rc<Report>, draft: &Draft) -> bool {
        self.of.as_ref().is_some_and(|(own, asked_for)| Rc::ptr_eq(own, report) && asked_for == draft)
    }

    /// Begins another one, with what still holds.
    fn begin(&mut self, report: &Rc<Report>, draft: &Draft) {
        let before = self.of.replace((report.clone(), draft.clone()));
        let before = before.filter(|(own, _)| Rc::ptr_eq(own, report)).map(|(_, draft)| draft);
        self.whole.take_if(|_| before.is_none());
        self.names.take_if(|_| before.as_ref().is_none_or(|before| before.note != draft.note));
        // What was made with names is not shown where they are to be taken out.
        self.made.take_if(|_| before.as_ref().is_none_or(|before| before.redacts != draft.redacts));
        (self.is_done, self.failed, self.searched) = (false, None, None);
    }
}

/// Makes the report that a draft asks for, anew whenever that changes. Workers search the logs and the texts; the page's
/// thread only puts them in.
#[hook]
pub fn use_handover(session: &Session, report: &Rc<Report>, draft: &Draft) -> Rc<RefCell<Making>> {
    let making = use_mut_ref(Making::default);
    let update = use_force_update();
    if making.borrow().is_of(report, draft) {
        return making;
    }
    making.borrow_mut().begin(report, draft);
    let work =
        Work { session: session.clone(), report: report.clone(), draft: draft.clone(), making: making.clone(), update };
    spawn_local(async move {
        let made = work.make().await;
        work.change(|making| {
            making.searched = None;
            match made {
                Ok(made) => (making.made, making.is_done) = (Some(Rc::new(made)), true),
                Err(reason) => making.failed = Some(reason),
            }
        });
    });
    making
}

/// The articles of a report whose text another worker has.
fn imported_ids(handover: &Handover<'_>) -> Vec<String> {
    let imported = handover.findings.iter().filter(|finding| finding.article.origin == Origin::Imported);
    imported.map(|finding| finding.article.id.clone()).collect()
}

/// The making of a report, as long as it is asked for.
#[derive(Clone)]
struct Work {
    session: Session,
    report: Rc<Report>,
    draft: Draft,
    making: Rc<RefCell<Making>>,
    update: UseForceUpdateHandle,
}

impl Work {
    /// Changes what is seen of it, unless something else is asked for by now. Says whether it still is.
    fn change(&self, change: impl FnOnce(&mut Making)) -> bool {
        let is_wanted = self.making.borrow().is_of(&self.report, &self.draft);
        if is_wanted {
            change(&mut self.making.borrow_mut());
            self.update.force_update();
        }
        is_wanted
    }

    async fn make(&self) -> Result<Made, String> {
        let (whole, names) = {
            let making = self.making.borrow();
            (making.whole.clone(), making.names.clone())
        };
        let whole = match whole {
            Some(whole) => whole,
            None => {
                // The view is drawn first.
                pause().await;
                let mut whole = Handover { zone: zone::shown(), ..Handover::new(&self.report, knowledge()) };
                for id in imported_ids(&whole) {
                    let looked = imported::look(id.clone()).await;
                    whole.imported.extend(looked.map(|looked| (id, looked.article.sections)));
                }
                let whole = Rc::new(whole);
                self.change(|making| making.whole = Some(whole.clone()));
                pause().await;
                whole
            }
        };
        let mut handover = Handover { note: self.draft.note.clone(), ..(*whole).clone() };
        if !self.draft.redacts {
            handover.leave_out(&self.draft.left_out);
            return Ok((handover, Vec::new()));
        }
        let names = match names {
            Some(names) => names,
            None => {
                let work = self.clone();
                let told = move |part| work.change(|making| making.searched = Some(part));
                told(0.0);
                let names = Rc::new(self.session.names(&Texts::of(&handover), told).await?);
                self.change(|making| making.names = Some(names.clone()));
                names
            }
        };
        handover.leave_out(&self.draft.left_out);
        let wishes = self.draft.wishes.clone();
        let redacted = self.session.redact(Texts::of(&handover), (*names).clone(), wishes).await?;
        let hidden = redacted.put_into(&mut handover);
        Ok((handover, hidden))
    }
}
