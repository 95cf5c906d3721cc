// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// Brings the host's events to pages: each topic is heard once, however many pages want it, and no page waits for another.
final class EventHub: Sendable {
  /// One page of one session; what pages call themselves means nothing to another session.
  struct Page: Sendable, Hashable {
    let session: String
    let id: String
  }

  /// What every page is told when it comes.
  struct Facts: Sendable {
    let instance: String
    let assets: String
    let version: String
  }

  static let pageLimit = 256
  static let sessionLimit = 64
  /// How long a page is left waiting until the host has taken its wishes.
  static let patience = Duration.seconds(5)

  private struct Topic: Sendable {
    var subscription: UInt64 = 0
    /// Tells what comes late, of a subscription that was ended, from what is meant.
    let number: UInt64
    var isHeard = false
    var wasBroken = false
  }

  private struct State: Sendable {
    var feeds: [Page: EventFeed] = [:]
    var topics: [String: Topic] = [:]
    var lastTopic: UInt64 = 0
    var isClosed = false
    /// When the thread is to look at all pages; earlier than it planned when something happens.
    var wakeAt: UInt64 = .max

    /// Changes each feed where it lies: a copy would be one of all that waits.
    mutating func changeFeeds(_ body: (Page, inout EventFeed) -> Void) {
      var place = feeds.startIndex
      while place != feeds.endIndex {
        body(feeds[place].key, &feeds.values[place])
        feeds.formIndex(after: &place)
      }
    }
  }

  let facts: Facts
  private let link: ControlLink
  private let state = Monitor(State())
  private let thread = Mutex<OwnedThread?>(nil)

  init(link: ControlLink, facts: Facts) {
    self.link = link
    self.facts = facts
  }

  /// Begins the thread that sends.
  func start() throws {
    let thread = OwnedThread.start(name: "jf-dash-events") { [self] in run() }
    guard let thread else { throw PluginFailure("cannot start the thread for events: the system has none to give") }
    self.thread.withLock { $0 = thread }
  }

  /// Ends every stream and the thread, and waits for that.
  func stop() {
    let streams = state.change { state in
      state.isClosed = true
      let streams = state.feeds.values.compactMap(\.stream)
      state.feeds = [:]
      state.topics = [:]
      return streams
    }
    thread.withLock { $0.take() }?.join()
    for stream in streams { stream.finish() }
  }

  /// Pages that are known, with those that are away.
  var pageCount: Int { state.read { $0.feeds.count } }
  /// What is heard at the host.
  var patterns: Set<String> { state.read { Set($0.topics.keys) } }

  /// Ends what a session hears, for it is signed out.
  func end(session: String) {
    let streams = state.change { state in
      let pages = state.feeds.keys.filter { $0.session == session }
      let streams = pages.compactMap { state.feeds[$0]?.stream }
      for page in pages { state.feeds[page] = nil }
      return streams
    }
    for stream in streams { stream.finish() }
    forgetTopics()
  }
}

// MARK: - Pages

extension EventHub {
  private func room(for page: Page, _ state: State) -> ControlFault? {
    if state.isClosed { return ControlFault("stopping", "the dashboard is being stopped", retryable: true) }
    if state.feeds[page] != nil { return nil }
    let ofSession = state.feeds.keys.count { $0.session == page.session }
    guard state.feeds.count < Self.pageLimit, ofSession < Self.sessionLimit else {
      return ControlFault("busy", "too many pages are open (\(ofSession) of this browser); close some and try again", retryable: true)
    }
    return nil
  }

  /// Begins to tell a page, from behind the last frame that it has.
  func open(_ page: Page, after: String?, isReadOnly: Bool, _ responder: WebResponder) {
    if let fault = state.read({ room(for: page, $0) }) { return responder.send(PageAnswer.fault(fault)) }
    let connection = Mutex<UInt64?>(nil)
    let number = Shared(connection)
    let headers = [
      WebHeader("Content-Type", "text/event-stream"), WebHeader("Cache-Control", "no-store"), WebHeader("X-Accel-Buffering", "no"),
    ]
    let stream = responder.begin(200, headers: headers) { [weak self] in
      guard let self, let connection = number.value.withLock({ $0 }) else { return }
      state.change { state in
        state.feeds[page]?.close(connection, now: MonotonicClock.now)
        state.wakeAt = 0
      }
    }
    let hello = EventFeed.Hello(data: hello(isReadOnly), instance: facts.instance, after: after)
    let before = state.change { state -> WebResponseStream? in
      guard !state.isClosed else { return stream }
      let before = state.feeds[page, default: EventFeed(now: MonotonicClock.now)].open(stream, hello)
      number.value.withLock { $0 = state.feeds[page]?.connection }
      state.wakeAt = 0
      return before
    }
    before?.finish()
  }

