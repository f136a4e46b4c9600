//! The endpoints of a plane, found by id in a few nanoseconds.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{command::EndpointId, endpoint::Endpoint};

/// Fibonacci hashing: ids are numbers that we hand out ourselves, so no peer can choose collisions.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, id: u64) {
        let mixed = (self.0 ^ id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The table takes its position from the low bits and its tag from the high ones.
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// All endpoints of one plane. Never iterated: order would depend on the hash.
#[derive(Default)]
pub(super) struct Table {
    endpoints: HashMap<EndpointId, Box<Endpoint>, BuildHasherDefault<IdHasher>>,
}

impl Table {
    pub(super) fn get(&self, id: EndpointId) -> Option<&Endpoint> {
        self.endpoints.get(&id).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, id: EndpointId) -> Option<&mut Endpoint> {
        self.endpoints.get_mut(&id).map(Box::as_mut)
    }

    pub(super) fn insert(&mut self, endpoint: Box<Endpoint>) {
        self.endpoints.insert(endpoint.id, endpoint);
    }

    pub(super) fn remove(&mut self, id: EndpointId) -> Option<Box<Endpoint>> {
        self.endpoints.remove(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.endpoints.len()
    }
}
