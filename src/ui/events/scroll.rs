//! How a table of any number of rows scrolls. Browsers limit how high an element is, so that of a long table the element
//! is lower than all rows, and what is behind its scroll position depends on how one got there: small steps move the rows
//! as far as the element, large ones as far as their part of the whole. The way of SlickGrid (github.com/6pac/SlickGrid).

/// The height of a row, in pixels.
pub const ROW: f64 = 32.0;

/// No element is higher: Firefox draws none above 17 million pixels.
const MAX_HEIGHT: f64 = 6_000_000.0;

/// Parts of the element; between them the rows are shifted.
const PAGES: f64 = 100.0;

/// Where one is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// The scroll position of the element.
    pub top: f64,
    /// How far above their place the rows are drawn.
    pub offset: f64,
}

impl Position {
    /// Where one is among all rows, in pixels.
    pub fn at(self) -> f64 {
        self.top + self.offset
    }
}

/// A table and the window that it is seen through.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The height of all rows.
    whole: f64,
    /// The height of the element.
    pub height: f64,
    window: f64,
}

impl Extent {
    /// So many rows in a window of that height, of which `head` is not for rows.
    pub fn new(rows: u64, window: f64, head: f64) -> Extent {
        let whole = rows as f64 * ROW + head;
        Extent { whole, height: whole.min(MAX_HEIGHT), window }
    }

    /// The position that shows a place among all rows.
    pub fn to(self, at: f64) -> Position {
        let at = at.clamp(0.0, (self.whole - self.window).max(0.0)).round();
        let offset = self.offset((at / self.page()).floor());
        Position { top: at - offset, offset }
    }

    /// The position after the element was scrolled.
    pub fn scrolled(self, before: Position, top: f64) -> Position {
        if (top - before.top).abs() < self.window {
            return self.to(top + before.offset);
        }
        let share = (self.whole - self.window) / (self.height - self.window).max(1.0);
        Position { top, offset: self.offset((top * share / self.page()).floor()) }
    }

    /// The position that shows a row, as near to another one as possible.
    pub fn showing(self, row: u64, before: Position, head: f64) -> Position {
        let (start, end) = (row as f64 * ROW, (row + 1) as f64 * ROW + head);
        let at = before.at();
        if start < at {
            self.to(start)
        } else if end > at + self.window {
            self.to(end - self.window)
        } else {
            before
        }
    }

    fn page(self) -> f64 {
        (self.height / PAGES).max(1.0)
    }

    fn offset(self, page: f64) -> f64 {
        let pages = (self.whole / self.page()).floor();
        if pages <= PAGES { 0.0 } else { (page.min(pages - 1.0) * (self.whole - self.height) / (pages - 1.0)).round() }
    }
}
