// SPDX-License-Identifier: Apache-2.0
// What is different in a manifest of kind "c-library". How signatures are written is the business of the module Signatures.
import JSON
import Signatures

/// Reads the part of a manifest that speaks of C.
enum ManifestCLibrary {
  /// The kind that a manifest names; `plugin` when it names none, or one that there is not.
  static func kind(of document: JSONValue, _ origin: ManifestParser.Origin, _ faults: ManifestFaults) -> Manifest.Kind {
    guard let value = document["kind"] else { return .plugin }
    let place = faults.name(JSONPath(keys: "kind"))
    guard let kind = value.stringValue.flatMap(Manifest.Kind.init) else {
      faults.report("\(place) is \(value.stringValue.map { "'\($0)'" } ?? "no text"); write 'plugin' or 'c-library'")
      return .plugin
    }
    if kind == .cLibrary, origin == .note { faults.report("\(place) is 'c-library', which a note cannot be; write a plugin.json") }
    return kind
  }

  /// C has no events and no chunks, and nobody calls it on a caller's thread.
  static func keys(among all: [String]) -> [String] {
    all.filter { !["subscribes", "publishes"].contains($0) } + LibraryInterface.keys
  }

  static func commandKeys(among all: [String]) -> [String] {
    all.filter { !["stream", "inline"].contains($0) } + [LibraryInterface.signatureKey]
  }

  static func interface(of document: JSONValue, _ faults: ManifestFaults) -> LibraryInterface? {
    do throws(SignatureFaults) { return try LibraryInterface(document) } catch {
      for fault in error.all { faults.report("\(faults.name(JSONPath(fault.path))) \(fault.cause)") }
      return nil
    }
  }

  /// Gives each command that has no schema of its own the one that follows from its signature.
  static func addSchemas(to commands: inout [CommandDescription], _ interface: LibraryInterface) {
    let signatures = Dictionary(interface.commands.map { ($0.name, $0.signature) }) { first, _ in first }
    let argument = if case .directory(_, let argument) = interface.source { argument } else { String?.none }
    for index in commands.indices {
      guard let signature = signatures[commands[index].name] else { continue }
      let schemas = SignatureSchemas(signature, libraryArgument: argument, structs: interface.structs)
      commands[index].input = commands[index].input ?? schemas.input
      commands[index].output = commands[index].output ?? schemas.output
    }
  }
}

extension JSONPath {
  init(_ steps: [SignatureFault.Step]) {
    self.init(
      steps.map { step in
        switch step {
        case .key(let key): Part.key(key)
        case .index(let number): Part.index(number)
        }
      })
  }
}
