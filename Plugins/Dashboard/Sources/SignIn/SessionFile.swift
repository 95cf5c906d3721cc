// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Keeps who is signed in on the disk, readable for the user alone.
actor SessionFile {
  private let path: String
  private let log: PluginLog?
  private var isBroken = false

  init(path: String, log: PluginLog?) {
    self.path = path
    self.log = log
  }

  /// Reads what was kept. What cannot be read signs everybody out, and is told.
  func load(into book: SessionBook) {
    guard let bytes = StateFile.read(path) else { return }
    do throws(JSONError) { try book.restore(bytes) } catch {
      log?.warning("everybody is signed out: what was kept of them cannot be read", ["path": path, "reason": error.description])
    }
  }

  /// Keeps what is true now.
  func save(_ book: SessionBook) {
    let isKept = StateFile.write(book.kept, to: path)
    if !isKept, !isBroken {
      log?.warning("who is signed in is not kept: a restart signs everybody out", ["path": path, "reason": "the file cannot be written"])
    }
    isBroken = !isKept
  }
}
