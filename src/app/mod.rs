//! What tazy does, put together from the modules before it: scanning, evaluating, demonstrating.

pub mod eval;
