//! Programs of other people, where they are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The python with the validators; without one the test says so and passes, unless `TAZY_TEST_ALL=1`.
pub(crate) fn python() -> Option<PathBuf> {
    let python = std::env::var_os("TAZY_BLOCK_PYTHON")
        .map(PathBuf::from)
        .filter(|path| path.is_file());
    must_have(python, "TAZY_BLOCK_PYTHON, a python with the validators")
}

/// A program of this machine.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    must_have(found, name)
}

fn must_have(found: Option<PathBuf>, what: &str) -> Option<PathBuf> {
    if found.is_none() {
        let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "TAZY_TEST_ALL=1 needs {what}");
        println!("skipped: needs {what}");
    }
    found
}

/// Runs a script with arguments.
pub(crate) fn script(python: &Path, script: &str, arguments: &[&str]) -> Output {
    Command::new(python)
        .args(["-W", "ignore", "-c", script])
        .args(arguments)
        .output()
        .unwrap()
}

/// What a script printed; it must succeed.
pub(crate) fn printed(python: &Path, text: &str, arguments: &[&str]) -> String {
    let output = script(python, text, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}
