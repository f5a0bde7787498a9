//! A tiny web server that remembers who came.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Result, Step};

/// Serves a few pages on this computer and logs every connection, until it is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    log: Log,
    ended: Arc<AtomicBool>,
}

/// Each visit: the visitor's port, and the first line of the request once that has come.
type Log = Arc<Mutex<Vec<(u16, String)>>>;

/// What is logged of a connection without a request.
const CONNECTION: &str = "(connection)";

impl Server {
    /// Starts to serve `pages`: HTML by path.
    pub fn start(pages: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").step("start a server")?;
        let port = listener.local_addr().step("ask for the server's port")?.port();
        let pages: Arc<HashMap<String, Vec<u8>>> = Arc::new(pages.into_iter().collect());
        let (log, ended) = (Log::default(), Arc::new(AtomicBool::new(false)));
        let server = Server { port, log: log.clone(), ended: ended.clone() };
        std::thread::spawn(move || {
            while let Ok((stream, visitor)) = listener.accept() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                lock(&log).push((visitor.port(), CONNECTION.to_owned()));
                let (log, pages) = (log.clone(), pages.clone());
                // A browser that goes away in the middle is no error.
                std::thread::spawn(move || drop(answer(stream, visitor.port(), &pages, &log)));
            }
        });
        Ok(server)
    }

    /// The address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Who came since this was asked last: the first line of each request, such as `GET / HTTP/1.1`, and
    /// `(connection)` for a connection without a request.
    pub fn visits(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.log)).into_iter().map(|(_, visit)| visit).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn lock(log: &Log) -> MutexGuard<'_, Vec<(u16, String)>> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(mut stream: TcpStream, visitor: u16, pages: &HashMap<String, Vec<u8>>, log: &Log) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let visit = (visitor, request.trim_end().to_owned());
    {
        let mut log = lock(log);
        match log.iter_mut().find(|(port, text)| *port == visitor && text == CONNECTION) {
            Some(logged) => *logged = visit,
            None => log.push(visit),
        }
    }
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match pages.get(path) {
        Some(page) => ("200 OK", page.as_slice()),
        None => ("404 Not Found", &b""[..]),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n")?;
    write!(stream, "Connection: close\r\n\r\n")?;
    stream.write_all(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn every_connection_is_logged() {
        let server = Server::start([("/page".to_owned(), b"<p>".to_vec())]).unwrap();
        let ask = |request: &str| {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        assert!(ask("GET /page HTTP/1.1\r\nHost: here\r\n\r\n").ends_with("\r\n\r\n<p>"));
        assert!(ask("GET /else HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        let _silent = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let mut visits = Vec::new();
        while visits.len() < 3 {
            visits.extend(server.visits());
        }
        assert_eq!(visits, ["GET /page HTTP/1.1", "GET /else HTTP/1.1", "(connection)"]);
    }
}
