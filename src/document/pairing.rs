//! Two languages side by side: what says the same stands once, tables are joined cell by cell, the rest stands in
//! two columns.

use super::Language;
use super::model::{Block, Cell, Class, Inline, Look, Row, Table, Text, words_of};

/// A language and what is written in it.
type Side = (Language, Vec<Block>);

/// Joins two papers that are made of the same blocks.
pub(super) fn side_by_side(left: Side, right: Side) -> Result<Vec<Block>, String> {
    let (languages, sides) = ((left.0, right.0), (left.1, right.1));
    let kinds = |blocks: &[Block]| blocks.iter().map(kind_of).collect::<Vec<_>>();
    let (left_kinds, right_kinds) = (kinds(&sides.0), kinds(&sides.1));
    if left_kinds != right_kinds {
        let same = left_kinds
            .iter()
            .zip(&right_kinds)
            .take_while(|(left, right)| left == right)
            .count();
        let at = |blocks: &[Block]| blocks.get(same).map_or("its end".to_owned(), begin_of);
        return Err(format!(
            "side by side, its sections need the same parts in the same order; {} and {} differ at part {}: {} and {}",
            languages.0,
            languages.1,
            same + 1,
            at(&sides.0),
            at(&sides.1)
        ));
    }
    let mut joined = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for (left, right) in sides.0.into_iter().zip(sides.1) {
        match (left, right) {
            (Block::Table(left), Block::Table(right)) => {
                flush(&mut rows, &mut joined);
                joined.push(join_tables(left, right, languages)?);
            }
            (left, right) if left == right => {
                flush(&mut rows, &mut joined);
                joined.push(left);
            }
            (left, right) => rows.push(vec![column(left, languages.0), column(right, languages.1)]),
        }
    }
    flush(&mut rows, &mut joined);
    Ok(joined)
}

fn kind_of(block: &Block) -> &'static str {
    match block {
        Block::Heading(1, _) => "h1",
        Block::Heading(2, _) => "h2",
        Block::Heading(..) => "h3",
        Block::Paragraph(_) => "p",
        Block::List { .. } => "list",
        Block::Table(_) => "table",
        Block::Rule => "hr",
        Block::PageBreak => "page break",
        Block::Qr(_) => "picture",
    }
}

/// A block as an error names it.
fn begin_of(block: &Block) -> String {
    let words = match block {
        Block::Heading(_, text) | Block::Paragraph(text) => words_of(&text.runs),
        _ => String::new(),
    };
    let begin: String = words.chars().take(40).collect();
    format!("<{}> {begin}", kind_of(block))
        .trim_end()
        .to_owned()
}

fn column(block: Block, language: Language) -> Cell {
    Cell {
        look: Look {
            classes: Vec::new(),
            language: Some(language),
        },
        width: Some(50),
        span: 1,
        blocks: vec![block],
        ..Cell::default()
    }
}

/// What was gathered in two columns becomes one table.
fn flush(rows: &mut Vec<Row>, joined: &mut Vec<Block>) {
    if !rows.is_empty() {
        joined.push(Block::Table(Table {
            look: Look {
                classes: vec![Class::TwoColumns],
                language: None,
            },
            head: Vec::new(),
            body: std::mem::take(rows),
        }));
    }
}

fn join_tables(
    left: Table,
    right: Table,
    languages: (Language, Language),
) -> Result<Block, String> {
    let shape = |rows: &[Row]| rows.iter().map(Vec::len).collect::<Vec<_>>();
    if shape(&left.head) != shape(&right.head) || shape(&left.body) != shape(&right.body) {
        return Err(format!(
            "side by side, a table needs the same rows and cells in {} and {}",
            languages.0, languages.1
        ));
    }
    let rows = |left: Vec<Row>, right: Vec<Row>| -> Vec<Row> {
        left.into_iter()
            .zip(right)
            .map(|(left, right)| {
                left.into_iter()
                    .zip(right)
                    .map(|(left, right)| join_cells(left, right, languages))
                    .collect()
            })
            .collect()
    };
    Ok(Block::Table(Table {
        look: left.look,
        head: rows(left.head, right.head),
        body: rows(left.body, right.body),
    }))
}

/// The same once; two words as `left / right`; else one below the other.
fn join_cells(left: Cell, right: Cell, languages: (Language, Language)) -> Cell {
    if left.blocks == right.blocks {
        return left;
    }
    let marked = |blocks: Vec<Block>, language| {
        blocks.into_iter().map(move |mut block| {
            mark(&mut block, language);
            block
        })
    };
    let mut blocks: Vec<Block> = marked(left.blocks, languages.0).collect();
    for block in marked(right.blocks, languages.1) {
        if !blocks.iter().any(|known| says_the_same(known, &block)) {
            blocks.push(block);
        }
    }
    Cell {
        look: left.look,
        is_head: left.is_head,
        width: left.width,
        span: left.span,
        blocks,
    }
}

fn mark(block: &mut Block, language: Language) {
    match block {
        Block::Heading(_, Text { look, .. }) | Block::Paragraph(Text { look, .. }) => {
            look.language.get_or_insert(language);
        }
        Block::List { language: own, .. } => {
            own.get_or_insert(language);
        }
        Block::Table(_) | Block::Rule | Block::PageBreak | Block::Qr(_) => {}
    }
}

/// Whether two paragraphs differ in their language mark alone: digests, URLs, numbers.
fn says_the_same(one: &Block, other: &Block) -> bool {
    let runs = |block: &Block| -> Option<Vec<Inline>> {
        match block {
            Block::Paragraph(text) => Some(text.runs.clone()),
            _ => None,
        }
    };
    one == other || (runs(one).is_some() && runs(one) == runs(other))
}
