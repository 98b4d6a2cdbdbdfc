//! Demonstration accounts (A11): one for each role, one for each cooperative that sells.

use std::collections::BTreeMap;

use super::{coops::Seller, loading::Load};
use crate::{
    db::Tx,
    identity::{NewPerson, Role, create_person},
    kernel::Result,
};

/// Makes them, all with the one password.
pub async fn load(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, hash: &str, load: &mut Load) -> Result<()> {
    let person = |login: &str, name: &str, role: Role| NewPerson {
        login: login.to_owned(),
        name: name.to_owned(),
        role,
        coop: None,
        outlet: None,
        password_hash: hash.to_owned(),
    };
    let mut all = vec![
        person("shopper", "演示买家", Role::Shopper),
        NewPerson { outlet: Some("JY".to_owned()), ..person("clerk", "演示店员", Role::Clerk) },
        person("bureau", "演示商务局", Role::Bureau),
        person("operator", "演示运营", Role::Operator),
    ];
    for seller in sellers.values().filter(|s| !s.facts.applied) {
        let login = seller.facts.code.replace('C', "coop");
        all.push(NewPerson { coop: Some(seller.id.clone()), ..person(&login, &seller.facts.name, Role::Coop) });
    }
    for new in all {
        create_person(tx, new, &mut load.step).await?;
    }
    Ok(())
}
