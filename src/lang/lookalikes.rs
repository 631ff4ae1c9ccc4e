//! Letters of other scripts that look like a Latin letter in common fonts.
//!
//! From the confusables of Unicode Technical Standard 39: those of Cyrillic, Greek and Armenian
//! whose shape is the same, and the full-width forms. Letters that are only similar, such as α or
//! κ, are left out.

/// Each letter, and the Latin letters that look the same: the same place in both texts.
const SCRIPTS: &[(&str, &str, &str)] = &[
    ("Cyrillic", "аеорсухіјѕһԁԛԝѵӏАВЕКМНОРСТХІЈЅԌԚԜҮ", "aeopcyxijshdqwvlABEKMHOPCTXIJSGQWY"),
    ("Greek", "ονρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovpABEZHIKMNOPTYX"),
    ("Armenian", "օսհոՕՍ", "ouhnOU"),
];

/// The Latin character that another one looks like, and the script of the other one.
pub fn latin(letter: char) -> Option<(char, &'static str)> {
    if ('\u{ff10}'..='\u{ff5a}').contains(&letter) {
        let plain = char::from_u32(u32::from(letter) - 0xfee0)?;
        return plain.is_ascii_alphanumeric().then_some((plain, "full-width Latin"));
    }
    SCRIPTS.iter().find_map(|(script, letters, plain)| {
        let at = letters.chars().position(|known| known == letter)?;
        Some((plain.chars().nth(at)?, *script))
    })
}

/// A name with every letter replaced by the Latin one that it looks like: two names that look the
/// same have the same.
pub fn skeleton(name: &str) -> String {
    name.chars().map(|letter| latin(letter).map_or(letter, |(plain, _)| plain)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_beside_their_likes() {
        for (script, letters, plain) in SCRIPTS {
            assert_eq!(letters.chars().count(), plain.chars().count(), "{script}");
            assert!(
                plain.is_ascii() && letters.chars().all(|letter| !letter.is_ascii()),
                "{script}"
            );
        }
        assert_eq!(skeleton("Uрtime"), "Uptime");
        assert_eq!(skeleton("Ｐ１"), "P1");
        assert_eq!(skeleton("Größe"), "Größe");
    }
}
