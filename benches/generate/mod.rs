//! Realistic contracts in any number and size, the same ones each time: packages with tiers,
//! objectives, ladders and support, calendars, agreements above and below each other, requirements,
//! tests, and files that use each other.
//!
//! A module that benchmarks and tests share. What it writes is free of errors.

use std::fmt::Write;

/// A file of a generated project: its name, and its text.
pub type GeneratedFile = (String, String);

/// A project of `count` files of about `size` bytes each, besides the two that they all build on.
/// The first, `main.sla`, uses them all.
pub fn project(count: usize, size: usize) -> Vec<GeneratedFile> {
    let mut main = String::from("// Everything there is.\n");
    let mut files = Vec::new();
    for number in 0..count {
        let _ = writeln!(main, "use \"part{number}.sla\"");
        files.push((format!("part{number}.sla"), part(number, size)));
    }
    let mut all = vec![("main.sla".to_owned(), main), ("common.sla".to_owned(), common())];
    all.append(&mut files);
    all
}

/// One file of about `size` bytes that needs no other.
pub fn single(size: usize) -> String {
    let mut text = common();
    blocks(&mut text, 0, size, None);
    text
}

/// A file that builds on the common one, and every second on the part before it.
fn part(number: usize, size: usize) -> String {
    let mut text = String::from("use \"common.sla\"\n");
    // Every second part needs the one before it, so that chains of services stay short here too.
    let below = number.checked_sub(1).filter(|below| below % 2 == 0);
    if let Some(below) = below {
        let _ = writeln!(text, "use \"part{below}.sla\"      // its first service is needed here");
    }
    blocks(&mut text, number, size, below);
    text
}

fn blocks(text: &mut String, part: usize, size: usize, below: Option<usize>) {
    let mut needs = below.map(|below| format!("Service{below}x0"));
    let mut number = 0;
    while text.len() < size {
        let block = Block::new(part, number);
        block.write(text, needs.as_deref());
        // What a service may promise shrinks with each that it needs: chains of them stay short.
        needs = ((number + usize::from(below.is_some())) % 8 != 7)
            .then(|| format!("Service{}", block.id));
        number += 1;
    }
}

/// What all files share: parties, severities, sources, calendars.
fn common() -> String {
    let mut text = String::from(COMMON);
    // Easter Sunday is 2026-04-05, 2027-03-28, 2028-04-16.
    let holidays = [
        ("Good Friday", ["2026-04-03", "2027-03-26", "2028-04-14"]),
        ("Ascension Day", ["2026-05-14", "2027-05-06", "2028-05-25"]),
    ];
    for (name, days) in holidays {
        for day in days {
            let _ = writeln!(text, "  closed {day} \"{name}\"");
        }
    }
    text.push_str("}\n");
    text
}

const COMMON: &str = r#"// What all contracts of the house build on.

provider Acme "Acme Hosting Ltd" {
  address "1 High Street, Springfield"
  contact "service-levels@acme.example"
}
provider Carrier "Carrier plc" { contact "noc@carrier.example" }
team Network "Network operations"
team Desk "Service desk"

severity P1 "Critical: production is down"
severity P2 "High: an important function is impaired"
severity P3 "Normal"
severity P4 "A question"

enum Cause: provider | client | third_party
enum Region: eu | us | apac

/// What the load balancers log.
source requests: events { service: Service  status: number  latency: duration  region: Region } measured by "access logs of the load balancers"
/// What the probes find.
source outages: spans { service: Service  cause: Cause } measured by "two probes a minute, from three cities"
/// Waiting for the customer does not count against us.
source waits: spans { ticket: text }
source tickets: spans {
  id: text
  service: Service
  severity: Severity
  responded: time?
  resolved: time?
  waiting: spans of waits by ticket
}

maintenance Weekly "Weekly maintenance" { zone "Europe/Berlin"  open sun 02:00..04:00 }

