//! Secrets as they stand in files, put together when the test runs, so that no file of ours holds one.

use std::collections::BTreeMap;

use super::found;
use crate::rules;

/// Secrets by their rules: `{<letters><number>}` are so many letters of an alphabet, the rest stands for itself.
/// `n` digits, `h` hexadecimal, `a` small letters and digits, `A` all letters and digits, `u` large ones and 2 to 7,
/// `b` with `-` and `_`, `B` with `+` and `/`, `q` of bech32, `l` letters.
const TOKENS: &[(&str, &[&str])] = &[
    ("age-secret-key", &["AGE-SECRET-KEY-1{q58}"]),
    ("minisign-secret-key", &["RWRTY0Iy{B204}"]),
    ("aws-access-key-id", &["AKIA{u16}", "ASIA{u16}"]),
    ("aws-bedrock-key", &["ABSK{B109}=="]),
    ("gcp-api-key", &["AIza{b35}"]),
    ("gcp-oauth-secret", &["GOCSPX-{b28}"]),
    ("gcp-oauth-token", &["ya29.{b120}"]),
    ("firebase-server-key", &["AAAA{A7}:APA91b{b134}"]),
    ("azure-client-secret", &["{A3}8Q~{A34}"]),
    ("azure-devops-token", &["{A76}AZDO{A4}"]),
    ("digitalocean-token", &["dop_v1_{h64}"]),
    ("heroku-key", &["HRKU-{h8}-{h4}-{h4}-{h4}-{h12}"]),
    ("hashicorp-vault-token", &["hvs.{A95}", "hvb.{A140}"]),
    ("terraform-token", &["{A14}.atlasv1.{A67}"]),
    ("cloudflare-origin-key", &["v1.0-{h24}-{h146}"]),
    ("alibaba-access-key", &["LTAI{A20}"]),
    ("planetscale-token", &["pscale_tkn_{A43}"]),
    ("databricks-token", &["dapi{h32}"]),
    ("tailscale-key", &["tskey-auth-{A12}-{A32}"]),
    ("fly-token", &["fm2_{B180}=="]),
    ("supabase-token", &["sbp_{h40}"]),
    ("pulumi-token", &["pul-{h40}"]),
    ("doppler-token", &["dp.pt.{A43}"]),
    ("onepassword-token", &["ops_eyJ{A260}"]),
    ("github-token", &["ghp_{A36}", "gho_{A36}", "ghs_{A36}"]),
    ("github-fine-grained-token", &["github_pat_{A22}_{A59}"]),
    (
        "gitlab-token",
        &["glpat-{A20}", "glrt-t1_{A20}", "gldt-{A20}"],
    ),
    ("gitlab-runner-token", &["GR1348941{A20}"]),
    ("bitbucket-token", &["ATATT3{b186}={h8}", "ATBB{A32}"]),
    ("npm-token", &["npm_{A36}"]),
    ("pypi-token", &["pypi-AgEIcHlwaS5vcmc{A150}"]),
    ("rubygems-key", &["rubygems_{h48}"]),
    ("crates-io-token", &["cio{A32}"]),
    ("nuget-key", &["oy2{a43}"]),
    ("docker-token", &["dckr_pat_{A27}"]),
    ("artifactory-key", &["AKCp{A69}"]),
    (
        "slack-token",
        &[
            "xoxb-{n12}-{n13}-{A24}",
            "xoxp-{n12}-{n12}-{n13}-{h32}",
            "xapp-1-{u11}-{n13}-{h64}",
        ],
    ),
    (
        "slack-webhook",
        &["https://hooks.slack.com/services/T{u10}/B{u10}/{A24}"],
    ),
    (
        "discord-webhook",
        &["https://discord.com/api/webhooks/{n19}/{A68}"],
    ),
    ("telegram-bot-token", &["7{n9}:AA{A33}"]),
    ("stripe-key", &["sk_live_{A24}", "rk_test_{A99}"]),
    ("stripe-webhook-secret", &["whsec_{A32}"]),
    ("square-token", &["EAAA{A60}", "sq0csp-{A43}"]),
    ("braintree-token", &["access_token$production${a16}${h32}"]),
    ("shopify-token", &["shpat_{h32}"]),
    (
        "openai-key",
        &[
            "sk-{A20}T3BlbkFJ{A20}",
            "sk-proj-{A74}T3BlbkFJ{A74}",
            "sk-svcacct-{A120}",
        ],
    ),
    (
        "anthropic-key",
        &["sk-ant-api03-{A93}AA", "sk-ant-oat01-{A80}"],
    ),
    ("openrouter-key", &["sk-or-v1-{h64}"]),
    ("huggingface-token", &["hf_{l34}"]),
    ("model-service-key", &["gsk_{A52}", "r8_{A37}", "xai-{A80}"]),
    ("sendgrid-key", &["SG.{A22}.{A43}"]),
    ("mailgun-key", &["key-{h32}"]),
    ("mailchimp-key", &["{h32}-us12"]),
    ("brevo-key", &["xkeysib-{h64}-{A16}"]),
    ("twilio-key", &["SK{h32}"]),
    ("grafana-token", &["glsa_{A32}_{h8}"]),
    ("sentry-token", &["sntryu_{h64}"]),
    ("newrelic-key", &["NRAK-{u27}"]),
    ("postman-key", &["PMAK-{h24}-{h34}"]),
    ("linear-key", &["lin_api_{A40}"]),
    ("notion-token", &["ntn_{A46}"]),
    ("figma-token", &["figd_{A40}"]),
    ("dropbox-token", &["sl.{A140}"]),
    ("netlify-token", &["nfp_{A36}"]),
    ("jwt", &["eyJ{A33}.eyJ{A80}.{A43}"]),
];

