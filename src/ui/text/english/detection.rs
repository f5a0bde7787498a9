//! What a record must have, in pieces that stand below or beside one another: fields, tests and what joins them.

pub const ANY_VALUE: &str = "Any value";
pub const LOG: &str = "Log";
pub const AND: &str = "and";
pub const OR: &str = "or";
pub const NOT: &str = "not";
/// Between a field and what it must not be.
pub const IS_NOT: &str = " not: ";

pub fn providers(names: &[&str]) -> String {
    names.join(" or ")
}

pub fn at_least(number: u16) -> String {
    format!("at least {number} of these")
}
