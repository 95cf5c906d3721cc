// SPDX-License-Identifier: Apache-2.0

/// Finds the kernels that are registered on this machine.
struct SpecFinder: Sendable {
  /// One kernel.json.
  struct Found: Sendable, Hashable {
    var name: String
    var folder: String
    var spec: Result<KernelSpec, KernelSpec.Fault>
  }

  let paths: JupyterPaths
  private static let mostInFolder = 1_000

  init(_ paths: JupyterPaths) { self.paths = paths }

  /// All of them, the first of each name: of two that differ in case only, too. Sorted by name.
  func all() -> [Found] {
    var found: [String: Found] = [:]
    for directory in paths.kernelDirectories {
      for name in LocalFiles.names(in: directory).prefix(Self.mostInFolder) where found[name.lowercased()] == nil {
        if let one = Self.look(directory + "/" + name) { found[one.name] = one }
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The one of a name, whatever its case.
  func find(_ name: String) -> Found? { all().first { $0.name == name.lowercased() } }

  /// What a folder holds; nil when that is no kernel.
  static func look(_ folder: String) -> Found? {
    let file = folder + "/kernel.json"
    guard LocalFiles.isFile(file) else { return nil }
    let name = Path.name(of: folder).lowercased()
    return Found(name: name, folder: folder, spec: Result { () throws(KernelSpec.Fault) in try read(name, folder, file) })
  }

  private static func read(_ name: String, _ folder: String, _ file: String) throws(KernelSpec.Fault) -> KernelSpec {
    guard !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }) else {
      throw KernelSpec.Fault(reason: "a kernel's name has only letters, digits, '-', '.' and '_'")
    }
    let bytes: [UInt8]
    do throws(LocalFileFault) {
      bytes = try LocalFiles.bytes(file, most: KernelSpec.mostBytes)
    } catch {
      throw KernelSpec.Fault(reason: error.reason)
    }
    return try KernelSpec(name: name, folder: folder, json: bytes)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}
