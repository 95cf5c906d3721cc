// SPDX-License-Identifier: Apache-2.0

/// The way from the top of a JSON document to one value, such as `plugins.store.config.tables[2]`.
package struct JSONPath: Hashable, Sendable, CustomStringConvertible {
  package enum Part: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  package var parts: [Part]

  package init(_ parts: [Part] = []) { self.parts = parts }
  package init(keys: String...) { parts = keys.map(Part.key) }

  package func appending(_ key: String) -> JSONPath { JSONPath(parts + [.key(key)]) }
  package func appending(_ index: Int) -> JSONPath { JSONPath(parts + [.index(index)]) }
  package func appending(_ path: JSONPath) -> JSONPath { JSONPath(parts + path.parts) }
  package var parent: JSONPath? { parts.isEmpty ? nil : JSONPath(parts.dropLast()) }
  package var isTop: Bool { parts.isEmpty }

  package func begins(with other: JSONPath) -> Bool { parts.starts(with: other.parts) }

  package var description: String {
    var text = ""
    for part in parts {
      switch part {
      case .index(let index): text += "[\(index)]"
      case .key(let key) where Self.isPlain(key): text += text.isEmpty ? key : ".\(key)"
      case .key(let key): text += "[\"\(key)\"]"
      }
    }
    return text
  }

  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty
      && key.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "$") || isLetterOrDigit($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
