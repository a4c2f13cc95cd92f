//! Forges and package registries.

use super::{Rule, password, token};

pub(super) static RULES: &[Rule] = &[
    token(
        "github-token",
        "token of GitHub",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        "gh[pousr]_[A-Za-z0-9]{36,255}",
    ),
    token(
        "github-fine-grained-token",
        "fine-grained token of GitHub",
        &["github_pat_"],
        "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    ),
    token(
        "gitlab-token",
        "token of GitLab",
        &[
            "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glagent-", "gloas-", "glsoat-",
            "glimt-", "glft-", "glffct-",
        ],
        "gl(?:pat|dt|rt|ptt|cbt|agent|oas|soat|imt|ft|ffct)-(?:[a-z0-9]{1,3}_)?[A-Za-z0-9_-]{20,300}(?:\\.[a-z0-9.]{2,20})?",
    ),
    token(
        "gitlab-runner-token",
        "registration token of a GitLab runner",
        &["GR1348941"],
        "GR1348941[A-Za-z0-9_-]{20}",
    ),
    token(
        "bitbucket-token",
        "token of Bitbucket or Atlassian",
        &["ATATT3", "ATBB", "ATCTT3"],
        "(?:AT[AC]TT3[A-Za-z0-9_=-]{150,250}|ATBB[A-Za-z0-9]{32})",
    ),
    token(
        "npm-token",
        "token of npm",
        &["npm_"],
        "npm_[A-Za-z0-9]{36}",
    ),
    password(
        "npmrc-auth",
        "password of a registry in .npmrc",
        &["_authToken", "_auth=", "_auth =", ":_password"],
        r#":?_(?:authToken|auth|password)\s?=\s?["']?([A-Za-z0-9+/_=-]{16,300})"#,
    ),
    token(
        "pypi-token",
        "token of PyPI",
        &["pypi-AgE"],
        "pypi-AgE[A-Za-z0-9_-]{50,400}",
    ),
    token(
        "rubygems-key",
        "API key of RubyGems",
        &["rubygems_"],
        "rubygems_[a-f0-9]{48}",
    ),
    token(
        "crates-io-token",
        "token of crates.io",
        &["cio"],
        "cio[A-Za-z0-9]{32}",
    ),
    token("nuget-key", "API key of NuGet", &["oy2"], "oy2[a-z0-9]{43}"),
    token(
        "docker-token",
        "token of Docker Hub",
        &["dckr_pat_", "dckr_oat_"],
        "dckr_[po]at_[A-Za-z0-9_-]{27,32}",
    ),
    token(
        "artifactory-key",
        "API key of Artifactory",
        &["AKCp", "cmVmdGtuO"],
        "(?:AKCp[A-Za-z0-9]{69}|cmVmdGtuO[A-Za-z0-9]{55})",
    ),
];
