//! How print-ready pages look.

use super::fonts::font_faces;
use std::fmt::Write as _;

/// Margins as offices of the region file paper: 30 mm at the left for the binding.
const STYLE: &str = "\
@page{size:A4;margin:20mm 15mm 20mm 30mm}
html{font-family:\"Tazy Serif\",\"Times New Roman\",serif;font-size:12pt;line-height:1.3;color:#000;background:#fff}
body{margin:0;overflow-wrap:anywhere;hyphens:manual}
h1{font-size:14pt;text-align:center;margin:0 0 6mm}
h2{font-size:12pt;margin:5mm 0 2mm}
h3{font-size:12pt;font-style:italic;font-weight:normal;margin:4mm 0 1mm}
h1,h2,h3,tr:has(h1,h2,h3),table:has(tr:last-child h2){break-after:avoid}
p{margin:0 0 2.5mm;text-align:justify;orphans:2;widows:2}
ul,ol{margin:0 0 3mm;padding-left:8mm}
li{margin:0 0 1mm}
code{font-family:\"Tazy Mono\",monospace;font-size:.8em}
hr{border:0;border-top:.3mm solid #000;margin:4mm 0}
hr.page-break{border:0;margin:0;break-after:page}
table{border-collapse:collapse;width:100%;table-layout:fixed;margin:0 0 4mm;font-size:10pt;line-height:1.2}
td,th{border:.2mm solid #000;padding:1mm 1.5mm;vertical-align:top;text-align:left}
th{font-weight:bold;background:#eee;print-color-adjust:exact}
tr{break-inside:avoid}
thead{display:table-header-group}
td p,th p{margin:0 0 1mm;text-align:left}
td img.qr{width:24mm;height:24mm;margin:0}
td p:last-child,th p:last-child,td ul:last-child,td ol:last-child{margin-bottom:0}
td ul,td ol{padding-left:5mm}
table.two-columns,table.signature{font-size:12pt;line-height:1.3}
table.two-columns td{border:0;padding:0 3mm 0 0}
table.two-columns td:last-child{padding:0 0 0 3mm}
table.two-columns td p{margin-bottom:2.5mm}
table.two-columns tr{break-inside:auto}
table.signature{margin-top:10mm;break-inside:avoid}
table.signature td{border:0;padding:0 3mm 2mm 0;vertical-align:bottom}
.note{border:.3mm solid #000;padding:2mm 3mm;font-size:10pt;text-align:left}
p.signature{margin-top:8mm;text-align:left;break-inside:avoid}
.small,.small p,td p.small{font-size:9pt}
.right,.right p,td p.right,td.right p{text-align:right}
.center,.center p,td p.center,td.center p{text-align:center}
img.qr{width:32mm;height:32mm;display:block;margin:2mm 0}
.banner{font-weight:bold;text-align:center;border:.5mm solid #000;padding:1mm;margin:0 0 5mm}
@media screen{html{background:#ddd}body{max-width:165mm;margin:8mm auto;padding:20mm 15mm 20mm 30mm;background:#fff}}
";

/// The style sheet of one paper: fonts, looks, and what stands in its margins.
pub(super) fn style_sheet(reference: &str, banner: Option<&str>) -> String {
    let mut css = font_faces();
    css.push_str(STYLE);
    let margin = |css: &mut String, place: &str, content: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            css,
            "@page{{@{place}{{font:9pt \"Tazy Serif\",serif;content:{content}}}}}"
        );
    };
    margin(
        &mut css,
        "bottom-right",
        "counter(page) \" / \" counter(pages)",
    );
    margin(&mut css, "bottom-left", &css_string(reference));
    if let Some(banner) = banner {
        margin(&mut css, "top-center", &css_string(banner));
    }
    css
}

/// A string of CSS (CSS Syntax §4.3.5) in which nothing but letters and digits stands for itself.
fn css_string(text: &str) -> String {
    let mut string = String::from("\"");
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            string.push(c);
        } else {
            // Writing to a string cannot fail.
            // The space ends the escape and belongs to it.
            let _ = write!(string, "\\{:x} ", u32::from(c));
        }
    }
    string.push('"');
    string
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_string() {
        assert_eq!(css_string("b-1\"}<\\"), "\"b\\2d 1\\22 \\7d \\3c \\5c \"");
    }
}
