// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A prefix as `make install` leaves it, without the shipped plugins: the command, the headers, templates and SDK.
enum InstalledPrefix {
  static let path: Result<String, any Error> = Result {
    let prefix = LiveHost.temporary("jackfield-prefix")
    let script = """
      "$TREE/Tools/stage-share" "$PWD"
      mkdir bin && cp "$JACKFIELD" "$JACKFIELD-runner" "$JACKFIELD-check" bin/
      """
    try Shell(directory: prefix, environment: ["TREE": LiveHost.packageDirectory, "JACKFIELD": LiveHost.jackfield]).succeed(script)
    return prefix
  }

  /// A shell somewhere outside of our tree, with the installed command first on PATH.
  static func shell(in directory: String, home: String) throws -> Shell {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return Shell(
      directory: directory,
      environment: [
        "JACKFIELD_HOME": home, "PATH": "\(try Self.path.get())/bin:\(path)", "MAKEFLAGS": "", "MAKELEVEL": "",
        "SWIFTPM_BUILD_DIR": LiveHost.packageDirectory + "/.build/new-plugin",
      ])
  }
}
