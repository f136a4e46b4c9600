//! The demo town, written once into an empty directory (issue "One number, answered", A). Its passwords are public.
use crate::demo_town::{self, ENTITY};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::password;
use crate::store::town;
use crate::store::users::insert_user;
use crate::types::{Digests, Entity, Moment, NewAccount, Number, User};

/// Digest realm of the demo town.
const REALM: &str = "demo.centrale";
/// Its central number, which is also what the emergency services see.
const CENTRAL: &str = "+3254310000";
/// The entry flow of its dialplan.
const FLOW: &str = "demo";

impl Directory {
    /// Writes the demo town unless the directory already has an entity; true when it was written. Accounts 2101 to 2110 with
    /// password `demo-<number>`; 2109 and 2110 are challenged with MD5 alone. Its users (password `demo`) are written
    /// whenever there are none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn seed_demo(&self, now: Moment) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let (users,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM users")
            .fetch_one(&mut *transaction)
            .await?;
        if users == 0 {
            for user in demo_users() {
                insert_user(&mut transaction, &user, now).await?;
            }
        }
        let (entities,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entity")
            .fetch_one(&mut *transaction)
            .await?;
        if entities > 0 {
            transaction.commit().await?;
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

/// Three receptionists with a desk phone each, and somebody who may do everything.
fn demo_users() -> Vec<User> {
    let receptionist = |n: u32| {
        let mut user = User::new(&format!("reception{n}"), password::DEMO.to_owned());
        user.display = format!("Reception {n}");
        user.roles = vec!["receptionist".to_owned()];
        user.phone = Some((2104 + n).to_string());
        user.languages = vec!["nl".to_owned(), "fr".to_owned()];
        user
    };
    let mut admin = User::new("admin", password::DEMO.to_owned());
    admin.display = "Admin".to_owned();
    admin.roles = [
        "receptionist",
        "service_lead",
        "directory_editor",
        "telephony_admin",
        "auditor",
        "supervisor",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut users: Vec<User> = (1..=3).map(receptionist).collect();
    users.push(admin);
    users
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
