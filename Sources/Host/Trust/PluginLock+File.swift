// SPDX-License-Identifier: Apache-2.0
// The file is JSON for people to read, and for nobody but the host's user to write.
import JSON

extension PluginLock {
  /// Why the file cannot be used, in words for the middle of a sentence.
  struct Unusable: Error, Hashable, Sendable {
    let reason: String
  }

  /// Reads the file; empty when there is none. Whatever else is not right is an error: it may be an attempt to have it replaced.
  static func read(_ path: String) throws(Unusable) -> PluginLock {
    let text: [UInt8]
    do throws(FileError) { text = try SmallFile.read(path, limit: Self.maximumSize, mustBeOwn: true) } catch {
      if error.isMissing { return PluginLock() }
      throw Unusable(reason: error.isLink ? "it is a symbolic link" : error.reason)
    }
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: text) } catch { throw Unusable(reason: "it is \(error)") }
    return try PluginLock(json)
  }

  /// Replaces the file as a whole.
  func write(to path: String) throws(FileError) { try SmallFile.replace(path, with: Array((json.serialized(pretty: true) + "\n").utf8)) }

  private var json: JSONValue { ["schema": 1, "plugins": .object(plugins.mapValues(\.json))] }

  private init(_ json: JSONValue) throws(Unusable) {
    guard json["schema"]?.intValue == 1, let rows = json["plugins"]?.objectValue else {
      throw Unusable(reason: "it has no 'schema' of 1 and 'plugins'")
    }
    for (id, row) in rows {
      guard ManifestParser.isID(id), let entry = Entry(row) else {
        throw Unusable(reason: "what it says of '\(id.shown(limit: 100))' is damaged")
      }
      plugins[id] = entry
    }
  }
}

extension PluginLock.Entry {
  fileprivate var json: JSONValue {
    [
      "version": .string(version), "sha256": .string(sha256), "files": .object(files.mapValues { .string($0) }), "path": .string(path),
      "firstSeen": .string(firstSeen),
    ]
  }

  /// nil when a part is missing, of another kind, or at odds with the rest.
  fileprivate init?(_ json: JSONValue) {
    guard let version = json["version"]?.stringValue, let sha256 = json["sha256"]?.stringValue, let path = json["path"]?.stringValue,
      let firstSeen = json["firstSeen"]?.stringValue, let rows = json["files"]?.objectValue
    else { return nil }
    let files = rows.compactMapValues(\.stringValue)
    guard files.count == rows.count, files.values.allSatisfy(PluginDigest.isSHA256), (try? PluginDigest(files: files).sha256) == sha256
    else {
      return nil
    }
    self.init(version: version, sha256: sha256, files: files, path: path, firstSeen: firstSeen)
  }
}
