//! Journeys read back, with legs, reasons, moves and commands (FEATURES REP-1, IVR-6).
use super::value;
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{
    CommandRow, DecisionRow, GhostLeg, JourneyId, JourneyRecord, LegId, LegRow, Moment, MoveRow,
};
use sqlx::SqliteConnection;

/// A `journey` row: id, began, caller, called, trunk, session, ended, cause.
type Row = (
    String,
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

impl Directory {
    /// The last `limit` journeys, the newest first, each with everything that belongs to it. A leg that moved stands in both.
    ///
    /// # Errors
    /// Database errors.
    pub async fn journeys(&self, limit: u32) -> Result<Vec<JourneyRecord>, DirectoryError> {
        let mut view = self.database.read().begin().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, began_at, caller, called, trunk, session_id, ended_at, cause FROM journey ORDER BY began_at DESC, id DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&mut *view)
        .await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            records.push(record(&mut view, row).await?);
        }
        view.rollback().await?;
        Ok(records)
    }

    /// One journey, `None` when there is none of that id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn journey(&self, id: &JourneyId) -> Result<Option<JourneyRecord>, DirectoryError> {
        let mut view = self.database.read().begin().await?;
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, began_at, caller, called, trunk, session_id, ended_at, cause FROM journey WHERE id = $1",
        )
        .bind(&id.0)
        .fetch_optional(&mut *view)
        .await?;
        let found = match row {
            Some(row) => Some(record(&mut view, row).await?),
            None => None,
        };
        view.rollback().await?;
        Ok(found)
    }

    /// How many facts the journal had to refuse in all: 0, or an alarm.
    ///
    /// # Errors
    /// Database errors.
    pub async fn lost_facts(&self) -> Result<u64, DirectoryError> {
        let (lost,): (i64,) =
            sqlx::query_as("SELECT CAST(COALESCE(SUM(lost), 0) AS BIGINT) FROM journal_gap")
                .fetch_one(self.database.read())
                .await?;
        Ok(lost.unsigned_abs())
    }

    /// Answered legs of earlier processes that were not told yet.
    pub(crate) async fn ghosts(&self) -> Result<Vec<GhostLeg>, DirectoryError> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT journey, id, dialog FROM leg WHERE ghost = 1 AND dialog IS NOT NULL ORDER BY journey, id")
                .fetch_all(self.database.read())
                .await?;
        let ghost = |(journey, leg, dialog): (String, String, String)| {
            let dialog = value(&dialog, "leg dialog")?;
            Ok(GhostLeg {
                journey: JourneyId(journey),
                leg: LegId(leg),
                dialog,
            })
        };
        rows.into_iter().map(ghost).collect()
    }
}

async fn record(db: &mut SqliteConnection, row: Row) -> Result<JourneyRecord, DirectoryError> {
    let (id, began_at, from, to, trunk, session_id, ended_at, cause) = row;
    let legs = legs(db, &id).await?;
    let decisions = decisions(db, &id).await?;
    let moves = moves(db, &id).await?;
    let commands = commands(db, &id).await?;
    Ok(JourneyRecord {
        id: JourneyId(id),
        began_at: Moment(began_at),
        from,
        to,
        trunk,
        session_id,
        ended_at: ended_at.map(Moment),
        cause,
        legs,
        decisions,
        moves,
        commands,
    })
}

async fn legs(db: &mut SqliteConnection, journey: &str) -> Result<Vec<LegRow>, DirectoryError> {
    type Leg = (
        String,
        String,
        String,
        String,
        i64,
        Option<i64>,
        Option<i64>,
        Option<String>,
        Option<String>,
    );
    let rows: Vec<Leg> = sqlx::query_as(
        "SELECT id, direction, party, address, began_at, answered_at, ended_at, cause, report FROM leg \
         WHERE journey = $1 OR id IN (SELECT leg FROM leg_move WHERE origin = $1 OR journey = $1) ORDER BY began_at, id",
    )
    .bind(journey)
    .fetch_all(db)
    .await?;
    let leg = |(id, direction, party, address, began, answered, ended, cause, report): Leg| {
        let report = report
            .map(|report| value(&report, "leg report"))
            .transpose()?;
        Ok(LegRow {
            id: LegId(id),
            direction,
            party,
            address,
            began_at: Moment(began),
            answered_at: answered.map(Moment),
            ended_at: ended.map(Moment),
            cause,
            report,
        })
    };
    rows.into_iter().map(leg).collect()
}

async fn decisions(
    db: &mut SqliteConnection,
    journey: &str,
) -> Result<Vec<DecisionRow>, DirectoryError> {
    let rows: Vec<(i64, String, String, String)> =
        sqlx::query_as("SELECT at, node, code, arguments FROM decision WHERE journey = $1 ORDER BY epoch, sequence")
            .bind(journey)
            .fetch_all(db)
            .await?;
    let decision = |(at, node, code, arguments): (i64, String, String, String)| {
        let arguments = value(&arguments, "decision arguments")?;
        Ok(DecisionRow {
            at: Moment(at),
            node,
            code,
            arguments,
        })
    };
    rows.into_iter().map(decision).collect()
}

async fn moves(db: &mut SqliteConnection, journey: &str) -> Result<Vec<MoveRow>, DirectoryError> {
    let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
        "SELECT at, leg, origin, journey, reason FROM leg_move WHERE origin = $1 OR journey = $1 ORDER BY epoch, sequence",
    )
    .bind(journey)
    .fetch_all(db)
    .await?;
    let moved = |(at, leg, origin, to, reason)| MoveRow {
        at: Moment(at),
        leg: LegId(leg),
        from: JourneyId(origin),
        to: JourneyId(to),
        reason,
    };
    Ok(rows.into_iter().map(moved).collect())
}

async fn commands(
    db: &mut SqliteConnection,
    journey: &str,
) -> Result<Vec<CommandRow>, DirectoryError> {
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT at, id, actor, verb, result FROM command WHERE journey = $1 ORDER BY epoch, sequence")
            .bind(journey)
            .fetch_all(db)
            .await?;
    let command = |(at, id, actor, verb, result)| CommandRow {
        at: Moment(at),
        id,
        actor,
        verb,
        result,
    };
    Ok(rows.into_iter().map(command).collect())
}
