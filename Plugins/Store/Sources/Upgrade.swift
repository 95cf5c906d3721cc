// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Whether the database is of today's schema, for all who would use it; and, while a large one of an older schema is brought up to date on
/// the writer's thread, how that goes.
///
/// A small one is brought up to date within the plugin's start, which has a limit. Larger ones could never start.
final class Upgrade: Sendable {
  /// In bytes: about a second on a quick disk.
  static let mostAtStart: Int64 = 64 << 20
  /// How long it waits before it tries again when another program holds the file.
  private static let retryDelay = Duration.milliseconds(200)

  private enum Phase: Sendable {
    case done
    case underWay(bytes: Int64, since: UInt64)
    case failed(PluginFailure)
  }

  private struct State: Sendable {
    var phase = Phase.done
    var isStopping = false
    var hasEnded = false
    var interrupter: Interrupter?
  }

  private let path: String
  private let state = Monitor(State())

  init(path: String) { self.path = path }

  /// Whether the file is used by nobody but the upgrade.
  var isUnderWay: Bool {
    state.read { state in
      if case .done = state.phase { false } else { true }
    }
  }

  /// Refuses while the file is not of today's schema.
  func requireDone() throws {
    switch state.read({ $0.phase }) {
    case .done: return
    case .failed(let failure): throw failure
    case .underWay(let bytes, let since):
      throw PluginFailure(
        "the database '\(path)' of \(Self.megabytes(bytes)) is being brought up to date, for \(Self.seconds(since)) s until now; "
          + "try again when it is done, and leave the host running: about ten seconds a gigabyte",
        code: "upgrading", retryable: true, status: .busy)
    }
  }

  private static func megabytes(_ bytes: Int64) -> String { "\((bytes + 999_999) / 1_000_000) MB" }

  private static func seconds(_ since: UInt64) -> UInt64 { (MonotonicClock.now - since) / 1_000_000_000 }

  /// What a person is told of it while it goes on.
  var sentence: String {
    do {
      try requireDone()
      return ""
    } catch {
      return (error as? PluginFailure)?.message ?? "\(error)"
    }
  }

  /// From now on nobody else uses the file.
  func begin(bytes: Int64) { state.change { $0.phase = .underWay(bytes: bytes, since: MonotonicClock.now) } }

  /// Opens the file, brought up to date. Tries again as long as another program holds it.
  ///
  /// - Returns: Nil when it was broken off.
  func open() throws -> Database? {
    while true {
      do {
        return try Schema.open(path: path) { [state] interrupter in state.change { $0.interrupter = interrupter } }
      } catch {
        if state.read({ $0.isStopping }) { return nil }
        guard let code = (error as? SQLiteError)?.code, code == .busy || code == .locked else { throw error }
        let end = MonotonicClock.after(Self.retryDelay)
        if state.wait(until: end, for: { $0.isStopping ? true : nil }) == true { return nil }
      }
    }
  }

  /// Everybody may use the file again.
  func finish() { state.change { $0.phase = .done } }

  /// Whoever wants to use the file is told why not.
  func fail(_ error: any Error) {
    let failure =
      error as? PluginFailure
      ?? PluginFailure("cannot bring the database '\(path)' up to date: \(error); nothing was changed; see to it and start again")
    state.change { $0.phase = .failed(failure) }
  }

  /// The thread is through with it, however it went.
  func end() {
    state.change { state in
      state.interrupter = nil
      state.hasEnded = true
    }
  }

  /// Breaks it off, which leaves the old file whole, and waits for that.
  func breakOff() {
    while !(state.change { state in
      state.isStopping = true
      // Between two statements there is nothing to interrupt; the next round meets the second one.
      state.interrupter?.interrupt()
      return state.hasEnded
    }) {
      _ = state.wait(until: MonotonicClock.after(.milliseconds(20))) { $0.hasEnded ? true : nil }
    }
  }
}
