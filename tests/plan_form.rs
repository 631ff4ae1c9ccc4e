//! smoke
#[test]
fn s() {
    println!("{:#}", sla::plan::schema());
}
