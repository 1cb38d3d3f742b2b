//! Parse, build, dispatch, exit code.

fn main() {}
