// SPDX-License-Identifier: Apache-2.0

/// Fills in what a kernelspec leaves open.
enum SpecTemplate {
  /// Replaces each `{name}` in an argument, wherever it stands; a name without a value stays as it is.
  static func fill(_ argument: String, _ values: [String: String]) -> String {
    var filled = ""
    var rest = argument[...]
    while let open = rest.firstIndex(of: "{") {
      filled += rest[..<open]
      let name = rest[rest.index(after: open)...].prefix(while: isNameCharacter)
      if name.endIndex < rest.endIndex, rest[name.endIndex] == "}", let value = values[String(name)] {
        filled += value
        rest = rest[rest.index(after: name.endIndex)...]
      } else {
        filled += "{"
        rest = rest[rest.index(after: open)...]
      }
    }
    return filled + rest
  }

  /// Replaces `${NAME}` and `$NAME`, and `$$` by `$`; a name without a value stays as it is. Python's `string.Template.safe_substitute`.
  static func expand(_ text: String, _ variables: [String: String]) -> String {
    var expanded = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      expanded += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        expanded += "$"
        rest.removeFirst()
      } else if let (name, length) = variable(rest), let value = variables[name] {
        expanded += value
        rest = rest.dropFirst(length)
      } else {
        expanded += "$"
      }
    }
    return expanded + rest
  }

  private static func variable(_ text: Substring) -> (name: String, length: Int)? {
    let isBraced = text.first == "{"
    let name = (isBraced ? text.dropFirst() : text).prefix(while: isNameCharacter)
    guard let first = name.first, !first.isNumber, !isBraced || text.dropFirst(name.count + 1).first == "}" else { return nil }
    return (String(name), name.count + (isBraced ? 2 : 0))
  }

  private static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}
