//! The command line program `sla`.

fn main() {}
