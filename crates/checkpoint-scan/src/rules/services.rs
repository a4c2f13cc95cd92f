//! Services: money, mail, chat, models.

use super::{Rule, token, token_within};

pub(super) static RULES: &[Rule] = &[
    token(
        "slack-token",
        "token of Slack",
        &[
            "xoxb-", "xoxa-", "xoxp-", "xoxo-", "xoxs-", "xoxr-", "xoxe-", "xoxe.", "xapp-",
        ],
        r"(?:xox[abposre](?:\.xox[bp])?-[A-Za-z0-9-]{20,260}|xapp-[0-9]-[A-Z0-9]{6,}-[0-9]{6,}-[A-Fa-f0-9]{30,})",
    ),
    token(
        "slack-webhook",
        "webhook of Slack",
        &["hooks.slack.com/"],
        "hooks\\.slack\\.com/(?:services|workflows|triggers)/(?:T[A-Z0-9]{6,}/)?[A-Za-z0-9/+_-]{20,80}",
    ),
    token(
        "discord-webhook",
        "webhook of Discord",
        &["/api/webhooks/"],
        "/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
    ),
    token(
        "discord-bot-token",
        "token of a Discord bot",
        &["oken", "OKEN", "ogin(", ".run(", "Bot "],
        r#"(?:oken|OKEN|ogin\(|\.run\(|Bot )[A-Za-z_]{0,20}["'`]?\]?\s{0,10}(?::=|[:=(])?\s{0,10}["'`]?([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})"#,
    ),
    token_within(
        "telegram-bot-token",
        "token of a Telegram bot",
        &[":AA"],
        "[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        10,
    ),
    token(
        "stripe-key",
        "secret key of Stripe",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_"],
        "[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,120}",
    ),
    token(
        "stripe-webhook-secret",
        "webhook secret of Stripe",
        &["whsec_"],
        "whsec_[A-Za-z0-9+/]{32,64}={0,2}",
    ),
    token(
        "square-token",
        "token of Square",
        &["EAAA", "sq0atp-", "sq0csp-", "sq0idp-"],
        "(?:EAAA[A-Za-z0-9_-]{60}|sq0[a-z]{3}-[A-Za-z0-9_-]{22,43})",
    ),
    token(
        "braintree-token",
        "access token of Braintree",
        &["access_token$"],
        r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
    ),
    token(
        "shopify-token",
        "token of Shopify",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        "shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}",
    ),
    token_within(
        "openai-key",
        "API key of OpenAI",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "T3BlbkFJ"],
        "sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}(?:T3BlbkFJ)?[A-Za-z0-9_-]{20,}",
        120,
    ),
    token(
        "anthropic-key",
        "API key of Anthropic",
        &["sk-ant-"],
        "sk-ant-[a-z]{3,5}[0-9]{2}-[A-Za-z0-9_-]{60,140}",
    ),
    token(
        "openrouter-key",
        "API key of OpenRouter",
        &["sk-or-v1-"],
        "sk-or-v1-[a-f0-9]{64}",
    ),
    token(
        "huggingface-token",
        "token of Hugging Face",
        &["hf_", "api_org_"],
        "(?:hf_|api_org_)[A-Za-z0-9]{34,40}",
    ),
    token(
        "model-service-key",
        "API key of a service for models (Groq, Perplexity, Replicate, xAI)",
        &["gsk_", "pplx-", "r8_", "xai-"],
        "(?:gsk_[A-Za-z0-9]{52}|pplx-[A-Za-z0-9]{48}|r8_[A-Za-z0-9]{37}|xai-[A-Za-z0-9]{80})",
    ),
    token(
        "sendgrid-key",
        "API key of SendGrid",
        &["SG."],
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{40,50}",
    ),
    token(
        "mailgun-key",
        "API key of Mailgun",
        &["key-"],
        "key-[a-f0-9]{32}",
    ),
    token_within(
        "mailchimp-key",
        "API key of Mailchimp",
        &["-us"],
        "[a-f0-9]{32}-us[0-9]{1,2}",
        32,
    ),
    token(
        "brevo-key",
        "API key of Brevo",
        &["xkeysib-", "xsmtpsib-"],
        "x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
    ),
    token(
        "twilio-key",
        "API key of Twilio",
        &[
            "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb",
            "SKc", "SKd", "SKe", "SKf",
        ],
        "SK[a-f0-9]{32}",
    ),
    token(
        "grafana-token",
        "token of Grafana",
        &["glsa_", "glc_"],
        "(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{60,400}={0,2})",
    ),
    token(
        "sentry-token",
        "token of Sentry",
        &["sntrys_", "sntryu_"],
        "(?:sntrys_eyJ[A-Za-z0-9+/=_]{80,}|sntryu_[a-f0-9]{64})",
    ),
    token(
        "newrelic-key",
        "key of New Relic",
        &["NRAK-", "NRII-", "NRRA-"],
        "NR(?:AK|II|RA)-[A-Za-z0-9_-]{27,42}",
    ),
    token(
        "postman-key",
        "API key of Postman",
        &["PMAK-"],
        "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    ),
    token(
        "linear-key",
        "API key of Linear",
        &["lin_api_"],
        "lin_api_[A-Za-z0-9]{40}",
    ),
    token(
        "notion-token",
        "token of Notion",
        &["ntn_"],
        "ntn_[A-Za-z0-9]{43,50}",
    ),
    token(
        "figma-token",
        "token of Figma",
        &["figd_", "figu_"],
        "fig[du]_[A-Za-z0-9_-]{40}",
    ),
    token(
        "dropbox-token",
        "token of Dropbox",
        &["sl."],
        r"sl\.[A-Za-z0-9_-]{130,}",
    ),
    token(
        "netlify-token",
        "token of Netlify",
        &["nfp_"],
        "nfp_[A-Za-z0-9]{36}",
    ),
];
