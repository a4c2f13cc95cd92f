//! Whom a server's certificate must come from: whom the system trusts, and whom git was told to trust.

use std::sync::Arc;

use checkpoint_git::{Program, Surroundings};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::ForgeError;

/// The trust for the address. Certificates are always checked, also where `http.sslVerify` is off: there is a token in
/// what we send.
pub(crate) fn roots(address: &str, surroundings: &Surroundings) -> Result<TlsConfig, ForgeError> {
    let config = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
    if address.starts_with("http://") {
        return Ok(config.build());
    }
    let mut roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .into_iter()
        .map(|found| Certificate::from_der(&found).to_owned())
        .collect();
    roots.extend(of_git(address, surroundings)?);
    Ok(config
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build())
}

/// Those in the file that `GIT_SSL_CAINFO` or `http.sslCAInfo` names.
fn of_git(
    address: &str,
    surroundings: &Surroundings,
) -> Result<Vec<Certificate<'static>>, ForgeError> {
    let path = match surroundings.filled("GIT_SSL_CAINFO") {
        Some(path) => surroundings.cwd.join(path),
        None => {
            let words = [
                "config",
                "--path",
                "--get-urlmatch",
                "http.sslCAInfo",
                address,
            ];
            let Some(path) = Program::here(surroundings, words).answer().ok().flatten() else {
                return Ok(Vec::new());
            };
            surroundings
                .cwd
                .join(path.to_string().trim_end_matches('\n'))
        }
    };
    let text = fs_err::read(path).map_err(|error| ForgeError::ProgramFailed {
        program: "http.sslCAInfo".to_owned(),
        said: error.to_string(),
    })?;
    let items = parse_pem(&text).filter_map(Result::ok);
    Ok(items
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect())
}
