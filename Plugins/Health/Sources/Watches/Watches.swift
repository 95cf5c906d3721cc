// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// The watches of all sessions, each apart. Fed on the host's thread; cheap, and of a size that does not grow with what is fed.
final class Watches: Sendable {
  /// So many sessions are watched at once; the one not heard of for longest is forgotten first.
  static let mostSessions = 512

  /// News of a run.
  struct Alert: Sendable {
    var session: String
    var run: String
    var news: WatchNews

    var beginsSilence: Bool {
      guard news.kind == .silent, case .began = news.change else { return false }
      return true
    }
  }

  private struct State: ~Copyable {
    var sessions: [String: SessionWatch] = [:]
    let reader = EventReader()
  }

  private let settings: WatchSettings
  private let state = Mutex(State())
  private let tell: @Sendable (Alert) -> Void

  /// - Parameter tell: Told of each beginning and end, on whatever thread; must not wait.
  init(_ settings: WatchSettings, tell: @escaping @Sendable (Alert) -> Void) {
    self.settings = settings
    self.tell = tell
  }

  /// Takes an event.
  ///
  /// - Parameter now: On the monotonic clock, in seconds.
  func take(_ bytes: [UInt8], topic: String, now: Double) {
    let alerts: [Alert] = state.withLock { state in
      guard let reading = state.reader.read(bytes.span, topic: topic) else { return [] }
      // A name of ten thousand letters is a name; a session of no run has nothing to watch.
      if state.sessions[reading.session] == nil { Self.makeRoom(in: &state.sessions) }
      return (state.sessions[reading.session, default: SessionWatch(settings, now: now)].take(reading, now: now))
        .map { Alert(session: reading.session, run: $0.run, news: $0.news) }
    }
    alerts.forEach(tell)
  }

  /// Looks at what the time tells.
  func tick(now: Double) {
    let alerts: [Alert] = state.withLock { state in
      state.sessions.keys.sorted().flatMap { session in
        (state.sessions[session]?.tick(now: now) ?? []).map { Alert(session: session, run: $0.run, news: $0.news) }
      }
    }
    alerts.forEach(tell)
  }

  /// Goes on with an episode of an earlier life.
  func adopt(_ kind: AlertKind, run: String, session: String, numbers: [String: Double], now: Double) {
    state.withLock { state in
      Self.makeRoom(in: &state.sessions)
      state.sessions[session, default: SessionWatch(settings, now: now)].adopt(kind, of: run, numbers)
    }
  }

  /// Takes a silence back that has a good reason: the time begins anew.
  func postponeSilence(of session: String, now: Double) {
    state.withLock { $0.sessions[session]?.postponeSilence(now: now) }
  }

  private static func makeRoom(in sessions: inout [String: SessionWatch]) {
    guard sessions.count >= mostSessions else { return }
    let oldest = sessions.min { ($0.value.isOver ? 0 : 1, $0.value.lastHeard) < ($1.value.isOver ? 0 : 1, $1.value.lastHeard) }
    if let oldest { sessions[oldest.key] = nil }
  }
}
