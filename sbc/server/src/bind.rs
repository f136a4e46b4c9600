//! Binding of sockets: SIP listeners with class CS3, RTP ports with class EF (RFC 4594), and one sentence for each failure.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use call::snapshot::Listener;
use sip::Transport;
use socket2::{Domain, Protocol, Socket, Type};

/// Class selector 3, signalling (RFC 4594 section 4.2), in the place of the six DSCP bits.
const CS3: u32 = 24 << 2;
/// Expedited forwarding, voice (RFC 3246), likewise.
const EF: u32 = 46 << 2;
/// Asked of the kernel for SIP over UDP, so that a burst of 300 phones at power-up fits; it gives what it allows.
const SIP_RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
/// Connections that wait for `accept`.
const BACKLOG: i32 = 1_024;

/// Why the program cannot start. Each is one sentence that names what is in the way.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program has the address.
    #[error("SIP over {transport} cannot listen on {address}: another program holds that address.")]
    Busy {
        /// UDP or TCP.
        transport: Transport,
        /// Which address.
        address: SocketAddr,
    },
    /// The address is not this host's, or the port needs a right that we have not.
    #[error("SIP over {transport} cannot listen on {address}: {reason}.")]
    Refused {
        /// UDP or TCP.
        transport: Transport,
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The shell has no listener of this kind.
    #[error("SIP over {transport} on {address} is not supported: a listener is UDP or TCP.")]
    Unsupported {
        /// Which transport.
        transport: Transport,
        /// Which address.
        address: SocketAddr,
    },
    /// No RTP port of the range could be bound.
    #[error("no RTP port can be opened on {address}, ports {first} to {last}: {reason}.")]
    Media {
        /// The media address.
        address: IpAddr,
        /// First port of the range.
        first: u16,
        /// Last port of the range.
        last: u16,
        /// What the system said.
        reason: io::Error,
    },
    /// Another instance answers on the control socket.
    #[error("the data directory is in use: another centrale answers on {path}.")]
    InUse {
        /// The control socket.
        path: PathBuf,
    },
    /// The control socket cannot be made.
    #[error("the control socket {path} cannot be made: {reason}.")]
    Control {
        /// The control socket.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The system refused something that every process has.
    #[error("the system gives no {what}: {reason}.")]
    System {
        /// What was asked for.
        what: &'static str,
        /// What the system said.
        reason: io::Error,
    },
}

impl BindError {
    fn listening(transport: Transport, address: SocketAddr, reason: io::Error) -> BindError {
        if reason.kind() == ErrorKind::AddrInUse {
            BindError::Busy { transport, address }
        } else {
            BindError::Refused {
                transport,
                address,
                reason,
            }
        }
    }
}

/// A bound listener, and the address it really has when port 0 was asked for.
#[derive(Debug)]
pub(crate) enum Bound {
    Udp(mio::net::UdpSocket, Listener),
    Tcp(mio::net::TcpListener, Listener),
}

impl Bound {
    /// What is listened on.
    pub(crate) fn listener(&self) -> &Listener {
        match self {
            Bound::Udp(_, listener) | Bound::Tcp(_, listener) => listener,
        }
    }
}

/// Binds one SIP listener.
pub(crate) fn listen(listener: &Listener) -> Result<Bound, BindError> {
    let (transport, address) = (listener.transport, listener.local);
    let refused = |reason| BindError::listening(transport, address, reason);
    match transport {
        Transport::Udp => {
            let socket = open_udp(address, CS3).map_err(refused)?;
            // What the kernel allows is enough; a smaller buffer only loses sooner under a burst.
            let _ = socket.set_recv_buffer_size(SIP_RECEIVE_BUFFER);
            let socket = mio::net::UdpSocket::from_std(socket.into());
            let local = socket.local_addr().map_err(refused)?;
            Ok(Bound::Udp(socket, really_at(listener, local)))
        }
        Transport::Tcp => {
            let socket = open_tcp(address).map_err(refused)?;
            // Closed connections of an earlier run linger in TIME-WAIT and must not keep us from starting.
            socket.set_reuse_address(true).map_err(refused)?;
            socket.bind(&address.into()).map_err(refused)?;
            socket.listen(BACKLOG).map_err(refused)?;
            let socket = mio::net::TcpListener::from_std(socket.into());
            let local = socket.local_addr().map_err(refused)?;
            Ok(Bound::Tcp(socket, really_at(listener, local)))
        }
        Transport::Tls | Transport::Ws | Transport::Wss => {
            Err(BindError::Unsupported { transport, address })
        }
    }
}

/// An advertised port 0 means the bound one.
fn really_at(listener: &Listener, local: SocketAddr) -> Listener {
    let mut advertised = listener.advertised;
    if advertised.port() == 0 {
        advertised.set_port(local.port());
    }
    Listener {
        transport: listener.transport,
        local,
        advertised,
        media: listener.media,
    }
}

/// Starts a connection from the address of `local` to `remote`; its outcome comes as a write event.
pub(crate) fn connect(local: IpAddr, remote: SocketAddr) -> io::Result<mio::net::TcpStream> {
    let socket = open_tcp(remote)?;
    if !local.is_unspecified() {
        socket.bind(&SocketAddr::new(local, 0).into())?;
    }
    socket.set_tcp_nodelay(true)?;
    match socket.connect(&remote.into()) {
        Ok(()) => {}
        Err(error)
            if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {}
        Err(error) => return Err(error),
    }
    Ok(mio::net::TcpStream::from_std(socket.into()))
}

/// A bound UDP socket for RTP or RTCP. `AddrInUse` means that another program has the port.
pub(crate) fn media_port(address: IpAddr, port: u16) -> io::Result<mio::net::UdpSocket> {
    let socket = open_udp(SocketAddr::new(address, port), EF)?;
    Ok(mio::net::UdpSocket::from_std(socket.into()))
}

fn open_udp(address: SocketAddr, class: u32) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM.nonblocking(),
        Some(Protocol::UDP),
    )?;
    mark(&socket, address, class);
    socket.bind(&address.into())?;
    Ok(socket)
}

