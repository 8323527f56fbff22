//! `cargo xtask`: builds, tests, demonstrates and measures sheaf.
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let w =
        xtask::simulate::simulate(a[1].parse().unwrap(), 1, std::path::Path::new(&a[2])).unwrap();
    println!("{w:?} {:?}", t.elapsed());
}
