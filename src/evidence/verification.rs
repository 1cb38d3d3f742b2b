//! What a verification checked and found.

use super::Rederivation;
use crate::custody::CustodyEvent;
use crate::digest::Digest;
use crate::flag::Flag;
use crate::review::Decision;
use crate::timestamp::TimeProof;
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// Failures of one check that are named; all are counted.
const MOST_NAMED: usize = 100;

macro_rules! check_ids {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $title:literal, $russian:literal;)*) => {
        /// A check, by a name that stays the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CheckId {
            $($(#[$doc])* $name,)*
        }

        impl CheckId {
            /// All checks, in the order in which they are made.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it checks, for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The same in Russian.
            pub fn russian_title(self) -> &'static str {
                match self { $(Self::$name => $russian,)* }
            }
        }
    };
}

check_ids! {
    /// The ZIP file.
    Container = "container.canonical",
        "The file has the only form that a bundle can have", "Файл имеет единственно возможную форму";
    /// `datapackage.json` against the entries, both ways.
    PackageDigests = "package.digests",
        "Every entry has the length and the SHA-256 of the list, and every entry is listed", "Длина и SHA-256 каждой записи совпадают с описью";
    /// JSON entries.
    PackageJson = "package.json",
        "Machine-readable entries are written in the only way there is", "Машиночитаемые записи имеют единственно возможный вид";
    /// The signature over the list.
    PackageSignature = "package.signature",
        "The list of entries is signed with the key of the log", "Опись подписана ключом журнала";
    /// Keys of the log.
    LogKeys = "log.keys",
        "Keys of the log: who they are, and that each was replaced by the one before", "Ключи журнала и их смена";
    /// The checkpoint.
    LogCheckpoint = "log.checkpoint",
        "The state of the log is signed", "Состояние журнала подписано";
    /// Signatures of witnesses.
    LogCosignatures = "log.cosignatures",
        "Signatures of other units under the state of the log", "Подписи других подразделений";
    /// The RFC 3161 token.
    LogTimestamp = "log.timestamp",
        "A time stamping authority confirms when the log had this state (RFC 3161)", "Метка времени (RFC 3161)";
    /// Lines of the journal.
    RecordDigests = "records.digests",
        "Every record of the journal has the digest that it says", "Каждая запись журнала имеет указанный хеш";
    /// Inclusion proofs.
    RecordInclusion = "records.inclusion",
        "Every record is proved to be in the signed log, at its place (RFC 6962)", "Каждая запись доказанно входит в подписанный журнал";
    /// Records as this program reads them.
    RecordForm = "records.form",
        "Every record can be read", "Каждая запись читается";
    /// Records against each other.
    RecordReferences = "records.references",
        "Records name each other without gaps: flag, visits, captures", "Записи согласованы между собой";
    /// Decisions.
    RecordDecisions = "records.decisions",
        "Decisions are about this flag, and none is missing between them", "Решения относятся к этому объекту, пропусков нет";
    /// Archived rules.
    RulesetArchive = "ruleset.archive",
        "The archived rules are those that judged", "Правила — те самые, по которым принято заключение";
    /// WARC records by themselves.
    WarcRecords = "warc.records",
        "Every WARC record can be read and has the digests that it says (ISO 28500)", "Каждая запись WARC читается, хеши совпадают";
    /// WARC records against manifests.
    WarcCaptures = "warc.captures",
        "Every capture is there byte for byte as it was sealed, and nothing else is", "Каждый снимок побайтно соответствует запечатанному, лишнего нет";
    /// Index and pages.
    WarcIndex = "warc.index",
        "The index and the list of pages say what is in the WARC file", "Индекс и список страниц соответствуют файлу WARC";
    /// Pictures.
    Screenshots = "screenshots",
        "Pictures are those that captures name", "Снимки экрана — те, что названы в записях";
    /// Derived entries.
    Summaries = "summaries.equal",
        "What is written for readers says what the records say", "Сводки соответствуют записям";
    /// Findings.
    Findings = "findings.rederived",
        "Every finding is derived again from the stored bytes with the stored rules", "Каждый признак выведен заново из сохранённых байтов";
    /// A store as `tazy store check` sees it.
    Store = "store.check",
        "Journal, hash tree, checkpoints, index, rules and captures of the store", "Журнал, дерево хешей, индекс, правила и снимки хранилища";
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CheckId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Everything is as it should be.
    Passed,
    /// Something is not.
    Failed,
    /// It could not be made; its notes say why. That alone is no fault.
    NotPossible,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Where: entry, line, record, capture, byte.
    pub place: String,
    /// What.
    pub what: String,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub id: CheckId,
    /// What it checks, in words.
    pub title: &'static str,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// How many things (entries, records, signatures …) were checked.
    pub checked: u64,
    /// What is wrong, the first hundred.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// How many more failures there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_failures: u64,
    /// What a reader should know beside: why it was not possible, what it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "this is how serde calls it"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Check {
    pub(super) fn begun(id: CheckId) -> Self {
        Self {
            id,
            title: id.title(),
            outcome: CheckOutcome::Passed,
            checked: 0,
            failures: Vec::new(),
            more_failures: 0,
            notes: Vec::new(),
        }
    }

    /// A check that cannot be made.
    pub(super) fn not_possible(id: CheckId, why: &str) -> Self {
        let mut check = Self::begun(id);
        check.outcome = CheckOutcome::NotPossible;
        check.notes.push(why.to_owned());
        check
    }

    pub(super) fn fail(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.outcome = CheckOutcome::Failed;
        if self.failures.len() < MOST_NAMED {
            self.failures.push(Failure {
                place: place.to_string(),
                what: what.to_string(),
            });
        } else {
            self.more_failures += 1;
        }
    }

    /// Counts one thing as checked and notes what is wrong with it.
    pub(super) fn expect(
        &mut self,
        holds: bool,
        place: impl fmt::Display,
        what: impl fmt::Display,
    ) {
        self.checked += 1;
        if !holds {
            self.fail(place, what);
        }
    }

    pub(super) fn note(&mut self, note: impl fmt::Display) {
        if self.notes.len() < MOST_NAMED {
            self.notes.push(note.to_string());
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.outcome == CheckOutcome::Failed
    }
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A bundle (`.wacz`).
    Bundle,
    /// The directory of a store.
    Store,
}

/// A key that has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SigningKey {
    /// Its name.
    pub name: String,
    /// The verifier's form: what is to be compared with what the unit published.
    pub verifier: String,
    /// SHA-256 of that form, easier to read to each other.
    pub fingerprint: Digest,
    /// Whether the user named it. If not, it came with what was verified, and anybody may have made it.
    pub named_by_user: bool,
    /// Whether it signs as a witness.
    pub is_witness: bool,
    /// When the witness says it signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
}

