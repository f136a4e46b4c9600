//! One REGISTER (RFC 3261 10.3): the steps in the RFC's order, all or nothing.

use std::time::{Duration, SystemTime};

use sip::headers::{Contacts, NameAddr};
use sip::{FlowId, HeaderName, Message, Peer, StatusCode, Writer};

use super::{Row, gruu, is_same};
use crate::deadlines::Timer;
use crate::journal::{Binding, Fact};
use crate::limits;
use crate::stack::Stack;

/// Carries a REGISTER out for an account that proved itself, and writes the answer.
pub(crate) fn register(
    stack: &mut Stack,
    request: &Message,
    peer: &Peer,
    account: &str,
) -> (StatusCode, Writer) {
    match change(stack, request, peer, account) {
        Ok(()) => {
            schedule(stack);
            (StatusCode::OK, answer(stack, request, peer, account))
        }
        Err(status) => {
            let writer = plain(stack, request, peer, status);
            let writer = match status {
                StatusCode::INTERVAL_TOO_BRIEF => {
                    writer.header(HeaderName::MinExpires, limits::REGISTER_MIN)
                }
                StatusCode::SERVICE_UNAVAILABLE => writer.header(HeaderName::RetryAfter, 60),
                _ => writer,
            };
            (status, writer)
        }
    }
}

fn plain(stack: &mut Stack, request: &Message, peer: &Peer, status: StatusCode) -> Writer {
    let tag = stack.random.tag_for(request);
    Writer::response(request, peer.remote, status, None, Some(&tag))
}

