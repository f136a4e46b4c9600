//! Gathered rows into the tables, many in one statement: what a row costs is then SQLite's own work, and not the way to its thread.
//! Every statement is harmless when the same facts come again.
use super::gather::Gathered;
use crate::error::DirectoryError;
use crate::store::{number, text};
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, query::Query};

type Applied = Result<(), DirectoryError>;
type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Rows of one statement: few sizes, so that SQLite keeps each prepared.
const SIZES: [usize; 3] = [32, 8, 1];

const JOURNEY_COLUMNS: usize = 9;
const JOURNEY: &str = "INSERT INTO journey (id, epoch, began_at, caller, called, trunk, session_id, ended_at, cause) VALUES ";
const JOURNEY_ENDS: &str = "cause = CASE WHEN journey.ended_at IS NULL THEN excluded.cause ELSE journey.cause END, \
     ended_at = COALESCE(journey.ended_at, excluded.ended_at)";
const JOURNEY_BEGAN: &str = " ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, began_at = excluded.began_at, \
     caller = excluded.caller, called = excluded.called, trunk = excluded.trunk, session_id = excluded.session_id, ";
const JOURNEY_SEEN: &str = " ON CONFLICT (id) DO UPDATE SET ";

const LEG_COLUMNS: usize = 11;
const LEG: &str = "INSERT INTO leg (ghost, id, journey, direction, party, address, began_at, answered_at, ended_at, cause, dialog, report) VALUES ";
const LEG_GOES_ON: &str = "dialog = CASE WHEN excluded.ended_at IS NOT NULL THEN NULL \
     WHEN leg.ended_at IS NOT NULL OR excluded.dialog IS NULL THEN leg.dialog ELSE excluded.dialog END, \
     ghost = CASE WHEN excluded.ended_at IS NOT NULL THEN 0 ELSE leg.ghost END, \
     answered_at = COALESCE(leg.answered_at, excluded.answered_at), ended_at = COALESCE(leg.ended_at, excluded.ended_at), \
     cause = COALESCE(leg.cause, excluded.cause), report = COALESCE(leg.report, excluded.report)";
const LEG_BEGAN: &str = " ON CONFLICT (id) DO UPDATE SET direction = excluded.direction, party = excluded.party, \
     address = excluded.address, began_at = excluded.began_at, ";
const LEG_SEEN: &str = " ON CONFLICT (id) DO UPDATE SET ";

const DECISION_COLUMNS: usize = 7;
const DECISION: &str =
    "INSERT INTO decision (epoch, sequence, journey, at, node, code, arguments) VALUES ";
const SPOKEN_COLUMNS: usize = 7;
const SPOKEN: &str =
    "INSERT INTO spoken (epoch, sequence, journey, at, caller, who, service) VALUES ";
const ONCE: &str = " ON CONFLICT (epoch, sequence) DO NOTHING";

const BINDING_COLUMNS: usize = 15;
const BINDING: &str = "INSERT INTO binding (aor, contact, transport, local, remote, flow, expires_at, call_id, cseq, user_agent, instance, reg_id, path, set_at, q) VALUES ";
const BINDING_AGAIN: &str = " ON CONFLICT (aor, contact) DO UPDATE SET transport = excluded.transport, local = excluded.local, \
     remote = excluded.remote, flow = excluded.flow, expires_at = excluded.expires_at, call_id = excluded.call_id, \
     cseq = excluded.cseq, user_agent = excluded.user_agent, instance = excluded.instance, reg_id = excluded.reg_id, \
     path = excluded.path, set_at = excluded.set_at, q = excluded.q";
const PHONE_COLUMNS: usize = 5;
const PHONE: &str = "INSERT INTO phone (aor, device, last_seen, last_address, user_agent) VALUES ";
const PHONE_AGAIN: &str = " ON CONFLICT (aor, device) DO UPDATE SET last_seen = excluded.last_seen, last_address = excluded.last_address, \
     user_agent = excluded.user_agent WHERE phone.last_seen <= excluded.last_seen";

/// A table's insert: what stands before the rows, what of each row is fixed, and what stands after them.
struct Insert {
    head: &'static str,
    fixed: &'static str,
    columns: usize,
    tail: [&'static str; 2],
}

impl Insert {
    /// The parameters have no names: SQLite is asked for the name of each at each execution, and goes through all names for it.
    fn sql(&self, rows: usize) -> String {
        let mut sql = String::with_capacity(1024 + rows * (self.columns * 3 + 8));
        sql.push_str(self.head);
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            sql.push_str(self.fixed);
            for column in 0..self.columns {
                sql.push_str(if column == 0 { "?" } else { ", ?" });
            }
            sql.push(')');
        }
        self.tail.iter().for_each(|part| sql.push_str(part));
        sql
    }

    /// Writes all rows, the largest statements first.
    async fn write<'a, R>(
        &self,
        db: &mut SqliteConnection,
        rows: &'a [R],
        bind: impl Fn(Statement<'a>, &'a R) -> Result<Statement<'a>, DirectoryError>,
    ) -> Applied {
        let mut rest = rows;
        for size in SIZES {
            if rest.len() < size {
                continue;
            }
            let sql = self.sql(size);
            while let Some((chunk, later)) = rest.split_at_checked(size) {
                let mut statement = sqlx::query(AssertSqlSafe(sql.clone()));
                for row in chunk {
                    statement = bind(statement, row)?;
                }
                statement.execute(&mut *db).await?;
                rest = later;
            }
        }
        Ok(())
    }
}

