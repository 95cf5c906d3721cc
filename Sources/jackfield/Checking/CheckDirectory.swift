// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Host
import JSON

/// A temporary directory for one check, with the job that all steps read and a home for each of them.
struct CheckDirectory {
  let path: String
  var job: String { path + "/job.json" }

  init(job: JSONValue) throws(CommandFailure) {
    let name = "jackfield-check-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    path = FileManager.default.temporaryDirectory.appending(path: name).path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(job.bytes()).write(to: URL(filePath: self.job))
    } catch {
      throw CommandFailure("cannot write the job of the check into '\(path)': \(error); make room, or set TMPDIR to another directory")
    }
  }

  /// An empty home.
  func home(_ number: Int) throws(CommandFailure) -> String {
    let home = "\(path)/\(number)"
    do {
      for name in ["", "/tmp", "/run"] {
        try FileManager.default.createDirectory(
          atPath: home + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
    } catch {
      throw CommandFailure("cannot make the directory '\(home)': \(error); make room, or set TMPDIR to another directory")
    }
    return home
  }

  /// What a step finds in its environment: nothing leads to the files of the user.
  static func environment(home: String) -> [String: String] {
    var environment = [
      "HOME": home, "TMPDIR": home + "/tmp", "XDG_CONFIG_HOME": home + "/config", "XDG_DATA_HOME": home + "/data",
      "XDG_STATE_HOME": home + "/state", "XDG_CACHE_HOME": home + "/cache", "XDG_RUNTIME_DIR": home + "/run", "LANG": "C.UTF-8",
      // The parent says what happened; a backtrace would take seconds.
      "SWIFT_BACKTRACE": "enable=no",
      // Freed memory and fresh memory are filled, so that who relies on either sees something else.
      "MALLOC_PERTURB_": "165",
    ]
    for name in ["PATH", "LD_LIBRARY_PATH", "TZ"] { environment[name] = Environment.value(name) }
    return environment
  }

  func remove(_ home: String) { try? FileManager.default.removeItem(atPath: home) }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
