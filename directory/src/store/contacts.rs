//! Earlier contacts with a number, out of the journeys (FEATURES CON-4).
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Arguments, Contact, JourneyId, Moment};
use sqlx::SqliteConnection;

/// Most rows of one answer.
const ROWS: u32 = 100;

/// A journey from or to the number: id, began, caller, cause, outcome, note.
type Row = (
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl Directory {
    /// Calls from and to `number` (E.164 or an account) that began before `before`, the newest first, at most `limit` and 100.
    /// None for a number that is withheld.
    ///
    /// # Errors
    /// Database errors.
    pub async fn contacts(
        &self,
        number: &str,
        before: Moment,
        limit: u32,
    ) -> Result<Vec<Contact>, DirectoryError> {
        if is_withheld(number) {
            return Ok(Vec::new());
        }
        let mut view = self.database.read().begin().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT j.id, j.began_at, j.caller, j.cause, o.outcome, n.text FROM journey j \
             LEFT JOIN outcome o ON o.journey = j.id LEFT JOIN note n ON n.journey = j.id \
             WHERE j.began_at < $2 AND j.id IN (SELECT id FROM journey WHERE caller = $1 \
             UNION SELECT journey FROM spoken WHERE caller = $1 UNION SELECT journey FROM spoken WHERE who = $1) \
             ORDER BY j.began_at DESC, j.id DESC LIMIT $3",
        )
        .bind(number)
        .bind(before.0)
        .bind(i64::from(limit.min(ROWS)))
        .fetch_all(&mut *view)
        .await?;
        let mut contacts = Vec::with_capacity(rows.len());
        for row in rows {
            contacts.push(contact(&mut view, number, row).await?);
        }
        view.rollback().await?;
        Ok(contacts)
    }

    /// How often `number` called from `since` on and before `before`, calls that nobody took included.
    ///
    /// # Errors
    /// Database errors.
    pub async fn calls_between(
        &self,
        number: &str,
        since: Moment,
        before: Moment,
    ) -> Result<u64, DirectoryError> {
        if is_withheld(number) {
            return Ok(0);
        }
        let (calls,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM journey WHERE caller = $1 AND began_at >= $2 AND began_at < $3",
        )
        .bind(number)
        .bind(since.0)
        .bind(before.0)
        .fetch_one(self.database.read())
        .await?;
        Ok(calls.unsigned_abs())
    }
}

/// Nobody in particular: calls of different people must not be told as those of one.
fn is_withheld(number: &str) -> bool {
    number.is_empty() || number == "anonymous"
}

async fn contact(
    db: &mut SqliteConnection,
    number: &str,
    (id, began, _, cause, outcome, note): Row,
) -> Result<Contact, DirectoryError> {
    let last: Option<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT caller, who, service FROM spoken WHERE journey = $1 ORDER BY epoch DESC, sequence DESC LIMIT 1",
    )
    .bind(&id)
    .fetch_optional(&mut *db)
    .await?;
    let (who, service) = match last {
        Some((caller, who, service)) if who == number => (Some(caller), service),
        Some((_, who, service)) => (Some(who), service),
        None => (None, None),
    };
    let service = match service {
        None => chosen_service(db, &id).await?,
        known => known,
    };
    let with = match &who {
        Some(who) => Some(display(db, who).await?),
        None => None,
    };
    Ok(Contact {
        journey: JourneyId(id),
        at: Moment(began),
        who,
        with,
        service,
        outcome: outcome.or(cause).unwrap_or_default(),
        note: note.filter(|text| !text.is_empty()),
    })
}

/// The service of the last decision about opening hours: all that is known of a call that nobody took.
async fn chosen_service(
    db: &mut SqliteConnection,
    journey: &str,
) -> Result<Option<String>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT arguments FROM decision WHERE journey = $1 AND (code LIKE 'open%' OR code LIKE 'closed%') \
         ORDER BY epoch DESC, sequence DESC LIMIT 1",
    )
    .bind(journey)
    .fetch_optional(db)
    .await?;
    let Some((arguments,)) = row else {
        return Ok(None);
    };
    let mut arguments: Arguments = super::value(&arguments, "decision arguments")?;
    Ok(arguments.remove("service"))
}

/// Who a station, an account or a number is, the surest first. What names several people names none of them.
const NAMES: [&str; 3] = [
    "SELECT display FROM users WHERE station = $1 AND display <> '' LIMIT 2",
    "SELECT person.name FROM person_number JOIN person ON person.id = person_number.person \
     WHERE person_number.number = $1 AND person_number.visibility <> 'private' LIMIT 2",
    "SELECT display FROM account WHERE name = $1 AND display <> '' LIMIT 2",
];

/// A party as colleagues know it.
async fn display(db: &mut SqliteConnection, party: &str) -> Result<String, DirectoryError> {
    for names in NAMES {
        let rows: Vec<(String,)> = sqlx::query_as(names)
            .bind(party)
            .fetch_all(&mut *db)
            .await?;
        if let [(name,)] = &rows[..] {
            return Ok(name.clone());
        }
    }
    Ok(party.to_owned())
}
