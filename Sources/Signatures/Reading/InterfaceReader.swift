// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads what a manifest of kind "c-library" says of C. What every manifest has is the host's to read.
struct InterfaceReader {
  private let document: JSONValue
  private let faults: FaultList

  init(_ document: JSONValue, _ faults: FaultList) {
    self.document = document
    self.faults = faults
  }

  func read() -> LibraryInterface? {
    guard let top = Part(document, at: [], keys: nil, faults: faults) else { return nil }
    var types = NamedTypes()
    types.structs = StructReader(faults: faults).read(top)
    types.handles = handles(top)
    guard let source = source(top) else { return nil }
    let argument = if case .directory(_, let argument) = source { argument } else { String?.none }
    let reader = SignatureReader(
      types: types, errorTexts: ErrorRuleReader.texts(top, "errorTexts"), libraryArgument: argument)
    let commands = commands(top, reader)
    let interface = LibraryInterface(
      source: source, structs: types.structs, handles: types.handles, onLoad: silent(top, "onLoad", reader),
      onUnload: silent(top, "onUnload", reader), commands: commands.map(\.command))
    for (command, part) in commands { MakerCheck(interface: interface).check(command, part) }
    return interface
  }

  // MARK: Where

  private func source(_ top: Part) -> LibrarySource? {
    guard let libraries = top.members["libraries"] else { return single(top) }
    if top.has("library") { top.report("library", "stands beside 'libraries'; remove one of the two") }
    guard let part = Part(libraries, at: [.key("libraries")], keys: ["directory", "argument"], faults: faults) else { return nil }
    let argument = part.name("argument", isRequired: true)
    guard let directory = part.text("directory", isRequired: true), let argument else { return nil }
    guard directory.hasPrefix("/"), !directory.split(separator: "/").contains("..") else {
      part.report("directory", "is '\(directory)'; write an absolute path without '..'")
      return nil
    }
    return .directory(path: directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory, argument: argument)
  }

  private func single(_ top: Part) -> LibrarySource? {
    guard let name = top.text("library", isRequired: true) else { return nil }
    let isPath = name.hasPrefix("/") && !name.split(separator: "/").contains("..")
    guard isPath || (!name.contains("/") && !name.hasPrefix(".")), name.hasSuffix(".so") || name.contains(".so.") else {
      top.report(
        "library",
        "is '\(name)'; write the name of a file beside plugin.json, an absolute path, or a name the system's loader knows such as 'libz.so.1'"
      )
      return nil
    }
    return .single(name)
  }

  // MARK: What

  private func handles(_ top: Part) -> [String: HandleType] {
    let named = top.named("handles", limit: Limits.types, keys: ["free", "summary"])
    return Dictionary(uniqueKeysWithValues: named.map { ($0.name, HandleType(free: $0.part.symbol("free"))) })
  }

  private func commands(_ top: Part, _ reader: SignatureReader) -> [(command: LibraryInterface.Command, part: Part)] {
    return commandParts(top).compactMap { part in
      guard let own = part.part(LibraryInterface.signatureKey, keys: SignatureReader.keys) else {
        if !part.has(LibraryInterface.signatureKey) { part.report(LibraryInterface.signatureKey, "is missing; add { \"symbol\": … }") }
        return nil
      }
      guard let signature = reader.read(own) else { return nil }
      SchemaCheck(signature: signature, libraryArgument: reader.libraryArgument).check(part)
      return (LibraryInterface.Command(name: part.members["name"]?.stringValue ?? "", signature: signature), own)
    }
  }

  /// Whoever reads the rest of the manifest says what else is wrong with the list.
  private func commandParts(_ top: Part) -> [Part] {
    let value = top.members["commands"]
    if value == nil || value?.arrayValue?.isEmpty == true { top.report("commands", "is missing or empty; add a command for each function") }
    guard let list = value?.arrayValue, list.count <= 1_000 else { return [] }
    return top.parts("commands", limit: 1_000, keys: nil)
  }

  /// A function that is called without a caller: it takes only what the manifest gives, and gives nothing that is kept.
  private func silent(_ top: Part, _ key: String, _ reader: SignatureReader) -> Signature? {
    guard let part = top.part(key, keys: SignatureReader.keys), let signature = reader.read(part) else { return nil }
    let takesNothing = signature.arguments.allSatisfy { !$0.isAsked && !$0.comesOut }
    let keepsNothing = if case .handle = signature.returns.kind { false } else { true }
    if !takesNothing || !keepsNothing {
      top.report(key, "takes or gives what only a caller can; give each argument a 'value', and let it return a number")
    }
    return signature
  }
}
