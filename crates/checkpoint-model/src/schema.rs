//! JSON Schemas of the types that write themselves as a string.

/// Says that a type is a string in JSON: its name, what it is, and optionally the pattern it follows.
macro_rules! string_schema {
    ($name:ident, $description:literal $(, $pattern:literal)?) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": $description
                    $(, "pattern": $pattern)?
                })
            }
        }
    };
}

pub(crate) use string_schema;
