//! How fast bundles are made and verified, one thread, bodies that cannot be compressed:
//! `cargo bench --bench evidence`.

#![expect(clippy::unwrap_used, reason = "a bench without its data is no bench")]

#[path = "../tests/evidence/lab.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod lab;

use divan::Bencher;
use divan::counter::BytesCount;
use lab::{Lab, SITE};
use std::io::Cursor;
use tazy::evidence::{VerifyOptions, verify_bundle, write_bundle};
use tazy::id::FlagId;

const BODY: usize = 4 << 20;
const BODIES: usize = 24;

fn main() {
    divan::main();
}

/// A flagged site with large bodies.
fn laboratory() -> Lab {
    let lab = Lab::new();
    let mut random = fastrand::Rng::with_seed(1);
    let mut pages = vec![("/".to_owned(), "text/html", "мефедрон закладки".into())];
    for number in 0..BODIES {
        let noise = std::iter::repeat_with(|| random.u8(..)).take(BODY);
        pages.push((format!("/{number}"), "application/zip", noise.collect()));
    }
    lab.visit_pages(&lab.store(), "r-000000000001", SITE, 0, pages);
    lab
}

fn bundle(lab: &Lab) -> Vec<u8> {
    let store = lab.store();
    let size = store.checkpoint(None).unwrap().checkpoint.size();
    write_bundle(&store, &FlagId::of_site(SITE), size, false, Vec::new()).unwrap()
}

#[divan::bench(sample_count = 5)]
fn export(bencher: Bencher<'_, '_>) {
    let lab = laboratory();
    let bytes = bundle(&lab).len();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| bundle(&lab));
}

#[divan::bench(sample_count = 5)]
fn verify(bencher: Bencher<'_, '_>) {
    let bundle = bundle(&laboratory());
    let options = VerifyOptions {
        skip_findings: true,
        ..VerifyOptions::default()
    };
    bencher
        .counter(BytesCount::new(bundle.len()))
        .bench_local(|| {
            let verification = verify_bundle(Cursor::new(&bundle), &options).unwrap();
            assert!(verification.sound);
        });
}
