//! What a paper is made of: the smallest set that every form can show.

use super::Language;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// `strong`
    pub is_strong: bool,
    /// `em`
    pub is_emphasis: bool,
    /// `code`: letters of one width, for digests and URLs.
    pub is_code: bool,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Words(String, Style),
    /// `br`
    Break,
}

/// What a class says of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A boxed remark.
    Note,
    /// Where somebody signs; a table of this class has no lines.
    Signature,
    /// Flush right.
    Right,
    /// In the middle.
    Center,
    /// In small letters.
    Small,
    /// A table without lines whose cells stand side by side.
    TwoColumns,
}

/// What attributes say of an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Its classes.
    pub classes: Vec<Class>,
    /// Its language, if it is another than that around it.
    pub language: Option<Language>,
}

/// A paragraph or the content of a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// How it looks.
    pub look: Look,
    /// What it says.
    pub runs: Vec<Inline>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// `th`
    pub is_head: bool,
    /// How it looks.
    pub look: Look,
    /// Percent of the table's width.
    pub width: Option<u8>,
    /// Columns that it covers.
    pub span: u8,
    /// What is in it: no table, no page break.
    pub blocks: Vec<Block>,
}

/// A row of a table.
pub type Row = Vec<Cell>;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// How it looks.
    pub look: Look,
    /// Rows that are repeated on every page.
    pub head: Vec<Row>,
    /// The other rows.
    pub body: Vec<Row>,
}

/// What stands one below the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// `h1` to `h3`
    Heading(u8, Text),
    /// `p`
    Paragraph(Text),
    /// `ul`, `ol`
    List {
        /// Whether its entries are numbered.
        is_numbered: bool,
        /// Language of all of it.
        language: Option<Language>,
        /// Its entries.
        entries: Vec<Vec<Inline>>,
    },
    /// `table`
    Table(Table),
    /// `hr`
    Rule,
    /// `hr class="page-break"`
    PageBreak,
    /// `img class="qr"`: what it says.
    Qr(String),
}

impl Class {
    /// All classes of text and tables.
    pub const ALL: [Self; 6] = [
        Self::Note,
        Self::Signature,
        Self::Right,
        Self::Center,
        Self::Small,
        Self::TwoColumns,
    ];

    /// Its name in templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Signature => "signature",
            Self::Right => "right",
            Self::Center => "center",
            Self::Small => "small",
            Self::TwoColumns => "two-columns",
        }
    }

    /// The class of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

impl Look {
    /// Whether it has a class.
    pub fn is(&self, class: Class) -> bool {
        self.classes.contains(&class)
    }
}

impl Table {
    /// All rows, those of the head first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.head.iter().chain(&self.body)
    }

    /// Whether its cells have no lines around them.
    pub fn is_plain(&self) -> bool {
        self.look.is(Class::TwoColumns) || self.look.is(Class::Signature)
    }

    /// Widths of its columns in percent, 100 together: as stated, the rest shared out evenly.
    pub fn column_widths(&self) -> Vec<u32> {
        let columns = self.rows().map(columns_of).max().unwrap_or(1);
        let mut stated: Vec<Option<u32>> = vec![None; columns.max(1)];
        for row in self.rows() {
            let mut column = 0;
            for cell in row {
                if cell.span <= 1
                    && let Some(place) = stated.get_mut(column)
                {
                    *place = place.or(cell.width.map(u32::from));
                }
                column += usize::from(cell.span.max(1));
            }
        }
        let known: u32 = stated.iter().flatten().sum();
        let open = u32::try_from(stated.iter().filter(|width| width.is_none()).count());
        let share = 100_u32.saturating_sub(known) / open.unwrap_or(1).max(1);
        let widths: Vec<u32> = stated
            .iter()
            .map(|width| width.unwrap_or(share).max(1))
            .collect();
        let sum: u32 = widths.iter().sum();
        widths
            .iter()
            .map(|width| (width * 100 / sum).max(1))
            .collect()
    }
}

/// Columns that a row covers.
fn columns_of(row: &Row) -> usize {
    row.iter().map(|cell| usize::from(cell.span.max(1))).sum()
}

/// The words of a line, without their looks.
pub(super) fn words_of(runs: &[Inline]) -> String {
    runs.iter()
        .map(|run| match run {
            Inline::Words(words, _) => words.as_str(),
            Inline::Break => " ",
        })
        .collect()
}
