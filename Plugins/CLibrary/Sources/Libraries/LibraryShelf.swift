// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Signatures
import Synchronization

/// The libraries of one plugin: the only one, or those of a directory, each loaded when it is first asked for.
final class LibraryShelf: Sendable {
  private struct State {
    /// In the order of loading.
    var loaded: [LoadedLibrary] = []
    var byName: [String: LoadedLibrary] = [:]
  }

  private let only: LoadedLibrary?
  private let directory: LibraryDirectory?
  private let rites: LibraryRites
  private let state = Mutex(State())

  init(_ configuration: AdapterConfiguration, handles: HandleTable) throws {
    rites = try LibraryRites(configuration)
    switch configuration.interface.source {
    case .single:
      only = try LoadedLibrary(configuration.library, name: "", rites: rites, isComplete: true)
      directory = nil
    case .directory(_, let argument):
      only = nil
      directory = LibraryDirectory(path: configuration.library, argument: argument)
    }
  }

  /// The library that a caller names; the only one needs no name.
  func library(_ name: @autoclosure () throws -> String, for command: String) throws -> LoadedLibrary {
    if let only { return only }
    return try named(try name(), for: command)
  }

  private func named(_ name: String, for command: String) throws -> LoadedLibrary {
    try state.withLock { state in
      if let known = state.byName[name] { return known }
      // Not for the single library, so there is a directory.
      guard let path = try directory?.path(of: name, for: command) else { throw PluginFailure("'\(command)' has no library") }
      let library = try LoadedLibrary(path, name: name, rites: rites, isComplete: false)
      state.byName[name] = library
      state.loaded.append(library)
      return library
    }
  }

  /// Takes leave of every library, the newest first.
  func close() {
    let loaded = state.withLock { state in
      defer { state = State() }
      return state.loaded
    }
    for library in loaded.reversed() { library.close() }
    only?.close()
  }
}
