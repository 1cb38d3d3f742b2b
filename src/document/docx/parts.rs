//! The parts of the package around the body.

use super::body::{BULLETS, Body};
use super::runs::Around;
use crate::document::Paper;
use crate::document::xml::Markup;
use crate::document::zip::zip_of;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
/// The namespaces of the body.
const DRAWING: &str = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";

/// The styles behind the defaults. Times New Roman has every Kazakh letter and stands on every office machine.
const STYLES: &str = "\
<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/>\
<w:pPr><w:spacing w:after=\"120\"/></w:pPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
<w:pPr><w:keepNext/><w:spacing w:after=\"240\"/><w:jc w:val=\"center\"/><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/></w:rPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Heading2\"><w:name w:val=\"heading 2\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
<w:pPr><w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\"/><w:outlineLvl w:val=\"1\"/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Heading3\"><w:name w:val=\"heading 3\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
<w:pPr><w:keepNext/><w:spacing w:before=\"160\" w:after=\"60\"/><w:outlineLvl w:val=\"2\"/></w:pPr><w:rPr><w:i/><w:iCs/></w:rPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"InTable\"><w:name w:val=\"In Table\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"40\"/></w:pPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"ListParagraph\"><w:name w:val=\"List Paragraph\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"60\"/></w:pPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Signature\"><w:name w:val=\"Signature Line\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:keepLines/><w:spacing w:before=\"480\"/></w:pPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Note\"><w:name w:val=\"Boxed Note\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:pBdr>\
<w:top w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/><w:left w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/>\
<w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/><w:right w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/></w:pBdr></w:pPr>\
<w:rPr><w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/></w:rPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Gap\"><w:name w:val=\"Gap\"/><w:basedOn w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"0\"/></w:pPr><w:rPr><w:sz w:val=\"12\"/><w:szCs w:val=\"12\"/></w:rPr></w:style>\
<w:style w:type=\"paragraph\" w:styleId=\"Margin\"><w:name w:val=\"Margin\"/><w:basedOn w:val=\"Normal\"/><w:rPr><w:sz w:val=\"18\"/><w:szCs w:val=\"18\"/></w:rPr></w:style>\
<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"Plain\"><w:name w:val=\"Normal Table\"/><w:tblPr><w:tblCellMar>\
<w:left w:w=\"85\" w:type=\"dxa\"/><w:right w:w=\"85\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
<w:style w:type=\"table\" w:styleId=\"Grid\"><w:name w:val=\"Table Grid\"/><w:basedOn w:val=\"Plain\"/><w:tblPr><w:tblBorders>\
<w:top w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:left w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
<w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
<w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:insideV w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
</w:tblBorders></w:tblPr></w:style>";

/// The package of a paper.
pub(in crate::document) fn docx_of(paper: &Paper) -> Vec<u8> {
    let mut body = Body::default();
    let around = Around {
        language: paper.language(),
        size: None,
        is_strong: false,
    };
    for block in &paper.blocks {
        body.block(block, around);
    }
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, text: String| entries.push((name.to_owned(), text.into_bytes()));
    add("[Content_Types].xml", content_types());
    add("_rels/.rels", package_relations());
    add("docProps/core.xml", core_properties(paper));
    add("word/document.xml", document(&body));
    add(
        "word/_rels/document.xml.rels",
        relations(body.pictures.len()),
    );
    add("word/styles.xml", styles(paper));
    add("word/numbering.xml", numbering(body.lists));
    add("word/settings.xml", settings(paper));
    add("word/header1.xml", header(paper));
    add("word/footer1.xml", footer(paper));
    for (number, picture) in body.pictures.into_iter().enumerate() {
        entries.push((format!("word/media/qr{}.png", number + 1), picture));
    }
    zip_of(&entries)
}

fn content_types() -> String {
    let mut part = Markup::default();
    part.raw(format_args!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{TYPE}.document.main+xml\"/>"
    ));
    for (name, kind) in [
        ("styles", "styles"),
        ("numbering", "numbering"),
        ("settings", "settings"),
        ("header1", "header"),
        ("footer1", "footer"),
    ] {
        part.raw(format_args!(
            "<Override PartName=\"/word/{name}.xml\" ContentType=\"{TYPE}.{kind}+xml\"/>"
        ));
    }
    part.raw("</Types>");
    part.out
}

fn package_relations() -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{RELATION}/officeDocument\" Target=\"word/document.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
         </Relationships>"
    )
}

