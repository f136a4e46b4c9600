//! The demo town, written once into an empty directory (issue "One number, answered", A). Its passwords are public.
use crate::demo_town::{self, ENTITY};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::store::town;
use crate::types::{Digests, Entity, Moment, NewAccount, Number};

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
        for site in demo_town::sites(CENTRAL) {
            town::site(&mut transaction, &site).await?;
        }
        for service in demo_town::services() {
            town::service(&mut transaction, &service).await?;
        }
        town::people(&mut transaction, demo_town::people()).await?;
        town::dialled(&mut transaction, &demo_number()).await?;
        for number in 2101..=2110u32 {
            self.insert_account(&mut transaction, &demo_account(number), now)
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

fn demo_entity() -> Entity {
    Entity {
        id: ENTITY.into(),
        name: "Demo town".into(),
        country: "BE".into(),
        languages: vec!["nl".into(), "fr".into()],
        merged_into: None,
    }
}

fn demo_number() -> Number {
    Number {
        e164: CENTRAL.into(),
        entity: ENTITY.into(),
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
