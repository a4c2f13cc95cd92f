//! What `summary` tells.

use std::io;

use checkpoint_cli::{
    Align, Envelope, Outcome, Output, Schema, Style, Table, Talk, human_bytes, tell_problems,
    write_line,
};
use checkpoint_model::summary::Summary;
use checkpoint_store::Problem;
use schemars::JsonSchema;
use serde::Serialize;

/// The numbers.
pub(crate) struct SummaryOutcome {
    pub(super) summary: Summary,
    /// Why nothing can be said about the size, if so.
    pub(super) unmeasured: Option<String>,
    pub(super) problems: Vec<Problem>,
}

#[derive(Serialize, JsonSchema)]
struct SummaryJson<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<SummaryJson<'_>>>("summary")
}

impl Outcome for SummaryOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let summary = &self.summary;
        let mut table = Table::new([Align::Left, Align::Right, Align::Left]);
        let mut number = |label: &str, n: u64| table.row([label.into(), n.into(), "".into()]);
        number("checkpoints", summary.total);
        number("  named", summary.named);
        number("  automatic", summary.automatic);
        number("  partial", summary.partial);
        for (kind, n) in &summary.by_type {
            number(&format!("type {kind}"), *n);
        }
        number("used for rollback", summary.used_for_rollback);
        number("deleted", summary.deleted);
        table.write(out, 0)?;
        if let Some(latest) = &summary.latest {
            let id = out.paint(Style::Id, latest.id);
            let name = latest.name.as_deref().map(|name| format!(" {name}"));
            let name = out.paint(Style::Name, name.unwrap_or_default());
            let ago = out.ago(latest.at);
            writeln!(out, "latest: {id}{name}, {ago}")?;
        }
        if let Some(bytes) = summary.bytes {
            writeln!(
                out,
                "kept on disk by checkpoints alone: {}",
                human_bytes(bytes)
            )?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = SummaryJson {
            summary: &self.summary,
        };
        write_line(out, &Envelope::new("checkpoint summary", body))
    }

    fn talk(&self, talk: &Talk) {
        tell_problems(&self.problems, talk);
        if let Some(why) = &self.unmeasured {
            talk.warning(format_args!("cannot measure what is on disk: {why}"));
        }
    }
}
