use axum_example::app;
use shared_claims::{SharedLogin, setting};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let listen = std::env::var("LISTEN").unwrap_or_default();
    let listen = setting::plain(&listen)?.unwrap_or("127.0.0.1:8005");
    let login = SharedLogin::from_env()?;
    let url = login.settings().service_url();
    let listener = TcpListener::bind(listen).await?;
    println!("Listening on {listen}: open {url}/private");
    Ok(axum::serve(listener, app(login)).await?)
}
