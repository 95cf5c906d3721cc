// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// What one page hears, and what waits for it: bounded, whether it reads or not, and kept for a while when it is away.
struct EventFeed: Sendable {
  /// Between two frames with events: at most twenty a second.
  static let pace: UInt64 = 50_000_000
  static let beat: UInt64 = 10_000_000_000
  /// How long a page may be away and miss nothing.
  static let absence: UInt64 = 60_000_000_000
  /// While more bytes wait to be sent, the page is not reading and gets no frames.
  static let unreadLimit = 256 << 10
  /// Of what waits to become a frame. Beyond it, only the newest of each key is kept.
  static let pendingCount = 4_096
  static let pendingBytes = 1 << 20
  /// Of frames that may be asked for again.
  static let ringCount = 256
  static let ringBytes = 256 << 10

  /// Wishes that count once every topic in them is heard.
  struct Change: Sendable {
    let wishes: Set<EventWish>
    var waitingFor: Set<String>
    let deadline: UInt64
    var done: (@Sendable (ControlFault?) -> Void)?
  }

  private struct Frame: Sendable {
    let number: UInt64
    let bytes: [UInt8]
  }

  private(set) var wishes: Set<EventWish> = []
  var change: Change?
  /// Of the youngest change; an older one that comes late is not taken.
  var changeOrder = -1.0

  private(set) var stream: WebResponseStream?
  /// Tells this connection of the page from one before.
  private(set) var connection: UInt64 = 0
  private(set) var awaySince: UInt64?
  private var hello: Hello?
  private var lastFrame: UInt64 = 0
  private var lastWord: UInt64 = 0

  private(set) var pending: [HubEvent] = []
  private(set) var pendingBytes = 0
  private(set) var missed: Set<String> = []
  /// Of frames with events or with what was missed.
  private var number: UInt64 = 0
  private var ring: [Frame] = []
  private var ringBytes = 0

  /// By topic: the pattern by which its events come, though several may cover it, and what they must have.
  private var ways: [String: (pattern: String, conditions: [[String: Set<JSONValue>]])] = [:]

  /// - Parameter now: A page that never begins to read is forgotten, too.
  init(now: UInt64) { awaySince = now }

  var patterns: Set<String> { Set(wishes.map(\.pattern)) }
  /// With those that are to come.
  var allPatterns: Set<String> { patterns.union(change?.wishes.map(\.pattern) ?? []) }
}

// MARK: - What it hears

extension EventFeed {
  mutating func begin(_ wishes: Set<EventWish>) {
    self.wishes = wishes
    ways = [:]
  }

  /// Takes an event that came by a pattern, if it is wanted and does not come by another one as well.
  ///
  /// - Returns: Whether it is the first that waits.
  @discardableResult
  mutating func take(_ event: HubEvent, by pattern: String, _ look: inout EventLook) -> Bool {
    let way = way(of: event.topic)
    guard way.pattern == pattern else { return false }
    for conditions in way.conditions where conditions.isEmpty || look.fits(conditions) {
      pending.append(event)
      pendingBytes += event.text.count
      if pending.count > Self.pendingCount || pendingBytes > Self.pendingBytes { collapse() }
      return pending.count == 1
    }
    return false
  }

  private mutating func way(of topic: String) -> (pattern: String, conditions: [[String: Set<JSONValue>]]) {
    if let known = ways[topic] { return known }
    let fitting = wishes.filter { $0.covers(topic) }
    // The shortest is the widest.
    let pattern = fitting.map(\.pattern).min { ($0.utf8.count, $0) < ($1.utf8.count, $1) } ?? ""
    let way = (pattern: pattern, conditions: fitting.map(\.conditions))
    // Of topics there are a few dozen; a host with many more has them looked up again.
    if ways.count > 1_000 { ways = [:] }
    ways[topic] = way
    return way
  }

  /// Keeps the newest event of each key, then drops the oldest until half of the room is free again.
  private mutating func collapse() {
    var keys: Set<String> = []
    var kept: [HubEvent] = []
    var bytes = 0
    for event in pending.reversed() {
      let hasRoom = kept.count < Self.pendingCount / 2 && bytes + event.text.count <= Self.pendingBytes / 2
      if hasRoom, keys.insert(event.key).inserted {
        kept.append(event)
        bytes += event.text.count
      } else {
        missed.insert(event.topic)
      }
    }
    pending = kept.reversed()
    pendingBytes = bytes
  }