/// What the subject says that it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Identity {
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, as `sha256sum` prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The flag that a bundle is about, as it stood last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// Name of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Records of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_size: Option<u64>,
    /// Root of the log's tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Digest>,
    /// Version of the program that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// A verification, from beginning to end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// Version of this form.
    pub format: u32,
    /// Version of the program that verified.
    pub program: &'static str,
    /// What was verified.
    pub kind: SubjectKind,
    /// Whether nothing is wrong.
    pub sound: bool,
    /// What it says that it is.
    pub identity: Identity,
    /// Keys that have signed it.
    pub keys: Vec<SigningKey>,
    /// The time stamp, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeProof>,
    /// All checks.
    pub checks: Vec<Check>,
    /// Visits judged again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Rederivation>,
    /// Decisions about the flag, the first one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// The custody sheet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custody: Vec<CustodyEvent>,
    /// What this verification does not prove.
    pub limits: &'static [&'static str],
}

/// What no verification of this kind proves (WACZ-auth 0.1.0 says the same of all web archives).
pub const LIMITS: &[&str] = &[
    "That the web server really sent these bytes: HTTP and TLS leave no signature of the server that a third party could check. Shown is what this unit's program recorded.",
    "Who operates the web site, and whether what it says is true.",
    "That nothing was captured beside what is here: the log shows that no record was changed since it was signed, not that everything was recorded, nor that a bundle holds every record of the log about its subject. A gap can be asked about: the log numbers its records.",
    "The time, beyond what the time stamp says: it proves that the log existed then. Times within the records are those of the unit's own clock.",
    "The identity of the signer, beyond the key: compare the key with the one that the unit published.",
    "That the site is unlawful: findings are signs that a person weighed; the decision history says who decided what.",
];

impl Verification {
    pub(super) fn begun(kind: SubjectKind) -> Self {
        Self {
            format: 1,
            program: env!("CARGO_PKG_VERSION"),
            kind,
            sound: false,
            identity: Identity::default(),
            keys: Vec::new(),
            time: None,
            checks: Vec::new(),
            visits: Vec::new(),
            decisions: Vec::new(),
            custody: Vec::new(),
            limits: LIMITS,
        }
    }

    /// Says whether it is sound, once all checks were made.
    pub(super) fn concluded(mut self) -> Self {
        self.checks.sort_by_key(|check| check.id);
        self.sound = !self.checks.iter().any(Check::has_failed);
        self
    }

    /// The check of this name.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// Whether all keys that signed are the user's.
    pub fn is_signer_known(&self) -> bool {
        let mut signers = self.keys.iter().filter(|key| !key.is_witness);
        signers.any(|key| key.named_by_user)
    }
}
