//! TLP and PAP as `marking-definition` objects.
//!
//! TLP 2.0 is an extension of STIX 2.1, and its five objects are published, ids and all, by OASIS
//! (oasis-open/cti-stix-common-objects, `extension-definition-specifications/tlp-2.0`); they are
//! repeated here to the letter. The four markings built into STIX 2.1 itself are TLP 1.0: never
//! written, but understood. PAP has no published objects, so it travels as statements of ours.

use serde_json::{Map, Value, json};
use sheaf_model::{Pap, Tlp};

use super::StixId;

const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

const TLP_2: [(Tlp, &str); 5] = [
    (Tlp::Clear, "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    (Tlp::Green, "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    (Tlp::Amber, "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    (Tlp::AmberStrict, "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    (Tlp::Red, "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
];

/// STIX 2.1, section 7.2.1.4.
const TLP_1: [(Tlp, &str); 4] = [
    (Tlp::Clear, "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    (Tlp::Green, "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    (Tlp::Amber, "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    (Tlp::Red, "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// The id of a level's marking.
pub fn tlp_id(tlp: Tlp) -> &'static str {
    TLP_2.iter().find(|(level, _)| *level == tlp).map_or(TLP_2[4].1, |(_, id)| id)
}

/// The level a marking's id stands for, in TLP 2.0 or 1.0.
pub fn tlp_of(id: &str) -> Option<Tlp> {
    TLP_2.iter().chain(&TLP_1).find(|(_, known)| *known == id).map(|(level, _)| *level)
}

/// The id of a PAP level's marking.
pub fn pap_id(pap: Pap) -> StixId {
    StixId::named("marking-definition", &format!("pap:{pap}"))
}

/// The PAP level a marking's id stands for.
pub fn pap_of(id: &str) -> Option<Pap> {
    Pap::ALL.iter().copied().find(|pap| pap_id(*pap).as_str() == id)
}

/// The level of an object by its `object_marking_refs`: the strictest there is. Without one, or with
/// nothing but markings nobody here knows, it is AMBER+STRICT; an unknown marking beside a known
/// level cannot widen it, but may be stricter than it, so it counts as AMBER+STRICT too.
pub fn tlp_of_refs<'a>(refs: impl IntoIterator<Item = &'a str>) -> Tlp {
    let mut found: Option<Tlp> = None;
    for id in refs {
        let level = match (tlp_of(id), pap_of(id)) {
            (Some(level), _) => level,
            (None, Some(_)) => continue,
            (None, None) => Tlp::AmberStrict,
        };
        found = Some(found.map_or(level, |so_far| so_far.max(level)));
    }
    found.unwrap_or_default()
}

/// The published object of a level.
pub(super) fn tlp_object(tlp: Tlp) -> Value {
    let mut extensions = Map::new();
    extensions.insert(
        TLP_EXTENSION.to_owned(),
        json!({ "extension_type": "property-extension", "tlp_2_0": tlp.name() }),
    );
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp_id(tlp),
        "created": "2022-10-01T00:00:00.000Z",
        "name": format!("TLP:{}", tlp.name().to_uppercase()),
        "extensions": extensions,
    })
}

/// A PAP level as a statement.
pub(super) fn pap_object(pap: Pap) -> Value {
    let name = format!("PAP:{}", pap.name().to_uppercase());
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": pap_id(pap).as_str(),
        "created": super::PUBLISHED,
        "name": name,
        "definition_type": "statement",
        "definition": { "statement": name },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_marking_counts_and_an_unknown_one_is_strict() {
        let check = |refs: &[&str], expected: Tlp| {
            assert_eq!(tlp_of_refs(refs.iter().copied()), expected, "{refs:?}");
        };
        let unknown = "marking-definition--2ed6657d-e927-568b-95e1-2665a8aea6a2";
        let pap = pap_id(Pap::Red);
        check(&[], Tlp::AmberStrict);
        check(&[unknown], Tlp::AmberStrict);
        check(&[tlp_id(Tlp::Clear), pap.as_str()], Tlp::Clear);
        check(&[tlp_id(Tlp::Clear), tlp_id(Tlp::Amber)], Tlp::Amber);
        check(&[tlp_id(Tlp::Clear), unknown], Tlp::AmberStrict);
        check(&[tlp_id(Tlp::Red), unknown], Tlp::Red);
        check(&[TLP_1[0].1], Tlp::Clear);
        check(&[pap.as_str()], Tlp::AmberStrict);
    }

    #[test]
    fn every_level_has_its_object() {
        for &tlp in Tlp::ALL {
            assert_eq!(tlp_of(tlp_id(tlp)), Some(tlp));
            assert_eq!(tlp_object(tlp)["extensions"][TLP_EXTENSION]["tlp_2_0"], tlp.name());
        }
        for &pap in Pap::ALL {
            assert_eq!(pap_of(pap_id(pap).as_str()), Some(pap));
        }
        assert_eq!(tlp_object(Tlp::AmberStrict)["name"], "TLP:AMBER+STRICT");
    }
}
