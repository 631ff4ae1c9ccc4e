//! Tests of the program and the library from outside, one module a subject.
//!
//! They are one program, so that the library is linked once. Only `tests/nesting.rs` is a program
//! of its own: it sets a limit that holds for a whole process.

mod chunks;
mod clean;
mod cli;
mod cli_files;
mod dependencies;
mod docs;
mod editors;
mod evaluate;
mod evidence;
mod exact;
mod explain;
mod faults;
mod figures;
mod fixtures;
mod flawed;
mod format;
mod fractions;
mod generated;
mod grammar;
mod implication;
mod layers;
mod library;
mod memory_rows;
mod nodes;
mod nonsense;
mod plain;
mod plan_build;
mod plan_form;
mod programs;
mod properties;
mod prove;
mod public_interface;
mod reference;
mod run_broken;
mod run_files;
mod run_forms;
mod run_streamed;
mod run_windows;
mod statements;
mod temp_project;
mod test_command;
mod time;
mod ui;
mod witness;
mod workspace;