  private func hello(_ isReadOnly: Bool) -> [UInt8] {
    JSONValue.object([
      "instance": .string(facts.instance), "assets": .string(facts.assets), "version": .string(facts.version),
      "time": .number(Date().timeIntervalSince1970), "read_only": .bool(isReadOnly),
    ]).bytes()
  }

  /// Has a page hear something else from now on. Until all of it is heard, what was wished before counts.
  ///
  /// - Parameters:
  ///   - order: Of two changes the greater one counts, in whatever order they come.
  ///   - done: Called once, when all is heard, or with why not; on any thread.
  func change(_ page: Page, to wishes: Set<EventWish>, order: Double?, done: @escaping @Sendable (ControlFault?) -> Void) {
    let (fault, replaced) = state.change { state -> (ControlFault?, EventFeed.Change?) in
      if let fault = room(for: page, state) { return (fault, nil) }
      var feed = state.feeds[page] ?? EventFeed(now: MonotonicClock.now)
      if let order {
        guard order > feed.changeOrder else { return (nil, EventFeed.Change(wishes: [], waitingFor: [], deadline: 0, done: done)) }
        feed.changeOrder = order
      }
      let patterns = Set(wishes.map(\.pattern))
      let missing = patterns.filter { state.topics[$0] == nil }
      guard state.topics.count + missing.count <= ControlLink.subscriptionLimit else {
        return (ControlFault("busy", "all pages together want too many kinds of events; close some and try again", retryable: true), nil)
      }
      for pattern in missing { listen(pattern, &state) }
      let before = feed.change
      let waiting = patterns.filter { state.topics[$0]?.isHeard != true }
      feed.change = EventFeed.Change(
        wishes: wishes, waitingFor: waiting, deadline: MonotonicClock.after(Self.patience), done: done)
      state.feeds[page] = feed
      state.wakeAt = 0
      return (nil, before)
    }
    if let fault { return done(fault) }
    replaced?.done?(nil)
    settle()
  }

  /// Lets changes count that wait for nothing more.
  private func settle() {
    let done = state.change { state -> [@Sendable (ControlFault?) -> Void] in
      var done: [@Sendable (ControlFault?) -> Void] = []
      state.changeFeeds { _, feed in
        guard let change = feed.change, change.waitingFor.isEmpty else { return }
        feed.begin(change.wishes)
        feed.change = nil
        if let told = change.done { done.append(told) }
      }
      return done
    }
    for told in done { told(nil) }
    forgetTopics()
  }

  /// Stops hearing what no page wants any more.
  private func forgetTopics() {
    let ended = state.change { state -> [UInt64] in
      let wanted = state.feeds.values.reduce(into: Set<String>()) { $0.formUnion($1.allPatterns) }
      let unwanted = state.topics.filter { !wanted.contains($0.key) }
      for pattern in unwanted.keys { state.topics[pattern] = nil }
      return unwanted.values.map(\.subscription)
    }
    for subscription in ended { link.unsubscribe(subscription) }
  }
}

// MARK: - Topics

extension EventHub {
  private func listen(_ pattern: String, _ state: inout State) {
    state.lastTopic += 1
    let number = state.lastTopic
    state.topics[pattern] = Topic(number: number)
    state.topics[pattern]?.subscription = link.subscribe(pattern) { [weak self] in self?.take($0, pattern, number) }
  }

  /// On the link's thread.
  private func take(_ news: ControlLink.News, _ pattern: String, _ number: UInt64) {
    switch news {
    case .event(let event): take(event, pattern, number)
    case .began:
      state.change { state in
        guard state.topics[pattern]?.number == number else { return }
        let wasBroken = state.topics[pattern]?.wasBroken == true
        state.topics[pattern]?.isHeard = true
        state.topics[pattern]?.wasBroken = false
        state.changeFeeds { _, feed in
          feed.change?.waitingFor.remove(pattern)
          if wasBroken, feed.patterns.contains(pattern) { feed.miss([pattern]) }
        }
        state.wakeAt = 0
      }
      settle()
    case .broken:
      state.change { state in
        guard state.topics[pattern]?.number == number else { return }
        state.topics[pattern]?.isHeard = false
        state.topics[pattern]?.wasBroken = true
      }
    case .refused(let fault): refuse(pattern, number, fault)
    }
  }

