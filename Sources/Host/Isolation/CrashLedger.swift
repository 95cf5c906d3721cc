// SPDX-License-Identifier: Apache-2.0
// Counts crashes across restarts of the host: a plugin that takes the whole machine down with it would else never be held back.
import Glibc
import JSON
import Synchronization

/// Says after each crash of a plugin whether to start it again, and when.
///
/// What it knows is in a file of the state directory. Recording waits for the disk, so it is nothing for a thread that serves others.
package final class CrashLedger: Sendable {
  package enum Decision: Hashable, Sendable {
    case restart(afterMilliseconds: Int)
    /// Not again, until its files change or somebody releases it. The sentence is for people.
    case quarantine(String)
  }

  package static let fileName = "crashes.json"
  private static let maximumSize = 4 << 20

  private let path: String
  private let logger: Logger
  private let histories: Mutex<[String: CrashHistory]>

  /// Reads what is known. A damaged file is put aside with a warning, and counting begins anew.
  ///
  /// - Parameter directory: The state directory; must exist.
  package init(directory: String, logger: Logger = .silent) {
    path = "\(directory)/\(Self.fileName)"
    self.logger = logger
    histories = Mutex(Self.read(path, logger))
  }

  /// Takes note of a crash and says what to do.
  ///
  /// - Parameter fingerprint: Of the files that ran; a plugin with other files begins with a clean sheet.
  package func record(_ id: String, fingerprint: String, at now: CrashInstant = .now) -> Decision {
    histories.withLock { histories in
      var history = histories[id].flatMap { $0.fingerprint == fingerprint ? $0 : nil } ?? CrashHistory(fingerprint: fingerprint)
      let wait = history.record(at: now)
      histories[id] = history
      histories = histories.filter { $0.value.isQuarantined || !$0.value.isQuiet(at: now) }
      save(histories)
      return wait.map { .restart(afterMilliseconds: $0) } ?? .quarantine(Self.sentence(id))
    }
  }

  /// Why a plugin is held back; nil when it may run, also because its files are others than those that crashed.
  package func quarantine(of id: String, fingerprint: String) -> String? {
    histories.withLock { histories in
      guard let history = histories[id], history.isQuarantined, history.fingerprint == fingerprint else { return nil }
      return Self.sentence(id)
    }
  }

  /// Forgets the crashes of a plugin: somebody wants it tried again.
  package func release(_ id: String) {
    histories.withLock { histories in
      if histories.removeValue(forKey: id) != nil { save(histories) }
    }
  }

  private static func sentence(_ id: String) -> String {
    """
    plugin '\(id)' crashed \(CrashHistory.limit) times within \(Int(CrashHistory.windowSeconds) / 60) minutes and is held back; \
    put mended files in its place, or try the same ones again with 'jackfield plugins enable \(id)'
    """
  }

  // MARK: The file

  /// Without it crashes are still counted, until the host ends.
  private func save(_ histories: [String: CrashHistory]) {
    let document: JSONValue = ["schema": 1, "plugins": .object(histories.mapValues(\.json))]
    do throws(FileError) { try SmallFile.replace(path, with: document.bytes(pretty: true)) } catch {
      logger.warning("crash count not kept", ["reason": "\(error)"])
    }
  }

  private static func read(_ path: String, _ logger: Logger) -> [String: CrashHistory] {
    do throws(FileError) {
      if let histories = histories(in: try SmallFile.read(path, limit: maximumSize)) { return histories }
      putAside(path, "it is not what this host writes", logger)
    } catch {
      if !error.isMissing { putAside(path, error.reason, logger) }
    }
    return [:]
  }

  private static func histories(in text: [UInt8]) -> [String: CrashHistory]? {
    guard let document = try? JSONValue(parsing: text), document["schema"]?.intValue == 1, let rows = document["plugins"]?.objectValue
    else {
      return nil
    }
    let histories = rows.compactMapValues { CrashHistory($0) }
    return histories.count == rows.count ? histories : nil
  }

  private static func putAside(_ path: String, _ reason: String, _ logger: Logger) {
    let aside = path + ".damaged"
    let moved = unsafe rename(path, aside) == 0
    logger.warning(
      "crash count lost, counting anew", ["path": path, "reason": reason, "kept": moved ? aside : "no: \(String(posixError: errno))"])
  }
}
