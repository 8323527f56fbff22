//! What kind of happening: a small taxonomy, two levels deep, to which every source's own codes
//! are mapped in its `source.toml`. It is small on purpose: linking asks how far two sources agree,
//! and a finer tree only records how they code. The source's own code stays in the claim as said.

use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal in $parent:ident;)*) => {
        /// A kind of incident. Each has a broader kind, up to [`Kind::Violence`] or one of the
        /// other roots (a root is its own broader kind).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            /// Every kind, broader before narrower.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The word used in files, mappings and on screen.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }

            /// The next broader kind; a root is its own.
            pub fn broader(self) -> Kind {
                match self { $(Kind::$variant => Kind::$parent,)* }
            }
        }
    };
}

kinds! {
    /// Violence of a kind the source does not say.
    Violence = "violence" in Violence;
    /// Something exploded, other than fired from afar.
    Explosion = "explosion" in Violence;
    /// A bomb or improvised device.
    Bomb = "bomb" in Explosion;
    /// A bomb whose bearer meant to die.
    SuicideBomb = "suicide-bomb" in Explosion;
    /// A vehicle packed with explosives.
    VehicleBomb = "vehicle-bomb" in Explosion;
    /// A mine or left-over munition.
    Mine = "mine" in Explosion;
    /// A grenade.
    Grenade = "grenade" in Explosion;
    /// Violence from afar.
    RemoteStrike = "remote-strike" in Violence;
    /// Shelling, rockets, missiles.
    Shelling = "shelling" in RemoteStrike;
    /// From the air, drones among them.
    AirStrike = "air-strike" in RemoteStrike;
    /// Direct violence by attackers against those who do not fight back as a party.
    Assault = "assault" in Violence;
    /// With firearms.
    Shooting = "shooting" in Assault;
    /// With knives or other blades.
    Stabbing = "stabbing" in Assault;
    /// A vehicle driven into people.
    VehicleRamming = "vehicle-ramming" in Assault;
    /// Setting fire.
    Arson = "arson" in Assault;
    /// A killing aimed at one target.
    Assassination = "assassination" in Assault;
    /// Violence by a crowd.
    MobViolence = "mob-violence" in Assault;
    /// Sexual violence.
    SexualViolence = "sexual-violence" in Assault;
    /// Two armed parties fight.
    Battle = "battle" in Violence;
    /// People are held or taken.
    Captivity = "captivity" in Violence;
    /// Kidnapping, abduction, forced disappearance.
    Abduction = "abduction" in Captivity;
    /// Hostages are held at a place.
    HostageTaking = "hostage-taking" in Captivity;
    /// A vehicle, ship or aircraft is taken.
    Hijacking = "hijacking" in Captivity;
    /// Force used by the state against a crowd.
    CrowdControl = "crowd-control" in Violence;
    /// A crowd, violent or not.
    Unrest = "unrest" in Unrest;
    /// A peaceful protest.
    Protest = "protest" in Unrest;
    /// A violent demonstration.
    Riot = "riot" in Unrest;
    /// A strike or boycott.
    Strike = "strike" in Unrest;
    /// Things are damaged or service stops; no one is attacked.
    Disruption = "disruption" in Disruption;
    /// Sabotage, looting, destruction of property.
    Sabotage = "sabotage" in Disruption;
    /// A threat, a hoax, a found device.
    Threat = "threat" in Disruption;
    /// A cyber attack on an operator.
    Cyber = "cyber" in Disruption;
    /// An accident.
    Accident = "accident" in Accident;
    /// Something else: troop movements, arrests, agreements.
    Other = "other" in Other;
}

impl Kind {
    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// From this kind to its root, this kind first.
    pub fn chain(self) -> impl Iterator<Item = Kind> {
        let mut next = Some(self);
        std::iter::from_fn(move || {
            let here = next?;
            next = (here.broader() != here).then(|| here.broader());
            Some(here)
        })
    }

    /// Whether one is the other or a narrower case of it: "bomb" does not contradict "explosion".
    pub fn fits(self, other: Kind) -> bool {
        self.chain().any(|kind| kind == other) || other.chain().any(|kind| kind == self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_leads_to_a_root_and_back_from_its_name() {
        for &kind in Kind::ALL {
            let root = kind.chain().last().unwrap();
            assert_eq!(root.broader(), root, "{kind}");
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("bombing"), None);
    }

    #[test]
    fn narrower_fits_broader_but_siblings_do_not() {
        assert!(Kind::SuicideBomb.fits(Kind::Violence));
        assert!(Kind::Explosion.fits(Kind::Bomb));
        assert!(!Kind::Bomb.fits(Kind::SuicideBomb));
        assert!(!Kind::Riot.fits(Kind::Violence));
    }
}
