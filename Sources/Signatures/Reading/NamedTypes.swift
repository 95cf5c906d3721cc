// SPDX-License-Identifier: Apache-2.0

/// The structs and handles that types may name.
struct NamedTypes {
  var structs: [String: StructLayout] = [:]
  var handles: [String: HandleType] = [:]

  /// Whether there is a handle of that name; reports that there is none.
  func handle(_ name: String, _ part: Part, key: String = "type") -> Bool {
    if handles[name] != nil { return true }
    part.report(key, "names the handle '\(name)', which 'handles' does not have; add it there: \"\(name)\": { \"free\": … }")
    return false
  }

  /// Whether there is a struct of that name; reports that there is none.
  func structure(_ name: String, _ part: Part, key: String = "type") -> Bool {
    if structs[name] != nil { return true }
    part.report(key, "names the struct '\(name)', which 'structs' does not have; add it there: \"\(name)\": { \"fields\": … }")
    return false
  }
}
