//! The store from outside: nothing acknowledged is ever lost, and nothing damaged goes unnoticed.

mod damage;
mod golden;
mod kill;
mod samples;
mod verbs;
