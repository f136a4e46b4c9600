//! Pages that the server itself writes: signing in, and what a person reads when something is not to be had.

use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::assets;
use crate::gate::FORM_POLICY;
use crate::settings::Settings;
use crate::words::{Language, Words};

/// Text of people or from outside, as HTML text or attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A whole page: one sheet in the middle. `sheet` is HTML.
pub(crate) fn sheet(language: Language, settings: &Settings, title: &str, sheet: &str) -> String {
    let (town, css) = (escape(&settings.town), assets::base());
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · {town}</title>\n\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"{css}/css/tokens.css\">\n<link rel=\"stylesheet\" href=\"{css}/css/base.css\">\n\
         <link rel=\"stylesheet\" href=\"{css}/css/sign-in.css\">\n</head>\n<body class=\"sign-in\">\n<main>\n\
         <p class=\"town\">{town}</p>\n{sheet}</main>\n</body>\n</html>\n",
        lang = language.code(),
    )
}

/// An answer that is HTML.
pub(crate) fn html(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(CONTENT_TYPE, kind)], text).into_response()
}

/// Whether a person looks at the answer, and not a program of ours.
pub(crate) fn is_for_people(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.contains("text/html"))
}

/// What is said and what else there is to say, in a language.
type Said = fn(&'static Words) -> (&'static str, &'static str);

/// The way on from a page that says no.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ToDesk,
    SignOut,
    None,
}

fn plain_words(
    headers: &HeaderMap,
    settings: &Settings,
    status: StatusCode,
    (way, said): (Way, Said),
) -> Response {
    let language = Language::of(headers, settings);
    let words = language.words();
    let (title, more) = said(words);
    if !is_for_people(headers) {
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        return (status, [(CONTENT_TYPE, kind)], format!("{title}. {more}\n")).into_response();
    }
    let mut body = format!("<h1>{title}</h1>\n<p>{more}</p>\n");
    body.push_str(&match way {
        Way::ToDesk => format!("<p><a href=\"/\">{}</a></p>\n", words.to_desk),
        Way::SignOut => format!(
            "<form method=\"post\" action=\"/sign-out\"><button>{}</button></form>\n",
            words.sign_out
        ),
        Way::None => String::new(),
    });
    let mut response = html(status, sheet(language, settings, title, &body));
    let policy = HeaderValue::from_static(FORM_POLICY);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// 404.
pub(crate) fn not_found(headers: &HeaderMap, settings: &Settings) -> Response {
    plain_words(
        headers,
        settings,
        StatusCode::NOT_FOUND,
        (Way::ToDesk, |words| (words.not_found, words.not_found_more)),
    )
}

/// 405; the router adds `Allow`.
pub(crate) fn not_so(headers: &HeaderMap, settings: &Settings) -> Response {
    plain_words(
        headers,
        settings,
        StatusCode::METHOD_NOT_ALLOWED,
        (Way::ToDesk, |words| (words.not_so, words.not_so_more)),
    )
}

/// 403: the roles do not allow it.
pub(crate) fn forbidden(headers: &HeaderMap, settings: &Settings) -> Response {
    plain_words(
        headers,
        settings,
        StatusCode::FORBIDDEN,
        (Way::SignOut, |words| {
            (words.forbidden, words.forbidden_more)
        }),
    )
}

/// 403: another page asks, not ours.
pub(crate) fn foreign(headers: &HeaderMap, settings: &Settings) -> Response {
    plain_words(
        headers,
        settings,
        StatusCode::FORBIDDEN,
        (Way::ToDesk, |words| (words.not_so, words.not_so_more)),
    )
}

/// 421: asked under a name that is not ours.
pub(crate) fn strange(headers: &HeaderMap, settings: &Settings) -> Response {
    plain_words(
        headers,
        settings,
        StatusCode::MISDIRECTED_REQUEST,
        (Way::None, |words| (words.strange, words.strange_more)),
    )
}

/// 413 or another reason why a body was not taken.
pub(crate) fn too_much(headers: &HeaderMap, settings: &Settings, status: StatusCode) -> Response {
    plain_words(
        headers,
        settings,
        status,
        (Way::ToDesk, |words| (words.too_much, words.too_much_more)),
    )
}

/// 503: the fault is ours.
pub(crate) fn failed(headers: &HeaderMap, settings: &Settings) -> Response {
    let said: Said = |words| (words.failed, words.failed_more);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = plain_words(headers, settings, status, (Way::ToDesk, said));
    let soon = HeaderValue::from_static("2");
    response.headers_mut().insert(RETRY_AFTER, soon);
    response
}
