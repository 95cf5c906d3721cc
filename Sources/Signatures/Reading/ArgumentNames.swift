// SPDX-License-Identifier: Apache-2.0
import JSON

/// The arguments of one function before they are read, so that each may refer to any other.
struct ArgumentNames {
  private let parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  func index(of name: String) -> Int? { parts.firstIndex { $0.members["name"]?.stringValue == name } }

  func word(_ index: Int) -> TypeWord? { parts[index].members["type"]?.stringValue.flatMap(TypeWord.init) }

  func direction(_ index: Int) -> Argument.Direction {
    parts[index].members["direction"]?.stringValue.flatMap(Argument.Direction.init) ?? .in
  }

  /// Whether C takes the value itself, and the caller or the manifest gives it.
  func isPlainInput(_ index: Int) -> Bool { direction(index) == .in && parts[index].members["pointer"]?.boolValue != true }

  /// The argument that tells the length of a buffer afterwards.
  func writtenLength(of buffer: String) -> Int? {
    parts.indices.first { word($0) == .length && direction($0) != .in && parts[$0].members["of"]?.stringValue == buffer }
  }

  var hint: String {
    let names = parts.compactMap { $0.members["name"]?.stringValue }
    return names.isEmpty ? "; it has none with a name" : "; it has \(names.map { "'\($0)'" }.joined(separator: ", "))"
  }
}