/// Steps 6 and 7. Nothing is changed unless all of it can be.
fn change(
    stack: &mut Stack,
    request: &Message,
    peer: &Peer,
    account: &str,
) -> Result<(), StatusCode> {
    let contacts = request.contacts().map_err(|_| StatusCode::BAD_REQUEST)?;
    let (call_id, cseq) = (request.call_id().to_owned(), request.cseq().seq);
    let stale = |binding: &Binding| binding.call_id == call_id && binding.cseq >= cseq;
    match contacts {
        Contacts::Star => {
            if request.expires() != Some(0) {
                return Err(StatusCode::BAD_REQUEST);
            }
            if stack.registrar.bindings(account).any(stale) {
                return Err(StatusCode::SERVER_INTERNAL_ERROR);
            }
            let all: Vec<String> = stack
                .registrar
                .bindings(account)
                .map(|binding| binding.contact.clone())
                .collect();
            for contact in all {
                remove(stack, account, &contact);
            }
            Ok(())
        }
        Contacts::List(list) => {
            let wanted: Vec<(Binding, u32)> = list
                .iter()
                .map(|contact| read(stack, request, peer, account, contact))
                .collect::<Result<_, _>>()?;
            let known: Vec<Binding> = stack.registrar.bindings(account).cloned().collect();
            for (binding, _) in &wanted {
                if known.iter().any(|old| is_same(old, binding) && stale(old)) {
                    return Err(StatusCode::SERVER_INTERNAL_ERROR);
                }
            }
            let fresh = wanted
                .iter()
                .filter(|(binding, seconds)| {
                    *seconds > 0 && !known.iter().any(|old| is_same(old, binding))
                })
                .count();
            if known.len().saturating_add(fresh) > limits::CONTACTS_PER_ACCOUNT {
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
            for (binding, seconds) in wanted {
                apply(stack, &known, binding, seconds);
            }
            Ok(())
        }
    }
}

/// One contact of the list, and for how many seconds.
fn read(
    stack: &mut Stack,
    request: &Message,
    peer: &Peer,
    account: &str,
    contact: &NameAddr<'_>,
) -> Result<(Binding, u32), StatusCode> {
    let uri = contact.uri().map_err(|_| StatusCode::BAD_REQUEST)?;
    if !matches!(uri.scheme, sip::Scheme::Sip | sip::Scheme::Sips) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let asked = contact
        .expires()
        .or(request.expires())
        .unwrap_or(limits::REGISTER_DEFAULT);
    if asked > 0 && asked < limits::REGISTER_MIN {
        return Err(StatusCode::INTERVAL_TOO_BRIEF);
    }
    let seconds = granted(stack, asked);
    let now = stack.now.wall;
    let text = |name: HeaderName| {
        request
            .header(&name)
            .map(|value| value.chars().take(80).collect::<String>())
    };
    let binding = Binding {
        account: account.to_owned(),
        contact: contact.uri.to_owned(),
        peer: *peer,
        expires: now
            .checked_add(Duration::from_secs(u64::from(seconds)))
            .unwrap_or(now),
        call_id: request.call_id().to_owned(),
        cseq: request.cseq().seq,
        q: contact.q(),
        instance: contact.instance().map(str::to_owned),
        reg_id: contact.reg_id(),
        path: request
            .elements(&HeaderName::Path)
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect(),
        user_agent: text(HeaderName::UserAgent).unwrap_or_default(),
        seen: now,
    };
    Ok((binding, seconds))
}

/// The longest registration is ours to decide, spread by a tenth so that phones powered up together do not all come
/// back together (RELIABILITY fault 5).
fn granted(stack: &mut Stack, asked: u32) -> u32 {
    let most = limits::REGISTER_DEFAULT;
    if asked < most {
        return asked;
    }
    let spread = stack.random.u32() % (most / 10);
    most - spread
}

fn apply(stack: &mut Stack, known: &[Binding], binding: Binding, seconds: u32) {
    let old = known.iter().find(|old| is_same(old, &binding));
    if seconds == 0 {
        if let Some(old) = old {
            remove(stack, &binding.account, &old.contact);
        }
        return;
    }
    // The same device under another URI: the old row must not stay behind in the records.
    if let Some(old) = old.filter(|old| old.contact != binding.contact) {
        remove(stack, &binding.account, &old.contact);
    }
    stack.journal(Fact::BindingSet(binding.clone()));
    let left = Duration::from_secs(u64::from(seconds));
    let now = stack.now.monotonic;
    let until = now.checked_add(left).unwrap_or(now);
    stack.registrar.put(Row::new(binding, until));
}

fn remove(stack: &mut Stack, account: &str, contact: &str) {
    if stack.registrar.remove(account, contact).is_some() {
        stack.journal(Fact::BindingGone {
            account: account.to_owned(),
            contact: contact.to_owned(),
        });
    }
}

/// Step 8: all current contacts with their remaining seconds.
fn answer(stack: &mut Stack, request: &Message, peer: &Peer, account: &str) -> Writer {
    let now = stack.now.wall;
    let mut writer = plain(stack, request, peer, StatusCode::OK);
    let gruu = request.supports("gruu");
    let bindings = stack.registrar.remaining(account, stack.now.monotonic);
    for (binding, left) in bindings {
        let device = describe(stack, &binding, gruu);
        let contact = ("<", binding.contact, ">;expires=", left, device);
        writer = writer.header(HeaderName::Contact, contact);
    }
    writer = writer.copy(request, &HeaderName::Path);
    if uses_outbound(request) {
        let seconds = limits::IDLE_FLOW.as_secs();
        writer = writer
            .header(HeaderName::Require, "outbound")
            .raw("Flow-Timer", seconds.to_string().as_bytes());
    }
    writer.header(HeaderName::Date, httpdate(now))
}

/// Whether the phone keeps its flow open for us (RFC 5626 section 6): it says so, and names its instance and flow.
fn uses_outbound(request: &Message) -> bool {
    let named = |contact: &NameAddr<'_>| contact.instance().is_some() && contact.reg_id().is_some();
    request.supports("outbound")
        && request
            .contacts()
            .is_ok_and(|contacts| contacts.list().iter().any(named))
}

/// What a Contact of the answer says of its device (RFC 5626 section 6, RFC 5627 section 5.2).
fn describe(stack: &mut Stack, binding: &Binding, gruu: bool) -> String {
    let Some(instance) = &binding.instance else {
        return String::new();
    };
    let mut text = format!(";+sip.instance=\"<{instance}>\"");
    if let Some(flow) = binding.reg_id {
        text.push_str(&format!(";reg-id={flow}"));
    }
    if gruu {
        let realm = stack.snapshot.settings.realm.clone();
        let token = stack
            .registrar
            .temporary
            .mint(&mut stack.random, &binding.account, instance);
        let public = gruu::public(&binding.account, &realm, instance);
        let temporary = gruu::temporary(&token, &realm);
        text.push_str(&format!(";pub-gruu=\"{public}\";temp-gruu=\"{temporary}\""));
    }
    text
}

/// Sets the deadline of the next contact that runs out.
pub(crate) fn schedule(stack: &mut Stack) {
    match stack.registrar.next_expiry() {
        Some(at) => stack.deadlines.set(Timer::Bindings, at),
        None => stack.deadlines.cancel(Timer::Bindings),
    }
}

/// A date as RFC 3261 20.17 wants it: GMT, in English.
fn httpdate(at: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(at)
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

/// The deadline of a contact came: what ran out is gone, on record too.
pub(crate) fn expire(stack: &mut Stack) {
    let now = stack.now.monotonic;
    let gone = stack.registrar.expire(now);
    record_gone(stack, gone);
}

/// What the last process left comes back, but for phones that keep a connection: theirs is gone.
pub(crate) fn restore(stack: &mut Stack, bindings: Vec<Binding>) {
    let gone = stack.registrar.restore(bindings, stack.now);
    record_gone(stack, gone);
}

/// The configuration is another one: phones of an account that is no more are registered no more.
pub(crate) fn reloaded(stack: &mut Stack) {
    let accounts = std::sync::Arc::clone(&stack.snapshot.accounts);
    let gone = stack
        .registrar
        .keep(|account| accounts.contains_key(account));
    for binding in &gone {
        stack.watch.account(&binding.account);
        let text = format!(
            "account {} is gone: its phone {} is registered no more",
            binding.account, binding.contact
        );
        stack.warn("registrar", Some(binding.peer.remote), text);
    }
    record_gone(stack, gone);
}

/// A connection is gone: what could be reached by it alone is gone too.
pub(crate) fn flow_closed(stack: &mut Stack, flow: FlowId) {
    let gone = stack.registrar.flow_closed(flow);
    record_gone(stack, gone);
}

fn record_gone(stack: &mut Stack, gone: Vec<Binding>) {
    for binding in gone {
        stack.journal(Fact::BindingGone {
            account: binding.account,
            contact: binding.contact,
        });
    }
    schedule(stack);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_standard_prints_it() {
        // RFC 3261 section 20.17.
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_289_690_940);
        assert_eq!(httpdate(at), "Sat, 13 Nov 2010 23:29:00 GMT");
        let first = httpdate(SystemTime::UNIX_EPOCH);
        assert_eq!(first, "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
