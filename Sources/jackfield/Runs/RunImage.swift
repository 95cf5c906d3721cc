// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// An image among the forms of one output, decoded from base64.
struct RunImage: Equatable {
  enum Format: String, CaseIterable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webp = "image/webp"
    case svg = "image/svg+xml"
    case pdf = "application/pdf"

    /// Of its file's name.
    var suffix: String {
      switch self {
      case .png: "png"
      case .jpeg: "jpg"
      case .gif: "gif"
      case .webp: "webp"
      case .svg: "svg"
      case .pdf: "pdf"
      }
    }
  }

  let format: Format
  let bytes: [UInt8]

  init(format: Format, bytes: [UInt8]) {
    self.format = format
    self.bytes = bytes
  }

  /// The one that is shown best; nil when there is none.
  init?(_ data: JSONValue?) {
    for format in Format.allCases {
      guard let text = data?[format.rawValue].flatMap(Self.text) else { continue }
      if format == .svg {
        self.init(format: format, bytes: Array(text.utf8))
        return
      }
      guard let bytes = Data(base64Encoded: String(text.filter { !$0.isWhitespace })), !bytes.isEmpty else { continue }
      self.init(format: format, bytes: Array(bytes))
      return
    }
    return nil
  }

  private static func text(_ value: JSONValue) -> String? {
    value.stringValue ?? value.arrayValue.map { $0.compactMap(\.stringValue).joined() }
  }

  /// Whether it is what it says, as far as its first bytes tell.
  var isPNG: Bool { format == .png && bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }
}
