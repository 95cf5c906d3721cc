// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// One configuration file: JSON5, so with comments and trailing commas.
struct ConfigurationFile {
  static let sizeLimit = 1 << 20

  let path: String
  let value: JSONValue
  let map: JSONSourceMap

  /// Reads and parses a file.
  ///
  /// - Throws: `ConfigurationError` with everything that is wrong with the text as such: syntax, keys that stand twice.
  init(_ path: String) throws(ConfigurationError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try SmallFile.read(path, limit: Self.sizeLimit)
    } catch {
      let cure = error.isMissing ? "write it" : "make it a readable file of at most 1 MiB"
      throw ConfigurationError(problems: [
        ConfigurationProblem(.unreadable, location: SourceLocation(file: path), message: "\(error); \(cure)")
      ])
    }
    self.path = path
    do throws(JSONSourceMap.Fault) {
      map = try JSONSourceMap(bytes, dialect: .json5)
    } catch {
      throw Self.syntax(path, error.position, error.message)
    }
    value = try Self.value(of: bytes, path)
    try requireUniqueKeys()
    guard value.objectValue != nil else { throw Self.syntax(path, map.values[JSONPath()], "the file holds no object; begin it with '{'") }
  }

  private static func value(of bytes: [UInt8], _ path: String) throws(ConfigurationError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw syntax(path, nil, "the text is not UTF-8") }
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      return try decoder.decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw syntax(path, nil, "the text is not JSON5")
    }
  }

  private func requireUniqueKeys() throws(ConfigurationError) {
    guard !map.repeated.isEmpty else { return }
    throw ConfigurationError(
      problems: map.repeated.map { path, position in
        let location = SourceLocation(file: self.path, position: position)
        return ConfigurationProblem(
          .syntax, path: path, location: location, message: "the key '\(path)' stands twice, again at \(location); delete one")
      })
  }

  private static func syntax(_ path: String, _ position: SourcePosition?, _ message: String) -> ConfigurationError {
    let location = SourceLocation(file: path, position: position)
    let problem = "cannot read the configuration at \(location): \(message)" + (message.contains(";") ? "" : "; correct the text")
    return ConfigurationError(problems: [ConfigurationProblem(.syntax, location: location, message: problem)])
  }
}
