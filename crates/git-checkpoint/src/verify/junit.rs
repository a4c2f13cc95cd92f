//! The answer as JUnit XML: a suite for each thing that was looked at, a case for each check.

use std::fmt::Write as _;

use checkpoint_cli::ErrorReport;
use checkpoint_verify::{Check, Report, Status, Verified};

use super::outcome::n_of;

/// The whole document.
pub(super) fn document(report: &Report) -> String {
    let total: usize = report
        .verified
        .iter()
        .map(|verified| verified.checks.len())
        .sum();
    let failed = n_of(report, Status::Failed);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut line =
        |line: String| writeln!(text, "{line}").expect("a string takes all that is written");
    line(format!(
        "<testsuites name=\"checkpoints\" tests=\"{total}\" failures=\"{failed}\">"
    ));
    for verified in &report.verified {
        line(suite(verified));
        for check in &verified.checks {
            line(case(verified, check));
        }
        line("  </testsuite>".to_owned());
    }
    line("</testsuites>".to_owned());
    text
}

/// The document that says why nothing could be looked at: one case, in error.
pub(super) fn failure(error: &ErrorReport) -> String {
    let message = escaped(&error.message);
    let kind = escaped(error.code.as_deref().unwrap_or("error"));
    let more: Vec<_> = error
        .causes
        .iter()
        .chain(&error.help)
        .map(String::as_str)
        .collect();
    let more = escaped(&more.join("\n"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"checkpoints\" tests=\"1\" failures=\"0\" errors=\"1\">\n  \
           <testsuite name=\"repository\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    \
             <testcase classname=\"repository\" name=\"verify\"><error type=\"{kind}\" message=\"{message}\">{more}</error></testcase>\n  \
           </testsuite>\n\
         </testsuites>\n"
    )
}

fn suite(verified: &Verified) -> String {
    let n_skipped = verified
        .checks
        .iter()
        .filter(|check| !is_made(check))
        .count();
    format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{n_skipped}\">",
        escaped(&verified.about.to_string()),
        verified.checks.len(),
        verified.failures().count(),
    )
}

fn case(verified: &Verified, check: &Check) -> String {
    let about = escaped(&verified.about.to_string());
    let head = format!("    <testcase classname=\"{about}\" name=\"{}\"", check.id);
    let why = escaped(&check.why);
    match check.status {
        Status::Passed => format!("{head}/>"),
        Status::Failed => {
            let remedy = check.remedy.as_deref().map_or_else(String::new, escaped);
            format!("{head}><failure message=\"{why}\">{remedy}</failure></testcase>")
        }
        Status::NotHere | Status::NotAsked => {
            format!("{head}><skipped message=\"{why}\"/></testcase>")
        }
    }
}

fn is_made(check: &Check) -> bool {
    matches!(check.status, Status::Passed | Status::Failed)
}

/// Text for an attribute or an element. What XML cannot hold at all becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\r' | '\t' => {
                write!(escaped, "&#{};", u32::from(c)).expect("a string takes all that is written")
            }
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_text_in_xml() {
        assert_eq!(
            escaped("<a b='c'>&\"\n\u{1b}\u{1}"),
            "&lt;a b=&apos;c&apos;&gt;&amp;&quot;&#10;\u{fffd}\u{fffd}"
        );
    }
}
