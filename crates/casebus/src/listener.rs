//! The address on which a process listens.

use crate::failure::Failure;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Listens on an address, or says what to do where that is not possible.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = if error.kind() == std::io::ErrorKind::AddrInUse {
            Failure::new(
                format!("{address} is taken: stop what listens there, or choose another one with --listen, or in gateway.listen or metrics.listen of the configuration, like 127.0.0.1:0 for a free port"),
                format!("{address} 已被占用：请停止占用它的程序，或用 --listen（或配置项 gateway.listen、metrics.listen）另选地址，例如 127.0.0.1:0 表示任选空闲端口"),
            )
        } else {
            Failure::new(
                format!("cannot listen on {address} ({error}): choose another address with --listen, or in gateway.listen or metrics.listen of the configuration"),
                format!("无法监听 {address}（{error}）：请用 --listen（或配置项 gateway.listen、metrics.listen）另选地址"),
            )
        };
        failure.into()
    })
}
