// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginTestKit

/// What every step of one check has in common, as the command line wrote it into a file.
struct Job {
  let library: String
  let libraryDirectory: String
  let manifest: PluginManifest
  /// Of the input of each command that has one, by the command's name.
  let schemas: [String: JSONValue]
  /// JSON text.
  let configuration: String
  let seed: UInt64
  let patience: Duration
  /// How long a call may take to end after it was cancelled.
  let grace: Duration
  /// After this a step begins nothing new.
  let budget: Duration

  init(path: String) throws {
    let text = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try self.init(JSONValue(parsing: text))
  }

  init(_ job: JSONValue) throws {
    guard let library = job["library"]?.stringValue, let document = job["manifest"] else {
      throw TestHostError("the job names no library and no manifest")
    }
    self.library = library
    libraryDirectory = library.lastIndex(of: "/").map { String(library[..<$0]) } ?? "."
    manifest = try PluginManifest(json: document.serialized())
    configuration = (job["configuration"] ?? [:]).serialized()
    seed = job["seed"]?.intValue.map { UInt64(bitPattern: Int64($0)) } ?? 0
    let limit = job["limitMilliseconds"]?.intValue ?? 10_000
    patience = .milliseconds(min(300, limit / 10))
    grace = .milliseconds(limit * 3 / 10)
    budget = .milliseconds(limit / 2)
    var schemas: [String: JSONValue] = [:]
    for command in document["commands"]?.arrayValue ?? [] {
      if let name = command["name"]?.stringValue, let schema = command["input"] { schemas[name] = schema }
    }
    self.schemas = schemas
  }
}
