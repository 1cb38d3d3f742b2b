//! Detection measured on labelled data (to be written).
