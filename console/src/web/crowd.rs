//! How many connections there may be, in all and from one subscriber, and when the last one has gone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Counts;
use crate::sign_in::network;

/// Connections at once: a hundred desks with a socket and some files each, and room.
const MOST: usize = 1_024;
/// Of them from one address (IPv6: from one /64); a town hall behind one address has many desks.
const FROM_ONE: usize = 256;

/// Everybody who is connected. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    inside: Arc<Mutex<Inside>>,
    left: Arc<Notify>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

impl Crowd {
    pub(super) fn new(counts: Arc<Counts>) -> Crowd {
        Crowd {
            inside: Arc::default(),
            left: Arc::default(),
            counts,
        }
    }

    /// A place for a connection from there; `None` when there is none left.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut inside = self.inside();
        let here = inside.from.get(&address).copied().unwrap_or(0);
        if inside.all >= MOST || here >= FROM_ONE {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        inside.all += 1;
        inside.from.insert(address, here + 1);
        self.counts.connections.fetch_add(1, Ordering::Relaxed);
        Some(Place {
            crowd: self.clone(),
            address,
        })
    }

    /// Waits until nobody is left.
    pub(super) async fn gone(&self) {
        loop {
            let left = self.left.notified();
            if self.inside().all == 0 {
                return;
            }
            left.await;
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.crowd.counts.panics.fetch_add(1, Ordering::Relaxed);
        }
        let mut inside = self.crowd.inside();
        inside.all = inside.all.saturating_sub(1);
        match inside.from.get_mut(&self.address) {
            Some(here) if *here > 1 => *here -= 1,
            _ => {
                inside.from.remove(&self.address);
            }
        }
        if inside.all == 0 {
            self.crowd.left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_for_one_and_for_all_and_given_back() {
        let crowd = Crowd::new(Arc::default());
        let one = IpAddr::from([192, 0, 2, 1]);
        let mut held: Vec<Place> = (0..FROM_ONE).map(|_| crowd.enter(one).unwrap()).collect();
        assert!(crowd.enter(one).is_none());
        assert!(crowd.enter(IpAddr::from([192, 0, 2, 2])).is_some());
        held.pop();
        held.push(crowd.enter(one).unwrap());
        for n in held.len()..MOST {
            let n = u32::try_from(n).unwrap();
            held.push(
                crowd
                    .enter(IpAddr::from((0x0a00_0000 + n).to_be_bytes()))
                    .unwrap(),
            );
        }
        assert!(crowd.enter(IpAddr::from([198, 51, 100, 1])).is_none());
        assert_eq!(crowd.counts.refused(), 2);
        drop(held);
        assert_eq!(crowd.inside().all, 0);
        assert!(crowd.inside().from.is_empty());
    }
}
