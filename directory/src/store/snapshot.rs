//! All rows a core, a dialplan or a console starts from, read in one consistent view.
use super::{absences, closures, town};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{
    Absence, Account, CallerLanguage, ClosureRow, Entity, Hours, Number, Person, Service, Site,
};
use sqlx::SqliteConnection;

/// Plain rows, each list sorted by its key. `src/compose` turns them into the words of the crates that need them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Towns and other organisations.
    pub entities: Vec<Entity>,
    /// Buildings.
    pub sites: Vec<Site>,
    /// Named opening hours.
    pub hours: Vec<Hours>,
    /// Services.
    pub services: Vec<Service>,
    /// People, roles and rooms.
    pub people: Vec<Person>,
    /// Numbers citizens dial.
    pub numbers: Vec<Number>,
    /// Accounts with their secrets opened.
    pub accounts: Vec<Account>,
    /// Languages of callers who agreed to be remembered.
    pub languages: Vec<CallerLanguage>,
    /// What is closed by hand; whether its time is over, the reader compares with its own clock.
    pub closures: Vec<ClosureRow>,
    /// Who is away and whose calls go elsewhere; the same about time.
    pub absences: Vec<Absence>,
}

impl Directory {
    /// Reads everything a snapshot holds.
    ///
    /// # Errors
    /// [`DirectoryError::Sealed`] when the key file does not fit; database errors.
    pub async fn snapshot(&self) -> Result<Snapshot, DirectoryError> {
        let mut view = self.database.read().begin().await?;
        let entities = town::entities(&mut view).await?;
        let sites = town::sites(&mut view).await?;
        let hours = town::all_hours(&mut view).await?;
        let services = town::services(&mut view).await?;
        let people = town::all_people(&mut view).await?;
        let numbers = town::numbers(&mut view).await?;
        let accounts = self.accounts_in(&mut view).await?;
        let languages = caller_languages(&mut view).await?;
        let closures = closures::closures_in(&mut view).await?;
        let absences = absences::absences_in(&mut view).await?;
        view.rollback().await?;
        Ok(Snapshot {
            entities,
            sites,
            hours,
            services,
            people,
            numbers,
            accounts,
            languages,
            closures,
            absences,
        })
    }
}

async fn caller_languages(
    db: &mut SqliteConnection,
) -> Result<Vec<CallerLanguage>, DirectoryError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT number, language FROM caller_language ORDER BY number")
            .fetch_all(db)
            .await?;
    let row = |(number, language)| CallerLanguage { number, language };
    Ok(rows.into_iter().map(row).collect())
}
