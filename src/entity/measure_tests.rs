//! Measures in real spellings, and what only looks like them.

use super::EntityKind as K;
use super::tests::{assert_none, assert_values, values};

#[test]
fn prices_are_normalized() {
    assert_values(
        K::Price,
        &[
            ("15 000 тг", "15000 KZT"),
            ("15.000₸", "15000 KZT"),
            ("15к тенге", "15000 KZT"),
            ("от 3 тыс. руб.", "3000 RUB"),
            ("$40", "40 USD"),
            ("100 USDT", "100 USDT"),
            ("500р.", "500 RUB"),
            ("бағасы 2500 теңге", "2500 KZT"),
            ("1,5 млн ₸", "1500000 KZT"),
        ],
    );
    assert_none(
        K::Price,
        &[
            "15 километров",
            "15 рабочих",
            "в 2024 году",
            "24.05.2024 тг",
        ],
    );
}

#[test]
fn weights_are_told_from_years_and_networks() {
    assert_values(
        K::Weight,
        &[
            ("0.5г", "0.5 g"),
            ("1 гр", "1 g"),
            ("2 грамма", "2 g"),
            ("10 шт.", "10 pcs"),
            ("300 мг", "300 mg"),
            ("полграмма", "0.5 g"),
            ("5g", "5 g"),
            ("30 капс", "30 pcs"),
        ],
    );
    assert_none(
        K::Weight,
        &[
            "2023 г.",
            "14 мая 23 г.",
            "5G интернет",
            "сеть 4g",
            "10 гостей",
            "3 города",
        ],
    );
}

#[test]
fn weight_and_price_that_belong_together_are_paired() {
    assert_values(
        K::PricePerWeight,
        &[
            ("1г — 15 000 тг", "15000 KZT/1 g"),
            ("0,5 — 9000; 1 г - 15000", "15000/1 g"),
            ("15000/г", "15000/1 g"),
            ("$40 per gram", "40 USD/1 g"),
            ("1 г\t15 000 ₸", "15000 KZT/1 g"),
            ("1 грамм\n15 000 тенге", "15000 KZT/1 g"),
            ("12к за грамм", "12000/1 g"),
            ("2 гр за 25 000 тг", "25000 KZT/2 g"),
            ("9000 тг / 0.5 г", "9000 KZT/0.5 g"),
            ("1g = 30$", "30 USD/1 g"),
        ],
    );
    assert_eq!(
        values(
            K::PricePerWeight,
            "0.5г - 8000тг\n1г - 14000тг\n2г - 26000тг"
        )
        .len(),
        3
    );
    assert_none(
        K::PricePerWeight,
        &[
            "изъято 43 г, штраф составил 15 000 тг",
            "1 г жира, 250 ккал",
            "15 000 тг",
            "чай 100 г",
            "в 2023 г. 15 000 тг",
        ],
    );
}

#[test]
fn yields_per_period_are_told_from_annual_rates() {
    assert_values(
        K::PercentPerPeriod,
        &[
            ("доход 3% в день", "3% day"),
            ("до 30% в месяц", "30% month"),
            ("күніне 2%", "2% day"),
            ("5% daily", "5% day"),
            ("2.5% per day", "2.5% day"),
            ("ежедневно до 4,2 %", "4.2% day"),
            ("10 процентов в неделю", "10% week"),
        ],
    );
    assert_none(
        K::PercentPerPeriod,
        &[
            "14,5% годовых",
            "жылдық 15%",
            "скидка 30%",
            "12% в год, выплата ежемесячно",
            "ГЭСВ 20% в месяц",
            "скидка 5,75 процентов, основание: ежедневный остаток",
        ],
    );
}
