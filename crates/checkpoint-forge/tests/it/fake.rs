//! A forge that is a table: for each question the answers, in order; the last one stays.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::net::UnixListener,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;

/// What the server does with a question.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Answers with this status and JSON.
    Json(u16, Value),
    /// Answers with this status, these headers and this text.
    Text(u16, &'static str, String),
    /// Writes these bytes and closes the connection.
    Raw(String),
    /// Says nothing for longer than anybody waits.
    Silence,
}

/// A question as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `GET /path?query`.
    pub(crate) question: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

type Table = BTreeMap<String, Vec<Answer>>;

/// A running forge. Its threads end with the process.
#[derive(Clone)]
pub(crate) struct Fake {
    /// `127.0.0.1:<port>`; empty on a unix socket.
    pub(crate) host: String,
    table: Arc<Mutex<Table>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let fake = Self::new(listener.local_addr().unwrap().to_string());
        let server = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(&stream));
            }
        });
        fake
    }

    /// One that is reached by a file.
    pub(crate) fn on_socket(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let fake = Self::new(String::new());
        let server = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(&stream));
            }
        });
        fake
    }

    /// One that nobody can reach yet.
    pub(crate) fn new(host: String) -> Self {
        Self {
            host,
            table: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// Adds an answer to a question such as `POST /api/v3/repos/a/b/pulls`; what stands after `?` does not count.
    pub(crate) fn on(&self, question: &str, answer: Answer) -> &Self {
        let mut table = self.table.lock().unwrap();
        table.entry(question.to_owned()).or_default().push(answer);
        self
    }

    pub(crate) fn json(&self, question: &str, status: u16, body: Value) -> &Self {
        self.on(question, Answer::Json(status, body))
    }

    /// All questions so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Verb and path of all questions so far, without what stands after `?`.
    pub(crate) fn questions(&self) -> Vec<String> {
        let seen = self.seen();
        seen.iter().map(|seen| short(&seen.question)).collect()
    }

    /// The only question of this kind.
    pub(crate) fn only(&self, question: &str) -> Seen {
        let seen = self.seen();
        let mut found = seen.iter().filter(|seen| short(&seen.question) == question);
        let first = found
            .next()
            .unwrap_or_else(|| panic!("nobody asked {question}: {seen:?}"));
        assert!(found.next().is_none(), "asked twice: {question}");
        first.clone()
    }

    /// Answers whoever is at the other end, until it goes away.
    pub(crate) fn serve(&self, stream: impl Read + Write) {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read(&mut stream) {
            let question = short(&seen.question);
            self.seen.lock().unwrap().push(seen);
            let text = match self.answer(&question) {
                Answer::Json(status, body) => {
                    message(status, "content-type: application/json", &body.to_string())
                }
                Answer::Text(status, headers, body) => message(status, headers, &body),
                Answer::Raw(text) => {
                    stream.get_mut().write_all(text.as_bytes()).ok();
                    return;
                }
                Answer::Silence => {
                    std::thread::sleep(Duration::from_secs(60));
                    return;
                }
            };
            // Whoever has gone away meanwhile has its reasons.
            let output = stream.get_mut();
            output
                .write_all(text.as_bytes())
                .and_then(|()| output.flush())
                .ok();
        }
    }

    fn answer(&self, question: &str) -> Answer {
        let mut table = self.table.lock().unwrap();
        let Some(answers) = table.get_mut(question) else {
            let text = format!("{{\"message\":\"nobody told me about {question}\"}}");
            return Answer::Text(404, "content-type: application/json", text);
        };
        match answers.len() {
            1 => answers[0].clone(),
            _ => answers.remove(0),
        }
    }
}

fn short(question: &str) -> String {
    question.split('?').next().unwrap().to_owned()
}

fn message(status: u16, headers: &str, body: &str) -> String {
    let headers = match headers {
        "" => String::new(),
        headers => format!("{headers}\r\n"),
    };
    format!(
        "HTTP/1.1 {status} Said\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn read(input: &mut impl BufRead) -> Option<Seen> {
    let mut line = String::new();
    input.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace();
    let question = format!("{} {}", words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let body = match (
        headers.get("content-length"),
        headers.get("transfer-encoding"),
    ) {
        (Some(length), _) => {
            let mut body = vec![0; length.parse().ok()?];
            input.read_exact(&mut body).ok()?;
            body
        }
        (None, Some(_)) => chunks(input)?,
        (None, None) => Vec::new(),
    };
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some(Seen {
        question,
        headers,
        body,
    })
}

fn chunks(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let mut chunk = vec![0; usize::from_str_radix(line.trim(), 16).ok()? + 2];
        input.read_exact(&mut chunk).ok()?;
        if chunk.len() == 2 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..chunk.len() - 2]);
    }
}
