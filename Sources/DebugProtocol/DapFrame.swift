// SPDX-License-Identifier: Apache-2.0

/// One message of the Debug Adapter Protocol, byte for byte as it came.
public struct DapFrame: Sendable, Hashable {
  /// Header and body.
  public let bytes: [UInt8]
  private let headerCount: Int

  /// The JSON behind the header.
  public var body: ArraySlice<UInt8> { bytes[headerCount...] }

  init(bytes: [UInt8], headerCount: Int) {
    self.bytes = bytes
    self.headerCount = headerCount
  }

  /// Puts a header before a body.
  public init(body: [UInt8]) {
    let header = Array("Content-Length: \(body.count)\r\n\r\n".utf8)
    self.init(bytes: header + body, headerCount: header.count)
  }

  /// Whether a text stands somewhere in the body; a quick look before a thorough one.
  public func contains(_ text: StaticString) -> Bool {
    let wanted = Array("\(text)".utf8)
    guard let first = wanted.first, body.count >= wanted.count else { return false }
    for index in body.startIndex...(body.endIndex - wanted.count) where bytes[index] == first {
      if bytes[index..<(index + wanted.count)].elementsEqual(wanted) { return true }
    }
    return false
  }
}
