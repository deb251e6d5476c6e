//! HTTP server with limits on connections, time and memory.

use std::fmt::Debug;
use std::future::ready;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol, Request, Response};
use actix_server::{GracefulShutdownSignal, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, apply_fn_factory, fn_service,
    map_config,
};
use actix_web::dev::{AppConfig, Server};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::connection::Connection;
use super::connection_registry::ConnectionRegistry;
use super::exchange::Exchange;
use super::limits::Limits;
use super::socket_file::BACKLOG;
use super::stream::Stream;
use super::{Listener, Peer, open_files};

/// The kernel's send buffer for each connection: how much of a response it stores for a client that
/// does not read. The kernel doubles the value; its own default grows to 4 MiB.
const SEND_BUFFER_BYTES: usize = 128 * 1024;

/// An HTTP server like [`actix_web::HttpServer`], within [`Limits`].
///
/// ```no_run
/// # use actix_web::App;
/// # use shared_claims::server::{BoundedServer, Listen};
/// # async fn run() -> std::io::Result<()> {
/// let (listener, _socket_file) = Listen::Tcp(([127, 0, 0, 1], 8002).into()).bind()?;
/// BoundedServer::new(App::new).listen(listener)?.await
/// # }
/// ```
///
/// It raises the process's limit of open files as far as the system allows.
#[must_use = "it listens when it is told to"]
pub struct BoundedServer<F> {
    factory: F,
    limits: Limits,
    is_proxy: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    workers: usize,
    builder: ServerBuilder,
}

impl<F> BoundedServer<F> {
    /// Creates a server that calls `factory` for each worker. There are as many workers as cores.
    pub fn new(factory: F) -> Self {
        let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        let builder = Server::build();
        Self { factory, limits: Limits::default(), is_proxy: Arc::new(|_| false), workers, builder }
    }

    /// Sets the number of workers.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says which addresses are proxies. [`Limits::max_connections_per_peer`] does not apply to
    /// them.
    pub fn proxies(mut self, is_proxy: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        self.is_proxy = Arc::new(is_proxy);
        self
    }

    /// How long a graceful shutdown waits for requests that have begun, in seconds. 30 by default.
    pub fn shutdown_timeout(mut self, seconds: u64) -> Self {
        self.builder = self.builder.shutdown_timeout(seconds);
        self
    }

    /// Does not handle signals; the program stops the server by its handle.
    pub fn disable_signals(mut self) -> Self {
        self.builder = self.builder.disable_signals();
        self
    }

    /// Serves `listener` while the returned future is polled.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn listen<I, S, B>(self, listener: impl Into<Listener>) -> io::Result<Server>
    where
        F: Fn() -> I + Send + Clone + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: Debug,
        S::Response: Into<Response<B>> + 'static,
        S::Service: 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        let limits = self.limits.for_one_of(self.workers, open_files::raise());
        // More than the registry admits, so that a worker that is busy for a moment can evict a
        // connection instead of leaving a new one waiting.
        let builder = self
            .builder
            .workers(self.workers)
            .max_concurrent_connections(limits.max_connections + limits.max_connections / 8 + 1);
        let stopping = builder.graceful_shutdown_signal();
        let (factory, is_proxy) = (self.factory, self.is_proxy);
        let builder = match listener.into() {
            Listener::Tcp(listener) => {
                rustix::net::listen(&listener, BACKLOG)?;
                // Accepted connections inherit it.
                rustix::net::sockopt::set_socket_send_buffer_size(&listener, SEND_BUFFER_BYTES)?;
                builder.listen("http", listener, move || {
                    let worker = Worker::new(&limits, is_proxy.clone(), stopping.clone());
                    let http = http(&factory, &limits);
                    fn_service(move |io: TcpStream| ready(worker.admit_from_network(io))).and_then(http)
                })?
            }
            Listener::Unix(listener) => builder.listen_uds("http", listener, move || {
                let worker = Worker::new(&limits, is_proxy.clone(), stopping.clone());
                let http = http(&factory, &limits);
                fn_service(move |io: UnixStream| ready(worker.admit(io, Peer::UnixSocket, None)))
                    .and_then(http)
            })?,
        };
        Ok(builder.run())
    }
}

