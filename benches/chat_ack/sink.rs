//! A host that takes every answer, over TLS, and counts them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const CERTIFICATE: &[u8] = include_bytes!("../../tests/fixtures/keys/localhost.crt.pem");
const KEY: &[u8] = include_bytes!("../../tests/fixtures/keys/localhost.pem");
/// The authority that vouches for it.
pub(crate) const AUTHORITY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys/localhost-ca.pem");
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The host.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    pub(crate) taken: Arc<AtomicUsize>,
}

impl Sink {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
        let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE)?];
        let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_slice(KEY)?)?;
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, tls.clone(), Arc::clone(&counter)));
            }
        });
        Ok(Self { address, taken })
    }
}

/// Answers one request after the other.
async fn answer(
    stream: TcpStream,
    tls: TlsAcceptor,
    taken: Arc<AtomicUsize>,
) -> anyhow::Result<()> {
    let mut stream = tls.accept(stream).await?;
    let (mut read, mut chunk) = (Vec::new(), [0; 8192]);
    loop {
        let count = stream.read(&mut chunk).await?;
        read.extend_from_slice(chunk.get(..count).context("no more than there is room for")?);
        if count == 0 {
            return Ok(());
        }
        if let Some(length) = whole(&read) {
            read.drain(..length);
            taken.fetch_add(1, Ordering::Relaxed);
            stream.write_all(OK).await?;
        }
    }
}

/// How long the request is, once it is all there.
fn whole(read: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(read).to_ascii_lowercase();
    let (head, _) = text.split_once("\r\n\r\n")?;
    let (_, rest) = head.split_once("content-length: ")?;
    let body: usize = rest.split("\r\n").next()?.parse().ok()?;
    let length = head.len() + 4 + body;
    (read.len() >= length).then_some(length)
}
