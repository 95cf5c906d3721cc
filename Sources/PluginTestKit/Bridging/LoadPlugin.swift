// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginAPI

private typealias PluginEntry = @convention(c) () -> UnsafePointer<jf_plugin>?

/// Loads a library and asks it for its table. The library stays loaded for the life of the process.
///
/// - Parameters:
///   - lending: How memory is lent to the plugin.
///   - loaded: Called between the library's constructors and its entry.
package func loadPlugin(_ path: String, lending: Lending = .plain, loaded: () -> Void = {}) throws -> PluginTable {
  guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
    throw TestHostError("cannot load '\(path)': \(unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given")")
  }
  guard let symbol = unsafe dlsym(library, JF_ENTRY_SYMBOL) else {
    throw TestHostError("'\(path)' is not a plugin: it does not export '\(JF_ENTRY_SYMBOL)'; is the entry missing?")
  }
  loaded()
  // The header gives the symbol this type; nothing can check that the library keeps to it.
  let entry = unsafe unsafeBitCast(symbol, to: PluginEntry.self)
  guard let table = unsafe entry() else { throw TestHostError("'\(path)' returned no table from '\(JF_ENTRY_SYMBOL)'") }
  return unsafe PluginTable(table, lending: lending)
}
