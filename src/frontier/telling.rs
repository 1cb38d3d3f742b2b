//! How much a link tells about a site, judged by its text and its path before it is followed.

use crate::suspect::SuspectUrl;

/// Link text beyond this many characters is not looked at.
const MAX_TEXT: usize = 300;

/// Beginnings of words, with what a page behind such a link is worth. Russian, Kazakh, English, and
/// Russian and Kazakh in Latin letters as shops write them in paths.
const STEMS: &[(i32, &[&str])] = &[
    // Goods, prices, catalogue.
    (
        3,
        &[
            "цена",
            "цены",
            "цене",
            "ценов",
            "ценник",
            "прайс",
            "катал",
            "товар",
            "ассортимент",
            "магазин",
            "витрин",
            "наличи",
            "купи",
            "заказ",
            "меню",
            "тариф",
            "баға",
            "тауар",
            "дүкен",
            "сатып",
            "тапсырыс",
            "price",
            "pricing",
            "catalog",
            "product",
            "goods",
            "shop",
            "store",
            "buy",
            "order",
            "stock",
            "menu",
            "offer",
            "tarif",
            "ceny",
            "cena",
            "prais",
            "prays",
            "katalog",
            "tovar",
            "magazin",
            "vitrin",
            "nalich",
            "kupi",
            "zakaz",
            "baga",
            "tauar",
            "duken",
            "satyp",
        ],
    ),
    // Contacts, payment, invitations to work.
    (
        3,
        &[
            "контакт",
            "связ",
            "оператор",
            "телеграм",
            "оплат",
            "платеж",
            "платёж",
            "реквизит",
            "ваканс",
            "работ",
            "заработ",
            "курьер",
            "кладмен",
            "закладч",
            "байланыс",
            "төле",
            "төлем",
            "жұмыс",
            "табыс",
            "contact",
            "support",
            "telegram",
            "whatsapp",
            "payment",
            "pay",
            "checkout",
            "deposit",
            "job",
            "career",
            "vacanc",
            "work",
            "courier",
            "earn",
            "invest",
            "kontakt",
            "svyaz",
            "oplat",
            "vakans",
            "rabot",
            "zarabot",
            "kurer",
            "kuryer",
            "bailanys",
            "baylanys",
            "tolem",
            "jumys",
            "zhumys",
        ],
    ),
    // Delivery, reviews, mirrors, how it works.
    (
        2,
        &[
            "достав",
            "самовывоз",
            "отзыв",
            "зеркал",
            "гарант",
            "вывод",
            "бонус",
            "акци",
            "скидк",
            "город",
            "район",
            "жеткіз",
            "пікір",
            "айна",
            "кепілдік",
            "deliver",
            "shipping",
            "review",
            "feedback",
            "testimonial",
            "mirror",
            "guarant",
            "withdraw",
            "bonus",
            "discount",
            "city",
            "cities",
            "dostav",
            "otzyv",
            "otziv",
            "zerkal",
            "garant",
            "bonus",
            "skidk",
            "gorod",
            "zhetkiz",
            "jetkiz",
            "pikir",
        ],
    ),
    (
        1,
        &[
            "вопрос",
            "инструкц",
            "правил",
            "нас",
            "жиі",
            "біз",
            "about",
            "faq",
            "help",
            "how",
            "login",
            "account",
            "verif",
            "claim",
            "prize",
            "vopros",
            "instruk",
            "pravil",
        ],
    ),
];

/// What every site has and nobody reads.
const DULL: &[&str] = &[
    "политик",
    "конфиденц",
    "соглашен",
    "регистрац",
    "privacy",
    "policy",
    "terms",
    "cookie",
    "license",
    "licence",
    "copyright",
    "register",
    "signup",
    "rss",
    "feed",
    "sitemap",
    "print",
    "share",
    "tag",
    "author",
    "comment",
    "archive",
    "login",
    "accessib",
    "құпиял",
];

/// From −1 (dull) over 0 (nothing known) to 3 (goods, prices, contacts, payment, work).
pub(super) fn telling(url: &SuspectUrl, text: &str) -> i32 {
    let text: String = text
        .chars()
        .take(MAX_TEXT)
        .collect::<String>()
        .to_lowercase();
    let path = readable_path(url).to_lowercase();
    let words = || {
        let is_break = |c: char| !c.is_alphanumeric();
        text.split(is_break).chain(path.split(is_break))
    };
    let begins =
        |stems: &[&str]| words().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let known = STEMS.iter().find(|(_, stems)| begins(stems));
    match known {
        Some((weight, _)) => *weight,
        None if has_price(&text) => 2,
        None if begins(DULL) => -1,
        None => 0,
    }
}

/// A number and a currency in the text of a link: goods with their price.
fn has_price(text: &str) -> bool {
    let is_currency = |word: &str| {
        matches!(
            word,
            "тг" | "тенге"
                | "теңге"
                | "руб"
                | "рублей"
                | "kzt"
                | "rub"
                | "usd"
                | "usdt"
                | "btc"
                | "eur"
        )
    };
    text.contains(|c: char| c.is_ascii_digit())
        && (text.contains(['₸', '₽', '$', '€', '₿'])
            || text.split(|c: char| !c.is_alphabetic()).any(is_currency))
}

/// Path and query with percent escapes undone; what is not UTF-8 stays unreadable.
fn readable_path(url: &SuspectUrl) -> String {
    let written = url.as_url()[url::Position::BeforePath..].as_bytes();
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(path: &str, text: &str) -> i32 {
        let url = SuspectUrl::parse(&format!("http://shop.example{path}")).unwrap();
        telling(&url, text)
    }

    #[test]
    fn goods_prices_contacts_payment_and_work_tell_most() {
        for (path, text) in [
            ("/a", "Прайс-лист"),
            ("/a", "КАТАЛОГ товаров"),
            ("/katalog/", ""),
            ("/%D1%86%D0%B5%D0%BD%D1%8B", ""),
            ("/x?route=information/contact", ""),
            ("/b", "Байланыс"),
            ("/b", "Жұмыс курьерге"),
            ("/vakansii.html", "тут"),
            ("/c", "Payment methods"),
        ] {
            assert_eq!(score(path, text), 3, "{path} {text}");
        }
        assert_eq!(score("/p/1.html", "Соль 1 г — 25 000 тг"), 2);
        assert_eq!(score("/d", "Зеркала"), 2);
    }

    #[test]
    fn dull_and_unknown_links_come_after() {
        assert_eq!(score("/privacy-policy", "Политика конфиденциальности"), -1);
        assert_eq!(score("/p/17.html", "Подробнее"), 0);
        assert_eq!(score("/a", "Центр платья"), 0);
        assert_eq!(score("/%ff%fe", ""), 0);
    }
}
