//! Tests of the program and the library from outside, one module a subject.
//!
//! They are one program: a library as large as this one is linked once.

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
mod figures;
mod flawed;
mod fractions;
mod generated;
mod grammar;
mod implication;
mod layers;
mod library;
mod nesting;
mod nonsense;
mod plain;
mod plan_build;
mod plan_form;
mod properties;
mod prove;
mod reference;
mod run_broken;
mod run_files;
mod run_forms;
mod run_streamed;
mod run_windows;
mod statements;
mod temp_project;
mod test_command;
mod ui;
mod witness;
mod workspace;
