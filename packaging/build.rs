//! Rules and fixture sites are embedded; a file added there must rebuild the program.

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=fixtures/sites");
}
