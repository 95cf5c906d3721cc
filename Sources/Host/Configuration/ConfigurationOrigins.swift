// SPDX-License-Identifier: Apache-2.0
import JSON

/// Which file, line and column each value of the merged configuration comes from.
struct ConfigurationOrigins: Sendable {
  private struct Origin: Sendable {
    var key: SourceLocation?
    var value: SourceLocation
  }

  private var origins: [JSONPath: Origin] = [:]

  /// Merges one file's value into what was there: objects member by member, all else replaces.
  mutating func merge(_ value: JSONValue, into merged: JSONValue, at path: JSONPath = JSONPath(), file: String, map: JSONSourceMap)
    -> JSONValue
  {
    guard case .object(let new) = value, case .object(var members) = merged else {
      forget(below: path)
      note(value, path, file, map)
      return value
    }
    noteOne(path, file, map)
    for (name, member) in new {
      let path = path.appending(name)
      if let old = members[name] {
        members[name] = merge(member, into: old, at: path, file: file, map: map)
      } else {
        note(member, path, file, map)
        members[name] = member
      }
    }
    return .object(members)
  }

  /// Where a value stands; nil for a default.
  func location(of path: JSONPath) -> SourceLocation? { origins[path]?.value }

  /// The place to name for a problem: its own, or the nearest one around it.
  func location(of problem: JSONProblem) -> SourceLocation? {
    if problem.isKey, let key = origins[problem.path]?.key { return key }
    var path: JSONPath? = problem.path
    while let current = path {
      if let origin = origins[current] { return origin.value }
      path = current.parent
    }
    return nil
  }

  private mutating func note(_ value: JSONValue, _ path: JSONPath, _ file: String, _ map: JSONSourceMap) {
    noteOne(path, file, map)
    switch value {
    case .object(let members): for (name, member) in members { note(member, path.appending(name), file, map) }
    case .array(let elements): for (index, element) in elements.enumerated() { note(element, path.appending(index), file, map) }
    case .null, .bool, .integer, .number, .string: break
    }
  }

  private mutating func noteOne(_ path: JSONPath, _ file: String, _ map: JSONSourceMap) {
    origins[path] = Origin(
      key: map.keys[path].map { SourceLocation(file: file, position: $0) }, value: SourceLocation(file: file, position: map.values[path]))
  }

  private mutating func forget(below path: JSONPath) {
    origins = origins.filter { !$0.key.begins(with: path) }
  }
}
