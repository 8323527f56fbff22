//! The members and groups of a pool's ledger as the sharing rules want them, and the reader that an account
//! is to them. A member whose name is none that the rules take is no member to them.

use sheaf_model::{Member, MemberId, Region, Role, Sector};
use sheaf_share::rules::{Directory, Reader};
use sheaf_store::StoreError;
use sheaf_store::exchange::{Account, Exchange};

/// What a region is called of which nothing was said; the number of the member follows, so that two such
/// members do not work beside each other.
const UNSAID: &str = "unsaid-";

/// The members and groups there are now.
pub fn directory(log: &Exchange) -> Result<Directory, StoreError> {
    let mut members = Vec::new();
    for member in log.members()? {
        let Ok(id) = MemberId::new(&member.name) else { continue };
        let region = Region::new(&member.region)
            .or_else(|_| Region::new(&format!("{UNSAID}{}", member.member)));
        let Ok(region) = region else { continue };
        members.push(Member {
            id,
            name: member.name,
            sector: Sector::from_name(&member.sector).unwrap_or(Sector::Other),
            region,
            purposes: log.purposes(member.member)?,
        });
    }
    Ok(Directory::new(members, log.groups()?))
}

/// Whether a region may be called so by people.
pub fn is_free_region(name: &Region) -> bool {
    !name.as_str().starts_with(UNSAID)
}

/// What an account is to the rules: its member's, with the roles it has, for all that its member reads for. Who
/// only passes on what others brought reads nothing by that: to it, pages and maps are what they are to anyone.
pub fn reader_of(account: &Account, directory: &Directory) -> Reader {
    with_roles(account, directory, Role::from_name)
}

/// What an account is to the rules in the log of objects: the same, but that whoever passes things on carries there
/// what a contributor of its member sees.
pub(crate) fn carrier_of(account: &Account, directory: &Directory) -> Reader {
    with_roles(account, directory, |word| match word {
        "relay" => Some(Role::Contributor),
        word => Role::from_name(word),
    })
}

fn with_roles(
    account: &Account,
    directory: &Directory,
    role: impl Fn(&str) -> Option<Role>,
) -> Reader {
    let Ok(member) = MemberId::new(&account.member) else { return Reader::anyone() };
    let purposes = directory.member(&member).map(|it| it.purposes.clone()).unwrap_or_default();
    let roles = account.roles.iter().filter_map(|word| role(word));
    Reader::of(directory, &member, roles, purposes)
}
