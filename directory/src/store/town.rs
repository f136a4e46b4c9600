//! The town's own rows: entities, sites, hours, services, people, numbers. Each `put_` adds the row or replaces the one of the same id.
use super::{joined, split, text, value};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{
    Entity, Hours, Moment, Number, Person, PersonKind, PersonNumber, Service, Site, Visibility,
    is_e164,
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

type Put = Result<(), DirectoryError>;

/// Writes one row in a transaction of its own: the same six lines for each kind.
macro_rules! put {
    ($(#[$doc:meta])* $name:ident, $row:ident, $kind:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// [`DirectoryError::Invalid`] with what was expected, database errors.
        pub async fn $name(&self, row: &$kind) -> Put {
            let mut transaction = self.database.write().await?;
            $row(&mut transaction, row).await?;
            Ok(transaction.commit().await?)
        }
    };
}

impl Directory {
    put!(
        /// Adds or replaces an entity.
        put_entity, entity, Entity
    );
    put!(
        /// Adds or replaces a site.
        put_site, site, Site
    );
    put!(
        /// Adds or replaces opening hours.
        put_hours, hours, Hours
    );
    put!(
        /// Adds or replaces a service.
        put_service, service, Service
    );
    put!(
        /// Adds or replaces an entry with all its numbers.
        put_person, person, Person
    );
    put!(
        /// Adds or replaces a number.
        put_number, dialled, Number
    );
}

pub(crate) async fn entity(db: &mut SqliteConnection, row: &Entity) -> Put {
    sqlx::query(
        "INSERT INTO entity (id, name, country, languages, merged_into) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
         name = excluded.name, country = excluded.country, languages = excluded.languages, merged_into = excluded.merged_into",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.country)
    .bind(joined(&row.languages))
    .bind(&row.merged_into)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn site(db: &mut SqliteConnection, row: &Site) -> Put {
    if !is_e164(&row.emergency_number) {
        return Err(DirectoryError::Invalid(format!(
            "site {}: emergency number {:?}: expected E.164",
            row.id, row.emergency_number
        )));
    }
    sqlx::query(
        "INSERT INTO site (id, entity, name, address, time_zone, emergency_number) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET entity = excluded.entity, name = excluded.name, address = excluded.address, \
         time_zone = excluded.time_zone, emergency_number = excluded.emergency_number",
    )
    .bind(&row.id)
    .bind(&row.entity)
    .bind(&row.name)
    .bind(&row.address)
    .bind(&row.time_zone)
    .bind(&row.emergency_number)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn hours(db: &mut SqliteConnection, row: &Hours) -> Put {
    sqlx::query(
        "INSERT INTO hours (id, name, expression, time_zone, holidays) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
         name = excluded.name, expression = excluded.expression, time_zone = excluded.time_zone, holidays = excluded.holidays",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.expression)
    .bind(&row.time_zone)
    .bind(&row.holidays)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn service(db: &mut SqliteConnection, row: &Service) -> Put {
    sqlx::query(
        "INSERT INTO service (id, entity, site, name, hours, keywords) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
         entity = excluded.entity, site = excluded.site, name = excluded.name, hours = excluded.hours, keywords = excluded.keywords",
    )
    .bind(&row.id)
    .bind(&row.entity)
    .bind(&row.site)
    .bind(&row.name)
    .bind(&row.hours)
    .bind(text(&row.keywords)?)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn person(db: &mut SqliteConnection, row: &Person) -> Put {
    sqlx::query(
        "INSERT INTO person (id, entity, kind, name, service, site, languages, keywords, deputy) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET entity = excluded.entity, kind = excluded.kind, \
         name = excluded.name, service = excluded.service, site = excluded.site, languages = excluded.languages, \
         keywords = excluded.keywords, deputy = excluded.deputy",
    )
    .bind(&row.id)
    .bind(&row.entity)
    .bind(row.kind.as_str())
    .bind(&row.name)
    .bind(&row.service)
    .bind(&row.site)
    .bind(joined(&row.languages))
    .bind(text(&row.keywords)?)
    .bind(&row.deputy)
    .execute(&mut *db)
    .await?;
    sqlx::query("DELETE FROM person_number WHERE person = $1")
        .bind(&row.id)
        .execute(&mut *db)
        .await?;
    for (place, number) in (0i64..).zip(&row.numbers) {
        sqlx::query("INSERT INTO person_number (person, place, number, kind, visibility) VALUES ($1, $2, $3, $4, $5)")
            .bind(&row.id)
            .bind(place)
            .bind(&number.number)
            .bind(&number.kind)
            .bind(number.visibility.as_str())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

pub(crate) async fn dialled(db: &mut SqliteConnection, row: &Number) -> Put {
    if !is_e164(&row.e164) {
        return Err(DirectoryError::Invalid(format!(
            "number {:?}: expected E.164, like +3254310000",
            row.e164
        )));
    }
    sqlx::query(
        "INSERT INTO number (e164, entity, label, flow, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (e164) DO UPDATE SET entity = excluded.entity, label = excluded.label, flow = excluded.flow, \
         valid_from = excluded.valid_from, valid_to = excluded.valid_to",
    )
    .bind(&row.e164)
    .bind(&row.entity)
    .bind(&row.label)
    .bind(&row.flow)
    .bind(row.valid_from.map(|at| at.0))
    .bind(row.valid_to.map(|at| at.0))
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn entities(db: &mut SqliteConnection) -> Result<Vec<Entity>, DirectoryError> {
    let rows: Vec<(String, String, String, String, Option<String>)> =
        sqlx::query_as("SELECT id, name, country, languages, merged_into FROM entity ORDER BY id")
            .fetch_all(db)
            .await?;
    let entity = |(id, name, country, languages, merged_into): (_, _, _, String, _)| Entity {
        id,
        name,
        country,
        languages: split(&languages),
        merged_into,
    };
    Ok(rows.into_iter().map(entity).collect())
}

pub(super) async fn sites(db: &mut SqliteConnection) -> Result<Vec<Site>, DirectoryError> {
    let rows: Vec<(String, String, String, String, String, String)> = sqlx::query_as(
        "SELECT id, entity, name, address, time_zone, emergency_number FROM site ORDER BY id",
    )
    .fetch_all(db)
    .await?;
    let site = |(id, entity, name, address, time_zone, emergency_number)| Site {
        id,
        entity,
        name,
        address,
        time_zone,
        emergency_number,
    };
    Ok(rows.into_iter().map(site).collect())
}

pub(super) async fn all_hours(db: &mut SqliteConnection) -> Result<Vec<Hours>, DirectoryError> {
    let rows: Vec<(String, String, String, String, String)> =
        sqlx::query_as("SELECT id, name, expression, time_zone, holidays FROM hours ORDER BY id")
            .fetch_all(db)
            .await?;
    let hours = |(id, name, expression, time_zone, holidays)| Hours {
        id,
        name,
        expression,
        time_zone,
        holidays,
    };
    Ok(rows.into_iter().map(hours).collect())
}

pub(super) async fn services(db: &mut SqliteConnection) -> Result<Vec<Service>, DirectoryError> {
    type Row = (
        String,
        String,
        Option<String>,
        String,
        Option<String>,
        String,
    );
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, entity, site, name, hours, keywords FROM service ORDER BY id")
            .fetch_all(db)
            .await?;
    let service = |(id, entity, site, name, hours, keywords): Row| {
        let keywords = value(&keywords, "service keywords")?;
        Ok(Service {
            id,
            entity,
            site,
            name,
            hours,
            keywords,
        })
    };
    rows.into_iter().map(service).collect()
}

pub(super) async fn numbers(db: &mut SqliteConnection) -> Result<Vec<Number>, DirectoryError> {
    type Row = (String, String, String, String, Option<i64>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e164, entity, label, flow, valid_from, valid_to FROM number ORDER BY e164",
    )
    .fetch_all(db)
    .await?;
    let number = |(e164, entity, label, flow, from, to): Row| Number {
        e164,
        entity,
        label,
        flow,
        valid_from: from.map(Moment),
        valid_to: to.map(Moment),
    };
    Ok(rows.into_iter().map(number).collect())
}

pub(super) async fn people(db: &mut SqliteConnection) -> Result<Vec<Person>, DirectoryError> {
    type Row = (
        String,
        String,
        String,
        String,
        Option<String>,
        Option<String>,
        String,
        String,
        Option<String>,
    );
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, entity, kind, name, service, site, languages, keywords, deputy FROM person ORDER BY id")
            .fetch_all(&mut *db)
            .await?;
    let mut numbers = person_numbers(db).await?;
    let mut people = Vec::with_capacity(rows.len());
    for (id, entity, kind, name, service, site, languages, keywords, deputy) in rows {
        let kind = PersonKind::from_code(&kind).ok_or_else(|| unknown("kind", &kind, &id))?;
        let keywords = value(&keywords, "person keywords")?;
        let numbers = numbers.remove(&id).unwrap_or_default();
        people.push(Person {
            id,
            entity,
            kind,
            name,
            service,
            site,
            languages: split(&languages),
            keywords,
            deputy,
            numbers,
        });
    }
    Ok(people)
}

async fn person_numbers(
    db: &mut SqliteConnection,
) -> Result<BTreeMap<String, Vec<PersonNumber>>, DirectoryError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT person, number, kind, visibility FROM person_number ORDER BY person, place",
    )
    .fetch_all(db)
    .await?;
    let mut numbers: BTreeMap<String, Vec<PersonNumber>> = BTreeMap::new();
    for (person, number, kind, seen) in rows {
        let visibility =
            Visibility::from_code(&seen).ok_or_else(|| unknown("visibility", &seen, &person))?;
        numbers.entry(person).or_default().push(PersonNumber {
            number,
            kind,
            visibility,
        });
    }
    Ok(numbers)
}

fn unknown(what: &str, code: &str, person: &str) -> DirectoryError {
    DirectoryError::Invalid(format!("person {person}: unknown {what} {code:?}"))
}
