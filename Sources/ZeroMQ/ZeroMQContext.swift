// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// What sockets live in: the library's own threads and its names within the process. For any thread.
///
/// Each socket keeps its context, so the end of a context never waits for one that is open; what they had still to send
/// is waited for as long as their `linger` says.
@safe
public final class ZeroMQContext: Sendable {
  // The library's contexts may be used from any thread; the address is written once.
  nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// Makes a context. Its threads begin with the first socket.
  ///
  /// - Parameters:
  ///   - ioThreads: From 1 on; one moves about a gigabyte a second.
  ///   - maxSockets: How many sockets may be open at once; a monitor counts as two.
  public init(ioThreads: Int32 = 1, maxSockets: Int32 = 1_023) throws(ZeroMQError) {
    guard let handle = unsafe zmq_ctx_new() else { throw ZeroMQError("make a messaging context") }
    unsafe self.handle = handle
    try set(ZMQ_IO_THREADS, to: ioThreads, "io threads")
    try set(ZMQ_MAX_SOCKETS, to: maxSockets, "sockets at most")
  }

  deinit {
    while unsafe zmq_ctx_term(handle) != 0, zmq_errno() == 4 /* EINTR */ {}
  }

  private func set(_ option: Int32, to value: Int32, _ name: String) throws(ZeroMQError) {
    guard unsafe zmq_ctx_set(handle, option, value) == 0 else { throw ZeroMQError("set \(name) of a messaging context to \(value)") }
  }
}
