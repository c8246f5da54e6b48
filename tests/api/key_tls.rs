//! An issuer behind TLS with an authority that only we know.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::key_house::{ISSUER, ask, house, key, see, set};

const CERTIFICATE: &[u8] = include_bytes!("../fixtures/keys/localhost.crt.pem");
const KEY: &[u8] = include_bytes!("../fixtures/keys/localhost.pem");
const AUTHORITY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys/localhost-ca.pem");

/// Answers everybody who speaks TLS with `body`, and says at which port.
async fn publish(body: String) -> u16 {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let private = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let tls = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, private).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = tls.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_believed_where_it_is_configured_and_nowhere_else() {
    let only = key("only", "p256");
    let url = format!("https://localhost:{}/keys", publish(set(&[&only])).await);
    let stranger = house(ISSUER, &[("JWKS_URL", &url)]);
    see(&stranger, |shown| shown["last_error"] == "unreachable").await;
    assert!(ask(&stranger, &only.token(ISSUER, &stranger.clock)).await.starts_with("401 "));
    stranger.close().await;

    let house = house(ISSUER, &[("JWKS_URL", &url), ("CA_FILE", AUTHORITY)]);
    see(&house, |shown| shown["keys"] == 1).await;
    assert_eq!(ask(&house, &only.token(ISSUER, &house.clock)).await, "200");
    house.close().await;
}
