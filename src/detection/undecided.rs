//! What is known of a detection before a record's values are read: of records that are written alike, much can be told
//! once for all of them.

use super::{Condition, Detection, Selection, Test};

impl Detection {
    /// Whether the detection matches, as far as `known` can tell of its tests.
    pub fn decided(&self, known: &impl Fn(&Test) -> Option<bool>) -> Option<bool> {
        self.condition_decided(&self.condition, known)
    }

    /// Gives to `take` the tests that decide whether the detection matches, beside those that are known.
    pub fn undecided<'a>(&'a self, known: &impl Fn(&Test) -> Option<bool>, take: &mut impl FnMut(&'a Test)) {
        self.condition_undecided(&self.condition, known, take);
    }

    fn condition_decided(&self, condition: &Condition, known: &impl Fn(&Test) -> Option<bool>) -> Option<bool> {
        match condition {
            Condition::Selection(index) => {
                self.selection(*index).map_or(Some(false), |selection| selection.decided(known))
            }
            Condition::Not(inner) => self.condition_decided(inner, known).map(|holds| !holds),
            Condition::And(all) => at_least(all.len(), all.iter().map(|inner| self.condition_decided(inner, known))),
            Condition::AtLeast(count, any) => {
                at_least((*count).into(), any.iter().map(|inner| self.condition_decided(inner, known)))
            }
        }
    }

    fn condition_undecided<'a>(
        &'a self,
        condition: &'a Condition,
        known: &impl Fn(&Test) -> Option<bool>,
        take: &mut impl FnMut(&'a Test),
    ) {
        if self.condition_decided(condition, known).is_some() {
            return;
        }
        match condition {
            Condition::Selection(index) => {
                if let Some(selection) = self.selection(*index) {
                    selection.undecided(known, take);
                }
            }
            Condition::Not(inner) => self.condition_undecided(inner, known, take),
            Condition::And(inner) | Condition::AtLeast(_, inner) => {
                inner.iter().for_each(|inner| self.condition_undecided(inner, known, take));
            }
        }
    }
}

impl Selection {
    fn decided(&self, known: &impl Fn(&Test) -> Option<bool>) -> Option<bool> {
        match self {
            Selection::All(tests) => at_least(tests.len(), tests.iter().map(known)),
            Selection::Any(any) => at_least(1, any.iter().map(|inner| inner.decided(known))),
            Selection::Keywords(test) => known(test),
        }
    }

    fn undecided<'a>(&'a self, known: &impl Fn(&Test) -> Option<bool>, take: &mut impl FnMut(&'a Test)) {
        if self.decided(known).is_some() {
            return;
        }
        match self {
            Selection::All(tests) => tests.iter().filter(|test| known(test).is_none()).for_each(take),
            Selection::Any(any) => any.iter().for_each(|inner| inner.undecided(known, take)),
            Selection::Keywords(test) => take(test),
        }
    }
}

/// Whether at least `count` of the answers are yes.
fn at_least(count: usize, answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let (mut yes, mut unknown) = (0, 0);
    for answer in answers {
        yes += usize::from(answer == Some(true));
        unknown += usize::from(answer.is_none());
    }
    if yes >= count {
        Some(true)
    } else if yes + unknown < count {
        Some(false)
    } else {
        None
    }
}
