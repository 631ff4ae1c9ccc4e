//! The severity of each kind of finding, after the settings and the command line are applied.
//!
//! In: options by code. Out: the level of a finding. An error stays an error whatever the options
//! say.

use std::collections::BTreeMap;

use super::{Code, Finding, Level};

/// Levels that differ from those of the table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Levels {
    by_code: BTreeMap<Code, Level>,
    deny_warnings: bool,
}

impl Levels {
    /// Sets the level of one code. A code that is an error by itself stays one.
    pub fn set(&mut self, code: Code, level: Level) {
        self.by_code.insert(code, level);
    }

    /// Every warning becomes an error, except those whose level was set by name.
    pub fn deny_warnings(&mut self) {
        self.deny_warnings = true;
    }

    /// These levels, overruled by `stronger` wherever it says something.
    #[must_use]
    pub fn overruled_by(&self, stronger: &Levels) -> Levels {
        let mut both = self.clone();
        both.by_code.extend(stronger.by_code.iter().map(|(code, level)| (*code, *level)));
        if stronger.deny_warnings {
            both.by_code.retain(|code, level| {
                *level != Level::Warning || stronger.by_code.contains_key(code)
            });
            both.deny_warnings = true;
        }
        both
    }

    /// The level a code has now.
    pub fn of(&self, code: Code) -> Level {
        match (code.level(), self.by_code.get(&code)) {
            (Level::Error, _) => Level::Error,
            (_, Some(level)) => *level,
            (Level::Warning, None) if self.deny_warnings => Level::Error,
            (own, None) => own,
        }
    }

    /// Sets the finding's level; `None` if it is not to be reported.
    pub fn apply(&self, mut finding: Finding) -> Option<Finding> {
        finding.level = self.of(finding.code);
        (finding.level != Level::Allow).then_some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_then_command_line() {
        let mut file = Levels::default();
        file.set(Code::UnusedDeclaration, Level::Allow);
        file.set(Code::ShadowedName, Level::Warning);
        file.set(Code::UnknownName, Level::Allow);
        assert_eq!(file.of(Code::UnusedDeclaration), Level::Allow);
        assert_eq!(file.of(Code::UnknownName), Level::Error, "an error cannot be lowered");
        assert_eq!(file.of(Code::DetachedDoc), Level::Warning);

        let mut line = Levels::default();
        line.deny_warnings();
        line.set(Code::RatioOverOne, Level::Warning);
        let both = file.overruled_by(&line);
        assert_eq!(both.of(Code::DetachedDoc), Level::Error);
        assert_eq!(
            both.of(Code::ShadowedName),
            Level::Error,
            "said in the file, overruled on the command line"
        );
        assert_eq!(
            both.of(Code::UnusedDeclaration),
            Level::Allow,
            "what is allowed is not a warning"
        );
        assert_eq!(both.of(Code::RatioOverOne), Level::Warning, "named beats all");
    }
}
