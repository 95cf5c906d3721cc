// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Everything a test host knows; see `TestHost`.
struct HostState: Sendable {
  enum Phase: Sendable { case new, created, started, stopped, destroyed }
  typealias Script = @Sendable (ScriptedCall) async throws -> Payload

  /// One subscription of the plugin and the events it has not taken.
  struct Inlet: Sendable {
    let topic: String
    var waiting = Queue<(event: PublishedEvent, lost: UInt64)>()
    /// The event being offered, kept until it is taken.
    var offered: (event: PublishedEvent, lost: UInt64)?
    var isHeld = false
    /// A resume that came while an event was being offered counts for that event.
    var resumedMeanwhile = false
    var isDelivering = false

    var isEmpty: Bool { waiting.isEmpty && offered == nil }
  }

  var phase = Phase.new
  var record: [Crossing] = []
  var afterStop: [Crossing] = []
  var log: [LogLine] = []
  var health: (value: Health, message: String)?
  var registered: [String] = []
  var topics: [String] = []
  var published: [String: [PublishedEvent]] = [:]
  var taken: [String: Int] = [:]
  var room: [String: Int] = [:]
  var refused: Set<String> = []
  var lastCall: UInt64 = 0
  var calls: [UInt64: TestCall] = [:]
  var lateFinishes = 0
  var badFinishes: [String] = []
  /// Rules that the plugin broke towards the host, each once.
  var misuses: [Finding] = []
  var logRate = Rate()
  var progressRate = Rate()
  /// The calls the plugin has finished, in time or late.
  var finished: Set<UInt64> = []
  /// How often in a row a call was told that it has no credit.
  var refusedEmits: [UInt64: Int] = [:]
  var mostRefusedEmits: [UInt64: Int] = [:]
  var scripts: [String: Script] = [:]
  var earlyAnswers: [String: Payload] = [:]
  var outgoing: [UInt64: ScriptedCall] = [:]
  var inlets: [Inlet] = []

  /// How often something is done in a second.
  struct Rate: Sendable {
    private var second: UInt64 = 0
    private var inThisSecond = 0
    private(set) var highest = 0

    mutating func count() {
      let now = MonotonicClock.now / 1_000_000_000
      if now != second { (second, inThisSecond) = (now, 0) }
      inThisSecond += 1
      highest = max(highest, inThisSecond)
    }
  }

  mutating func nextCall() -> UInt64 {
    lastCall += 1
    return lastCall
  }

  /// Whether a subscription of `pattern` hears `topic`: an exact name, `*`, or `name.*` for everything below.
  static func matches(_ pattern: String, _ topic: String) -> Bool {
    if pattern == "*" || pattern == topic { return true }
    return pattern.hasSuffix(".*") && topic.hasPrefix(pattern.dropLast())
  }
}

extension Payload {
  /// Whether JSON is JSON; other content is not looked into.
  var isWhatItSays: Bool { content != .json || (try? decode(Anything.self)) != nil }
}

/// Reads any JSON value and keeps nothing of it.
struct Anything: Decodable {
  init(from decoder: any Decoder) throws {}
}
