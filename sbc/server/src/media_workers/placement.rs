//! Which worker has which endpoint, and who must move so that those who hear each other are on one worker. A value: it holds
//! no channel, so a test reads its decisions.

use std::collections::{BTreeSet, HashMap};

use media::plane::{EndpointId, MediaCommand, Source};

use super::owner_of;

/// Where an order goes, and what has to move before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The worker of the endpoint, after the moves.
    pub(crate) worker: usize,
    /// Endpoints that leave one worker for another, in order.
    pub(crate) moves: Vec<Move>,
}

/// One move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) endpoint: EndpointId,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The endpoints that are open, by the orders that were given.
#[derive(Debug)]
pub(crate) struct Placement {
    workers: usize,
    worker: HashMap<EndpointId, usize>,
    hears: HashMap<EndpointId, Vec<EndpointId>>,
    heard_by: HashMap<EndpointId, Vec<EndpointId>>,
}

impl Placement {
    pub(crate) fn new(workers: usize) -> Placement {
        Placement {
            workers,
            worker: HashMap::new(),
            hears: HashMap::new(),
            heard_by: HashMap::new(),
        }
    }

    /// Decides the way of one order.
    pub(crate) fn route(&mut self, command: &MediaCommand) -> Route {
        let endpoint = command.endpoint();
        if self.workers <= 1 {
            return Route {
                worker: 0,
                moves: Vec::new(),
            };
        }
        let mut moves = Vec::new();
        match command {
            MediaCommand::Open { rtp, .. } => {
                self.worker.insert(endpoint, owner_of(*rtp, self.workers));
            }
            MediaCommand::Hear { source, .. } => {
                self.hear(endpoint, source);
                moves = self.gather(endpoint);
            }
            MediaCommand::Close { .. } => {
                let worker = self.worker.get(&endpoint).copied().unwrap_or(0);
                self.forget(endpoint);
                return Route { worker, moves };
            }
            MediaCommand::Attach { .. }
            | MediaCommand::Connect { .. }
            | MediaCommand::Press { .. } => {}
        }
        Route {
            worker: self.worker.get(&endpoint).copied().unwrap_or(0),
            moves,
        }
    }

    /// The endpoint is gone.
    pub(crate) fn forget(&mut self, endpoint: EndpointId) {
        self.worker.remove(&endpoint);
        self.hear(endpoint, &Source::Silence);
    }

    fn hear(&mut self, endpoint: EndpointId, source: &Source) {
        for heard in self.hears.remove(&endpoint).unwrap_or_default() {
            if let Some(listeners) = self.heard_by.get_mut(&heard) {
                listeners.retain(|listener| *listener != endpoint);
                if listeners.is_empty() {
                    self.heard_by.remove(&heard);
                }
            }
        }
        let heard: Vec<EndpointId> = match source {
            Source::Endpoint(other) => vec![*other],
            Source::Mix(others) => others
                .iter()
                .copied()
                .filter(|other| *other != endpoint)
                .collect(),
            _ => return,
        };
        for other in &heard {
            self.heard_by.entry(*other).or_default().push(endpoint);
        }
        self.hears.insert(endpoint, heard);
    }

    /// Brings all who hear each other, directly or through others, to the worker that has most of them.
    fn gather(&mut self, endpoint: EndpointId) -> Vec<Move> {
        let group = self.group(endpoint);
        let mut count = vec![0_usize; self.workers];
        for member in &group {
            if let Some(count) = self
                .worker
                .get(member)
                .and_then(|worker| count.get_mut(*worker))
            {
                *count += 1;
            }
        }
        let most = count.iter().max().copied().unwrap_or(0);
        let home = self.worker.get(&endpoint).copied().unwrap_or(0);
        // Among equals the hearer stays: its worker's cache has it already.
        let to = if count.get(home) == Some(&most) {
            home
        } else {
            count
                .iter()
                .position(|count| *count == most)
                .unwrap_or(home)
        };
        let mut moves = Vec::new();
        for member in group {
            if let Some(worker) = self.worker.get_mut(&member)
                && *worker != to
            {
                moves.push(Move {
                    endpoint: member,
                    from: *worker,
                    to,
                });
                *worker = to;
            }
        }
        moves
    }

