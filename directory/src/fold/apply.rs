//! One fact to its rows. Every statement is harmless when the same fact comes again, and a fact whose beginning was lost makes
//! the row it needs: a record with holes is worth more than none.
use crate::error::DirectoryError;
use crate::fact::Fact;
use crate::journal::Position;
use crate::store::{number, text};
use crate::types::{Callback, JourneyId, LegId, Moment};
use sqlx::SqliteConnection;

type Applied = Result<(), DirectoryError>;

/// How far the tables are.
pub(super) async fn position(db: &mut SqliteConnection) -> Result<Position, DirectoryError> {
    let (epoch, sequence): (i64, i64) =
        sqlx::query_as("SELECT epoch, sequence FROM journal_position WHERE id = 1")
            .fetch_one(db)
            .await?;
    Ok(Position {
        epoch: epoch.unsigned_abs(),
        sequence: sequence.unsigned_abs(),
    })
}

/// Says how far the tables are, in the transaction that brought them there.
pub(super) async fn set_position(db: &mut SqliteConnection, reached: Position) -> Applied {
    sqlx::query("UPDATE journal_position SET epoch = $1, sequence = $2 WHERE id = 1")
        .bind(number(reached.epoch))
        .bind(number(reached.sequence))
        .execute(db)
        .await?;
    Ok(())
}

/// Folds one fact of a kind that is not gathered.
pub(super) async fn fact(db: &mut SqliteConnection, position: Position, fact: &Fact) -> Applied {
    match fact {
        Fact::CalledForHelp { callback, .. } => called_for_help(db, callback).await,
        Fact::LegMoved {
            at,
            journey,
            leg,
            reason,
        } => leg_moved(db, position, *at, (journey, leg), reason).await,
        Fact::LanguageKept {
            at,
            number,
            language,
        } => language_kept(db, *at, number, language.as_deref()).await,
        Fact::Command { .. } => command(db, position, fact).await,
        Fact::Gap { at, lost } => gap(db, position, *at, *lost).await,
        // All others are gathered.
        _ => Ok(()),
    }
}

/// The newest word of a caller counts; folding it twice changes nothing.
async fn language_kept(
    db: &mut SqliteConnection,
    at: Moment,
    number: &str,
    language: Option<&str>,
) -> Applied {
    let Some(language) = language else {
        sqlx::query("DELETE FROM caller_language WHERE number = $1 AND said_at <= $2")
            .bind(number)
            .bind(at.0)
            .execute(db)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO caller_language (number, language, said_at) VALUES ($1, $2, $3) \
         ON CONFLICT (number) DO UPDATE SET language = excluded.language, said_at = excluded.said_at \
         WHERE caller_language.said_at <= excluded.said_at",
    )
    .bind(number)
    .bind(language)
    .bind(at.0)
    .execute(db)
    .await?;
    Ok(())
}

async fn called_for_help(db: &mut SqliteConnection, callback: &Callback) -> Applied {
    sqlx::query(
        "INSERT INTO callback (number, origin, until, centre) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (number) DO UPDATE SET origin = excluded.origin, until = excluded.until, centre = excluded.centre \
         WHERE callback.until <= excluded.until",
    )
    .bind(&callback.number)
    .bind(text(&callback.origin)?)
    .bind(callback.until.0)
    .bind(&callback.centre)
    .execute(db)
    .await?;
    Ok(())
}

/// A row for a journey whose beginning is not known.
async fn ensure_journey(
    db: &mut SqliteConnection,
    position: Position,
    at: Moment,
    journey: &JourneyId,
) -> Applied {
    sqlx::query(
        "INSERT INTO journey (id, epoch, began_at, caller, called) VALUES ($1, $2, $3, '', '') ON CONFLICT (id) DO NOTHING",
    )
    .bind(&journey.0)
    .bind(number(position.epoch))
    .bind(at.0)
    .execute(db)
    .await?;
    Ok(())
}

/// A row for a leg whose beginning is not known.
async fn ensure_leg(
    db: &mut SqliteConnection,
    position: Position,
    at: Moment,
    (journey, leg): (&JourneyId, &LegId),
) -> Applied {
    ensure_journey(db, position, at, journey).await?;
    sqlx::query(
        "INSERT INTO leg (id, journey, direction, party, address, began_at, ghost) VALUES ($1, $2, '', '', '', $3, 0) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&leg.0)
    .bind(&journey.0)
    .bind(at.0)
    .execute(db)
    .await?;
    Ok(())
}

async fn leg_moved(
    db: &mut SqliteConnection,
    position: Position,
    at: Moment,
    ids: (&JourneyId, &LegId),
    reason: &str,
) -> Applied {
    ensure_leg(db, position, at, ids).await?;
    sqlx::query(
        "INSERT INTO leg_move (epoch, sequence, leg, origin, journey, at, reason) \
         SELECT $1, $2, leg.id, leg.journey, $4, $5, $6 FROM leg WHERE leg.id = $3 \
         ON CONFLICT (epoch, sequence) DO NOTHING",
    )
    .bind(number(position.epoch))
    .bind(number(position.sequence))
    .bind(&ids.1.0)
    .bind(&ids.0.0)
    .bind(at.0)
    .bind(reason)
    .execute(&mut *db)
    .await?;
    sqlx::query("UPDATE leg SET journey = $2 WHERE id = $1")
        .bind(&ids.1.0)
        .bind(&ids.0.0)
        .execute(db)
        .await?;
    Ok(())
}

async fn command(db: &mut SqliteConnection, position: Position, fact: &Fact) -> Applied {
    let Fact::Command {
        at,
        id,
        actor,
        verb,
        result,
        journey,
    } = fact
    else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO command (epoch, sequence, id, actor, at, verb, result, journey) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (epoch, sequence) DO NOTHING",
    )
    .bind(number(position.epoch))
    .bind(number(position.sequence))
    .bind(id)
    .bind(actor)
    .bind(at.0)
    .bind(verb)
    .bind(result)
    .bind(journey.as_ref().map(|journey| &journey.0))
    .execute(db)
    .await?;
    Ok(())
}

async fn gap(db: &mut SqliteConnection, position: Position, at: Moment, lost: u64) -> Applied {
    sqlx::query("INSERT INTO journal_gap (epoch, sequence, at, lost) VALUES ($1, $2, $3, $4) ON CONFLICT (epoch, sequence) DO NOTHING")
        .bind(number(position.epoch))
        .bind(number(position.sequence))
        .bind(at.0)
        .bind(number(lost))
        .execute(db)
        .await?;
    Ok(())
}
