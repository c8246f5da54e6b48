//! An issuer behind TLS with an authority that only we know.

use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
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

/// A proxy that says whereto it was asked to connect, and at which port it is.
async fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut inside, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let count = inside.read(&mut head).await.unwrap_or(0);
            let line = String::from_utf8_lossy(&head[..count]).lines().next().unwrap().to_owned();
            let host = line.split(' ').nth(1).unwrap().to_owned();
            seen.lock().unwrap().push(line);
            let mut outside = TcpStream::connect(host).await.unwrap();
            inside.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut inside, &mut outside).await.ok() });
        }
    });
    (port, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_is_reached_through_its_proxy() {
    let only = key("only", "p256");
    let (at, (proxy, asked)) = (publish(set(&[&only])).await, proxy().await);
    let (url, proxy) =
        (format!("https://localhost:{at}/keys"), format!("http://127.0.0.1:{proxy}"));
    let house = house(ISSUER, &[("JWKS_URL", &url), ("CA_FILE", AUTHORITY), ("PROXY", &proxy)]);
    see(&house, |shown| shown["keys"] == 1).await;
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked, [format!("CONNECT localhost:{at} HTTP/1.1")]);
    house.close().await;
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