calendar Business "Office hours" {
  zone "Europe/Berlin"
  open mon..fri 09:00..17:30
  closed every dec 24..dec 26 "Christmas"
  closed every jan 1 "New Year"
"#;

/// The numbers that vary from block to block.
struct Block {
    id: String,
    random: std::cell::Cell<u64>,
}

impl Block {
    fn new(part: usize, number: usize) -> Block {
        let seed =
            (part as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number as u64 + 1);
        Block { id: format!("{part}x{number}"), random: std::cell::Cell::new(seed) }
    }

    /// The next number of a fixed sequence (splitmix64), from `low` up to and not including `high`.
    fn pick(&self, low: u64, high: u64) -> u64 {
        self.random.set(self.random.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mut z = self.random.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        low + (z ^ (z >> 31)) % (high - low)
    }

    fn write(&self, out: &mut String, needs: Option<&str>) {
        self.service(out, needs);
        self.package(out);
        self.supply(out);
        for customer in 0..self.pick(3, 6) {
            self.agreement(out, customer);
        }
        self.amendment(out);
        self.test(out);
    }

    fn service(&self, out: &mut String, needs: Option<&str>) {
        let id = &self.id;
        let _ = write!(
            out,
            "
/// Answers everything that arrives under one name.
/// Its own team runs it day and night.
service Service{id} \"Service {id}\" {{
  hours always
  needs Line{id}
"
        );
        if let Some(needs) = needs {
            let _ = writeln!(out, "  needs {needs}");
        }
        let _ = write!(
            out,
            "  uses \"PostgreSQL {}\", \"Kubernetes 1.{}\", \"nginx\"
  process \"Restore from the last backup\" within {} h
  owner \"Platform team {}\"
}}
service Line{id} \"Lines for service {id}\" {{ hours always }}

/// The share of good answers, slot by slot; a slot nobody used is a good one.
metric Good{id}(r: events {{ status: number }}) = mean(each {} min of r {{ share(status < 500) default 100% }})

/// Only runs of bad minutes count.
metric Hard{id} = uptime(runs(each 1 min of requests {{ share(status >= 500) > {}% default false }}, lasting {} min))
",
            self.pick(14, 18),
            self.pick(28, 35),
            self.pick(2, 9),
            self.pick(1, 40),
            [5, 10, 15][self.pick(0, 3) as usize],
            self.pick(2, 10),
            self.pick(3, 8),
        );
    }

    fn package(&self, out: &mut String) {
        let id = &self.id;
        let _ = write!(
            out,
            "
package Hosting{id} \"Managed hosting {id}\" {{
  scope {{
    service Service{id}
    includes \"Two operator trainings a year\"
    includes \"Patches of the operating system within the maintenance window\"
    excludes \"Hardware on the customer's own premises\"
  }}
  exclude Weekly as absent
  ignore outages where cause == client
  warranty \"The provider warrants that the service materially conforms to its description.\"
  responsibility \"The customer names two contacts and keeps their addresses up to date.\"
"
        );
        let speed = self.pick(500, 900);
        let answer = self.pick(4, 8);
        let (second, slow) = (self.pick(10, 25), self.pick(1, 6));
        for (rank, name) in ["Bronze", "Silver", "Gold"].into_iter().enumerate() {
            let rank = rank as u64;
            let extends = ["", " extends Bronze", " extends Silver"][rank as usize];
            let fee = 400 * (rank + 1) * (rank + 1) + self.pick(0, 20) * 10;
            let uptime = ["99.5", "99.9", "99.95"][rank as usize];
            let _ = write!(
                out,
                "
  /// What {name} promises; each tier promises all that the one below it does, or more.
  tier {name} \"{name}\"{extends} {{
    fee {fee}.00 EUR per month
    objective Uptime of Service{id}: uptime(outages) >= {uptime}% per month
    objective Speed of Service{id}: p95(requests, latency) <= {} ms per month during Business
    objective Hard of Service{id}: Hard{id} >= {uptime}% per quarter
    objective Slots of Service{id}: Good{id}(requests) >= {}% per month missing counts as met
",
                speed - 120 * rank,
                ["99", "99.5", "99.8"][rank as usize],
            );
            let _ = write!(
                out,
                "    support on tickets per month during Business pausing waiting {{
      P1 respond {} min during always   resolve {} h during always
      P2 respond {} min   resolve {} h
      P3 respond {} h     resolve {} working days
      P4 respond {} working days
    }}
    credit Uptime {{ below target pay 5%  below 99.4% pay {}%  below 98% pay 50%  below 95% pay 100% }} of fee cap 100% of fee
    credit Speed {{ above target pay {}%  above 2_000 ms pay 20% }} of fee
    credit Late for P1.resolve each row pay 2% of fee cap 20% of fee
    cap credits 100% of fee per month
    benefit discount {}% on \"renewal\"
  }}
