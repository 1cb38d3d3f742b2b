//! Exchange formats and the server, held against the programs that read them.
//!
//! Python validators are found through `TAZY_BLOCK_PYTHON`, the path of a python that has stix2-validator 3.2.0,
//! pymisp, jsonschema, xarf (for its schemas) and taxii2-client.
#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

#[path = "exchange/hostile.rs"]
mod hostile;
#[path = "exchange/lab.rs"]
mod lab;
#[path = "exchange/python.rs"]
mod python;
#[path = "exchange/samples.rs"]
mod samples;
#[path = "exchange/scopes.rs"]
mod scopes;
#[path = "exchange/serve.rs"]
mod serve;
#[path = "exchange/size.rs"]
mod size;
#[expect(dead_code, reason = "a part of it is needed here")]
#[path = "store/samples.rs"]
mod store_samples;
#[path = "exchange/taxii.rs"]
mod taxii;
#[path = "exchange/validators.rs"]
mod validators;
