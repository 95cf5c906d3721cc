// SPDX-License-Identifier: Apache-2.0

/// What is known of one session: its runs, and when it was last heard of.
struct SessionWatch: Sendable {
  /// Runs of one session that are watched at once; a session trains one at a time, and may go back to one before.
  static let mostRuns = 8

  private let settings: WatchSettings
  private var runs: [String: RunWatch] = [:]
  /// The runs in the order of their last step, the newest last.
  private var order: [String] = []
  private(set) var phase = TrainingPhase.running
  private var lastStepSequence: Int64 = .min
  private var lastComplaintSequence: Int64 = .min
  /// On the monotonic clock, in seconds; of the last event.
  private(set) var lastHeard: Double
  /// The longest time between two events while it was training, in seconds.
  private var longestGap = 0.0
  private var isSilent = false
  /// Whether it was heard of in this life.
  private var isHeard = false

  /// - Parameter now: On the monotonic clock, in seconds.
  init(_ settings: WatchSettings, now: Double) {
    self.settings = settings
    lastHeard = now
  }

  /// The run it trains as far as known.
  var currentRun: String? { order.last }

  /// Goes on with an episode of an earlier life.
  mutating func adopt(_ kind: AlertKind, of run: String, _ numbers: [String: Double]) {
    if kind == .silent { isSilent = true }
    touch(run)
    runs[run]?.adopt(kind, numbers)
  }

  // MARK: - What is told

  mutating func take(_ reading: EventReader.Reading, now: Double) -> [(run: String, news: WatchNews)] {
    var told = heard(now)
    switch reading.event {
    case .step(let values): told += step(values, reading)
    case .lossNotFinite(let step): told += complaint(step, reading)
    case .phase(let next): told += enter(next)
    case .life: break
    }
    return told
  }

  private mutating func heard(_ now: Double) -> [(run: String, news: WatchNews)] {
    let gap = now - lastHeard
    if isHeard, phase == .running { longestGap = max(longestGap, gap) }
    if phase == .lost { phase = .running }
    isHeard = true
    lastHeard = now
    guard isSilent else { return [] }
    isSilent = false
    return own(WatchNews(kind: .silent, change: .ended(sentence: "The trainer speaks again.")))
  }

  /// A repeated step, as after a reconnect, says nothing new.
  private mutating func step(_ values: StepValues, _ reading: EventReader.Reading) -> [(run: String, news: WatchNews)] {
    guard let run = reading.run, reading.sequence.map({ $0 > lastStepSequence }) ?? true else { return [] }
    lastStepSequence = reading.sequence ?? lastStepSequence
    if phase == .ended { phase = .running }
    touch(run)
    return (runs[run]?.step(values) ?? []).map { (run, $0) }
  }

  private mutating func complaint(_ step: Int, _ reading: EventReader.Reading) -> [(run: String, news: WatchNews)] {
    guard let run = reading.run, reading.sequence.map({ $0 > lastComplaintSequence }) ?? true else { return [] }
    lastComplaintSequence = reading.sequence ?? lastComplaintSequence
    touch(run)
    return (runs[run]?.lossWasNotFinite(at: step) ?? []).map { (run, $0) }
  }

  private mutating func enter(_ next: TrainingPhase) -> [(run: String, news: WatchNews)] {
    phase = next
    return next == .ended ? endAll("The training ended.") : []
  }

  // MARK: - What the time tells

  /// After so many seconds without its trainer an episode is over.
  static let patience = 600.0

  mutating func tick(now: Double) -> [(run: String, news: WatchNews)] {
    let quiet = now - lastHeard
    if quiet > Self.patience, phase == .lost || !isHeard { return endAll("Its trainer did not come back.") }
    guard settings.silence.on, isHeard, !isSilent, phase == .running, currentRun != nil else { return [] }
    let limit = max(settings.silence.seconds, 3 * longestGap)
    guard quiet > limit else { return [] }
    isSilent = true
    return own(
      WatchNews(
        kind: .silent,
        change: .began(
          sentence:
            "Nothing was heard of the training for \(Int(quiet)) seconds; its script may hang, or be busy with what it does not tell.",
          numbers: [:])))
  }

  /// Takes a silence back that has a good reason: the time begins anew.
  mutating func postponeSilence(now: Double) {
    isSilent = false
    lastHeard = max(lastHeard, now)
  }

  private mutating func endAll(_ sentence: String) -> [(run: String, news: WatchNews)] {
    var told: [(run: String, news: WatchNews)] = []
    if isSilent {
      isSilent = false
      told += own(WatchNews(kind: .silent, change: .ended(sentence: sentence)))
    }
    for run in order { told += (runs[run]?.end(at: nil, sentence) ?? []).map { (run, $0) } }
    return told
  }

  /// Whether nothing is lost by forgetting it.
  var isOver: Bool { phase == .ended || phase == .lost }

  private func own(_ news: WatchNews) -> [(run: String, news: WatchNews)] {
    guard let run = currentRun else { return [] }
    var news = news
    news.step = news.step ?? runs[run]?.lastStep
    return [(run, news)]
  }

  private mutating func touch(_ run: String) {
    if order.last == run { return }
    if runs[run] == nil { runs[run] = RunWatch(settings) }
    order.removeAll { $0 == run }
    order.append(run)
    if order.count > Self.mostRuns { runs[order.removeFirst()] = nil }
  }
}
