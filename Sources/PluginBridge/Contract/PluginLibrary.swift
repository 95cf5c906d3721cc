// SPDX-License-Identifier: Apache-2.0
// Loads a plugin's code into this process. Whether it may be loaded was decided before; see PluginJudge.
import Glibc
import PluginAPI
import Synchronization

/// A loaded shared library and the table its entry gave us. Never unloaded: a Swift image that is unmapped crashes the next
/// conformance look-up, and threads, exit handlers and thread-local data make unloading unsafe in any language.
@safe package struct PluginLibrary: Sendable {
  // The table lies in static memory of a library that is never unloaded.
  nonisolated(unsafe) let table: UnsafePointer<jf_plugin>

  /// Loads `path` and asks its entry for the table. Runs the library's constructors on this thread.
  ///
  /// - Parameter isAdapter: Whether it may have another id and version than the plugin it stands in for.
  /// - Throws: `PluginFault` when the library does not load, or its table is not one this host can use.
  package init(path: String, expecting id: String, version: String, isAdapter: Bool = false) throws(PluginFault) {
    guard let handle = unsafe dlopen(Self.fresh(path), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
      throw PluginFault("cannot load '\(path)': \(reason); rebuild the plugin against this system's libraries")
    }
    guard let symbol = unsafe dlsym(handle, "jf_plugin_entry_1") else {
      throw PluginFault("cannot load '\(path)': it has no symbol 'jf_plugin_entry_1'; export the entry of plugin.h")
    }
    typealias Entry = @convention(c) () -> UnsafePointer<jf_plugin>?
    // The header gives the symbol this type; nothing can check that the library keeps to it.
    guard let table = unsafe unsafeBitCast(symbol, to: Entry.self)() else {
      throw PluginFault("cannot load '\(path)': its entry returned no table")
    }
    unsafe self.table = table
    try check(path: path, id: id, version: version, isAdapter: isAdapter)
  }

  private func check(path: String, id: String, version: String, isAdapter: Bool) throws(PluginFault) {
    let core = unsafe UInt32(MemoryLayout<jf_plugin>.size)
    let size = unsafe table.pointee.size
    guard size >= core else {
      throw PluginFault("cannot load '\(path)': its table has \(size) bytes, ABI 1.0 needs \(core); set 'size' to sizeof(jf_plugin)")
    }
    let major = unsafe table.pointee.abi_major
    guard major == JF_ABI_MAJOR else {
      throw PluginFault(
        "cannot load '\(path)': its table is of ABI \(major), this host speaks \(JF_ABI_MAJOR); rebuild it against this host's headers")
    }
    let claimed = (unsafe table.pointee.id.string(limit: 200) ?? "?", unsafe table.pointee.version.string(limit: 200) ?? "?")
    guard isAdapter || claimed == (id, version) else {
      throw PluginFault(
        "cannot load '\(path)': plugin.json says '\(id)' \(version), the code says '\(claimed.0)' \(claimed.1); ship the two that belong together"
      )
    }
  }

  /// glibc gives the already loaded image for a path it has seen, even when the file behind it is another one by now. A path spelled
  /// anew is compared by device and inode, so a replaced file is really loaded.
  private static func fresh(_ path: String) -> String {
    let number = loads.wrappingAdd(1, ordering: .relaxed).oldValue
    guard number > 0, let slash = path.lastIndex(of: "/") else { return path }
    return path[...slash] + String(repeating: "./", count: number % 1_000) + path[path.index(after: slash)...]
  }

  private static let loads = Atomic<Int>(0)
}
