//! What a field asks for.

use super::form::{Field, FieldKind};

/// Judges a field by everything it says of itself. `hints` are autocomplete, id and class, `length` its `maxlength`.
pub(super) fn field_kind(field: &Field, hints: &str, length: Option<u32>) -> FieldKind {
    let machine = format!("{} {hints}", field.name).to_lowercase();
    let label = field.label.to_lowercase();
    let said = Said {
        machine: &machine,
        label: &label,
    };
    if let Some(kind) = kind_of_secret(&said, length) {
        return kind;
    }
    match field.input_type.as_str() {
        "password" => return FieldKind::Password,
        "email" => return FieldKind::Email,
        "tel" if !said.any(&["card", "карт"]) => return FieldKind::Phone,
        "search" => return FieldKind::Search,
        "file" => return FieldKind::File,
        "checkbox" | "radio" | "range" | "color" => return FieldKind::Other,
        _ => {}
    }
    KINDS
        .iter()
        .find(|(_, words)| said.any(words))
        .map_or(FieldKind::Other, |&(kind, _)| kind)
}

/// Kinds that may hide behind any input type, most telling first.
fn kind_of_secret(said: &Said<'_>, length: Option<u32>) -> Option<FieldKind> {
    let about_card = said.any(&["card", "карт", "pan", "cc-", "cc_"]);
    let kinds = [
        (FieldKind::SeedPhrase, said.any(SEED)),
        (FieldKind::CardCvv, said.any(CVV)),
        (
            FieldKind::CardExpiry,
            said.any(EXPIRY) || (about_card && said.any(&["month", "year", "exp"])),
        ),
        (
            FieldKind::CardBalance,
            said.any(BALANCE) && !said.any(&["search"]),
        ),
        (FieldKind::CardPin, said.word(PIN)),
        (
            FieldKind::CardNumber,
            said.any(CARD_NUMBER)
                || said.word(&["pan", "card", "карта"])
                || (about_card && matches!(length, Some(16 | 19))),
        ),
        (FieldKind::SmsCode, said.any(SMS_CODE)),
        (
            FieldKind::Iin,
            said.word(&["иин", "жсн", "iin", "jsn", "zhsn"])
                || said.any(&["individual identification"]),
        ),
    ];
    kinds
        .into_iter()
        .find_map(|(kind, holds)| holds.then_some(kind))
}

const CVV: &[&str] = &[
    "cvv",
    "cvc",
    "csc",
    "цвв",
    "цвс",
    "securitycode",
    "security code",
    "код безопасности",
    "с обратной стороны",
    "на обороте",
    "артындағы код",
];

const EXPIRY: &[&str] = &[
    "cc-exp",
    "expiry",
    "expdate",
    "exp_date",
    "exp-date",
    "card_exp",
    "cardexp",
    "mm/yy",
    "мм/гг",
    "мм / гг",
    "mm / yy",
    "срок действия",
    "жарамдылық",
    "expiration",
    "valid thru",
    "ай/жыл",
];

const BALANCE: &[&str] = &[
    "баланс",
    "сумма на карте",
    "остаток на",
    "card_balance",
    "cardbalance",
    "balance",
    "қалдық",
    "qaldyq",
];

const PIN: &[&str] = &[
    "pin",
    "пин",
    "pincode",
    "pin-код",
    "пин-код",
    "пинкод",
    "pin-code",
    "pin_code",
    "card_pin",
];

const CARD_NUMBER: &[&str] = &[
    "cc-number",
    "cardnum",
    "card_num",
    "card-num",
    "card number",
    "номер карт",
    "номер вашей карт",
    "карта нөмір",
    "карта нөмер",
    "карталық нөмір",
    "ccnum",
    "cardno",
    "card_no",
    "0000 0000",
    "xxxx xxxx",
    "•••• ••••",
    "1234 5678",
];

const SMS_CODE: &[&str] = &[
    "one-time-code",
    "sms",
    "смс",
    "otp",
    "код из",
    "код подтвержд",
    "confirm_code",
    "verification code",
    "confirmation code",
    "растау коды",
    "келген код",
    "vcode",
];

