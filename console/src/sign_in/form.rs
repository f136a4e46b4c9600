//! The page for signing in: a form that works without script, with the keyboard, and says first what was wrong.

use axum::http::header::{CONTENT_SECURITY_POLICY, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::gate::FORM_POLICY;
use crate::page::{escape, html, sheet};
use crate::settings::Settings;
use crate::words::{LANGUAGES, Language, Words};

/// Why somebody is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NoUser,
    NoPassword,
    /// Wrong name, wrong password, blocked: nobody learns which.
    Wrong,
    /// Too many attempts; so many milliseconds to wait.
    Wait(i64),
    /// Too many people at once.
    Busy,
}

impl Fault {
    fn status(self) -> StatusCode {
        match self {
            Fault::NoUser | Fault::NoPassword => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::Wrong => StatusCode::FORBIDDEN,
            Fault::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// For the audit.
    pub(super) fn code(self) -> &'static str {
        match self {
            Fault::NoUser | Fault::NoPassword => "incomplete",
            Fault::Wrong => "wrong",
            Fault::Wait(_) => "too many attempts",
            Fault::Busy => "busy",
        }
    }

    /// Seconds until it makes sense to try again.
    fn seconds(self) -> Option<i64> {
        match self {
            Fault::Wait(ms) => Some(ms.saturating_add(999) / 1_000),
            Fault::Busy => Some(5),
            _ => None,
        }
    }

    fn says(self, words: &Words) -> String {
        let seconds = self.seconds().unwrap_or_default();
        match self {
            Fault::NoUser => words.no_user.to_owned(),
            Fault::NoPassword => words.no_password.to_owned(),
            Fault::Wrong => words.wrong.to_owned(),
            Fault::Busy => words.busy.to_owned(),
            Fault::Wait(_) if seconds < 120 => {
                words.wait_seconds.replace("{n}", &seconds.to_string())
            }
            Fault::Wait(_) => {
                let minutes = seconds.saturating_add(59) / 60;
                words.wait_minutes.replace("{n}", &minutes.to_string())
            }
        }
    }

    /// The field that the summary leads to.
    fn field(self) -> &'static str {
        match self {
            Fault::NoPassword => "password",
            _ => "user",
        }
    }
}

/// The page, with what was typed before and what was wrong with it.
pub(super) fn page(
    language: Language,
    settings: &Settings,
    user: &str,
    fault: Option<Fault>,
) -> Response {
    let words = language.words();
    let mut body = format!("<h1>{}</h1>\n", words.sign_in);
    if let Some(fault) = fault {
        // It takes the focus, so that it is the first thing that is read.
        body.push_str(&format!(
            "<div class=\"fault\" id=\"fault\" role=\"alert\" tabindex=\"-1\" autofocus>\n<p>{}</p>\n<p><a href=\"#{}\">{}</a></p>\n</div>\n",
            words.fault,
            fault.field(),
            fault.says(words)
        ));
    }
    let marks = |field: &str| match fault {
        Some(Fault::Wrong) => " aria-invalid=\"true\" aria-describedby=\"fault\"",
        Some(fault @ (Fault::NoUser | Fault::NoPassword)) if fault.field() == field => {
            " aria-invalid=\"true\" aria-describedby=\"fault\""
        }
        _ => "",
    };
    let first = if fault.is_none() { " autofocus" } else { "" };
    body.push_str(&format!(
        "<form method=\"post\" action=\"/sign-in?lang={lang}\" novalidate>\n\
         <label for=\"user\">{user_word}</label>\n\
         <input id=\"user\" name=\"user\" value=\"{user}\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" \
         maxlength=\"64\" required{first}{user_marks}>\n\
         <label for=\"password\">{password_word}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" maxlength=\"256\" required{password_marks}>\n\
         <button>{sign_in}</button>\n</form>\n",
        lang = language.code(),
        user_word = words.user,
        user = escape(user),
        user_marks = marks("user"),
        password_word = words.password,
        password_marks = marks("password"),
        sign_in = words.sign_in,
    ));
    if settings.demo {
        body.push_str(&format!("<p class=\"demo\">{}</p>\n", words.demo));
    }
    body.push_str(&languages(language));
    answer(language, settings, &body, fault)
}

fn answer(language: Language, settings: &Settings, body: &str, fault: Option<Fault>) -> Response {
    let words = language.words();
    let title = match fault {
        Some(_) => format!("{}: {}", words.fault, words.sign_in),
        None => words.sign_in.to_owned(),
    };
    let status = fault.map_or(StatusCode::OK, Fault::status);
    let mut response = html(status, sheet(language, settings, &title, body));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FORM_POLICY),
    );
    if let Some(seconds) = fault.and_then(Fault::seconds) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The page in the other languages.
fn languages(now: Language) -> String {
    let mut links = format!(
        "<nav class=\"languages\" aria-label=\"{}\">\n",
        now.words().languages
    );
    for language in LANGUAGES {
        let (code, name) = (language.code(), language.name());
        let current = if language == now {
            " aria-current=\"true\""
        } else {
            ""
        };
        links.push_str(&format!(
            "<a href=\"/sign-in?lang={code}\" hreflang=\"{code}\" lang=\"{code}\"{current}>{name}</a>\n"
        ));
    }
    links.push_str("</nav>\n");
    links
}