/// Where a token stands; `@` is its place.
const PLACES: [&str; 8] = [
    "let client = Client::new(\"@\");",
    "export SERVICE=@",
    "  service: @",
    "curl -H 'x-auth: @' https://example.org/",
    "{\"service\":\"@\",\"n\":1}",
    "it is @, do not tell",
    "\"first\\n@\\nlast\"",
    "https://example.org/?k=@&x=1",
];

/// Secrets that are told by what is around them.
const IN_PLACE: &[(&str, &[&str])] = &[
    (
        "aws-secret-key",
        &[
            "aws_secret_access_key = {B40}",
            "AWS_SECRET_ACCESS_KEY=\"{B40}\"",
            "\"SecretAccessKey\": \"{B40}\",",
            "awsSecretKey: '{B40}'",
        ],
    ),
    (
        "azure-storage-key",
        &["DefaultEndpointsProtocol=https;AccountName=a;AccountKey={B86}==;EndpointSuffix=core"],
    ),
    (
        "azure-sas-token",
        &["https://a.blob.core.windows.net/c?sv=2022-11-02&sig={A43}%3D"],
    ),
    (
        "npmrc-auth",
        &["//registry.example.org/:_authToken={A40}", "_auth = {A32}"],
    ),
    (
        "discord-bot-token",
        &[
            "DISCORD_TOKEN=MTE{A23}.G{A5}.{A38}",
            "client.login('MTA{A23}.G{A5}.{A38}')",
            "token = \"Nzk{A21}.X{A5}.{A27}\"",
        ],
    ),
    (
        "url-password",
        &[
            "postgres://app:{A14}@db.internal:5432/app",
            "DATABASE_URL=mysql://root:{A5}!{A4}@10.0.0.2/app",
            "https://ada:{A20}@git.example.org/a.git",
            "redis://:{A24}@cache:6379/0",
            "mongodb+srv://u:{A16}@c0.abc.mongodb.net/",
        ],
    ),
    (
        "connection-password",
        &["Server=db;Database=a;User Id=sa;Password={A6}!{A6};Encrypt=true"],
    ),
    (
        "authorization-header",
        &[
            "Authorization: Bearer {A40}",
            "'Authorization': 'Basic {A36}'",
        ],
    ),
    (
        "secret-assignment",
        &[
            "API_KEY={A32}",
            "api_key: \"{h32}\"",
            "const clientSecret = '{b40}';",
            "secret_key_base: {h128}",
            "let token: &str = \"{A24}\";",
            "app.config['SECRET_KEY'] = '{h64}'",
            "\"accessToken\": \"{A30}\"",
            "JWT_SECRET={B44}",
            "auth.token={A20}",
            "private String apiKey = \"{A39}\";",
            "--api-key={A32}",
            "ENV API_TOKEN={A40}",
        ],
    ),
    (
        "password-assignment",
        &[
            "DB_PASSWORD={A12}",
            "password = \"{l5}!{n2}{l4}\"",
            "  password: '{A10}'",
            "\"db_passwd\": \"{A8}#{n2}\"",
            "String dbPassword = \"{l6}{n3}!\";",
            "export PGPASSWORD={A16}",
            "smtp_pass: {A11}",
        ],
    ),
];

