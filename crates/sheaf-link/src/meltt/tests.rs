//! Small cases by hand, told as behaviour: the rules first, then the defects, then bad input.

use sheaf_model::Day;

use super::*;

/// A record on these days of January 2020, so many kilometres north of the equator, with a
/// category for each taxonomy.
fn record(first: u32, last: u32, km: f64, categories: &[&str]) -> Record {
    Record {
        first: Day::from_ymd(2020, 1, first).unwrap(),
        last: Day::from_ymd(2020, 1, last).unwrap(),
        point: Some(Point { lat: km / 111.111, lon: 30.0 }),
        categories: categories.iter().map(|&category| category.to_owned()).collect(),
    }
}

fn datasets<const N: usize>(records: [Vec<Record>; N]) -> Vec<Dataset> {
    let names = ["roads", "wire", "desk", "field"];
    let of = |(records, name): (Vec<Record>, &str)| Dataset { name: name.to_owned(), records };
    records.into_iter().zip(names).map(of).collect()
}

/// Three levels: cars and vans are vehicles, carts are not, and everything moves.
fn kind() -> Taxonomy {
    taxonomy("kind", |category| match category {
        "car" | "van" => vec![category, "vehicle", "mover"],
        _ => vec![category, "drawn", "mover"],
    })
}

/// One level, so two records agree or they do not.
fn colour() -> Taxonomy {
    taxonomy("colour", |category| vec![category])
}

