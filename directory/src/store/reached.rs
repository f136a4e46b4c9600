//! The numbers by which a person or a service is reached: two tables of the same columns.
use crate::error::DirectoryError;
use crate::types::{PersonNumber, Visibility};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Whose numbers: the statements of one of the two tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose {
    kind: &'static str,
    delete: &'static str,
    insert: &'static str,
    select: &'static str,
}

/// A person's.
pub(super) const PERSON: Whose = Whose {
    kind: "person",
    delete: "DELETE FROM person_number WHERE person = $1",
    insert: "INSERT INTO person_number (person, place, number, kind, visibility) VALUES ($1, $2, $3, $4, $5)",
    select: "SELECT person, number, kind, visibility FROM person_number ORDER BY person, place",
};
/// A service's.
pub(super) const SERVICE: Whose = Whose {
    kind: "service",
    delete: "DELETE FROM service_number WHERE service = $1",
    insert: "INSERT INTO service_number (service, place, number, kind, visibility) VALUES ($1, $2, $3, $4, $5)",
    select: "SELECT service, number, kind, visibility FROM service_number ORDER BY service, place",
};

/// Writes all numbers of one row, in the place of those it had.
pub(super) async fn write(
    db: &mut SqliteConnection,
    whose: Whose,
    id: &str,
    numbers: &[PersonNumber],
) -> Result<(), DirectoryError> {
    sqlx::query(whose.delete).bind(id).execute(&mut *db).await?;
    for (place, number) in (0i64..).zip(numbers) {
        sqlx::query(whose.insert)
            .bind(id)
            .bind(place)
            .bind(&number.number)
            .bind(&number.kind)
            .bind(number.visibility.as_str())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// All numbers, by the id of their row.
pub(super) async fn read(
    db: &mut SqliteConnection,
    whose: Whose,
) -> Result<BTreeMap<String, Vec<PersonNumber>>, DirectoryError> {
    let rows: Vec<(String, String, String, String)> =
        sqlx::query_as(whose.select).fetch_all(db).await?;
    let mut numbers: BTreeMap<String, Vec<PersonNumber>> = BTreeMap::new();
    for (id, number, kind, seen) in rows {
        let visibility = Visibility::from_code(&seen).ok_or_else(|| {
            DirectoryError::Invalid(format!("{} {id}: unknown visibility {seen:?}", whose.kind))
        })?;
        numbers.entry(id).or_default().push(PersonNumber {
            number,
            kind,
            visibility,
        });
    }
    Ok(numbers)
}
