//! Serves the page on this computer while one works on it.

use std::fs;

use tiny_http::{Header, Response, Server};

use super::{Result, build};

/// Builds the page and serves it until the program is stopped.
pub fn serve(port: u16) -> Result {
    let path = build::page()?;
    let server = Server::http(("127.0.0.1", port)).map_err(|error| format!("port {port} cannot be used: {error}"))?;
    println!("The page is at http://127.0.0.1:{port}/ (Ctrl+C ends this).");
    for request in server.incoming_requests() {
        let html =
            Header::from_bytes("Content-Type", "text/html; charset=utf-8").map_err(|()| "a header is malformed")?;
        let answered = match request.url().split('?').next() {
            Some("/" | "/index.html") => request.respond(Response::from_data(fs::read(&path)?).with_header(html)),
            _ => request.respond(Response::empty(404)),
        };
        // A browser may go away before it has the answer.
        let _ = answered;
    }
    Ok(())
}