fn taxonomy(name: &str, levels: impl Fn(&'static str) -> Vec<&'static str>) -> Taxonomy {
    let categories = ["car", "van", "cart", "red", "blue"];
    let lines = ["roads", "wire", "desk", "field"]
        .into_iter()
        .flat_map(|dataset| categories.map(|category| (dataset, category, levels(category))));
    Taxonomy::new(name, lines).unwrap()
}

fn run(datasets: &[Dataset], taxonomies: &[Taxonomy], options: &Options) -> MelttResult {
    meltt(datasets, taxonomies, options).unwrap_or_else(|error| panic!("{error}"))
}

fn windows(km: f64, days: f64) -> Options {
    Options::as_in_meltt(km, days)
}

fn id(text: &str) -> RowId {
    let (dataset, row) = text.split_once('_').unwrap();
    RowId { dataset: dataset.parse::<usize>().unwrap() - 1, row: row.parse::<usize>().unwrap() - 1 }
}

/// The incidents in MELTT's spelling, those of one record left out: `1_1 2_1; 1_2 3_1`.
fn joined(result: &MelttResult) -> String {
    let incidents = result.incidents();
    let several = incidents.iter().filter(|incident| incident.len() > 1);
    let texts = several.map(|ids| ids.iter().map(RowId::to_string).collect::<Vec<_>>().join(" "));
    texts.collect::<Vec<_>>().join("; ")
}

#[test]
fn two_records_match_up_to_the_edge_of_both_windows() {
    for (day, km, expected) in [
        (10, 0.0, "1_1 2_1"),
        (12, 3.999, "1_1 2_1"),
        (8, -3.999, "1_1 2_1"),
        (13, 0.0, ""),
        (7, 0.0, ""),
        (10, 4.001, ""),
    ] {
        let sets =
            datasets([vec![record(10, 10, 0.0, &["car"])], vec![record(day, day, km, &["car"])]]);
        let result = run(&sets, &[kind()], &windows(4.0, 2.0));
        assert_eq!(joined(&result), expected, "day {day}, {km} km");
    }
}

#[test]
fn half_a_day_means_the_same_day() {
    let on = |day| vec![record(day, day, 0.0, &["car"])];
    let options = windows(4.0, 0.5);
    assert_eq!(joined(&run(&datasets([on(3), on(3)]), &[kind()], &options)), "1_1 2_1");
    assert_eq!(joined(&run(&datasets([on(3), on(4)]), &[kind()], &options)), "");
}

#[test]
fn the_score_is_the_mean_of_the_levels_at_which_the_taxonomies_agree() {
    for (category, colour_of_other, score) in [
        ("car", "red", Some(0.0)),
        ("van", "red", Some(0.25)),
        ("cart", "red", Some(0.5)),
        ("car", "blue", None),
    ] {
        let sets = datasets([
            vec![record(1, 1, 0.0, &["car", "red"])],
            vec![record(1, 1, 0.0, &[category, colour_of_other])],
        ]);
        let result = run(&sets, &[kind(), colour()], &windows(1.0, 1.0));
        let chosen = result.event_contenders.first().map(|contenders| contenders.chosen.score);
        assert_eq!(chosen, score, "{category}, {colour_of_other}");
    }
}

#[test]
fn weights_pull_and_partial_lets_exactly_so_many_taxonomies_disagree() {
    let sets = datasets([
        vec![record(1, 1, 0.0, &["car", "red"])],
        vec![record(1, 1, 0.0, &["van", "blue"])],
    ]);
    let taxonomies = [kind(), colour()];
    assert_eq!(joined(&run(&sets, &taxonomies, &windows(1.0, 1.0))), "");
    let options = Options { partial: 1, weights: Some(vec![1.5, 0.5]), ..windows(1.0, 1.0) };
    let result = run(&sets, &taxonomies, &options);
    // 1.5 × level 1 of 2, and 1 for the colour, over two taxonomies.
    assert_eq!(result.event_contenders[0].chosen.score, (1.5 * 0.5 + 1.0) / 2.0);
}

#[test]
fn partial_two_refuses_what_partial_one_takes() {
    // Three taxonomies, of which one disagrees: "exactly two" is not met, which is a defect.
    let sets = datasets([
        vec![record(1, 1, 0.0, &["car", "red", "red"])],
        vec![record(1, 1, 0.0, &["car", "red", "blue"])],
    ]);
    let taxonomies = [kind(), colour(), colour()];
    for (partial, expected) in [(0, ""), (1, "1_1 2_1"), (2, "")] {
        let options = Options { partial, ..windows(1.0, 1.0) };
        assert_eq!(joined(&run(&sets, &taxonomies, &options)), expected, "partial {partial}");
    }
}

#[test]
fn agreement_can_be_asked_of_one_level_alone() {
    let sets = datasets([vec![record(1, 1, 0.0, &["car"])], vec![record(1, 1, 0.0, &["van"])]]);
    for (level, expected) in [(1, ""), (2, "1_1 2_1"), (3, "1_1 2_1")] {
        let agreement = Agreement::AtLevels(vec![level]);
        let options = Options { agreement, ..windows(1.0, 1.0) };
        assert_eq!(joined(&run(&sets, &[kind()], &options)), expected, "level {level}");
    }
}

#[test]
fn the_first_found_wins_as_in_meltt_and_the_best_by_score() {
    // The van of the day before is found first, the car of the same day fits better.
    let sets = datasets([
        vec![record(5, 5, 0.0, &["car"])],
        vec![record(4, 4, 0.0, &["van"]), record(5, 5, 0.0, &["car"])],
    ]);
    let mut options = windows(4.0, 2.0);
    let as_in_meltt = run(&sets, &[kind()], &options);
    assert_eq!(joined(&as_in_meltt), "1_1 2_1");
    // The car that was passed over is no runner-up, since it stands before the chosen one.
    let contenders = &as_in_meltt.event_contenders[0];
    assert_eq!((contenders.runners_up, contenders.n_candidates), ([None, None], 2));

    options.candidate_order = CandidateOrder::ByScore;
    let by_score = run(&sets, &[kind()], &options);
    assert_eq!(joined(&by_score), "1_1 2_2");
    let runner_up = Candidate { id: id("2_1"), score: 0.5 };
    assert_eq!(by_score.event_contenders[0].runners_up, [Some(runner_up), None]);
}

#[test]
fn candidates_are_found_backwards_from_the_record_and_then_forwards() {
    let car = |day| record(day, day, 0.0, &["car"]);
    for (days, expected) in [
        (vec![3, 4, 6], "1_1 2_2"),
        (vec![3, 6, 7], "1_1 2_1"),
        // On one day the record of the first data set stands first: the other lies ahead of it.
        (vec![5, 4], "1_1 2_2"),
        (vec![7, 6, 5], "1_1 2_3"),
    ] {
        let sets = datasets([vec![car(5)], days.iter().copied().map(car).collect()]);
        assert_eq!(joined(&run(&sets, &[kind()], &windows(1.0, 2.0))), expected, "{days:?}");
    }
}

#[test]
fn what_is_taken_is_gone_for_the_next() {
    let car = |day| record(day, day, 0.0, &["car"]);
    let sets = datasets([vec![car(5), car(5), car(6)], vec![car(5), car(6)]]);
    let result = run(&sets, &[kind()], &windows(1.0, 2.0));
    assert_eq!(joined(&result), "1_1 2_1; 1_2 2_2");
    assert_eq!(result.removed, [id("2_1"), id("2_2")]);
    let unique: Vec<RowId> = result.unique.iter().map(|record| record.id).collect();
    assert_eq!(unique, [id("1_1"), id("1_2"), id("1_3")]);
}

#[test]
fn a_third_data_set_meets_what_is_left_of_both() {
    // The third record is near the second alone, which went as a duplicate of the first.
    let sets = datasets([
        vec![record(1, 1, 0.0, &["car"])],
        vec![record(1, 1, 3.0, &["car"]), record(9, 9, 0.0, &["car"])],
        vec![record(1, 1, 6.0, &["car"]), record(9, 9, 1.0, &["car"])],
    ]);
    let result = run(&sets, &[kind()], &windows(4.0, 1.0));
    assert_eq!(joined(&result), "1_1 2_1; 2_2 3_2");
    let rows: Vec<_> = result.event_matches.into_iter().map(|matched| matched.0).collect();
    assert_eq!(rows, [vec![Some(0), Some(0), None], vec![None, Some(1), Some(1)]]);
}

#[test]
fn a_later_match_stands_in_its_own_column_though_the_first_two_share_nothing() {
    let car = |day| vec![record(day, day, 0.0, &["car"])];
    let result = run(&datasets([car(1), car(9), car(1)]), &[kind()], &windows(1.0, 1.0));
    assert_eq!(result.event_matches, [MatchedRecords(vec![Some(0), None, Some(0)])]);
}

#[test]
fn episodes_match_episodes_by_both_ends_and_only_flag_events() {
    let sets = datasets([
        vec![record(5, 8, 0.0, &["car"])],
        vec![
            record(5, 9, 0.0, &["car"]),
            record(6, 6, 0.0, &["van"]),
            record(9, 9, 0.0, &["car"]),
            record(20, 20, 0.0, &["car"]),
        ],
    ]);
    let result = run(&sets, &[kind()], &windows(1.0, 1.0));
    assert_eq!((result.event_matches.len(), result.episode_matches.len()), (0, 1));
    assert_eq!(joined(&result), "1_1 2_1");
    let flagged: Vec<_> =
        result.unique.iter().filter(|record| !record.episodes.is_empty()).collect();
    // Event 2_3, on the 9th, is one day past the end of the episode but beyond the window after
    // its first day; it is the one event that the walk looks at before it stops.
    assert_eq!(flagged.iter().map(|record| record.id).collect::<Vec<_>>(), [id("2_2"), id("2_3")]);
    assert_eq!((result.n_flagged(), flagged[0].episodes.as_slice()), (2, &[id("1_1")][..]));
}

#[test]
fn the_walk_stops_after_one_event_beyond_the_window() {
    // All three lie within the episode; MELTT reaches the first that is more than a day after
    // its beginning, and none behind that.
    let events = [4, 5, 6].map(|day| record(day, day, 0.0, &["car"])).to_vec();
    let sets = datasets([vec![record(1, 9, 0.0, &["car"])], events]);
    let result = run(&sets, &[kind()], &windows(1.0, 1.0));
    let flagged = result.unique.iter().filter(|record| !record.episodes.is_empty());
    assert_eq!(flagged.map(|record| record.id).collect::<Vec<_>>(), [id("2_1")]);
}

#[test]
fn flags_gather_over_the_folds_with_the_new_episodes_last() {
    let sets = datasets([
        vec![record(3, 3, 0.0, &["car"])],
        vec![record(2, 4, 0.0, &["car"])],
        vec![record(2, 9, 0.0, &["car"])],
    ]);
    let result = run(&sets, &[kind()], &windows(1.0, 1.0));
    let event = result.unique.iter().find(|record| record.id == id("1_1")).unwrap();
    assert_eq!(event.episodes, [id("2_1"), id("3_1")]);
    let table = deduplicated_index(&result, &[kind()]).to_csv();
    assert!(table.contains("1,1,1,1,0,30,1,1,1,\"2_1, 3_1\"\n"), "{table}");
}

#[test]
fn averaging_moves_days_and_latitude_and_leaves_the_longitude() {
    let mut other = record(2, 2, 1.0, &["car"]);
    other.point = other.point.map(|point| Point { lon: 30.002, ..point });
    let sets = datasets([vec![record(1, 1, 0.0, &["car"])], vec![other]]);
    let options = Options { averaging: true, ..windows(4.0, 2.0) };
    let result = run(&sets, &[kind()], &options);
    let kept = &result.unique[0];
    // The first day is rounded, halves to the even day; the last day is not.
    assert_eq!((kept.first, kept.last), (0.0, 0.5));
    assert_eq!(kept.point, Point { lat: 0.5 / 111.111, lon: 30.0 });
}

#[test]
fn levels_are_numbered_among_those_that_occur() {
    let sets = datasets([
        vec![record(2, 2, 0.0, &["van"]), record(1, 3, 0.0, &["cart"])],
        vec![record(1, 1, 0.0, &["van"])],
    ]);
    let result = run(&sets, &[kind()], &windows(4.0, 2.0));
    let csv = complete_index(&result, &[kind()]).to_csv();
    let expected = "\"dataset\",\"event\",\"date\",\"enddate\",\"latitude\",\"longitude\",\
                    \"kind_level_1\",\"kind_level_2\",\"kind_level_3\"\n\
                    1,2,0,2,0,30,1,1,1\n1,1,1,1,0,30,2,2,1\n2,1,0,0,0,30,2,2,1\n";
    assert_eq!(csv, expected);
}

fn check_refused(datasets: &[Dataset], taxonomies: &[Taxonomy], options: &Options, expected: &str) {
    let error = meltt(datasets, taxonomies, options).expect_err(expected);
    assert_eq!(error.to_string(), expected);
}

#[test]
fn bad_windows_and_arguments_are_refused_together() {
    let car = || vec![record(1, 1, 0.0, &["car"])];
    let sets = datasets([car(), car()]);
    check_refused(
        &sets,
        &[kind()],
        &Options {
            weights: Some(vec![1.0, 2.0]),
            partial: 1,
            agreement: Agreement::AtLevels(vec![4]),
            ..windows(-4.0, 0.0)
        },
        "the window in time is 0 days, and must be above 0; for the same day only, say 0.5\n\
         the window in space is -4 km, and must be above 0\n\
         the number of weights is 2 and their sum 3, and both must be the number of taxonomies, \
         1; no weight may be below 0\n\
         1 of 1 taxonomies may disagree; one at least must agree\n\
         taxonomy kind has levels 1 to 3, and no level 4",
    );
    check_refused(
        &sets,
        &[],
        &windows(f64::NAN, 1.0),
        "the window in space is NaN km, and must be above 0\n\
         MELTT compares by taxonomies, and was given none; give at least one",
    );
    let agreement = Agreement::AtLevels(vec![1]);
    check_refused(
        &sets,
        &[kind(), colour()],
        &Options { agreement, ..windows(1.0, 1.0) },
        "the number of levels asked for is 1, and the number of taxonomies 2; give one level for \
         each\n\
         record 1 of roads has categories for another number of taxonomies (1) than there are \
         (2)\n\
         record 1 of wire has categories for another number of taxonomies (1) than there are (2)",
    );
}

#[test]
fn data_sets_that_cannot_be_linked_are_refused_by_name() {
    let mut nowhere = record(2, 2, 0.0, &["cab"]);
    nowhere.point = None;
    let roads = vec![record(1, 1, 0.0, &["car"]), nowhere.clone(), nowhere];
    let mut sets = datasets([roads, vec![record(1, 1, 0.0, &["tram"])], vec![]]);
    sets[2].name = "roads".to_owned();
    check_refused(
        &sets,
        &[kind()],
        &windows(1.0, 1.0),
        "2 records of roads have no coordinates, record 2 first; MELTT cannot link what it cannot \
         place, so leave them out\n\
         taxonomy kind does not map \"cab\" of roads; add a line for each\n\
         taxonomy kind does not map \"tram\" of wire; add a line for each\n\
         two data sets are called roads; give each a name of its own\n\
         data set roads has no records",
    );
    check_refused(
        &sets[1..2],
        &[kind()],
        &windows(1.0, 1.0),
        "MELTT links two data sets or more, and was given 1; it never compares a data set with \
         itself\n\
         taxonomy kind does not map \"tram\" of wire; add a line for each",
    );
}

#[test]
fn a_taxonomy_of_uneven_depth_is_refused() {
    let lines = [("roads", "car", vec!["a", "b"]), ("wire", "auto", vec!["a"])];
    let error = Taxonomy::new("kind", lines).unwrap_err();
    assert_eq!(
        error.to_string(),
        "taxonomy kind is 1 deep at \"auto\" of wire, and 2 deep in its first line; give every \
         category as many levels"
    );
    let none: [(&str, &str, Vec<&str>); 0] = [];
    assert_eq!(
        Taxonomy::new("kind", none).unwrap_err().to_string(),
        "taxonomy kind has no levels; it needs lines of data.source, base.categories and at least \
         one level"
    );
}
