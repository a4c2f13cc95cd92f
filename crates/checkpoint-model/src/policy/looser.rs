//! What of a copy does not count, since it asks for less than the policy that is trusted.

use super::Policy;

impl Policy {
    /// The keys that `text`, a copy of the policy that anybody may have edited, sets to less than is here, such as
    /// `branches.protected`; in the order of the file's sections by name. None where the text makes no sense.
    #[must_use]
    pub fn looser_keys(&self, text: &str) -> Vec<String> {
        let Ok(table) = text.parse::<toml::Table>() else {
            return Vec::new();
        };
        let mut looser = Vec::new();
        for (section, keys) in table {
            let keys = keys.as_table().cloned().unwrap_or_default();
            for (key, value) in keys {
                let alone = toml::Table::from_iter([(key.clone(), value)]);
                let alone = toml::Table::from_iter([(section.clone(), alone.into())]);
                let copy = self.parse_over(&alone.to_string(), Self::FILE_NAME);
                // One that asks for all that is here takes nothing more from it.
                if copy.is_ok_and(|copy| copy.tightened_by(self) != copy) {
                    looser.push(format!("{section}.{key}"));
                }
            }
        }
        looser
    }
}