fn relations(pictures: usize) -> String {
    let mut part = Markup::default();
    part.raw(format_args!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">"
    ));
    let mut add = |id: &str, kind: &str, target: &str| {
        part.raw(format_args!(
            "<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/>"
        ));
    };
    add("rIdStyles", "styles", "styles.xml");
    add("rIdNumbering", "numbering", "numbering.xml");
    add("rIdSettings", "settings", "settings.xml");
    add("rIdHeader", "header", "header1.xml");
    add("rIdFooter", "footer", "footer1.xml");
    for number in 1..=pictures {
        add(
            &format!("rIdQr{number}"),
            "image",
            &format!("media/qr{number}.png"),
        );
    }
    part.raw("</Relationships>");
    part.out
}

fn core_properties(paper: &Paper) -> String {
    let mut part = Markup::default();
    part.raw(format_args!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>"
    ));
    part.text(&paper.title);
    part.raw(format_args!(
        "</dc:title><dc:language>{}</dc:language>",
        paper.language().tag()
    ));
    if let Some(made) = paper.made {
        let made = made.strftime("%Y-%m-%dT%H:%M:%SZ");
        part.raw(format_args!(
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{made}</dcterms:created>"
        ));
    }
    part.raw("</cp:coreProperties>");
    part.out
}

fn document(body: &Body) -> String {
    format!(
        "{HEAD}<w:document {WORD} {DRAWING}><w:body>{}<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rIdHeader\"/>\
         <w:footerReference w:type=\"default\" r:id=\"rIdFooter\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"851\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
         </w:sectPr></w:body></w:document>",
        body.part.out
    )
}

fn styles(paper: &Paper) -> String {
    format!(
        "{HEAD}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>\
         <w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/><w:lang w:val=\"{}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault/></w:docDefaults>{STYLES}</w:styles>",
        paper.language().tag()
    )
}

/// One definition of bullets, one of numbers, and a list of its own for each numbered one, so that each begins
/// with 1.
fn numbering(lists: u32) -> String {
    let mut part = Markup::default();
    part.raw(format_args!("{HEAD}<w:numbering {WORD}>"));
    for (id, form, text) in [(0, "bullet", "•"), (1, "decimal", "%1.")] {
        part.raw(format_args!(
            "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"singleLevel\"/><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>\
             <w:numFmt w:val=\"{form}\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/>\
             <w:pPr><w:ind w:left=\"454\" w:hanging=\"340\"/></w:pPr></w:lvl></w:abstractNum>"
        ));
    }
    part.raw(format_args!(
        "<w:num w:numId=\"{BULLETS}\"><w:abstractNumId w:val=\"0\"/></w:num>"
    ));
    for list in 1..=lists {
        part.raw(format_args!(
            "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/>\
             </w:lvlOverride></w:num>",
            BULLETS + list
        ));
    }
    part.raw("</w:numbering>");
    part.out
}

fn settings(paper: &Paper) -> String {
    // Fields (the number of pages) are counted when the document is opened without being asked for.
    format!(
        "{HEAD}<w:settings {WORD}><w:zoom w:percent=\"100\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" \
         w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"{}\"/></w:settings>",
        paper.language().tag()
    )
}

fn header(paper: &Paper) -> String {
    let mut part = Markup::default();
    part.raw(format_args!(
        "{HEAD}<w:hdr {WORD}><w:p><w:pPr><w:pStyle w:val=\"Margin\"/><w:jc w:val=\"center\"/></w:pPr>"
    ));
    if let Some(banner) = &paper.banner {
        part.raw("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">");
        part.text(banner);
        part.raw("</w:t></w:r>");
    }
    part.raw("</w:p></w:hdr>");
    part.out
}

/// Reference at the left, page and number of pages at the right.
fn footer(paper: &Paper) -> String {
    let mut part = Markup::default();
    part.raw(format_args!(
        "{HEAD}<w:ftr {WORD}><w:p><w:pPr><w:pStyle w:val=\"Margin\"/><w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs></w:pPr>\
         <w:r><w:t xml:space=\"preserve\">",
        super::body::TEXT_WIDTH
    ));
    part.text(&paper.reference);
    part.raw("</w:t></w:r><w:r><w:tab/></w:r>");
    for (before, field) in [("", "PAGE"), (" / ", "NUMPAGES")] {
        part.raw(format_args!(
            "<w:r><w:t xml:space=\"preserve\">{before}</w:t></w:r><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
             <w:r><w:instrText xml:space=\"preserve\"> {field} </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
             <w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        ));
    }
    part.raw("</w:p></w:ftr>");
    part.out
}
