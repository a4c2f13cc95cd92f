//! The machine's form of what is said: JSON with a version, and the schemas of it.

use std::{fmt::Write as _, io};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

/// The version of every JSON document; it grows when a field changes its meaning or goes, not when one comes.
pub const VERSION: u32 = 1;

/// The outermost object of every answer: `{"version":1,"command":"…", …}`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Envelope<T> {
    /// The version of the format.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// The command that answered, such as `checkpoint create`.
    pub command: &'static str,
    /// What it answered.
    #[serde(flatten)]
    pub body: T,
}

impl<T> Envelope<T> {
    /// Wraps an answer; `body` must serialize as an object.
    pub const fn new(command: &'static str, body: T) -> Self {
        Self {
            version: VERSION,
            command,
            body,
        }
    }
}

/// What is printed with `--json` when a command fails; the exit status tells the kind of failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorDocument {
    /// The version of the format.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// What went wrong.
    pub error: ErrorReport,
}

/// A failure, in words and as a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorReport {
    /// What happened, stable across versions: `area::what_happened`.
    pub code: Option<String>,
    /// The message as it is printed.
    pub message: String,
    /// What can be done about it, mostly a command to paste.
    pub help: Option<String>,
    /// Why it happened, outermost cause first.
    pub causes: Vec<String>,
}

impl ErrorDocument {
    /// The document of a failure.
    #[must_use]
    pub const fn of(error: ErrorReport) -> Self {
        Self {
            version: VERSION,
            error,
        }
    }
}

/// Writes one JSON document on a line of its own.
pub fn write_line(
    out: &mut (impl io::Write + ?Sized),
    document: &impl Serialize,
) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    out.write_all(b"\n")
}

/// The published schema of one kind of document.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The name of the kind, such as `create`.
    pub name: &'static str,
    /// The schema itself, JSON Schema 2020-12.
    pub json: Value,
}

impl Schema {
    /// The schema of a type as it is written, not as it is read. The `$id` is a URN: it names the schema and version
    /// without a promise that a server answers.
    pub fn of<T: JsonSchema>(name: &'static str) -> Self {
        Self::by::<T>(SchemaSettings::draft2020_12().for_serialize(), name)
    }

    /// The schema of a type as it is read: what has a default may be left out.
    pub fn of_input<T: JsonSchema>(name: &'static str) -> Self {
        Self::by::<T>(SchemaSettings::draft2020_12().for_deserialize(), name)
    }

    fn by<T: JsonSchema>(settings: SchemaSettings, name: &'static str) -> Self {
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let mut json = schema.to_value();
        json["$id"] = format!("urn:git-checkpoint:schema:v{VERSION}:{name}").into();
        json["title"] = format!("git-checkpoint: {name}").into();
        Self { name, json }
    }

    /// The name of its file: `<name>.json`.
    pub fn file_name(&self) -> String {
        format!("{}.json", self.name)
    }

    /// The content of its file, in lines a person can read.
    pub fn text(&self) -> String {
        let mut text = String::new();
        writeln!(text, "{:#}", self.json).expect("a string takes all that is written");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct Saved {
        /// The id.
        id: String,
        name: Option<String>,
    }

    #[test]
    fn an_answer_stands_beside_its_version_and_command() {
        let mut out = Vec::new();
        let saved = Saved {
            id: "0199".to_owned(),
            name: None,
        };
        write_line(&mut out, &Envelope::new("checkpoint create", saved)).unwrap();
        let want =
            "{\"version\":1,\"command\":\"checkpoint create\",\"id\":\"0199\",\"name\":null}\n";
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn a_schema_tells_what_is_always_there() {
        let schema = Schema::of::<Envelope<Saved>>("create");
        assert_eq!(schema.file_name(), "create.json");
        assert_eq!(schema.json["$id"], "urn:git-checkpoint:schema:v1:create");
        assert_eq!(
            schema.json["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        let properties = schema.json["properties"].as_object().unwrap();
        assert!(
            ["version", "command", "id", "name"]
                .iter()
                .all(|key| properties.contains_key(*key)),
            "{properties:?}"
        );
        assert_eq!(
            serde_json::from_str::<Value>(&schema.text()).unwrap(),
            schema.json
        );
    }
}
