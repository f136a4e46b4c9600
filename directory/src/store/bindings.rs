//! Bindings and the devices behind them.
use super::value;
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Binding, Moment, PeerAddress, Phone};

/// A `binding` row in the order of the statement below.
type Row = (
    String,
    String,
    String,
    String,
    String,
    Option<i64>,
    i64,
    String,
    i64,
    String,
    Option<String>,
    Option<i64>,
    String,
    i64,
);

impl Directory {
    /// The bindings that are valid after `now`, by address of record.
    ///
    /// # Errors
    /// Database errors.
    pub async fn bindings(&self, now: Moment) -> Result<Vec<Binding>, DirectoryError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT aor, contact, transport, local, remote, flow, expires_at, call_id, cseq, user_agent, instance, reg_id, path, q \
             FROM binding WHERE expires_at > $1 ORDER BY aor, set_at, contact",
        )
        .bind(now.0)
        .fetch_all(self.database.read())
        .await?;
        rows.into_iter().map(binding).collect()
    }

    /// Writes one binding outside the journal: for import and tools; a running core's go through the journal.
    ///
    /// # Errors
    /// Database errors.
    pub async fn put_binding(&self, at: Moment, binding: &Binding) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        crate::fold::binding_set(&mut transaction, at, binding).await?;
        Ok(transaction.commit().await?)
    }

    /// Removes one binding outside the journal; true when it was there.
    ///
    /// # Errors
    /// Database errors.
    pub async fn remove_binding(&self, aor: &str, contact: &str) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let removed = sqlx::query("DELETE FROM binding WHERE aor = $1 AND contact = $2")
            .bind(aor)
            .bind(contact)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// All devices that ever registered, by address of record, the last seen first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn phones(&self) -> Result<Vec<Phone>, DirectoryError> {
        let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(
            "SELECT aor, device, last_seen, last_address, user_agent FROM phone ORDER BY aor, last_seen DESC, device",
        )
        .fetch_all(self.database.read())
        .await?;
        let phone = |(aor, device, last_seen, last_address, user_agent)| Phone {
            aor,
            device,
            last_seen: Moment(last_seen),
            last_address,
            user_agent,
        };
        Ok(rows.into_iter().map(phone).collect())
    }
}

fn binding(row: Row) -> Result<Binding, DirectoryError> {
    let (
        aor,
        contact,
        transport,
        local,
        remote,
        flow,
        expires_at,
        call_id,
        cseq,
        user_agent,
        instance,
        reg_id,
        path,
        q,
    ) = row;
    let path = value(&path, "binding path")?;
    Ok(Binding {
        aor,
        contact,
        peer: PeerAddress {
            transport,
            local,
            remote,
            flow: flow.map(i64::unsigned_abs),
        },
        expires_at: Moment(expires_at),
        call_id,
        cseq: u32::try_from(cseq).unwrap_or(u32::MAX),
        user_agent,
        instance,
        reg_id: reg_id.and_then(|id| u32::try_from(id).ok()),
        path,
        q: u16::try_from(q).unwrap_or(u16::MAX),
    })
}
