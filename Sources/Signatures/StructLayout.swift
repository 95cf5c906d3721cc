// SPDX-License-Identifier: Apache-2.0

/// A struct as C lays it out: each field at the next multiple of its own size.
public struct StructLayout: Sendable, Hashable {
  /// One member.
  public struct Field: Sendable, Hashable {
    /// What it holds.
    public enum Kind: Sendable, Hashable {
      /// A number or truth value.
      case scalar(ScalarType)
      /// So many of them.
      case array(ScalarType, count: Int)
      /// An array of characters that is text up to its NUL.
      case characters(count: Int)
      /// A pointer to text.
      case text
      /// A pointer that callers do not see: NULL on the way in, passed over on the way out.
      case pointer
    }

    /// The member of the JSON object.
    public var name: String
    /// What it holds.
    public var kind: Kind
    /// Where it begins, in bytes.
    public var offset: Int
  }

  /// In order.
  public private(set) var fields: [Field] = []
  /// In bytes, with the padding behind the last field.
  public private(set) var size = 0
  private var alignment = 1

  /// A struct without fields.
  public init() {}

  /// Puts one more field behind the others.
  public mutating func append(_ name: String, _ kind: Field.Kind) {
    let end = fields.last.map { $0.offset + $0.kind.size } ?? 0
    fields.append(Field(name: name, kind: kind, offset: Self.rounded(end, to: kind.alignment)))
    alignment = max(alignment, kind.alignment)
    size = Self.rounded(fields[fields.count - 1].offset + kind.size, to: alignment)
  }

  private static func rounded(_ offset: Int, to alignment: Int) -> Int { (offset + alignment - 1) / alignment * alignment }
}

extension StructLayout.Field.Kind {
  /// In bytes.
  public var size: Int {
    switch self {
    case .scalar(let type): type.size
    case .array(let type, let count): type.size * count
    case .characters(let count): count
    case .text, .pointer: 8
    }
  }

  var alignment: Int {
    switch self {
    case .scalar(let type), .array(let type, _): type.size
    case .characters: 1
    case .text, .pointer: 8
    }
  }
}
