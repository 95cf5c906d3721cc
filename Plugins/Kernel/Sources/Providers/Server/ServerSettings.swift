// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// A Jupyter server, Enterprise Gateway or Kernel Gateway, and how it is asked.
struct ServerSettings: Sendable, CustomStringConvertible {
  /// As "http://127.0.0.1:8888/base/".
  var url: String
  /// Sent as `Authorization: token …`, which all three kinds take; nil: none. Never logged, shown or persisted.
  var token: String?
  /// The folder its paths begin at, absolute, when it is on this machine and known.
  var rootDirectory: String?
  /// For https.
  var trust = WebTrust()
  /// Of `KERNEL_USERNAME` at gateways; nil: the user this host runs as.
  var username: String?
  /// A kernel may take long to begin: images are fetched, clusters give room.
  var launchLimit: Duration = .seconds(120)
  /// For everything else.
  var requestLimit: Duration = .seconds(30)
  /// How long a server may be out of reach before its kernels count as lost.
  var patience: Duration = .seconds(600)
  /// See `WebSocketRequest`; off only to measure what it gives.
  var acknowledgesAtOnce = true

  /// Without the token.
  var description: String { "the server '\(url.prefix { $0 != "?" })'" }
}
