//! What a newer version wrote and we do not know: taken out when reading, laid over when writing.

use serde_json::{Map, Value};

/// The part of `source` that `known` does not hold. Of arrays of one length each element is compared with its
/// counterpart, and all of them are kept in their places.
pub(super) fn residue(
    source: &Map<String, Value>,
    known: &Map<String, Value>,
) -> Map<String, Value> {
    let unknown = |(key, value): (&String, &Value)| {
        let rest = match known.get(key) {
            Some(known) => residue_of_value(value, known)?,
            None => value.clone(),
        };
        Some((key.clone(), rest))
    };
    source.iter().filter_map(unknown).collect()
}

fn residue_of_value(source: &Value, known: &Value) -> Option<Value> {
    match (source, known) {
        (Value::Object(source), Value::Object(known)) => Some(residue(source, known))
            .filter(|rest| !rest.is_empty())
            .map(Value::Object),
        (Value::Array(source), Value::Array(known)) if source.len() == known.len() => {
            let rests: Vec<_> = source
                .iter()
                .zip(known)
                .map(|(source, known)| residue_of_value(source, known))
                .collect();
            rests
                .iter()
                .any(Option::is_some)
                .then(|| rests.into_iter().map(Option::unwrap_or_default).collect())
        }
        _ => None,
    }
}

/// Puts back what [`residue`] took out; what is known wins where both speak.
pub(super) fn overlay(known: &mut Map<String, Value>, residue: &Map<String, Value>) {
    for (key, rest) in residue {
        match known.get_mut(key) {
            Some(known) => overlay_value(known, rest),
            None => {
                known.insert(key.clone(), rest.clone());
            }
        }
    }
}

fn overlay_value(known: &mut Value, residue: &Value) {
    match (known, residue) {
        (Value::Object(known), Value::Object(residue)) => overlay(known, residue),
        (Value::Array(known), Value::Array(residue)) if known.len() == residue.len() => {
            known
                .iter_mut()
                .zip(residue)
                .for_each(|(known, residue)| overlay_value(known, residue));
        }
        _ => {}
    }
}