fn open_tcp(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_nonblocking(true)?;
    mark(&socket, address, CS3);
    Ok(socket)
}

/// Best effort: a container that forbids marking must not keep calls from being made. Listeners of one family only, so
/// that `0.0.0.0` and `::` can stand side by side.
fn mark(socket: &Socket, address: SocketAddr, class: u32) {
    if address.is_ipv4() {
        let _ = socket.set_tos_v4(class);
    } else {
        let _ = socket.set_tclass_v6(class);
        let _ = socket.set_only_v6(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_loopback(transport: Transport, port: u16) -> Listener {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Listener {
            transport,
            local: address,
            advertised: address,
            media: address.ip(),
        }
    }

    #[test]
    fn a_busy_address_is_one_sentence_that_names_it() {
        for transport in [Transport::Udp, Transport::Tcp] {
            let first = listen(&on_loopback(transport, 0)).unwrap();
            let port = first.listener().local.port();
            assert_eq!(first.listener().advertised.port(), port);
            let error = listen(&on_loopback(transport, port)).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "SIP over {transport} cannot listen on 127.0.0.1:{port}: another program holds that address."
                )
            );
        }
    }

    #[test]
    fn signalling_and_media_carry_their_class() {
        let Bound::Udp(sip, _) = listen(&on_loopback(Transport::Udp, 0)).unwrap() else {
            panic!("asked for UDP");
        };
        let media = media_port(IpAddr::from([127, 0, 0, 1]), 0).unwrap();
        let class = |socket: &mio::net::UdpSocket| socket2::SockRef::from(socket).tos_v4().unwrap();
        assert_eq!((class(&sip), class(&media)), (0x60, 0xb8));
    }

    #[test]
    fn a_listener_of_another_kind_is_refused() {
        assert!(matches!(
            listen(&on_loopback(Transport::Wss, 0)),
            Err(BindError::Unsupported { .. })
        ));
    }
}
