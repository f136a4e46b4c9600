//! Certificates: a town's own from two PEM files, or one that nobody else has signed (`centrale cert self-signed`).

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::settings::Tls;

/// A day: year, month, day.
pub type Day = (i32, u8, u8);

/// A certificate and its key, PEM.
#[derive(Clone)]
pub struct SelfSigned {
    /// For everybody.
    pub certificate: String,
    /// For this machine alone.
    pub key: String,
}

/// A fresh key with a certificate for these addresses and names, valid from the first day to the second.
///
/// # Errors
/// A sentence when a name cannot stand in a certificate.
pub fn self_signed(
    town: &str,
    addresses: &[IpAddr],
    names: &[String],
    (from, until): (Day, Day),
) -> Result<SelfSigned, String> {
    let failed = |why: rcgen::Error| format!("the certificate cannot be made: {why}");
    let mut params = CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
    params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("Centrale, {town}"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
        .subject_alt_names
        .extend(addresses.iter().copied().map(SanType::IpAddress));
    let in_a_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'*');
    for name in names {
        if name.is_empty() || name.len() > 253 || !name.bytes().all(in_a_name) {
            return Err(format!("{name:?} is no host name"));
        }
        let written = name
            .as_str()
            .try_into()
            .map_err(|_| format!("{name:?} is no host name"))?;
        params.subject_alt_names.push(SanType::DnsName(written));
    }
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(SelfSigned {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// What the doors show, from the files; a sentence names the file that is wrong.
pub(crate) fn load(tls: &Tls) -> Result<Arc<ServerConfig>, String> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&read(&tls.certificate)?)
            .collect::<Result<_, _>>()
            .map_err(|why| format!("{} is no certificate: {why}", tls.certificate.display()))?;
    if chain.is_empty() {
        return Err(format!(
            "{} holds no certificate (-----BEGIN CERTIFICATE-----)",
            tls.certificate.display()
        ));
    }
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?)
        .map_err(|why| format!("{} holds no private key: {why}", tls.key.display()))?;
    let unfit = |why: rustls::Error| {
        format!(
            "the certificate {} and the key {} cannot be used together: {why}",
            tls.certificate.display(),
            tls.key.display()
        )
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|why| format!("{} cannot be read: {why}", file.display()))
}
