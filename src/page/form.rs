//! Forms: what they ask for and where they send it.

use crate::suspect::SuspectUrl;

/// A form as found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it posts to, resolved; `None` if it has no usable action (then a script or the page itself takes it).
    pub action: Option<SuspectUrl>,
    /// The action as written.
    pub written_action: String,
    /// True for `method=post`.
    pub posts: bool,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The block (see [`super::Region::block`]) of its first field.
    pub block: u32,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it asks for.
    pub kind: FieldKind,
    /// Type attribute, lower case (`text` where absent).
    pub input_type: String,
    /// Name or id as written.
    pub name: String,
    /// Label, placeholder and aria-label, joined.
    pub label: String,
}

/// What a field asks a visitor for, judged by type, autocomplete, name, label, placeholder and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A password.
    Password,
    /// A bank card's number.
    CardNumber,
    /// Card verification code.
    CardCvv,
    /// Card expiry.
    CardExpiry,
    /// Card PIN.
    CardPin,
    /// How much money is on the card: no honest page asks.
    CardBalance,
    /// A one-time code from a message.
    SmsCode,
    /// A wallet's recovery phrase or private key.
    SeedPhrase,
    /// Kazakh individual identification number.
    Iin,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// Login or user name.
    Login,
    /// A person's name.
    PersonName,
    /// A search box.
    Search,
    /// A file to upload.
    File,
    /// Anything else that a visitor fills in.
    Other,
}