/// An accepted connection, as the HTTP library takes it.
type AcceptedConnection<T> = (Stream<T>, Protocol, Option<SocketAddr>);

/// The state that a worker needs to admit connections, in its own thread.
#[derive(Clone)]
struct Worker {
    limits: Rc<Limits>,
    registry: Rc<ConnectionRegistry>,
    is_proxy: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl Worker {
    fn new(
        limits: &Limits,
        is_proxy: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
        stopping: GracefulShutdownSignal,
    ) -> Self {
        let registry =
            Rc::new(ConnectionRegistry::new(limits.max_connections, limits.max_connections_per_peer));
        let shutting_down = registry.clone();
        actix_web::rt::spawn(async move {
            stopping.notified().await;
            shutting_down.shut_down();
        });
        Self { limits: Rc::new(limits.clone()), registry, is_proxy }
    }

    /// Admits a TCP connection. One that was reset has no address any more and is refused.
    fn admit_from_network(&self, io: TcpStream) -> Result<AcceptedConnection<TcpStream>, DispatchError> {
        let address = io.peer_addr().map_err(DispatchError::Io)?;
        self.admit(io, Peer::Address(address.ip()), Some(address))
    }

    fn admit<T>(
        &self,
        io: T,
        peer: Peer,
        address: Option<SocketAddr>,
    ) -> Result<AcceptedConnection<T>, DispatchError>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let is_proxy = matches!(peer, Peer::Address(address) if (self.is_proxy)(address.to_canonical()));
        let registration = self
            .registry
            .admit(peer, is_proxy)
            .ok_or(DispatchError::Io(ErrorKind::ConnectionRefused.into()))?;
        let connection = Rc::new(Connection::new(self.limits.clone(), registration, peer));
        Ok((Stream::new(io, connection), Protocol::Http1, address))
    }
}

/// The HTTP/1.1 service for [`Stream`]s.
fn http<T, F, I, S, B>(
    factory: &F,
    limits: &Limits,
) -> impl ServiceFactory<AcceptedConnection<T>, Config = (), Response = (), Error = DispatchError, InitError = ()>
+ use<T, F, I, S, B>
where
    T: AsyncRead + AsyncWrite + Unpin + 'static,
    F: Fn() -> I,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let app = factory().into_factory().map_err(|error| error.into().error_response());
    // This host and address are used only for links of services that do not know their own.
    let app = map_config(app, |()| AppConfig::default());
    let watched = apply_fn_factory(app, |mut request: Request, app: &_| {
        let exchange = Exchange::begin(&mut request);
        let answer = Service::call(app, request);
        async move { Ok::<_, actix_web::HttpResponse>(exchange.answer(answer.await?.into())) }
    });
    HttpService::build()
        // Our own limits close idle connections: the library's timer also runs while a slow client
        // still reads the response.
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(limits.head_timeout)
        .client_disconnect_timeout(std::time::Duration::from_secs(1))
        // A client that closes its side is treated as gone. Otherwise its handler would run to the
        // end, and a client that sends guesses and hangs up would keep its places in the queue for
        // hashing.
        .h1_allow_half_closed(false)
        .on_connect_ext(|stream: &Stream<T>, data| {
            data.insert(stream.connection().clone());
            data.insert(stream.connection().peer());
        })
        .finish(watched)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// T5: a connection that was reset has no address any more. What it sent could still be read,
    /// and must not count as coming from a proxy at a socket file, which has no address either.
    #[actix_web::test]
    async fn a_connection_that_was_reset_is_not_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        client.try_write(b"GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n").unwrap();
        server.readable().await.unwrap();
        client.set_zero_linger().unwrap();
        drop(client);
        while server.peer_addr().is_ok() {
            tokio::task::yield_now().await;
        }
        let mut start = [0; 3];
        assert_eq!(server.try_read(&mut start).ok(), Some(3), "what it sent is there");
        let stopping = ServerBuilder::new().graceful_shutdown_signal();
        let worker = Worker::new(&Limits::default(), Arc::new(|_| false), stopping);
        assert!(worker.admit_from_network(server).is_err());
    }
}
