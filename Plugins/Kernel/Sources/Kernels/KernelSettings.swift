// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The plugin's configuration; the defaults stand in plugin.json too.
struct KernelSettings: Sendable, Decodable {
  struct Server: Sendable, Decodable, Hashable {
    var url: String
    var token: String?
    /// Of `KERNEL_USERNAME` at gateways; nil: the user this host runs as.
    var username: String?
  }

  /// Seconds a kernel may take from its begin to its first answer.
  var startTimeout: Double?
  /// Seconds an interrupted run may go on before the next way of interrupting is tried.
  var interruptPatience: Double?
  /// Seconds each step of a shutdown may take: after the request, after SIGTERM.
  var shutdownPatience: Double?
  /// How often a kernel that ends by itself is begun again, at most, in ten minutes.
  var autorestart: Int?
  /// Seconds without a run after which a kernel is shut down; 0: never.
  var cullIdle: Double?
  /// Bytes of resident memory of its process tree at which a kernel is ended; 0: no ceiling.
  var memoryCeiling: Int64?
  /// Whether kernels live on when the host stops, and are found again.
  var outliveHost: Bool?
  /// Kernels kept ready, by kernelspec.
  var warm: [String: Int]?
  /// Seconds that code may wait for input; 0: for ever.
  var inputTimeout: Double?
  /// Jupyter servers to have kernels of, by a name of the user's.
  var servers: [String: Server]?
  /// What is kept of results.
  var results: ResultLimits?

  var startLimit: Duration { Self.limit(startTimeout ?? 60) }
  var interruptLimit: Duration { Self.limit(interruptPatience ?? 3) }
  var shutdownLimit: Duration { Self.limit(shutdownPatience ?? 5) }

  /// A day at most: beyond some numbers there is no duration.
  private static func limit(_ seconds: Double) -> Duration { .seconds(min(max(seconds, 0), 86_400)) }

  var inputLimit: Double { inputTimeout ?? 600 }
}
