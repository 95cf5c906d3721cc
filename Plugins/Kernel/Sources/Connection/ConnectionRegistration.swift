// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import PluginSDK
internal import Synchronization

/// Waits for one kernel that chooses its own ports and tells them (JEP 66), for kernels that take a registration file instead of a
/// connection file.
///
/// Begin it, write `file` where the kernel looks for its connection file, start the kernel, await `connection()`, and `close()` in any case.
/// A kernel that does not know how to register takes the file for a broken connection file and ends, or says nothing: then there is
/// the time limit, and the caller starts it again the other way.
final class ConnectionRegistration: Sendable {
  /// The content of the file for the kernel.
  let file: [UInt8]
  private let poller: Poller
  private let outcome: RegistrationOutcome

  /// Begins to listen, on a port of the loopback's.
  ///
  /// - Parameters:
  ///   - kernel: Its id, which it repeats.
  ///   - limit: From now on. `connection()` throws after it.
  static func begin(kernel: String, within limit: Duration) async throws -> ConnectionRegistration {
    let poller = try Poller()
    let outcome = RegistrationOutcome()
    let key = try RandomBytes.hexadecimal(32)
    let port = try await withCheckedThrowingContinuation { continuation in
      let thread = OwnedThread.start(name: "jf-register") {
        RegistrationListener(kernel: kernel, key: key, deadline: .now + limit, limit: limit, poller: poller, outcome: outcome)
          .run(began: continuation)
      }
      guard let thread else {
        return continuation.resume(
          throwing: PluginFailure("cannot start the thread 'jf-register': the system has none to give; raise the limit of processes"))
      }
      thread.detach()
    }
    return ConnectionRegistration(kernel: kernel, key: key, port: port, poller: poller, outcome: outcome)
  }

  private init(kernel: String, key: String, port: Int, poller: Poller, outcome: RegistrationOutcome) {
    self.poller = poller
    self.outcome = outcome
    // The port as text, and an `ip` that the proposal does not name: xeus takes nothing else.
    file = JSONValue.object([
      "kernel_id": .string(kernel), "transport": "tcp", "registration_ip": "127.0.0.1", "registration_port": .string("\(port)"),
      "ip": "127.0.0.1", "signature_scheme": "hmac-sha256", "key": .string(key),
    ]).bytes(pretty: true)
  }

  deinit { close() }

  /// Returns when the kernel has told its ports.
  func connection() async throws -> ConnectionInfo { try await outcome.value() }

  /// Ends the listening. Who still waits gets an error.
  func close() {
    outcome.settle(.failure(PluginFailure("the kernel was no longer waited for", code: "registration_closed", status: .cancelled)))
    poller.wake()
  }
}