",
                45 - 15 * rank,
                12 - 4 * rank,
                120 - 30 * rank,
                24 - 6 * rank,
                answer - rank,
                5 - rank,
                3 - rank,
                second + 5 * rank,
                slow + rank,
                rank + 1,
            );
        }
        out.push_str("}\n");
    }

    fn supply(&self, out: &mut String) {
        let id = &self.id;
        let _ = write!(
            out,
            "
contract Supply{id} \"Lines of service {id}\" between Carrier and Acme {{
  service Line{id}
  term from 2026-01-01 for 36 months
  zone \"Europe/Berlin\"
  fee {}.00 EUR per month
  objective Available of Line{id}: uptime(outages) >= 99.999% per month
  credit Available {{ below target pay 10%  below 99% pay 50% }} of fee cap 50% of fee
  claim within 30 days after window
}}
ola Answers{id} \"The desk for service {id}\" between Desk and Network {{
  service Line{id}
  term from 2026-01-01 for 36 months
  objective Answered: share(tickets, has responded) >= {}% per month missing counts as met
}}
",
            self.pick(100, 900),
            self.pick(80, 99),
        );
    }

    fn agreement(&self, out: &mut String, customer: u64) {
        let id = &self.id;
        let name = format!("{id}y{customer}");
        let tier = ["Bronze", "Silver", "Gold"][self.pick(0, 3) as usize];
        let month = self.pick(1, 13);
        let _ = write!(
            out,
            "
customer Customer{name} \"Customer {name} GmbH\" {{ contact \"it@customer-{name}.example\" }}
requirement Needs{name} of Customer{name} {{
  objective Available of Service{id}: uptime(outages) >= 99% per month
  exclude Weekly as absent
  ignore outages where cause == client
}}
sla Contract{name} \"Service {id} for customer {name}\" between Acme and Customer{name} {{
  package Hosting{id}.{tier}
  term from 2026-{month:02}-01 for 24 months, renews 12 months unless notice {} days   // as negotiated
  zone \"Europe/Berlin\"
  fee {}.00 EUR per month
  objective Uptime >= 99.9{}%
  claim within {} days after window \"a description of the incident and its times\"
  terminate when Uptime breached and Uptime breached 3 of last {} notice 30 days \"chronic failure\"
  escalate P1 after {} min to \"duty manager\", after {} h to \"head of operations\"
  satisfies Needs{name}
  report every month within 5 working days in Business \"all objectives, with their arithmetic\"
  review every quarter
  law \"Germany\"
  liability \"Limited to the fees of twelve months, except for intent and gross negligence.\"
}}
",
            self.pick(1, 4) * 30,
            self.pick(20, 400) * 10,
            self.pick(5, 8),
            self.pick(10, 60),
            self.pick(4, 7),
            self.pick(15, 60),
            self.pick(2, 6),
        );
    }

    fn amendment(&self, out: &mut String) {
        let name = format!("{}y0", self.id);
        let _ = write!(
            out,
            "
amend Contract{name} from 2027-0{}-01 at next window {{
  objective Uptime >= 99.9{}%
}}
",
            self.pick(1, 10),
            self.pick(8, 10),
        );
    }

    fn test(&self, out: &mut String) {
        let id = &self.id;
        let _ = write!(
            out,
            "
test \"an outage of service {id} breaches the promise\" {{
  given Contract{id}y1 in 2027-03
  outages {{
    2027-03-03T{:02}:00 for {} h  service: Service{id}  cause: provider
    2027-03-04T10:00 for 10 min  service: Service{id}  cause: client
  }}
  expect Uptime breached
}}
",
            self.pick(0, 20),
            self.pick(2, 9),
        );
    }
}