  private func take(_ event: ControlEvent, _ pattern: String, _ number: UInt64) {
    var look = EventLook(event)
    let shared = look.hubEvent
    state.change { state in
      guard state.topics[pattern]?.number == number else { return }
      var wakeAt = event.lost > 0 ? 0 : state.wakeAt
      state.changeFeeds { _, feed in
        if event.lost > 0, feed.patterns.contains(pattern) { feed.miss([pattern]) }
        if feed.take(shared, by: pattern, &look), let due = feed.due { wakeAt = min(wakeAt, due) }
      }
      state.wakeAt = wakeAt
    }
  }

  private func refuse(_ pattern: String, _ number: UInt64, _ fault: ControlFault) {
    let told = state.change { state -> [@Sendable (ControlFault?) -> Void] in
      guard state.topics[pattern]?.number == number else { return [] }
      state.topics[pattern] = nil
      var told: [@Sendable (ControlFault?) -> Void] = []
      state.changeFeeds { _, feed in
        guard feed.change?.waitingFor.remove(pattern) != nil else { return }
        if let done = feed.change?.done { told.append(done) }
        feed.change?.done = nil
      }
      return told
    }
    for done in told { done(fault) }
    settle()
  }
}

// MARK: - The thread

extension EventHub {
  private struct Work {
    var isLast = false
    var frames: [(stream: WebResponseStream, page: Page, connection: UInt64, bytes: [UInt8])] = []
    /// Those whose patience is at its end.
    var late: [@Sendable (ControlFault?) -> Void] = []
    var hasForgotten = false
  }

  private func run() {
    while true {
      let work = nextWork()
      if work.isLast { return }
      for frame in work.frames { send(frame) }
      let fault = ControlFault("gone", "the host does not tell of its events; the page hears them when it does", retryable: true)
      for done in work.late { done(fault) }
      if work.hasForgotten { forgetTopics() }
    }
  }

  private func send(_ frame: (stream: WebResponseStream, page: Page, connection: UInt64, bytes: [UInt8])) {
    do throws(WebError) { try frame.stream.post(frame.bytes) } catch {
      // It has gone, or takes nothing; when it comes again it says what it has.
      frame.stream.finish()
      state.change { $0.feeds[frame.page]?.close(frame.connection, now: MonotonicClock.now) }
    }
  }

  private func nextWork() -> Work {
    while true {
      let deadline = state.change { state in
        var due = UInt64.max
        state.changeFeeds { _, feed in due = min(due, feed.due ?? .max) }
        state.wakeAt = due
        return due
      }
      _ = state.wait(until: deadline == .max ? nil : deadline) { state -> Bool? in
        state.isClosed || state.wakeAt < deadline ? true : nil
      }
      if let work = takeWork() { return work }
    }
  }

  private func takeWork() -> Work? {
    let now = MonotonicClock.now
    let time = Date().timeIntervalSince1970
    return state.change { state in
      if state.isClosed { return Work(isLast: true) }
      var work = Work()
      var forgotten: [Page] = []
      state.changeFeeds { page, feed in
        guard let due = feed.due, due <= now else { return }
        if let done = feed.change?.done, feed.change?.deadline ?? .max <= now {
          work.late.append(done)
          feed.change?.done = nil
        }
        if let stream = feed.stream {
          let bytes = feed.frames(now: now, instance: facts.instance, time: time)
          if !bytes.isEmpty { work.frames.append((stream, page, feed.connection, bytes)) }
        } else if let away = feed.awaySince, away + EventFeed.absence <= now {
          forgotten.append(page)
        }
      }
      for page in forgotten { state.feeds[page] = nil }
      work.hasForgotten = !forgotten.isEmpty
      return work.frames.isEmpty && work.late.isEmpty && forgotten.isEmpty ? nil : work
    }
  }
}

/// A lock that closures share.
private final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}
