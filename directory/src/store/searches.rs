//! What searches leave behind: misses, which reception reads to add citizens' words, and who was chosen how often, which orders the rows of
//! the next search. Counts alone; both are forgotten in time.
use super::{number, text, value};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{Moment, SearchMiss};
use std::collections::BTreeMap;

/// Longest text of a miss, in characters. Longer ones are no search.
const MISS: usize = 40;
/// Misses that are kept, the newest.
const MISSES: i64 = 500;
/// Words of one service, and the longest, in characters.
const WORDS: usize = 100;
const WORD: usize = 60;
/// Days for which a choice counts, and is kept.
const WEEK: i64 = 7;
const KEPT: i64 = 35;
/// Targets of one operator that are listed.
const RECENT: i64 = 24;

fn day(at: Moment) -> i64 {
    at.0.div_euclid(86_400_000)
}

impl Directory {
    /// Counts a search that found nothing. Digits are not kept: a number that is in no directory is somebody's.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count_search_miss(&self, text: &str, at: Moment) -> Result<(), DirectoryError> {
        let text = crate::search::fold(text.trim());
        let bounded = (3..=MISS).contains(&text.chars().count());
        if !bounded || text.chars().any(|c| c.is_ascii_digit() || c.is_control()) {
            return Ok(());
        }
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "INSERT INTO search_miss (text, times, last_at) VALUES ($1, 1, $2) ON CONFLICT (text) DO UPDATE SET \
             times = search_miss.times + 1, last_at = excluded.last_at",
        )
        .bind(&text)
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM search_miss WHERE text NOT IN (SELECT text FROM search_miss ORDER BY last_at DESC, text LIMIT $1)",
        )
        .bind(MISSES)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// What found nothing, most often first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn search_misses(&self) -> Result<Vec<SearchMiss>, DirectoryError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT text, times, last_at FROM search_miss ORDER BY times DESC, last_at DESC, text",
        )
        .fetch_all(self.database.read())
        .await?;
        let miss = |(text, times, last_at): (_, i64, _)| SearchMiss {
            text,
            times: times.unsigned_abs(),
            last_at: Moment(last_at),
        };
        Ok(rows.into_iter().map(miss).collect())
    }

    /// The words citizens use for a service, in place of those there were; what was searched for in vain and is such a word now
    /// is no miss any more. Gives the words before; none when there is no such service.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] for more than 100 words or one longer than 60 characters; database errors.
    pub async fn set_words(
        &self,
        service: &str,
        words: &[String],
    ) -> Result<Option<Vec<String>>, DirectoryError> {
        let mut kept: Vec<String> = Vec::new();
        for word in words {
            let word = typed::line(word, WORD, "word of citizens")?;
            if !word.is_empty() && !kept.contains(&word) {
                kept.push(word);
            }
        }
        if kept.len() > WORDS {
            return Err(DirectoryError::Invalid(format!(
                "{} words of citizens: expected at most {WORDS}",
                kept.len()
            )));
        }
        let mut transaction = self.database.write().await?;
        let before: Option<(String,)> =
            sqlx::query_as("SELECT keywords FROM service WHERE id = $1")
                .bind(service)
                .fetch_optional(&mut *transaction)
                .await?;
        let Some((before,)) = before else {
            return Ok(None);
        };
        sqlx::query("UPDATE service SET keywords = $2 WHERE id = $1")
            .bind(service)
            .bind(text(&kept)?)
            .execute(&mut *transaction)
            .await?;
        for word in &kept {
            sqlx::query("DELETE FROM search_miss WHERE text = $1")
                .bind(crate::search::fold(word))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Some(value(&before, "words of a service")?))
    }

    /// Counts that an operator connected a caller of a service (empty: none) to an entry of the search.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count_choice(
        &self,
        operator: &str,
        service: &str,
        entry: &str,
        at: Moment,
    ) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "INSERT INTO search_choice (operator, service, entry, day, times, last_at) VALUES ($1, $2, $3, $4, 1, $5) \
             ON CONFLICT (operator, service, entry, day) DO UPDATE SET times = search_choice.times + 1, last_at = excluded.last_at",
        )
        .bind(operator)
        .bind(service)
        .bind(entry)
        .bind(day(at))
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM search_choice WHERE day < $1")
            .bind(day(at).saturating_sub(KEPT))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Entries that an operator chose for a service (empty: for no service), by id, newest first, each once.
    ///
    /// # Errors
    /// Database errors.
    pub async fn recent_choices(
        &self,
        operator: &str,
        service: &str,
    ) -> Result<Vec<String>, DirectoryError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT entry, MAX(last_at) AS newest FROM search_choice WHERE operator = $1 AND service = $2 GROUP BY entry \
             ORDER BY newest DESC, entry LIMIT $3",
        )
        .bind(operator)
        .bind(service)
        .bind(RECENT)
        .fetch_all(self.database.read())
        .await?;
        Ok(rows.into_iter().map(|(entry, _)| entry).collect())
    }

    /// How often everybody together chose each entry in the last seven days, by id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn weekly_choices(
        &self,
        now: Moment,
    ) -> Result<BTreeMap<String, u32>, DirectoryError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT entry, CAST(SUM(times) AS BIGINT) FROM search_choice WHERE day > $1 GROUP BY entry ORDER BY entry LIMIT $2",
        )
        .bind(day(now).saturating_sub(WEEK))
        .bind(number(10_000))
        .fetch_all(self.database.read())
        .await?;
        let times = |(entry, times): (_, i64)| (entry, u32::try_from(times).unwrap_or(u32::MAX));
        Ok(rows.into_iter().map(times).collect())
    }
}
