//! Small helpers for words in messages.

/// The candidate most like `word`, if one is near enough to be what was meant.
///
/// Distance is Damerau-Levenshtein, letters compared without case; at most a third of the longer
/// word may differ. Of equally near candidates the first in their given order wins, so that
/// messages are the same everywhere.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = candidate.to_lowercase();
        let longer = length.max(other.chars().count());
        let allowed = (longer / 3).max(1);
        let distance = strsim::osa_distance(&lower, &other);
        if distance <= allowed
            && distance < longer
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// True if bytes begin like UTF-16 text: with its mark, or with plain letters of which each has an
/// empty half.
pub fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => matches!(
            ((*a, *c), (*b, *d)),
            ((1..=0x7f, 1..=0x7f), (0, 0)) | ((0, 0), (1..=0x7f, 1..=0x7f))
        ),
        _ => false,
    }
}

/// ``a``, ``b`` or ``c`` in back-ticks, for "expected …" messages.
pub fn quoted_list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
