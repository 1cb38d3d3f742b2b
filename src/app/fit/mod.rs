//! Labelled data → statistical model.
//!
//! - [`read_lessons`]: samples → what a model sees of each ([`Lesson`]).
//! - [`fit_model`]: regularized logistic regression over facts and words, calibrated on predictions for samples
//!   that the model had not seen (cross-validation).

mod calibrate;
mod heads;
mod lesson;
mod solver;
mod table;
mod train;

pub use lesson::{Lesson, read_lessons};
pub use train::{FitReport, FitScore, FitSettings, Fitted, fit_model};
