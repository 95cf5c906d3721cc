// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a manifest.
public struct SignatureFault: Sendable, Hashable, CustomStringConvertible {
  /// A part of the way to it.
  public enum Step: Sendable, Hashable {
    /// A member of an object.
    case key(String)
    /// An element of an array.
    case index(Int)
  }

  /// Where it is, from the top of the manifest.
  public var path: [Step]
  /// What is wrong and what to do, as the rest of a sentence that begins with the place: "is 'int'; write 'i32'".
  public var cause: String

  /// The sentence.
  public var description: String {
    let place = path.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return "'\(place)' \(cause)"
  }
}

/// All that is wrong with a manifest; never empty.
public struct SignatureFaults: Error, Sendable, Hashable, CustomStringConvertible {
  /// In the order of reading.
  public var all: [SignatureFault]

  /// The first one.
  public var description: String { all.first?.description ?? "the manifest cannot be read" }
}
