//! Contracts with very many objectives and hardly anything else, to see how checks grow with their
//! number.

use std::fmt::Write;

/// What they stand on.
const HEAD: &str =
    "provider Acme\nenum Cause: provider | client\nsource outages: spans { cause: Cause }\n";

/// One file with `count` objectives and hardly anything else: packages of a hundred, each with a
/// ladder for each of them, of which every second extends the one before; and one agreement that
/// states a tenth of all in one block.
pub fn objectives(count: usize) -> String {
    let mut text = String::from(HEAD);
    let wide = count / 10;
    for package in 0..(count - wide) / (2 * HUNDRED) {
        let _ = writeln!(
            text,
            "service Wide{package} \"Wide {package}\"\npackage Many{package} \"Many {package}\" {{\n  service Wide{package}"
        );
        text.push_str(
            "  fee 1_000 EUR per month\n  cap credits 50% of fee per month\n  tier Basic {\n",
        );
        (0..HUNDRED).for_each(|number| objective(&mut text, number, "99.5%"));
        text.push_str("  }\n  tier Better extends Basic {\n");
        for number in 0..HUNDRED {
            let _ = writeln!(text, "    objective Up{number} >= 99.9{}%", number % 9 + 1);
            let _ = writeln!(
                text,
                "    credit Up{number} {{ below target pay 10%  below 99% pay 25% }} of fee"
            );
        }
        text.push_str("  }\n}\n");
    }
    let _ = writeln!(
        text,
        "service All \"Everything\"\nsla Wide \"All in one block\" between Acme and any customer {{\n  service All"
    );
    text.push_str("  term from 2026-01-01 for 12 months\n  fee 9_000 EUR per month\n  cap credits 50% of fee per month\n");
    (0..wide).for_each(|number| objective(&mut text, number, "99.9%"));
    text.push_str("}\n");
    text
}

/// Objectives of a tier of `objectives`.
const HUNDRED: usize = 100;

fn objective(text: &mut String, number: usize, target: &str) {
    let _ = writeln!(
        text,
        "    objective Up{number}: uptime(outages where cause == provider) >= {target} per month"
    );
    let _ = writeln!(
        text,
        "    credit Up{number} {{ below target pay 5%  below 99% pay 10%  below 95% pay 25% }} of fee"
    );
}
