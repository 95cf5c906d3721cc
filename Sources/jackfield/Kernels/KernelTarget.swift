// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// A file on the command line, perhaps with a line, and what a new kernel for it is made of.
struct KernelTarget {
  /// Those that say which kernel, or what kind of a new one.
  static let options = [
    OptionSpec(name: "--kernel", value: "ID", help: "use this kernel, by its id or the first characters of it"),
    OptionSpec(name: "--spec", value: "NAME", help: "for a new kernel: its kernelspec ('jackfield kernel specs')"),
    OptionSpec(name: "--python", value: "PATH", help: "for a new kernel: an interpreter, or an environment's folder"),
    OptionSpec(name: "--install", help: "for a new kernel: install ipykernel there when it is missing"),
    OptionSpec(name: "--overlay", help: "for a new kernel: add ipykernel in an environment of Jackfield's own"),
  ]

  /// What those options mean to `code.run` and `kernel.start`.
  static func input(_ invocation: Invocation) -> [String: JSONValue] {
    var input: [String: JSONValue] = [:]
    if let kernel = invocation.value("--kernel") { input["kernel"] = .string(kernel) }
    if let spec = invocation.value("--spec") { input["spec"] = .string(spec) }
    if let python = invocation.value("--python") { input["interpreter"] = .string(absolute(python)) }
    if invocation.has("--install") { input["install"] = true }
    if invocation.has("--overlay") { input["overlay"] = true }
    return input
  }

  /// Absolute, without "." and "..": what an editor calls the same file. Links stay: an editor opened it by them, too.
  static func absolute(_ path: String, from directory: String = FileManager.default.currentDirectoryPath) -> String {
    let whole = path.hasPrefix("/") ? path : "\(directory)/\(path)"
    var parts: [Substring] = []
    for part in whole.split(separator: "/") {
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// "FILE:LINE", unless a file has that very name.
  static func split(_ argument: String, exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }) -> (
    file: String, line: Int?
  ) {
    guard let colon = argument.lastIndex(of: ":"), colon != argument.startIndex, !exists(argument) else { return (argument, nil) }
    let digits = argument[argument.index(after: colon)...]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let line = Int(digits) else { return (argument, nil) }
    return (String(argument[..<colon]), line)
  }
}