  mutating func miss(_ topics: some Sequence<String>) { missed.formUnion(topics) }
}

// MARK: - Whom it tells

extension EventFeed {
  struct Hello: Sendable {
    let data: [UInt8]
    let instance: String
    /// The id of the last frame that the page has; nil: it has none.
    let after: String?
  }

  /// - Returns: The stream of a connection of before.
  mutating func open(_ stream: WebResponseStream, _ hello: Hello) -> WebResponseStream? {
    let before = self.stream
    self.stream = stream
    self.hello = hello
    connection += 1
    awaySince = nil
    return before
  }

  mutating func close(_ connection: UInt64, now: UInt64) {
    guard connection == self.connection, stream != nil else { return }
    stream = nil
    awaySince = now
  }

  /// When there is something to be done for it; nil: when something happens.
  var due: UInt64? {
    let change = self.change?.done == nil ? nil : self.change?.deadline
    guard stream != nil else { return [awaySince.map { $0 + Self.absence }, change].compactMap { $0 }.min() }
    if hello != nil { return 0 }
    let news = pending.isEmpty && missed.isEmpty ? nil : lastFrame + Self.pace
    return [news, lastWord + Self.beat, change].compactMap { $0 }.min()
  }

  /// What is to be sent now. A page that does not read gets nothing, and is looked at again a little later.
  mutating func frames(now: UInt64, instance: String, time: Double) -> [UInt8] {
    var bytes: [UInt8] = []
    if let hello {
      self.hello = nil
      bytes = begin(hello)
      lastWord = now
    }
    guard let stream, stream.bytesWaiting <= Self.unreadLimit else {
      (lastFrame, lastWord) = (now, now)
      return bytes
    }
    if !pending.isEmpty || !missed.isEmpty, now >= lastFrame + Self.pace {
      bytes += news(instance)
      (lastFrame, lastWord) = (now, now)
    }
    if now >= lastWord + Self.beat {
      bytes += EventFrame.bytes("beat", id: "\(instance)-\(number)", JSONValue.object(["time": .number(time)]).bytes())
      lastWord = now
    }
    return bytes
  }

  private mutating func news(_ instance: String) -> [UInt8] {
    var bytes: [UInt8] = []
    if !missed.isEmpty { bytes += keep("missed", EventFrame.missed(missed), instance) }
    if !pending.isEmpty { bytes += keep("events", EventFrame.events(pending), instance) }
    missed = []
    pending = []
    pendingBytes = 0
    return bytes
  }

  private mutating func keep(_ name: String, _ data: [UInt8], _ instance: String) -> [UInt8] {
    number += 1
    let frame = Frame(number: number, bytes: EventFrame.bytes(name, id: "\(instance)-\(number)", data))
    ring.append(frame)
    ringBytes += frame.bytes.count
    let isTooMuch = { (ring: [Frame], bytes: Int) in ring.count > Self.ringCount || bytes > Self.ringBytes }
    while isTooMuch(ring, ringBytes) { ringBytes -= ring.removeFirst().bytes.count }
    return frame.bytes
  }

  /// Greets, and says again what the page has not got, or that there was more than is kept.
  private mutating func begin(_ hello: Hello) -> [UInt8] {
    let again = replay(hello)
    let reached = again?.first.map { $0.number - 1 } ?? number
    let bytes = EventFrame.bytes("hello", id: "\(hello.instance)-\(reached)", hello.data, isFirst: true)
    // One that comes for the first time has missed nothing.
    guard let again else {
      if number > 0 { miss(patterns) }
      return bytes
    }
    return bytes + again.flatMap(\.bytes)
  }

  /// The frames behind the last one that the page has; nil: not all of them are there any more.
  private func replay(_ hello: Hello) -> [Frame]? {
    guard let after = hello.after, after.hasPrefix("\(hello.instance)-"), let last = UInt64(after.dropFirst(hello.instance.utf8.count + 1)),
      last <= number
    else { return nil }
    let again = ring.filter { $0.number > last }
    return UInt64(again.count) == number - last ? again : nil
  }
}
