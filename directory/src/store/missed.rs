//! Callers whom nobody spoke to, out of the journeys themselves, closed hours included (FEATURES QUE-8). Nothing has to be
//! added when a call is missed, so none can be forgotten.
use super::notes::ensure_journey;
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{DecisionRow, JourneyId, Missed, Moment};

/// Most rows of one answer.
const ROWS: u32 = 1_000;

/// Between the parts of a decision: U+001F, which is in none of them.
const PART: char = '\u{1f}';

/// A missed call: id, began, caller, called, cause, last decision about hours or waiting in parts, done, by, at.
type Row = (
    String,
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<i64>,
);

/// From outside (over a trunk, or a page of the demo) to a number of ours, over, and nobody spoke to the caller.
const MISSED: &str = "SELECT j.id, j.began_at, j.caller, j.called, j.cause, \
     (SELECT d.at || char(31) || d.node || char(31) || d.code || char(31) || d.arguments FROM decision d WHERE d.journey = j.id AND d.code IN ('open', 'open-holiday', 'open-exceptionally', 'closed', \
      'closed-holiday', 'closed-exceptionally', 'no-answer', 'busy', 'unreachable', 'queue-wait', 'queue-full', 'queue-too-long', \
      'queue-nobody', 'external-no-answer', 'external-busy', 'external-failed') ORDER BY d.epoch DESC, d.sequence DESC LIMIT 1), \
     m.done, m.author, m.at \
     FROM journey j LEFT JOIN missed_done m ON m.journey = j.id \
     WHERE j.ended_at IS NOT NULL AND j.trunk IS NOT NULL \
     AND (j.caller LIKE '+%' OR j.caller IN ('', 'anonymous')) \
     AND (EXISTS (SELECT 1 FROM number n WHERE n.e164 = j.called) \
          OR EXISTS (SELECT 1 FROM decision d WHERE d.journey = j.id AND d.node NOT IN ('border', 'desk'))) \
     AND NOT EXISTS (SELECT 1 FROM spoken s WHERE s.journey = j.id)";

/// Not dealt with by anybody, and the caller was not reached later: neither by a call of their own nor by one of ours.
const OPEN: &str = " AND COALESCE(m.done, 0) = 0 \
     AND NOT (j.caller LIKE '+%' AND EXISTS (SELECT 1 FROM spoken s WHERE s.at > j.began_at AND (s.caller = j.caller OR s.who = j.caller)))";

impl Directory {
    /// Missed calls that began at or after `since` and wait for somebody, the newest first, at most `limit` and 1 000.
    ///
    /// # Errors
    /// Database errors.
    pub async fn missed(&self, since: Moment, limit: u32) -> Result<Vec<Missed>, DirectoryError> {
        let sql = format!(
            "{MISSED}{OPEN} AND j.began_at >= $1 ORDER BY j.began_at DESC, j.id DESC LIMIT $2"
        );
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(since.0)
            .bind(i64::from(limit.min(ROWS)))
            .fetch_all(self.database.read())
            .await?;
        rows.into_iter().map(missed).collect()
    }

    /// One missed call, dealt with or not; `None` when the journey is none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn missed_call(&self, journey: &JourneyId) -> Result<Option<Missed>, DirectoryError> {
        let row: Option<Row> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{MISSED} AND j.id = $1")))
                .bind(&journey.0)
                .fetch_optional(self.database.read())
                .await?;
        row.map(missed).transpose()
    }

    /// A missed call is dealt with, or open again. Saying the same twice keeps who said it first. `None` when the journey is
    /// no missed call.
    ///
    /// # Errors
    /// Database errors.
    pub async fn missed_done(
        &self,
        journey: &JourneyId,
        done: bool,
        by: &str,
        at: Moment,
    ) -> Result<Option<Missed>, DirectoryError> {
        let by = typed::name(by, "who dealt with a missed call")?;
        if self.missed_call(journey).await?.is_none() {
            return Ok(None);
        }
        let mut transaction = self.database.write().await?;
        ensure_journey(&mut transaction, journey, at).await?;
        sqlx::query(
            "INSERT INTO missed_done (journey, done, author, at) VALUES ($1, $2, $3, $4) ON CONFLICT (journey) DO UPDATE SET \
             done = excluded.done, author = excluded.author, at = excluded.at WHERE missed_done.done <> excluded.done",
        )
        .bind(&journey.0)
        .bind(i64::from(done))
        .bind(&by)
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.missed_call(journey).await
    }
}

fn missed(row: Row) -> Result<Missed, DirectoryError> {
    let (id, began, caller, dialled, cause, decided, done, by, at) = row;
    let decision = decided.as_deref().map(decision).transpose()?.flatten();
    let cause = cause.unwrap_or_default();
    Ok(Missed {
        journey: JourneyId(id),
        at: Moment(began),
        number: Some(caller)
            .filter(|caller| caller.starts_with('+'))
            .unwrap_or_default(),
        dialled,
        cause: told(cause, decision.as_ref().map(|decision| &*decision.code)),
        decision,
        done: by.zip(at.map(Moment)).filter(|_| done == Some(1)),
    })
}

/// A decision out of its parts.
fn decision(parts: &str) -> Result<Option<DecisionRow>, DirectoryError> {
    let mut parts = parts.splitn(4, PART);
    let mut part = || parts.next().unwrap_or_default();
    let (at, node, code, arguments) = (part(), part(), part(), part());
    let Ok(at) = at.parse() else { return Ok(None) };
    Ok(Some(DecisionRow {
        at: Moment(at),
        node: node.to_owned(),
        code: code.to_owned(),
        arguments: super::value(arguments, "decision arguments")?,
    }))
}

/// Why nobody spoke to the caller, in the fewest words that tell people apart.
fn told(cause: String, decided: Option<&str>) -> String {
    match (cause.as_str(), decided) {
        (_, Some("closed" | "closed-holiday" | "closed-exceptionally")) => "closed".to_owned(),
        ("cancelled" | "caller-hung-up", _) => "caller-hung-up".to_owned(),
        ("finished", Some(code)) if !code.starts_with("open") => "no-answer".to_owned(),
        _ => cause,
    }
}
