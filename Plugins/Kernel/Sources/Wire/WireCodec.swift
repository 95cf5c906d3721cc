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
  func decode(_ frames: [[UInt8]], on channel: KernelChannel) throws -> KernelMessage {
    guard let start = frames.firstIndex(of: Self.delimiter) else {
      throw refusal("\(frames.count) frames without the delimiter '<IDS|MSG>'", channel)
    }
    let first = start + 1
    guard frames.count >= first + Self.parts else {
      throw refusal("\(frames.count - first) frames behind the delimiter, where at least \(Self.parts) must be", channel)
    }
    try check(frames, from: first, channel)
    if frames[first + 2] != lastParent.json { lastParent = MessageHead(frames[first + 2]) }
    let metadata = frames[first + 3] == Self.emptyObject ? Self.emptyObject : frames[first + 3]
    return KernelMessage(
      channel: channel, header: frames[first + 1], parent: lastParent, metadata: metadata,
      content: frames[first + 4], buffers: frames.count == first + Self.parts ? [] : Array(frames[(first + Self.parts)...]))
  }

  /// The frames before the delimiter: who sent it, for a router; the topic, on iopub.
  static func identities(in frames: [[UInt8]]) -> [[UInt8]] { Array(frames.prefix { $0 != delimiter }) }

  /// The signature of texts, as lower-case hexadecimal digits; empty without a key.
  func sign(_ texts: [UInt8]...) throws -> [UInt8] { try sign(texts[...]) }

  /// Checks a signature over texts; true without a key. Does not look whether it was seen before.
  func isSigned(_ texts: ArraySlice<[UInt8]>, by signature: [UInt8]) throws -> Bool {
    authenticator == nil ? true : ConstantTime.areEqual(try sign(texts), signature)
  }

  private func sign(_ texts: ArraySlice<[UInt8]>) throws -> [UInt8] {
    guard let authenticator else { return [] }
    for text in texts { try authenticator.update(text) }
    return Self.hexadecimal(try authenticator.finish().bytes)
  }

  private func check(_ frames: [[UInt8]], from first: Int, _ channel: KernelChannel) throws {
    guard authenticator != nil else { return }
    let signature = frames[first]
    guard !signature.isEmpty else { throw refusal("no signature", channel) }
    guard try isSigned(frames[(first + 1)..<(first + Self.parts)], by: signature) else { throw refusal("a wrong signature", channel) }
    guard history.remember(signature) else { throw refusal("a signature that was used before: the message was sent again", channel) }
  }

  private func refusal(_ what: String, _ channel: KernelChannel) -> PluginFailure {
    PluginFailure("refused a message on \(channel.rawValue): it has \(what)", code: "bad_message", status: .invalid)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      digits.append(digit(byte >> 4))
      digits.append(digit(byte & 15))
    }
    return digits
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
