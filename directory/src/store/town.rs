//! The town's own rows: entities, sites, hours, services, people, numbers. Each `put_` adds the row or replaces the one of the same id.
use super::{joined, reached, split, text, value};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Entity, Hours, Moment, Number, Person, PersonKind, Service, Site, is_e164};
use sqlx::SqliteConnection;

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
        "INSERT INTO service (id, entity, site, name, other_names, hours, keywords, ask) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (id) DO UPDATE SET entity = excluded.entity, site = excluded.site, name = excluded.name, \
         other_names = excluded.other_names, hours = excluded.hours, keywords = excluded.keywords, ask = excluded.ask",
    )
    .bind(&row.id)
    .bind(&row.entity)
    .bind(&row.site)
    .bind(&row.name)
    .bind(text(&row.other_names)?)
    .bind(&row.hours)
    .bind(text(&row.keywords)?)
    .bind(&row.ask)
    .execute(&mut *db)
    .await?;
    reached::write(db, reached::SERVICE, &row.id, &row.numbers).await
}

pub(crate) async fn person(db: &mut SqliteConnection, row: &Person) -> Put {
    sqlx::query(
        "INSERT INTO person (id, entity, kind, name, other_names, function, service, site, languages, keywords, deputy, protected, \
         source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO UPDATE SET \
         entity = excluded.entity, kind = excluded.kind, name = excluded.name, other_names = excluded.other_names, \
         function = excluded.function, service = excluded.service, site = excluded.site, languages = excluded.languages, \
         keywords = excluded.keywords, deputy = excluded.deputy, protected = excluded.protected, source = excluded.source",
    )
    .bind(&row.id)
    .bind(&row.entity)
    .bind(row.kind.as_str())
    .bind(&row.name)
    .bind(text(&row.other_names)?)
    .bind(&row.function)
    .bind(&row.service)
    .bind(&row.site)
    .bind(joined(&row.languages))
    .bind(text(&row.keywords)?)
    .bind(&row.deputy)
    .bind(i64::from(row.protected))
    .bind(&row.source)
    .execute(&mut *db)
    .await?;
    reached::write(db, reached::PERSON, &row.id, &row.numbers).await
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

#[derive(sqlx::FromRow)]
struct ServiceRow {
    id: String,
    entity: String,
    site: Option<String>,
    name: String,
    other_names: String,
    hours: Option<String>,
    keywords: String,
    ask: String,
}

pub(super) async fn services(db: &mut SqliteConnection) -> Result<Vec<Service>, DirectoryError> {
    let rows: Vec<ServiceRow> = sqlx::query_as(
        "SELECT id, entity, site, name, other_names, hours, keywords, ask FROM service ORDER BY id",
    )
    .fetch_all(&mut *db)
    .await?;
    let mut numbers = reached::read(db, reached::SERVICE).await?;
    let service = |row: ServiceRow| {
        Ok(Service {
            numbers: numbers.remove(&row.id).unwrap_or_default(),
            id: row.id,
            entity: row.entity,
            site: row.site,
            name: row.name,
            other_names: value(&row.other_names, "service names")?,
            hours: row.hours,
            keywords: value(&row.keywords, "service keywords")?,
            ask: row.ask,
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

/// Writes people who may stand in for each other: first without, then with their deputies.
pub(crate) async fn people(db: &mut SqliteConnection, people: Vec<Person>) -> Put {
    for row in &people {
        let alone = Person {
            deputy: None,
            ..row.clone()
        };
        person(&mut *db, &alone).await?;
    }
    for row in people.iter().filter(|row| row.deputy.is_some()) {
        person(&mut *db, row).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: String,
    entity: String,
    kind: String,
    name: String,
    other_names: String,
    function: String,
    service: Option<String>,
    site: Option<String>,
    languages: String,
    keywords: String,
    deputy: Option<String>,
    protected: i64,
    source: String,
}

pub(super) async fn all_people(db: &mut SqliteConnection) -> Result<Vec<Person>, DirectoryError> {
    let rows: Vec<PersonRow> = sqlx::query_as(
        "SELECT id, entity, kind, name, other_names, function, service, site, languages, keywords, deputy, protected, source \
         FROM person ORDER BY id",
    )
    .fetch_all(&mut *db)
    .await?;
    let mut numbers = reached::read(db, reached::PERSON).await?;
    let person = |row: PersonRow| {
        let kind = PersonKind::from_code(&row.kind).ok_or_else(|| {
            DirectoryError::Invalid(format!("person {}: unknown kind {:?}", row.id, row.kind))
        })?;
        Ok(Person {
            numbers: numbers.remove(&row.id).unwrap_or_default(),
            id: row.id,
            entity: row.entity,
            kind,
            name: row.name,
            other_names: value(&row.other_names, "person names")?,
            function: row.function,
            service: row.service,
            site: row.site,
            languages: split(&row.languages),
            keywords: value(&row.keywords, "person keywords")?,
            deputy: row.deputy,
            protected: row.protected != 0,
            source: row.source,
        })
    };
    rows.into_iter().map(person).collect()
}
