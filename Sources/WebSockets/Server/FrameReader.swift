// SPDX-License-Identifier: Apache-2.0

/// Puts a client's frames together to messages, and refuses what the protocol forbids.
///
/// Source: RFC 6455, section 5.
struct FrameReader {
  enum Event {
    case message(WebSocketMessage)
    case ping([UInt8])
    case tooLarge(size: Int, beginning: [UInt8])
    case close(code: Int?, reason: String)
    /// Nothing is read after it.
    case failed(code: Int, reason: String)
  }

  private enum State {
    case header
    case payload(left: Int)
    /// A message that is left out: what is still to come, its whole length, and its beginning.
    case skipped(left: Int, size: Int)
    case over
  }

  /// Of a message, in bytes.
  private let limit: Int
  private let skipsTooLarge: Bool
  private var state = State.header
  /// Of a frame's header, while it is not whole: at most 14 bytes.
  private var header: [UInt8] = []
  private var frame = FrameHeader()
  /// Of the message that is being put together; nil: none.
  private var isBinary: Bool?
  private var message: [UInt8] = []
  private var control: [UInt8] = []
  private var beginning: [UInt8] = []

  /// In bytes of what is told of a message that is left out.
  private static let beginningSize = 4_096
  /// How many times the limit is read and thrown away at most.
  private static let skipFactor = 16

  init(limit: Int, skipsTooLarge: Bool) {
    self.limit = limit
    self.skipsTooLarge = skipsTooLarge
  }

  /// Whether a frame or a message has begun and not ended.
  var isInside: Bool {
    switch state {
    case .header: !header.isEmpty || isBinary != nil
    case .payload, .skipped: true
    case .over: false
    }
  }

  /// What was read of a frame's header; nil in the middle of a frame or a message.
  var unread: [UInt8]? {
    if case .header = state, isBinary == nil { return header }
    return nil
  }

  /// Reads all there is. After an event nothing is lost: call it again with the rest.
  ///
  /// - Returns: The next event; nil when `bytes` is used up.
  mutating func next(_ bytes: inout ArraySlice<UInt8>) -> Event? {
    while !bytes.isEmpty {
      switch state {
      case .over: bytes = []
      case .header: if let event = readHeader(&bytes) { return event }
      case .payload(let left): if let event = readPayload(left, &bytes) { return event }
      case .skipped(let left, let size): if let event = skip(left, size, &bytes) { return event }
      }
    }
    return nil
  }

  private mutating func fail(_ code: Int, _ reason: String) -> Event {
    state = .over
    message = []
    return .failed(code: code, reason: reason)
  }

  // MARK: - Headers

  private mutating func readHeader(_ bytes: inout ArraySlice<UInt8>) -> Event? {
    let missing = FrameHeader.length(header) - header.count
    header += bytes.prefix(missing)
    bytes = bytes.dropFirst(missing)
    if let reason = FrameHeader.fault(header) { return fail(1_002, reason) }
    guard header.count == FrameHeader.length(header) else { return nil }
    frame = FrameHeader(header)
    header = []
    return frame.isControl ? beginControl() : beginData()
  }

  private mutating func beginControl() -> Event? {
    control = []
    state = .payload(left: frame.size)
    return frame.size == 0 ? endFrame() : nil
  }

  private mutating func beginData() -> Event? {
    guard (frame.operation == .continuation) == (isBinary != nil) else {
      return fail(1_002, isBinary == nil ? "a message begins with a continuation" : "a message begins inside another")
    }
    guard frame.size <= limit - message.count else { return tooLarge() }
    if isBinary == nil { isBinary = frame.operation == .binary }
    message.reserveCapacity(message.count + min(frame.size, 64 << 10))
    state = .payload(left: frame.size)
    return frame.size == 0 ? endFrame() : nil
  }

  private mutating func tooLarge() -> Event? {
    guard skipsTooLarge, frame.isFinal, isBinary == nil, frame.size / Self.skipFactor <= limit else {
      return fail(1_009, "a message is longer than \(limit) bytes")
    }
    beginning = []
    state = .skipped(left: frame.size, size: frame.size)
    return nil
  }

  // MARK: - Payload

  private mutating func readPayload(_ left: Int, _ bytes: inout ArraySlice<UInt8>) -> Event? {
    let piece = bytes.prefix(left)
    bytes = bytes.dropFirst(piece.count)
    if frame.isControl {
      frame.append(piece, to: &control, at: frame.size - left)
    } else {
      frame.append(piece, to: &message, at: frame.size - left)
    }
    state = .payload(left: left - piece.count)
    return left == piece.count ? endFrame() : nil
  }

  private mutating func skip(_ left: Int, _ size: Int, _ bytes: inout ArraySlice<UInt8>) -> Event? {
    let piece = bytes.prefix(left)
    bytes = bytes.dropFirst(piece.count)
    frame.append(piece.prefix(Self.beginningSize - beginning.count), to: &beginning, at: size - left)
    state = .skipped(left: left - piece.count, size: size)
    guard left == piece.count else { return nil }
    state = .header
    return .tooLarge(size: size, beginning: beginning)
  }

  private mutating func endFrame() -> Event? {
    state = .header
    switch frame.operation {
    case .text, .binary, .continuation: return frame.isFinal ? endMessage() : nil
    case .ping: return .ping(control)
    case .pong: return nil
    case .close: return endClose()
    }
  }

  private mutating func endMessage() -> Event? {
    let bytes = message
    let wasBinary = isBinary == true
    message = []
    isBinary = nil
    if wasBinary { return .message(.binary(bytes)) }
    return isText(bytes) ? .message(.text(bytes)) : fail(1_007, "a text is no UTF-8")
  }

  private mutating func endClose() -> Event? {
    guard !control.isEmpty else {
      state = .over
      return .close(code: nil, reason: "")
    }
    guard control.count >= 2 else { return fail(1_002, "a close code has one byte") }
    let code = Int(control[0]) << 8 | Int(control[1])
    guard [1_000, 1_001, 1_002, 1_003].contains(code) || (1_007...1_014).contains(code) || (3_000...4_999).contains(code) else {
      return fail(1_002, "\(code) is no close code")
    }
    guard let reason = String(validating: control.dropFirst(2), as: UTF8.self) else { return fail(1_007, "a close reason is no UTF-8") }
    state = .over
    return .close(code: code, reason: reason)
  }

  private func isText(_ bytes: [UInt8]) -> Bool {
    // ASCII, the usual case, without making a string.
    if isASCII(bytes) { return true }
    return String(validating: bytes, as: UTF8.self) != nil
  }
}
