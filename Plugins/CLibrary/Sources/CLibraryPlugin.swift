// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK
internal import Signatures

/// Makes the functions of a C library commands, as a manifest of kind "c-library" says.
///
/// An adapter: the host loads it in place of the plugin that has no code for us, and hands it that plugin's manifest.
public struct CLibraryPlugin: Plugin {
  /// The adapter's own; the host does not hold it against the manifest.
  public static let id = "c-library"
  /// The adapter's own.
  public static let version = "0.1.0"

  private let shelf: LibraryShelf
  private let handles: HandleTable
  private let plans: [CommandPlan]

  /// Reads the manifest, loads the library and finds its functions.
  public init(_ context: PluginContext) throws {
    let configuration = try AdapterConfiguration(context.configuration.bytes)
    let interface = configuration.interface
    let argument = if case .directory(_, let argument) = interface.source { argument } else { String?.none }
    plans = try interface.commands.enumerated().map { index, command in
      try CommandPlan(
        command.name, command.signature, index: index, in: interface, libraryArgument: argument, settings: configuration.settings)
    }
    handles = HandleTable()
    shelf = try LibraryShelf(configuration, handles: handles)
  }

  /// The manifest's.
  public var commands: [Command] {
    plans.map { plan in
      .onHostThread(plan.name) { [shelf, handles] input, content in
        try plan.answer(input, content, shelf: shelf, handles: handles)
      }
    }
  }

  /// Frees the handles that are open, newest first, and takes leave of the libraries.
  public func stop() async {
    handles.freeAll()
    shelf.close()
  }
}
