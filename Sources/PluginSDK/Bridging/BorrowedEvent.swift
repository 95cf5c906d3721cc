// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI

/// One event while the host lends it: valid inside the handler only, which the compiler sees to.
@safe public struct BorrowedEvent: ~Copyable {
  /// How many events this subscription lost just before this one; 0 unless it may drop.
  public let lost: UInt64
  /// What the bytes are.
  public let content: Content
  private let name: jf_text
  private let payload: UnsafeBufferPointer<UInt8>

  init(_ event: borrowing jf_event) {
    lost = unsafe event.value
    content = unsafe Content(rawValue: event.content)
    unsafe name = event.name
    unsafe payload = UnsafeBufferPointer(event.payload)
  }

  /// The topic it was published on.
  public var topic: String { unsafe String(name) }

  /// How many bytes it has.
  public var count: Int { unsafe payload.count }

  /// The bytes, copied.
  public var bytes: [UInt8] { unsafe Array(payload) }

  /// Gives access to the bytes where the host keeps them, without copying.
  public func withBytes<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
    try unsafe body(payload.span)
  }

  /// The event with its bytes copied, to keep.
  public func copy() -> PluginEvent { PluginEvent(topic: topic, bytes: bytes, content: content, lost: lost) }

  /// Reads the bytes as JSON.
  ///
  /// - Throws: `PluginFailure` of status `.invalid`, with the path of what does not fit.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T { try copy().decode(type) }
}
