//! Who speaks: a trunk by its address, an account by digest (RFC 7616, RFC 8760), or somebody who proved nothing.

use sip::digest::Algorithm;
use sip::{HeaderName, Message, Method, Peer, StatusCode, Writer};

use crate::snapshot::Trunk;
use crate::stack::Stack;

/// The proof that a request brings which no trunk sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It has the password of this account.
    Account(String),
    /// It brings none, or a wrong one: challenge it; the nonce was too old when `stale`.
    None {
        /// Challenge with `stale=true`.
        stale: bool,
    },
    /// It has the password of an account that may do nothing.
    Blocked(String),
}

/// The trunk whose address this is.
pub(crate) fn trunk_of<'a>(stack: &'a Stack, peer: &Peer) -> Option<&'a Trunk> {
    let address = peer.remote.ip();
    stack
        .snapshot
        .trunks
        .iter()
        .find(|trunk| trunk.sources.iter().any(|range| range.contains(address)))
}

/// Judges a request that no trunk sent.
pub(crate) fn prove(stack: &mut Stack, request: &Message, peer: &Peer) -> Proof {
    let realm = stack.snapshot.settings.realm.clone();
    let credentials = request
        .authorization(&realm)
        .or_else(|| request.proxy_authorization(&realm));
    let Some(credentials) = credentials else {
        return Proof::None { stale: false };
    };
    let accounts = std::sync::Arc::clone(&stack.snapshot.accounts);
    let account = accounts.get(credentials.username);
    let verdict = stack.challenger.verify(
        stack.now.monotonic,
        peer.remote.ip(),
        &credentials,
        request.method(),
        request.request_uri(),
        account.map(|account| &account.ha1),
    );
    match (verdict, account) {
        (sip::digest::Verdict::Ok, Some(account)) if account.blocked => {
            Proof::Blocked(account.name.clone())
        }
        (sip::digest::Verdict::Ok, Some(account)) => Proof::Account(account.name.clone()),
        (verdict, account) => {
            if !verdict.is_stale() {
                // The name of an account is ours to say; whatever else was tried may be anything.
                let whom = account.map_or("an unknown name", |account| account.name.as_str());
                let text = format!("a proof for {whom} was refused: {verdict:?}");
                stack.warn("proof", Some(peer.remote), text);
            }
            Proof::None {
                stale: verdict.is_stale(),
            }
        }
    }
}

/// 401 with our challenges: SHA-256 first, then MD5 for phones that know nothing better; MD5 alone for an account whose
/// phone reads only the first. Unknown names get the challenge of a usual account.
pub(crate) fn challenge(stack: &mut Stack, request: &Message, peer: &Peer, stale: bool) -> Writer {
    let name = claimed(request);
    let md5_only = name
        .and_then(|name| stack.snapshot.accounts.get(&name))
        .is_some_and(|account| account.md5_only);
    let algorithms: &[Algorithm] = if md5_only {
        &[Algorithm::Md5]
    } else {
        &[Algorithm::Sha256, Algorithm::Md5]
    };
    let realm = stack.snapshot.settings.realm.clone();
    let values = stack.challenger.challenge(
        stack.now.monotonic,
        peer.remote.ip(),
        &realm,
        algorithms,
        stale,
    );
    let tag = stack.random.tag_for(request);
    let mut writer = Writer::response(
        request,
        peer.remote,
        StatusCode::UNAUTHORIZED,
        None,
        Some(&tag),
    );
    for value in values {
        writer = writer.header(HeaderName::WwwAuthenticate, value);
    }
    writer
}

/// The account that a request says it comes from: To of a REGISTER, From of all others.
pub(crate) fn claimed(request: &Message) -> Option<String> {
    let address = if *request.method() == Method::Register {
        request.to()
    } else {
        request.from()
    };
    address.uri().ok()?.user
}

/// Whether a URI's host is one that we are responsible for.
pub(crate) fn is_ours(stack: &Stack, uri: &sip::Uri) -> bool {
    let settings = stack.settings();
    match uri.host.ip() {
        Some(address) => settings
            .listeners
            .iter()
            .any(|listener| listener.local.ip() == address || listener.advertised.ip() == address),
        None => {
            let host = uri.host.to_string().to_ascii_lowercase();
            host == settings.realm || settings.domains.contains(&host)
        }
    }
}
