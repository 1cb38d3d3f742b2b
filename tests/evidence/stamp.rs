//! Time stamps of the log: asked for with a checkpoint, queued while the authority is away, part of the bundle.

use crate::lab::{Lab, SITE, decide_on, must_skip};
use crate::laboratory::{Laboratory, RSA, Server, has_openssl, honest};
use std::fs;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_stamped_or_waits_and_the_stamp_goes_with_the_bundle() {
    if must_skip(has_openssl(), "openssl") {
        return;
    }
    let authority = Laboratory::new();
    authority.root("root", RSA);
    authority.root("other", RSA);
    authority.issue("tsa", "root", "stamps", RSA, "30");
    let server = Server::start(honest(&authority, "tsa", "root", "plain")).await;
    let lab = Lab::with_flag();
    for root in ["root.pem", "other.pem"] {
        fs::write(lab.path(root), authority.read(root)).unwrap();
    }
    let settings = |url: &str| {
        let text = format!(
            "[evidence]\ntimestamp_authority = \"{url}\"\ntimestamp_roots = \"../root.pem\"\n[review]\nauthor = \"a.serikova\"\n"
        );
        fs::write(lab.path("store/tazy.toml"), text).unwrap();
    };

    // Nobody listens there.
    settings("http://127.0.0.1:9/");
    let waiting = lab.run(&["evidence", "checkpoint"]);
    assert!(
        waiting.contains("1 checkpoints wait for a time stamp"),
        "{waiting}"
    );
    assert!(waiting.contains("less than an hour"), "{waiting}");

    settings(&server.url());
    let stamped = lab.run(&["evidence", "checkpoint"]);
    assert!(stamped.contains("Time stamp "), "{stamped}");
    lab.run(&["evidence", "export", SITE, "--out", "b.wacz"]);
    for (root, sound) in [("root.pem", true), ("other.pem", false)] {
        let output = lab
            .command(&["evidence", "verify", "b.wacz", "--json", "--roots", root])
            .output()
            .unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let checks = found["checks"].as_array().unwrap();
        let stamp = checks
            .iter()
            .find(|check| check["id"] == "log.timestamp")
            .unwrap();
        assert_eq!(found["sound"], sound, "{root}: {stamp}");
        assert_eq!(stamp["outcome"] == "passed", sound, "{root}: {stamp}");
    }
    // What is recorded later waits for the next one.
    decide_on(&lab.store(), SITE);
    lab.run(&["store", "check"]);
}
