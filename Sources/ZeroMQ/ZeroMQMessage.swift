// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// One frame as the library holds it, to be read without a copy. Not for two threads at once.
///
/// May be received into again and again; what was in it is then gone.
@safe
public final class ZeroMQMessage {
  // On the heap: a zmq_msg_t must not be moved by copying its bytes.
  let handle: UnsafeMutablePointer<zmq_msg_t>

  /// Makes one without bytes.
  public init() {
    unsafe handle = .allocate(capacity: 1)
    unsafe zmq_msg_init(handle)
  }

  deinit {
    unsafe zmq_msg_close(handle)
    unsafe handle.deallocate()
  }

  /// How many bytes.
  public var count: Int { unsafe zmq_msg_size(handle) }

  /// Whether another frame of the same message follows.
  public var hasMore: Bool { unsafe zmq_msg_more(handle) != 0 }

  /// Lends the bytes.
  public func withBytes<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try unsafe body(RawSpan(_unsafeStart: UnsafeRawPointer(zmq_msg_data(handle)), byteCount: zmq_msg_size(handle)))
  }

  /// Appends the bytes to others.
  public func append(to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: zmq_msg_data(handle), count: zmq_msg_size(handle)))
  }

  /// Lets go of the bytes; received into again, it would do so then.
  public func clear() { _ = unsafe zmq_msg_close(handle) == 0 && zmq_msg_init(handle) == 0 }

  /// A copy of the bytes.
  public func copy() -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: zmq_msg_data(handle), count: zmq_msg_size(handle)))
  }
}
