// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import PluginSDK

/// Turns messages into frames and back: the delimiter, the signature, nothing else. Not for two threads at once.
///
/// What crosses is relayed as it came: no JSON is read here.
final class WireCodec {
  /// Between the identities and the message.
  static let delimiter = Array("<IDS|MSG>".utf8)
  /// Parts of a message behind the delimiter, before its buffers: signature, header, parent's header, metadata, content.
  private static let parts = 5

  private let authenticator: HMACSHA256?
  private var history = SignatureHistory()
  /// Nearly all messages of a run have one parent, and most metadata are empty: these are there once.
  private var lastParent = MessageHead([])
  private static let emptyObject = Array("{}".utf8)
  /// The last signature that was made, as bytes and as digits: the same memory for all.
  private var code = [UInt8](repeating: 0, count: SHA256Digest.count)
  private var digits = [UInt8](repeating: 0, count: 2 * SHA256Digest.count)

  /// Takes how a kernel's messages are signed. With an empty key nothing is signed or checked.
  init(key: String, scheme: String = "hmac-sha256") throws {
    guard key.isEmpty || scheme == "hmac-sha256" else {
      throw PluginFailure(
        "cannot talk to a kernel that signs by '\(scheme.prefix(40))': only 'hmac-sha256' is spoken here; start the kernel with that scheme",
        code: "signature_scheme", status: .unsupported)
    }
    authenticator = key.isEmpty ? nil : try HMACSHA256(key: Array(key.utf8))
  }

  /// The frames of a message: identities, delimiter, signature, the four texts, buffers.
  func encode(_ message: KernelMessage, to identities: [[UInt8]] = []) throws -> [[UInt8]] {
    var frames = identities
    frames.reserveCapacity(identities.count + 1 + Self.parts + message.buffers.count)
    frames.append(Self.delimiter)
    frames.append(try sign(message.header, message.parentHeader, message.metadata, message.content))
    frames.append(message.header)
    frames.append(message.parentHeader)
    frames.append(message.metadata)
    frames.append(message.content)
    frames += message.buffers
    return frames
  }

  /// Checks frames and takes the message out of them.
  ///
  /// - Throws: A sentence saying why they are no message of this kernel's.
  func decode(_ frames: [[UInt8]], on channel: KernelChannel) throws -> KernelMessage { try decode(WireFrames(frames), on: channel) }

  /// The same of frames that lie one behind the other.
  func decode(_ frames: WireFrames, on channel: KernelChannel) throws -> KernelMessage {
    guard let start = (0..<frames.count).first(where: { frames.holds(Self.delimiter, at: $0) }) else {
      throw refusal("\(frames.count) frames without the delimiter '<IDS|MSG>'", channel)
    }
    let first = start + 1
    guard frames.count >= first + Self.parts else {
      throw refusal("\(frames.count - first) frames behind the delimiter, where at least \(Self.parts) must be", channel)
    }
    try check(frames, from: first, channel)
    if !frames.holds(lastParent.json, at: first + 2) { lastParent = MessageHead(frames[first + 2]) }
    let metadata = frames.holds(Self.emptyObject, at: first + 3) ? Self.emptyObject : frames[first + 3]
    return KernelMessage(
      channel: channel, header: frames[first + 1], parent: lastParent, metadata: metadata, content: frames[first + 4],
      buffers: frames.count == first + Self.parts ? [] : (first + Self.parts..<frames.count).map { frames[$0] })
  }

  /// The frames before the delimiter: who sent it, for a router; the topic, on iopub.
  static func identities(in frames: [[UInt8]]) -> [[UInt8]] { Array(frames.prefix { $0 != delimiter }) }

  /// The signature of texts, as lower-case hexadecimal digits; empty without a key.
  func sign(_ texts: [UInt8]...) throws -> [UInt8] {
    guard let authenticator else { return [] }
    for text in texts { try authenticator.update(text) }
    try finish(authenticator)
    return digits
  }

  /// Checks a signature over texts; true without a key. Does not look whether it was seen before.
  func isSigned(_ texts: ArraySlice<[UInt8]>, by signature: [UInt8]) throws -> Bool {
    guard let authenticator else { return true }
    for text in texts { try authenticator.update(text) }
    try finish(authenticator)
    return ConstantTime.areEqual(digits, signature)
  }

  private func check(_ frames: WireFrames, from first: Int, _ channel: KernelChannel) throws {
    guard let authenticator else { return }
    guard frames.size(of: first) > 0 else { throw refusal("no signature", channel) }
    try frames.withPieces(of: (first + 1)..<(first + Self.parts)) { try authenticator.update($0) }
    try finish(authenticator)
    guard isRight(frames, at: first) else { throw refusal("a wrong signature", channel) }
    guard history.remember(digits) else { throw refusal("a signature that was used before: the message was sent again", channel) }
  }

  /// Whether a frame is the signature in `digits`.
  private func isRight(_ frames: WireFrames, at index: Int) -> Bool {
    let digits = digits
    return frames.withFrame(index) { ConstantTime.areEqual(digits.span, $0) }
  }

  /// Writes the signature of what was given to the authenticator over `digits`.
  private func finish(_ authenticator: HMACSHA256) throws {
    try authenticator.finish(into: &code)
    for index in code.indices {
      digits[2 * index] = Self.digit(code[index] >> 4)
      digits[2 * index + 1] = Self.digit(code[index] & 15)
    }
  }

  private func refusal(_ what: String, _ channel: KernelChannel) -> PluginFailure {
    PluginFailure("refused a message on \(channel.rawValue): it has \(what)", code: "bad_message", status: .invalid)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
