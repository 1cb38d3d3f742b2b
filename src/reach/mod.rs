//! What one vantage sees of a target: names, connections, TLS, HTTP. Measured, not judged.
//!
//! - [`measure`]: asks a site a handful of times, in spaced tries, from one [`Vantage`].
//! - [`Reach`]: everything that one vantage measured about one URL. Events have the names of the fields of
//!   OONI's data formats (df-001, df-002, df-005, df-006 of ooni/spec), so that data can be compared; what
//!   OONI has no name for begins with `x_`. Bodies and certificates are kept as digests.
//! - [`read_reaches`]: results of other machines, checked before anybody relies on them.

mod connect;
mod exchange;
mod failure;
mod file;
mod legs;
mod log;
mod measure;
mod names;
mod page_facts;
mod record;
mod settings;
mod socks;
mod vantage;

pub use failure::Failure;
pub use file::{ReachProblem, read_reaches};
pub use measure::measure;
pub use record::{
    Answer, ConnectStatus, DnsQuery, HttpExchange, HttpRequest, HttpResponse, Purpose, Reach,
    TcpConnect, TlsHandshake,
};
pub use settings::{Control, MeasureError, MeasureSettings};
pub use vantage::{Vantage, VantageFacts};