/// Blocks of armour: first line, headers.
const ARMOUR: &[(&str, &str, &str)] = &[
    ("private-key", "BEGIN RSA PRIVATE KEY", ""),
    ("private-key", "BEGIN PRIVATE KEY", ""),
    ("private-key", "BEGIN EC PRIVATE KEY", ""),
    (
        "private-key",
        "BEGIN RSA PRIVATE KEY",
        "Proc-Type: 4,ENCRYPTED@DEK-Info: AES-128-CBC,0A1B@@",
    ),
    ("openssh-private-key", "BEGIN OPENSSH PRIVATE KEY", ""),
    ("pgp-private-key", "BEGIN PGP PRIVATE KEY BLOCK", "@"),
    (
        "pgp-private-key",
        "BEGIN PGP PRIVATE KEY BLOCK",
        "Version: GnuPG v2@@",
    ),
];

/// Random letters that are the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        // Numerical Recipes' generator; its high bits are good enough to fill tokens.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    pub(super) fn letters(&mut self, alphabet: u8, n: usize) -> String {
        const ALL: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let alphabet: Vec<u8> = match alphabet {
            b'n' => ALL[..10].to_vec(),
            b'h' => ALL[..16].to_vec(),
            b'a' => ALL[..36].to_vec(),
            b'A' => ALL.to_vec(),
            b'l' => ALL[10..].to_vec(),
            b'u' => [&ALL[36..], &ALL[2..8]].concat(),
            b'b' => [ALL, b"-_"].concat(),
            b'B' => [ALL, b"+/"].concat(),
            b'q' => b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".to_vec(),
            other => panic!("no alphabet '{}'", other as char),
        };
        // The ends are no punctuation, so that where the token ends is not in doubt.
        let plain: Vec<u8> = alphabet
            .iter()
            .copied()
            .filter(u8::is_ascii_alphanumeric)
            .collect();
        let letter = |at: usize, dice: &mut Self| {
            let from = if at == 0 || at + 1 == n {
                &plain
            } else {
                &alphabet
            };
            from[dice.roll(from.len())] as char
        };
        (0..n).map(|at| letter(at, self)).collect()
    }

    /// Fills the holes; other braces stay.
    pub(super) fn fill(&mut self, form: &str) -> String {
        let mut parts = form.split('{');
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            match Self::hole(part) {
                Some((alphabet, n, rest)) => text += &(self.letters(alphabet, n) + rest),
                None => text += &format!("{{{part}"),
            }
        }
        text
    }

    fn hole(part: &str) -> Option<(u8, usize, &str)> {
        let (hole, rest) = part.split_once('}')?;
        let alphabet = *hole.as_bytes().first()?;
        Some((alphabet, hole.get(1..)?.parse().ok()?, rest))
    }
}

