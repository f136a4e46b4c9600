//! The page's files, embedded: named by what is in them, packed once, and never asked for twice by a browser that has them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Once, OnceLock};

use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use ring::digest::{Context, SHA256, digest};
use rust_embed::RustEmbed;

use crate::app::App;
use crate::page;

/// `console/web`.
#[derive(RustEmbed)]
#[folder = "web"]
struct Files;

/// Brotli's strongest: each file is packed once in the life of the process.
const QUALITY: u32 = 11;
/// Its window, bits: the least and the most. It takes memory by its window, so a file has the least that holds it.
const WINDOWS: std::ops::RangeInclusive<u32> = 10..=22;
const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
/// Under a name that holds what is in it a file never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Under its plain name it is asked for again, and mostly answered with 304.
const ASK: &str = "no-cache";

/// One file.
struct Asset {
    plain: Cow<'static, [u8]>,
    packed: OnceLock<Vec<u8>>,
    kind: &'static str,
    tag: HeaderValue,
}

impl Asset {
    fn new(name: &str, plain: Cow<'static, [u8]>) -> Asset {
        let tag = format!("\"{}\"", short(digest(&SHA256, &plain).as_ref()));
        Asset {
            kind: kind(name),
            tag: HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\"")),
            plain,
            packed: OnceLock::new(),
        }
    }

    /// Packs it; what packing fails at is sent as it is.
    fn pack(&self) -> &[u8] {
        self.packed.get_or_init(|| {
            let mut packed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: i32::try_from(QUALITY).unwrap_or(i32::MAX),
                lgwin: i32::try_from(window(self.plain.len())).unwrap_or(i32::MAX),
                size_hint: self.plain.len(),
                ..brotli::enc::BrotliEncoderParams::default()
            };
            match brotli::BrotliCompress(&mut &*self.plain, &mut packed, &parameters) {
                Ok(_) => packed,
                Err(_) => Vec::new(),
            }
        })
    }
}

/// The least window that holds so many octets; brotli's own marks take 16 of it.
fn window(length: usize) -> u32 {
    let bits = (length + 16).next_power_of_two().trailing_zeros();
    bits.clamp(*WINDOWS.start(), *WINDOWS.end())
}

/// All of them, and the name of this edition of them.
struct Shelf {
    assets: BTreeMap<String, Asset>,
    base: String,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut whole = Context::new(&SHA256);
    let mut found = BTreeMap::new();
    let names: std::collections::BTreeSet<_> = Files::iter().collect();
    // The types are read by tests alone.
    for name in names.into_iter().filter(|name| !name.starts_with("types/")) {
        let Some(file) = Files::get(&name) else {
            continue;
        };
        whole.update(name.as_bytes());
        whole.update(&file.data);
        found.insert(name.into_owned(), file.data);
    }
    let base = format!("/v/{}", short(whole.finish().as_ref()));
    let asset = |(name, plain): (String, Cow<'static, [u8]>)| {
        let plain = match kind(&name) {
            HTML => Cow::Owned(with_base(&plain, &base)),
            SCRIPT => Cow::Owned(without_comments(&plain)),
            _ => plain,
        };
        let asset = Asset::new(&name, plain);
        (name, asset)
    };
    Shelf {
        assets: found.into_iter().map(asset).collect(),
        base,
    }
});

/// The pages lead to files under the name of this edition, so that they are kept for ever and never mixed with another's.
fn with_base(page: &[u8], base: &str) -> Vec<u8> {
    let mut page = String::from_utf8_lossy(page).into_owned();
    for folder in ["css", "js"] {
        page = page.replace(&format!("=\"/{folder}/"), &format!("=\"{base}/{folder}/"));
    }
    page.into_bytes()
}

/// A script without the lines that are comments and nothing else: people read them where they were written. Every other line
/// stays on its number.
fn without_comments(script: &[u8]) -> Vec<u8> {
    let script = String::from_utf8_lossy(script);
    let mut out = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines() {
        let text = line.trim();
        let begins = !inside && text.starts_with("/**");
        let is_comment = inside || text.starts_with("//") || (begins && !goes_on(text));
        inside = (inside || begins) && !text.contains("*/");
        if !is_comment {
            out.push_str(line);
        }
        out.push('\n');
    }
    out.into_bytes()
}

/// Whether code follows on the line where a comment ends.
fn goes_on(line: &str) -> bool {
    line.split_once("*/")
        .is_some_and(|(_, code)| !code.is_empty())
}

/// The first bytes of a hash, in hex.
fn short(hash: &[u8]) -> String {
    hash.iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => HTML,
        Some("css") => "text/css; charset=utf-8",
        Some("js") => SCRIPT,
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Where the files of this edition stand, for pages that the server writes.
pub(crate) fn base() -> &'static str {
    &SHELF.base
}

/// Packs all files once the first is asked for, on a thread that nobody waits for; until one is packed it is sent as it is. A
/// desk that nobody opens takes no memory for it.
fn pack_all() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let pack = || {
            for asset in SHELF.assets.values() {
                asset.pack();
            }
        };
        // Without a thread they are sent as they are.
        let _ = std::thread::Builder::new()
            .name("web-pack".into())
            .spawn(pack);
    });
}

/// A page: asked for each time, for it names the edition.
pub(crate) fn page(name: &str, headers: &HeaderMap) -> Response {
    answer(name, headers, ASK).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// `GET /css/…`, `/js/…`, `/lang/…` and the icons.
pub(crate) async fn plain(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    answer(name, &headers, ASK).unwrap_or_else(|| page::not_found(&headers, &app.settings))
}

/// `GET /v/{build}/…`: for ever when it is this edition; a page of an older one is told to load again by its own socket.
pub(crate) async fn kept(
    State(app): State<Arc<App>>,
    Path((build, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let is_this = base().strip_prefix("/v/") == Some(build.as_str());
    let cached = if is_this { FOR_EVER } else { ASK };
    answer(&name, &headers, cached).unwrap_or_else(|| page::not_found(&headers, &app.settings))
}

fn answer(name: &str, headers: &HeaderMap, cached: &'static str) -> Option<Response> {
    let asset = SHELF.assets.get(name)?;
    pack_all();
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == asset.tag.as_bytes());
    let fixed = [
        (CACHE_CONTROL, HeaderValue::from_static(cached)),
        (ETAG, asset.tag.clone()),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if known {
        return Some((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let kind = [(CONTENT_TYPE, HeaderValue::from_static(asset.kind))];
    let packed = asset.packed.get().filter(|packed| !packed.is_empty());
    Some(match packed.filter(|_| takes_brotli(headers)) {
        Some(packed) => {
            let coding = [(CONTENT_ENCODING, HeaderValue::from_static("br"))];
            (fixed, kind, coding, packed.as_slice()).into_response()
        }
        None => (fixed, kind, &*asset.plain).into_response(),
    })
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("br") && !parts.any(|weight| weight.replace(' ', "") == "q=0")
        })
}

#[cfg(test)]
mod tests;
