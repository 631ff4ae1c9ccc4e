//! From text to tree. Parsing never fails: any bytes give a tree and findings.

pub mod ast;