/// Each secret of the corpus: the rule, and a text with nothing else that is secret.
fn corpus() -> Vec<(&'static str, String)> {
    let mut dice = Dice::new(7);
    let mut all = Vec::new();
    for (rule, forms) in TOKENS {
        for (form, place) in forms
            .iter()
            .flat_map(|form| PLACES.map(|place| (form, place)))
        {
            all.push((*rule, place.replace('@', &dice.fill(form))));
        }
    }
    for (rule, forms) in IN_PLACE {
        // Several of each: what is random may by chance look as if it were not.
        for form in forms.iter().flat_map(|form| [form; 8]) {
            all.push((*rule, dice.fill(form)));
        }
    }
    for (rule, begin, headers) in ARMOUR {
        for end in ["\n", "\\n", "\r\n"] {
            let body: Vec<_> = (0..20).map(|_| dice.letters(b'B', 64)).collect();
            let name = begin.replace("BEGIN", "END");
            let block = format!(
                "-----{begin}-----@{headers}{}@-----{name}-----",
                body.join("@")
            );
            all.push((*rule, format!("key = \"{}\"", block.replace('@', end))));
        }
    }
    all
}

#[test]
fn what_is_secret_is_found() {
    let mut by_rule: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (rule, text) in corpus() {
        let lines = format!("first\n{text}\nlast\n");
        let found = found(&lines);
        let (right, all) = by_rule.entry(rule).or_default();
        *all += 1;
        match found.iter().any(|(id, line)| *id == rule && *line == 2) {
            true => *right += 1,
            false => missed.push(format!("{rule}: {text} {found:?}")),
        }
    }
    let total = by_rule
        .values()
        .fold((0, 0), |sum, (right, all)| (sum.0 + right, sum.1 + all));
    println!(
        "found {} of {}; missed:\n{}",
        total.0,
        total.1,
        missed.join("\n")
    );
    for (rule, (right, all)) in &by_rule {
        // A random value may have too few digits to look like one.
        let least = if rule.ends_with("assignment") || rule.ends_with("password") {
            85
        } else {
            97
        };
        assert!(right * 100 >= all * least, "{rule}: {right} of {all}");
    }
    assert!(
        total.0 * 1000 >= total.1 * 985,
        "{} of {}",
        total.0,
        total.1
    );
}

#[test]
fn every_rule_is_in_the_corpus() {
    let known = TOKENS.iter().chain(IN_PLACE).map(|(rule, _)| *rule);
    let known: Vec<_> = known.chain(ARMOUR.iter().map(|(rule, ..)| *rule)).collect();
    // These have tests of their own.
    let elsewhere = [
        "env-file",
        "password-file",
        "key-store",
        "putty-private-key",
        "ssh2-private-key",
    ];
    for rule in rules::all().filter(|rule| !elsewhere.contains(&rule.id)) {
        assert!(known.contains(&rule.id), "no secret of rule '{}'", rule.id);
    }
}

#[test]
fn keys_in_other_forms_are_found() {
    let mut dice = Dice::new(3);
    let body = dice.letters(b'B', 200);
    let putty = format!(
        "PuTTY-User-Key-File-3: ssh-{}\nEncryption: none\nComment: a\n{body}\nPrivate-MAC: 0",
        "ed25519"
    );
    assert_eq!(found(&putty), [("putty-private-key", 1)]);
    let ssh2 = format!(
        "---- BEGIN SSH2 {} ----\nComment: \"a\"\n{body}\n---- END",
        "ENCRYPTED PRIVATE KEY"
    );
    assert_eq!(found(&ssh2), [("ssh2-private-key", 1)]);
}

#[test]
fn no_finding_holds_its_secret() {
    for (rule, text) in corpus() {
        let content = super::search(text.as_bytes());
        for found in content.found {
            let shown = found.excerpt.trim_end_matches(|c: char| c != '…');
            let letters = shown.trim_end_matches(['…', ' ', '=']);
            let tail = &text[text.find(letters).map_or(0, |at| at + letters.len())..];
            assert!(
                letters.len() <= 60 && tail.len() >= 6,
                "{rule}: {}",
                found.excerpt
            );
        }
    }
}
