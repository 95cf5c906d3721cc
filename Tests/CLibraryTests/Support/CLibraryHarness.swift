// SPDX-License-Identifier: Apache-2.0
import FFI
import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit

@testable import CLibrary

/// An adapter in a host of its own, made from a manifest.
struct CLibraryHarness {
  let host: TestHost

  /// - Parameters:
  ///   - library: The path of the C library, or of the directory of many.
  ///   - manifest: The whole of plugin.json.
  init(_ library: String, _ manifest: JSONValue, settings: JSONValue = [:]) async throws {
    let configuration: JSONValue = ["manifest": manifest, "library": .string(library), "settings": settings]
    host = try await TestHost(plugin: CLibraryPlugin.self, configuration: configuration.serialized())
  }

  /// A manifest for everything.c with these commands: a name below "fx", and its signature.
  init(_ commands: [String: JSONValue], library: String = FixtureLibrary.everything, extra: JSONValue = [:]) async throws {
    try await self.init(library, Self.manifest(commands, extra: extra))
  }

  static func manifest(_ commands: [String: JSONValue], extra: JSONValue = [:]) -> JSONValue {
    let list = commands.sorted { $0.key < $1.key }.map { name, signature -> JSONValue in
      ["name": .string("fx.\(name)"), "signature": signature]
    }
    let base: JSONValue = [
      "schema": 1, "kind": "c-library", "id": "fx", "version": "1.0.0", "library": "libeverything.so", "namespaces": ["fx"],
      "commands": .array(list),
    ]
    return .object((base.objectValue ?? [:]).merging(extra.objectValue ?? [:]) { $1 })
  }

  /// The answer as JSON text.
  func text(_ command: String, _ input: String = "{}") async throws -> String {
    let answer = try await host.call(command, input)
    if let failure = answer.failure { throw failure }
    return answer.text
  }

  func ask(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    try JSONValue(parsing: try await text(command, input.serialized()))
  }

  /// The sentence of a call that must fail.
  func fault(_ command: String, _ input: String) async throws -> String {
    try await host.call(command, input).failure?.message ?? "did not fail"
  }

  func close() async { await host.close() }
}

/// The manifest of an example.
func exampleManifest(_ name: String) throws -> JSONValue {
  let path = "\(FixtureLibrary.packageDirectory)/Examples/CLibraries/\(name)/plugin.json"
  return try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: path))))
}

/// Calls a function of a library behind the adapter's back: one that takes nothing and gives an int.
func number(_ symbol: String, in library: String) throws -> Int32 {
  let frame = CallFrame(arguments: 0)
  try CallInterface(returning: .int32, taking: []).call(try ForeignLibrary(path: library).function(symbol), frame)
  return Int32(truncatingIfNeeded: frame.result)
}
