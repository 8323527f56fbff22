//! Makes up pairs and prints how long the first questions and a report take: `cargo run --release
//! -p sheaf-link --example review_speed [PAIRS]`.

use std::time::Instant;

use sheaf_link::review::{Candidate, Queue, Share};

fn main() {
    let n = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(5_000_000);
    let candidates: Vec<Candidate> = (0..n).map(candidate).collect();
    println!("{n} pairs of {} bytes", size_of::<Candidate>());
    let begun = Instant::now();
    let queue = Queue::new(&candidates, Share::EVEN, |_, _| None);
    println!("taken in after {:.2} s", begun.elapsed().as_secs_f64());
    let questions = queue.next(20);
    println!("{} questions after {:.2} s", questions.len(), begun.elapsed().as_secs_f64());
    let report = queue.report(None);
    println!("{} linked, reported after {:.2} s", report.n_linked, begun.elapsed().as_secs_f64());
}

/// One pair in fifty is linked; most others are far from it.
fn candidate(at: u32) -> Candidate {
    let mut mixed = u64::from(at).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let key = mixed ^ (mixed >> 31);
    let share = (key.rotate_left(32) >> 11) as f64 / (1u64 << 53) as f64;
    let linked = at.is_multiple_of(50);
    let probability = if linked { 1.0 - 0.5 * share.powi(3) } else { share.powi(20) };
    Candidate { a: at, b: at ^ 1, key, probability, linked, change: f64::from(at % 7) }
}