    fn group(&self, endpoint: EndpointId) -> BTreeSet<EndpointId> {
        let mut group = BTreeSet::new();
        let mut unseen = vec![endpoint];
        while let Some(next) = unseen.pop() {
            if group.insert(next) {
                for links in [&self.hears, &self.heard_by] {
                    unseen.extend(links.get(&next).into_iter().flatten().copied());
                }
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::plane::Generation;

    const A: EndpointId = EndpointId(1);
    const B: EndpointId = EndpointId(2);
    const C: EndpointId = EndpointId(3);

    fn open(placement: &mut Placement, endpoint: EndpointId, rtp: u16) -> usize {
        let route = placement.route(&MediaCommand::Open {
            endpoint,
            rtp,
            rtcp: None,
            ssrc: 0,
            sequence: 0,
            timestamp: 0,
        });
        assert!(route.moves.is_empty());
        route.worker
    }

    fn hear(placement: &mut Placement, endpoint: EndpointId, source: Source) -> Route {
        placement.route(&MediaCommand::Hear {
            endpoint,
            generation: Generation(1),
            source,
        })
    }

    #[test]
    fn an_endpoint_opens_where_its_port_is_bound() {
        let mut placement = Placement::new(2);
        assert_eq!(open(&mut placement, A, 20_000), 0);
        assert_eq!(open(&mut placement, B, 20_002), 1);
    }

    #[test]
    fn the_two_of_a_bridge_come_together_once() {
        let mut placement = Placement::new(2);
        open(&mut placement, A, 20_000);
        open(&mut placement, B, 20_002);
        let route = hear(&mut placement, A, Source::Endpoint(B));
        assert_eq!(
            route,
            Route {
                worker: 0,
                moves: vec![Move {
                    endpoint: B,
                    from: 1,
                    to: 0
                }]
            }
        );
        let back = hear(&mut placement, B, Source::Endpoint(A));
        assert_eq!((back.worker, back.moves.len()), (0, 0));
    }

    #[test]
    fn a_third_party_joins_the_two_and_not_the_two_the_third() {
        let mut placement = Placement::new(2);
        open(&mut placement, A, 20_000);
        open(&mut placement, B, 20_004);
        open(&mut placement, C, 20_002);
        hear(&mut placement, A, Source::Endpoint(B));
        hear(&mut placement, B, Source::Endpoint(A));
        let route = hear(&mut placement, C, Source::Mix([A, B, C].into()));
        assert_eq!(route.worker, 0);
        assert_eq!(
            route.moves,
            [Move {
                endpoint: C,
                from: 1,
                to: 0
            }]
        );
    }

    #[test]
    fn who_no_longer_hears_anyone_draws_nobody() {
        let mut placement = Placement::new(2);
        open(&mut placement, A, 20_000);
        open(&mut placement, B, 20_004);
        open(&mut placement, C, 20_002);
        hear(&mut placement, A, Source::Endpoint(B));
        hear(&mut placement, B, Source::Endpoint(A));
        hear(&mut placement, A, Source::Silence);
        hear(&mut placement, B, Source::Silence);
        let route = hear(&mut placement, B, Source::Endpoint(C));
        assert_eq!(route.worker, 0);
        assert_eq!(route.moves.len(), 1);
        assert_eq!(placement.group(A).len(), 1);
        for endpoint in [A, B, C] {
            placement.route(&MediaCommand::Close { endpoint });
        }
        assert!(
            placement.worker.is_empty()
                && placement.hears.is_empty()
                && placement.heard_by.is_empty()
        );
    }
}
