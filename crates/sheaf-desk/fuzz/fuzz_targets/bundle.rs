//! Any bytes as a bundle; and any objects in one: what was put in comes out, or is left out, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sheaf_model::{Marking, Member, MemberId, Moment, Purpose, Region, Role, Sector, Tlp};
use sheaf_share::bundle::{BundleKey, Channel, Outgoing, Peer, bundle, unbundle};
use sheaf_share::rules::{Directory, Reader};

fuzz_target!(|bytes: &[u8]| {
    let (ours, theirs) = (MemberId::new("acme").unwrap(), MemberId::new("yard").unwrap());
    let now = Moment::from_millis(1_790_000_000_000).unwrap();
    let key = BundleKey::new(ours.clone(), &[7; 32]);
    let peer = Peer { member: ours.clone(), keys: vec![key.known()], speaks_for_others: false };
    let purposes = [Purpose::from_name("reporting").unwrap()];
    let member = |id: &MemberId| Member {
        id: id.clone(),
        name: id.to_string(),
        region: Region::new("north").unwrap(),
        sector: Sector::Media,
        purposes: purposes.clone().into(),
    };
    let directory = Directory::new([member(&ours), member(&theirs)], []);
    let reader = Reader::of(&directory, &theirs, [Role::Contributor], purposes.clone());
    assert!(unbundle(bytes, &peer, &reader, Channel::default(), now).is_err());

    let Ok(Value::Array(objects)) = serde_json::from_slice(bytes) else { return };
    let mut marking = Marking::unsaid(ours.clone());
    marking.tlp = Tlp::Green;
    marking.purposes = purposes.into();
    let things: Vec<Outgoing> = objects
        .into_iter()
        .map(|object| Outgoing::Object { object, marking: marking.clone() })
        .collect();
    let Ok(made) = bundle(&things, &key, &reader, Channel::default(), now) else { return };
    assert_eq!(made.n_carried as usize + made.left_out.len(), things.len());
    let taken = unbundle(&made.bytes, &peer, &reader, Channel::default(), now).expect("our own");
    assert_eq!(taken.n_read, made.n_carried);
    assert_eq!(taken.taken.len() + taken.refused.len(), taken.n_read as usize);
});
