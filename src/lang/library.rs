//! The standard library: files written in the language, carried inside the program.

/// One part of the standard library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Library {
    /// The name behind `std.`.
    pub name: &'static str,
    /// The name shown in findings.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! library {
    ($($name:literal)*) => {
        /// All parts, in alphabetical order.
        pub const LIBRARY: &[Library] = &[$(Library {
            name: $name,
            file: concat!("std/", $name, ".sla"),
            text: include_str!(concat!("../../std/", $name, ".sla")),
        },)*];
    };
}

library! { "itil" "network" "quality" "security" "supply" "web" }

/// The part with this name.
pub fn find(name: &str) -> Option<&'static Library> {
    LIBRARY.iter().find(|library| library.name == name)
}