const SEED: &[&str] = &[
    "seed",
    "mnemonic",
    "recovery phrase",
    "recovery_phrase",
    "secret phrase",
    "private key",
    "privatekey",
    "private_key",
    "сид-фраз",
    "сид фраз",
    "секретная фраза",
    "секретную фразу",
    "фраза восстановления",
    "фразу восстановления",
    "приватный ключ",
    "12 слов",
    "24 слов",
    "12 words",
    "24 words",
    "12 сөз",
    "құпия фраза",
    "keystore",
];

const KINDS: &[(FieldKind, &[&str])] = &[
    (
        FieldKind::Password,
        &[
            "password",
            "passwd",
            "пароль",
            "құпиясөз",
            "құпия сөз",
            "parol",
            "pwd",
        ],
    ),
    (
        FieldKind::Search,
        &["search", "query", "поиск", "іздеу", "искать", "найти"],
    ),
    (
        FieldKind::Email,
        &["email", "e-mail", "почта", "пошта", "mail"],
    ),
    (
        FieldKind::Phone,
        &[
            "phone",
            "tel",
            "телефон",
            "msisdn",
            "мобил",
            "whatsapp",
            "+7",
            "ұялы",
            "номер",
            "нөмір",
        ],
    ),
    (
        FieldKind::Login,
        &[
            "login",
            "username",
            "user_name",
            "логин",
            "user",
            "пайдаланушы",
        ],
    ),
    (
        FieldKind::PersonName,
        &[
            "name",
            "имя",
            "фио",
            "фамили",
            "аты",
            "есім",
            "тегі",
            "отчество",
            "как вас зовут",
        ],
    ),
];

struct Said<'a> {
    machine: &'a str,
    label: &'a str,
}

impl Said<'_> {
    fn any(&self, words: &[&str]) -> bool {
        words
            .iter()
            .any(|w| self.machine.contains(w) || self.label.contains(w))
    }

    /// As whole words, where a part would say nothing (`pin` in `spinner`).
    fn word(&self, words: &[&str]) -> bool {
        [self.machine, self.label].iter().any(|text| {
            text.split(|c: char| !c.is_alphanumeric() && c != '-')
                .any(|part| words.contains(&part))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(input_type: &str, name: &str, label: &str) -> FieldKind {
        let field = Field {
            kind: FieldKind::Other,
            input_type: input_type.into(),
            name: name.into(),
            label: label.into(),
        };
        field_kind(&field, "", None)
    }

    #[test]
    fn fields_are_told_by_names_and_labels_in_three_languages() {
        for (input_type, name, label, expected) in [
            ("text", "cc", "Номер карты", FieldKind::CardNumber),
            (
                "tel",
                "card_number",
                "0000 0000 0000 0000",
                FieldKind::CardNumber,
            ),
            ("text", "f2", "ММ/ГГ", FieldKind::CardExpiry),
            ("password", "cvv2", "", FieldKind::CardCvv),
            ("text", "x", "CVC", FieldKind::CardCvv),
            ("text", "b", "Баланс карты", FieldKind::CardBalance),
            ("text", "pin", "", FieldKind::CardPin),
            ("text", "spinner", "", FieldKind::Other),
            ("text", "c", "Код из СМС", FieldKind::SmsCode),
            ("text", "c", "SMS арқылы келген код", FieldKind::SmsCode),
            ("text", "iin", "", FieldKind::Iin),
            ("text", "q", "ЖСН енгізіңіз", FieldKind::Iin),
            ("password", "p", "Құпиясөз", FieldKind::Password),
            (
                "text",
                "w",
                "Введите сид-фразу (12 слов)",
                FieldKind::SeedPhrase,
            ),
            (
                "textarea",
                "phrase",
                "Your recovery phrase",
                FieldKind::SeedPhrase,
            ),
            ("tel", "t", "Ваш телефон", FieldKind::Phone),
            ("text", "fio", "ФИО", FieldKind::PersonName),
            ("text", "login", "", FieldKind::Login),
            ("email", "e", "", FieldKind::Email),
            ("text", "q", "Поиск по сайту", FieldKind::Search),
            ("text", "comment", "Комментарий", FieldKind::Other),
        ] {
            assert_eq!(kind(input_type, name, label), expected, "{name} {label}");
        }
    }
}
