//! The table of stations on duty: whose leg, which resting place, what kind of device.

use std::collections::BTreeMap;

use crate::command::Device;
use crate::id::{CallId, LegId};

/// One operator's device for a shift.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    /// What the operator speaks with.
    pub(crate) device: Device,
    /// Its leg: kept for the shift, or of the conversation it is in when its device is rung for each call.
    pub(crate) leg: Option<LegId>,
    /// Where a kept leg rests between calls.
    pub(crate) home: Option<CallId>,
    /// What rings when it is not heard.
    pub(crate) fallback: Option<Device>,
}

/// All of them, by name.
#[derive(Debug, Default)]
pub(crate) struct Stations {
    table: BTreeMap<String, Station>,
}

impl Stations {
    /// The station of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Station> {
        self.table.get(name)
    }

    /// The name itself, when it is a station's.
    pub(crate) fn get_name(&self, name: &str) -> Option<&str> {
        let (name, _) = self.table.get_key_value(name)?;
        Some(name)
    }

    /// A station comes on duty.
    pub(crate) fn insert(&mut self, name: String, station: Station) {
        self.table.insert(name, station);
    }

    /// A station leaves.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Station> {
        self.table.remove(name)
    }

    /// Whose leg it is.
    pub(crate) fn of_leg(&self, leg: LegId) -> Option<&str> {
        let mut stations = self.table.iter();
        let found = stations.find(|(_, station)| station.leg == Some(leg));
        found.map(|(name, _)| name.as_str())
    }

    /// Whose resting place it is.
    pub(crate) fn of_home(&self, home: CallId) -> Option<&str> {
        let mut stations = self.table.iter();
        let found = stations.find(|(_, station)| station.home == Some(home));
        found.map(|(name, _)| name.as_str())
    }

    /// The station of this name has another leg, or none.
    pub(crate) fn set_leg(&mut self, name: &str, leg: Option<LegId>) {
        if let Some(station) = self.table.get_mut(name) {
            station.leg = leg;
        }
    }

    /// What rings from now on when the station is not heard. `false`: there is no such station.
    pub(crate) fn set_fallback(&mut self, name: &str, device: Option<Device>) -> bool {
        let station = self.table.get_mut(name);
        station.map(|station| station.fallback = device).is_some()
    }

    /// Resting places: they are calls, and count against no limit.
    pub(crate) fn homes(&self) -> usize {
        self.table
            .values()
            .filter(|station| station.home.is_some())
            .count()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Station)> {
        self.table.iter()
    }
}
