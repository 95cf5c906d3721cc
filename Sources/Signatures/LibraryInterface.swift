// SPDX-License-Identifier: Apache-2.0

public import JSON

/// What a manifest of kind "c-library" says of C: where the functions are, how they are called, and by which commands.
public struct LibraryInterface: Sendable, Hashable {
  /// A command and the function behind it.
  public struct Command: Sendable, Hashable {
    /// "namespace.verb".
    public var name: String
    /// The function.
    public var signature: Signature
  }

  /// Where the functions are.
  public var source: LibrarySource
  /// By name.
  public var structs: [String: StructLayout]
  /// By name.
  public var handles: [String: HandleType]
  /// Called once when a library is loaded.
  public var onLoad: Signature?
  /// Called once for each loaded library when the plugin stops.
  public var onUnload: Signature?
  /// In the manifest's order.
  public var commands: [Command]

  /// Reads a manifest.
  ///
  /// - Throws: All that is wrong with it.
  public init(_ document: JSONValue) throws(SignatureFaults) {
    let faults = FaultList()
    let interface = InterfaceReader(document, faults).read()
    guard let interface, faults.all.isEmpty else { throw SignatureFaults(all: faults.all) }
    self = interface
  }

  init(
    source: LibrarySource, structs: [String: StructLayout], handles: [String: HandleType], onLoad: Signature?, onUnload: Signature?,
    commands: [Command]
  ) {
    self.source = source
    self.structs = structs
    self.handles = handles
    self.onLoad = onLoad
    self.onUnload = onUnload
    self.commands = commands
  }

  /// The members of the manifest that are read here, beside those that every manifest has.
  public static let keys = ["libraries", "structs", "handles", "onLoad", "onUnload", "errorTexts"]

  /// The member of a command that is read here.
  public static let signatureKey = "signature"

  /// The functions that commands call, with the commands that do; they must be in the library itself.
  public var functions: [(symbol: String, user: String)] {
    var seen: Set<String> = []
    let own = [(onLoad, "'onLoad'"), (onUnload, "'onUnload'")].compactMap { signature, user in signature.map { ($0.symbol, user) } }
    return (own + commands.map { ($0.signature.symbol, "'\($0.name)'") }).filter { seen.insert($0.0).inserted }
  }

  /// The functions that free things; they may be in a library that it needs, as `free` of the C library is.
  public var freeing: [(symbol: String, user: String)] {
    var seen: Set<String> = []
    let ofHandles = handles.sorted { $0.key < $1.key }.compactMap { name, type in type.free.map { ($0, "the handle '\(name)'") } }
    let ofValues = commands.flatMap { command in command.signature.freeing.map { ($0, "'\(command.name)'") } }
    return (ofHandles + ofValues).filter { seen.insert($0.0).inserted }
  }
}

extension Signature {
  /// The functions that free what it gives.
  var freeing: [String] {
    let ofArguments = arguments.compactMap { if case .text(let free?) = $0.kind { free } else { nil } }
    return ofArguments + [returns.free].compactMap { $0 }
  }
}
