//! The demo town, written once into an empty directory (issue "One number, answered", A). Its passwords are public.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::store::town;
use crate::types::{Digests, Entity, Moment, NewAccount, Number, Service, Site};

/// Digest realm of the demo town.
const REALM: &str = "demo.centrale";
/// Its central number, which is also what the emergency services see.
const CENTRAL: &str = "+3254310000";
/// The entry flow of its dialplan.
const FLOW: &str = "demo";

impl Directory {
    /// Writes the demo town unless the directory already has an entity; true when it was written. Accounts 2101 to 2110 with
    /// password `demo-<number>`; 2109 and 2110 are challenged with MD5 alone.
    ///
    /// # Errors
    /// Database errors.
    pub async fn seed_demo(&self, now: Moment) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let (entities,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entity")
            .fetch_one(&mut *transaction)
            .await?;
        if entities > 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        town::entity(&mut transaction, &demo_entity()).await?;
        town::site(&mut transaction, &demo_site()).await?;
        for (id, name, keywords) in SERVICES {
            town::service(&mut transaction, &demo_service(id, name, keywords)).await?;
        }
        town::dialled(&mut transaction, &demo_number()).await?;
        for number in 2101..=2110u32 {
            self.insert_account(&mut transaction, &demo_account(number), now)
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

const SERVICES: [(&str, &str, &[&str]); 3] = [
    (
        "population",
        "Population",
        &[
            "passport",
            "identity card",
            "paspoort",
            "identiteitskaart",
            "passeport",
            "carte d'identité",
        ],
    ),
    (
        "town-planning",
        "Town planning",
        &["building permit", "bouwvergunning", "permis de bâtir"],
    ),
    (
        "reception",
        "Reception",
        &["reception", "onthaal", "accueil"],
    ),
];

fn demo_entity() -> Entity {
    Entity {
        id: "demo".into(),
        name: "Demo town".into(),
        country: "BE".into(),
        languages: vec!["nl".into(), "fr".into()],
        merged_into: None,
    }
}

fn demo_site() -> Site {
    Site {
        id: "town-hall".into(),
        entity: "demo".into(),
        name: "Town hall".into(),
        address: "Marktplein 1, Demo".into(),
        time_zone: "Europe/Brussels".into(),
        emergency_number: CENTRAL.into(),
    }
}

fn demo_service(id: &str, name: &str, keywords: &[&str]) -> Service {
    Service {
        id: id.into(),
        entity: "demo".into(),
        site: Some("town-hall".into()),
        name: name.into(),
        hours: None,
        keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn demo_number() -> Number {
    Number {
        e164: CENTRAL.into(),
        entity: "demo".into(),
        label: "Central number".into(),
        flow: FLOW.into(),
        valid_from: None,
        valid_to: None,
    }
}

fn demo_account(number: u32) -> NewAccount {
    let name = number.to_string();
    let mut account = NewAccount::new(REALM, &name, &format!("demo-{name}"));
    account.site = Some("town-hall".into());
    account.display = format!("Desk {name}");
    if number >= 2109 {
        account.digests = Digests::Md5;
    }
    account
}
