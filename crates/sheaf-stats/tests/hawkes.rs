//! The Hawkes process on retweets about NIWA, against R's stelfi and an independent fit. Without the
//! data the test says so and does nothing.

use sheaf_stats::hawkes::fit_times;

#[test]
fn retweets_about_niwa() {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        println!("skipped: SHEAF_DATA is not set, so niwa_minutes.csv is not at hand");
        return;
    };
    let path = std::path::Path::new(&folder).join("stats/hawkes/niwa_minutes.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let times: Vec<f64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    assert_eq!(times.len(), 4772);
    let fit = fit_times(&times).unwrap();
    println!("{fit:?}");
    let fitted = [fit.mu, fit.alpha, fit.beta];
    // stelfi's own test, to four digits after the point.
    for (ours, theirs) in fitted.iter().zip([0.06328, 0.07597, 0.07911]) {
        assert_eq!(format!("{ours:.4}"), format!("{theirs:.4}"));
    }
    // An independent fit, which climbed a little higher.
    for (ours, theirs) in fitted.iter().zip([0.06328392, 0.07595293, 0.07909805]) {
        assert!((ours / theirs - 1.0).abs() < 1e-4, "{ours} {theirs}");
    }
    assert!((fit.log_likelihood + 1114.364).abs() < 1e-3, "{}", fit.log_likelihood);
}