/// Writes everything that was gathered. Journeys first: the other rows name them.
pub(super) async fn write(db: &mut SqliteConnection, rows: Gathered<'_>) -> Applied {
    journeys(db, &rows).await?;
    legs(db, &rows).await?;
    decisions(db, &rows).await?;
    spoken(db, &rows).await?;
    bindings(db, &rows).await?;
    phones(db, &rows).await
}

async fn journeys(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let (began, seen): (Vec<_>, Vec<_>) = rows
        .journeys
        .iter()
        .partition(|(_, row)| row.began.is_some());
    for (rows, conflict) in [(began, JOURNEY_BEGAN), (seen, JOURNEY_SEEN)] {
        let insert = Insert {
            head: JOURNEY,
            fixed: "",
            columns: JOURNEY_COLUMNS,
            tail: [conflict, JOURNEY_ENDS],
        };
        insert
            .write(db, &rows, |statement, (id, row)| {
                let began = row.began.as_ref();
                Ok(statement
                    .bind(*id)
                    .bind(number(row.epoch))
                    .bind(row.seen.0)
                    .bind(began.map_or("", |began| began.from))
                    .bind(began.map_or("", |began| began.to))
                    .bind(began.and_then(|began| began.trunk))
                    .bind(began.and_then(|began| began.session_id))
                    .bind(row.ended.map(|(at, _)| at.0))
                    .bind(row.ended.map(|(_, cause)| cause)))
            })
            .await?;
    }
    Ok(())
}

async fn legs(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let (began, seen): (Vec<_>, Vec<_>) =
        rows.legs.iter().partition(|(_, row)| row.began.is_some());
    for (rows, conflict) in [(began, LEG_BEGAN), (seen, LEG_SEEN)] {
        let insert = Insert {
            head: LEG,
            fixed: "0, ",
            columns: LEG_COLUMNS,
            tail: [conflict, LEG_GOES_ON],
        };
        insert
            .write(db, &rows, |statement, (id, row)| {
                let (direction, party, address) = row
                    .began
                    .map_or(("", "", ""), |(direction, party, address)| {
                        (direction.as_str(), party, address)
                    });
                Ok(statement
                    .bind(*id)
                    .bind(row.journey)
                    .bind(direction)
                    .bind(party)
                    .bind(address)
                    .bind(row.seen.0)
                    .bind(row.answered.map(|at| at.0))
                    .bind(row.ended.map(|(at, _)| at.0))
                    .bind(row.ended.map(|(_, cause)| cause))
                    .bind(row.dialog.map(text).transpose()?)
                    .bind(row.report.map(text).transpose()?))
            })
            .await?;
    }
    Ok(())
}

async fn decisions(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let insert = Insert {
        head: DECISION,
        fixed: "",
        columns: DECISION_COLUMNS,
        tail: [ONCE, ""],
    };
    insert
        .write(db, &rows.decisions, |statement, row| {
            Ok(statement
                .bind(number(row.position.epoch))
                .bind(number(row.position.sequence))
                .bind(row.journey)
                .bind(row.at.0)
                .bind(row.node)
                .bind(row.code)
                .bind(text(row.arguments)?))
        })
        .await
}

async fn spoken(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let insert = Insert {
        head: SPOKEN,
        fixed: "",
        columns: SPOKEN_COLUMNS,
        tail: [ONCE, ""],
    };
    insert
        .write(db, &rows.spoken, |statement, row| {
            Ok(statement
                .bind(number(row.position.epoch))
                .bind(number(row.position.sequence))
                .bind(row.journey)
                .bind(row.at.0)
                .bind(row.caller)
                .bind(row.who)
                .bind(row.service))
        })
        .await
}

async fn bindings(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let mut set = Vec::new();
    for ((aor, contact), row) in &rows.bindings {
        match row {
            Some(row) => set.push(row),
            None => {
                sqlx::query("DELETE FROM binding WHERE aor = $1 AND contact = $2")
                    .bind(*aor)
                    .bind(*contact)
                    .execute(&mut *db)
                    .await?;
            }
        }
    }
    let insert = Insert {
        head: BINDING,
        fixed: "",
        columns: BINDING_COLUMNS,
        tail: [BINDING_AGAIN, ""],
    };
    insert
        .write(db, &set, |statement, (at, binding)| {
            Ok(statement
                .bind(&binding.aor)
                .bind(&binding.contact)
                .bind(&binding.peer.transport)
                .bind(&binding.peer.local)
                .bind(&binding.peer.remote)
                .bind(binding.peer.flow.map(number))
                .bind(binding.expires_at.0)
                .bind(&binding.call_id)
                .bind(i64::from(binding.cseq))
                .bind(&binding.user_agent)
                .bind(&binding.instance)
                .bind(binding.reg_id.map(i64::from))
                .bind(text(&binding.path)?)
                .bind(at.0)
                .bind(i64::from(binding.q)))
        })
        .await
}

async fn phones(db: &mut SqliteConnection, rows: &Gathered<'_>) -> Applied {
    let rows: Vec<_> = rows.phones.iter().collect();
    let insert = Insert {
        head: PHONE,
        fixed: "",
        columns: PHONE_COLUMNS,
        tail: [PHONE_AGAIN, ""],
    };
    insert
        .write(db, &rows, |statement, ((aor, device), (at, binding))| {
            Ok(statement
                .bind(*aor)
                .bind(*device)
                .bind(at.0)
                .bind(&binding.peer.remote)
                .bind(&binding.user_agent))
        })
        .await
}
