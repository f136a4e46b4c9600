//! The concepts of the directory, one file each (ARCHITECTURE.md, the directory's words).
mod absence;
mod account;
mod audit;
mod binding;
mod callback;
mod caller_language;
mod closure;
mod contact;
mod entity;
mod hours;
mod journey;
mod missed;
mod moment;
mod note;
mod number;
mod person;
mod phone;
mod preferences;
mod search;
mod service;
mod session;
mod site;
mod symmetric_rtp;
mod task;
mod user;

pub use absence::{Absence, Circle, Occasion, Together};
pub(crate) use account::check_place;
pub use account::{Account, AccountChange, Digests, Ha1, NewAccount};
pub use audit::AuditEntry;
pub use binding::{Binding, PeerAddress};
pub use callback::{CallOrigin, Callback};
pub use caller_language::CallerLanguage;
pub use closure::{ClosureRow, NewClosure};
pub use contact::Contact;
pub use entity::Entity;
pub use hours::Hours;
pub use journey::{
    Arguments, CommandRow, DecisionRow, DialogRecord, Direction, GhostLeg, JourneyId,
    JourneyRecord, LegId, LegRow, MediaReport, MoveRow, RESULT,
};
pub use missed::Missed;
pub use moment::Moment;
pub use note::{Note, NoteError};
pub use number::{Number, is_e164};
pub use person::{Person, PersonKind, PersonNumber, Visibility};
pub use phone::Phone;
pub use preferences::Preferences;
pub use search::SearchMiss;
pub use service::Service;
pub use session::Session;
pub use site::Site;
pub use symmetric_rtp::SymmetricRtp;
pub use task::{NewTask, Task};
pub use user::{User, UserChange};
