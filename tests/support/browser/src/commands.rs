//! WebDriver commands of one browser only, which fantoccini has no method for.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::Value;

/// `POST /session/<id>/<path>` with a JSON body.
#[derive(Debug)]
pub struct Post(pub &'static str, pub Value);

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}
