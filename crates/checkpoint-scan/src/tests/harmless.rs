//! What looks like a secret, and is none.

use super::{corpus::Dice, found};

/// As in the corpus of secrets, with what fills the braces.
const LINES: &[&str] = &[
    // Hashes, checksums and ids.
    "commit {h40}",
    "checksum = \"{h64}\"",
    "\"integrity\": \"sha512-{B86}==\",",
    "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.0.0.tgz#{h40}\",",
    "id: {h8}-{h4}-4{h3}-a{h3}-{h12}",
    "ETag: \"{h32}\"",
    "image: registry.example.org/app@sha256:{h64}",
    "data:image/png;base64,{B400}",
    "h1:{B43}=",
    "const cacheKey = \"{h32}\";",
    "fingerprint: SHA256:{B43}",
    "-----BEGIN CERTIFICATE-----\n{B64}\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n{B64}\n-----END PUBLIC KEY-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{B43} ada@desk",
    // Names and expressions.
    "password = os.environ[\"DB_PASSWORD\"]",
    "token := getToken(ctx, user42)",
    "let secret = config.secret_v2.clone();",
    "if (token === expectedToken123) {",
    "secret: ${{ secrets.DEPLOY_KEY_2 }}",
    "DB_PASSWORD=${DB_PASSWORD:-}",
    "password: { type: String, required: true, minlength: 8 }",
    "token = \"{{ vault_token_2024 }}\"",
    "API_KEY=<your-api-key-1>",
    "const TOKEN_TYPE = \"urn:ietf:params:oauth:token-type:jwt-2\";",
    "tokenEndpoint: 'https://login.example.org/oauth2/v2.0/token'",
    "passwordField.setText(\"Enter your password\");",
    "private static final String PASSWORD_KEY = \"user.password.v1\";",
    "secretName: app-tls-2024",
    "access_key_id = var.access_key_1",
    "AccessToken: Option<String>,",
    "export class TokenService2 {",
    "pub struct ApiKey256Bit;",
    "api_key: str = Field(default=None, max_length=64)",
    // Examples and stand-ins.
    "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "token: ghp_000000000000000000000000000000000000",
    "postgres://user:password@localhost/db",
    "postgres://postgres:postgres@localhost/db",
    "https://user:pass@example.com/",
    "postgres://$USER:$PASSWORD@$HOST/db",
    "mysql://${user}:${password}@db/app",
    "password = \"changeme\"",
    "PASSWORD=********",
    "passwd: 'test1234'",
    "api_key = \"1234567890abcdef\"",
    "api_key = \"your_api_key_here_123\"",
    "SECRET_KEY = 'insecure-test-key-only-for-ci'",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $ACCESS_TOKEN_1",
    "Basic authentication-is-not-supported-here",
    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
    "if line.contains(\"-----BEGIN PRIVATE KEY-----\") {",
    "xoxb-your-token-goes-here-please",
    "sk-ant-api03-...",
    // Words that begin as tokens do.
    "AKIAKA is a word, AIzawa another",
    "npm_config_registry=https://registry.npmjs.org npm_package_version_of_the_application=1",
    "hf_transfer hf_hub_download hf_api",
    "the monkey-{h32}x key-value key-down",
    "gho_st rk_testing_framework sk_test_helpers",
    "task-us12 bonus-us1",
    "eyJhbGciOiJIUzI1NiJ9 alone is a header",
    "see 12345678:AAPL and 10:AA",
    "/api/webhooks/:id/:token",
    "pull-request pul-{h10}",
];

#[test]
fn what_is_no_secret_is_not_found() {
    let mut dice = Dice::new(11);
    let mut wrong = Vec::new();
    let mut n_lines = 0;
    for line in LINES.iter().flat_map(|line| [line; 5]) {
        let text = dice.fill(line);
        n_lines += 1;
        let found = found(&text);
        if !found.is_empty() {
            wrong.push(format!("{text} {found:?}"));
        }
    }
    println!(
        "{} of {n_lines} lines are taken for secrets:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All text of this workspace is free of secrets, tests that speak of nothing else among it.
#[test]
fn our_own_sources_are_clean() {
    let top = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut open: Vec<_> = ["crates", "docs", "tests", "xtask", "templates", "hooks"]
        .map(|name| format!("{top}/{name}").into())
        .into();
    let mut wrong: Vec<String> = Vec::new();
    let mut n_files = 0;
    while let Some(directory) = open.pop() {
        let directory: std::path::PathBuf = directory;
        for entry in fs_err::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap() {
                kind if kind.is_dir() && entry.file_name() != "target" => open.push(entry.path()),
                kind if kind.is_file() => {
                    let text = fs_err::read(entry.path()).unwrap();
                    let found = super::search(&text).found;
                    n_files += 1;
                    wrong.extend(found.iter().map(|found| {
                        format!(
                            "{}:{} {} {}",
                            entry.path().display(),
                            found.line,
                            found.rule.id,
                            found.excerpt
                        )
                    }));
                }
                _ => {}
            }
        }
    }
    assert!(n_files > 300, "{n_files} files were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
