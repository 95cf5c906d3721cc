// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
public import PluginSDK

extension TestHost {
  // MARK: Events for the plugin

  /// Publishes an event to the plugin's subscriptions. It waits in line behind those the plugin has not taken.
  ///
  /// - Parameter lost: How many events to say were lost before it.
  public func publish(_ topic: String, _ json: String = "{}", lost: UInt64 = 0) {
    publish(topic, Payload(bytes: Array(json.utf8)), lost: lost)
  }

  /// Publishes an event of any content.
  public func publish(_ topic: String, _ payload: Payload, lost: UInt64 = 0) {
    let event = PublishedEvent(topic: topic, payload: payload)
    let hearing = state.change { state in
      let hearing = state.inlets.indices.filter { HostState.matches(state.inlets[$0].topic, topic) }
      for index in hearing { state.inlets[index].waiting.append((event, lost)) }
      return hearing
    }
    for index in hearing { deliverWaiting(index) }
  }

  /// Waits until the plugin has taken every event published to it.
  public func allTaken(within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "the plugin to take its events", within: timeout) { $0.inlets.allSatisfy(\.isEmpty) ? () : nil }
  }

  /// Waits until the plugin holds the events of a subscription back.
  public func heldBack(_ topic: String, within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "'\(topic)' to be held back", within: timeout) { state in
      state.inlets.contains { $0.topic == topic && $0.isHeld } ? () : nil
    }
  }

  /// Sends a new configuration and waits until the plugin has been told.
  public func configure(_ json: String) async { _ = await thread.run { [self] in deliver(.configuration(Array(json.utf8))) } }

  /// Sends a ping.
  ///
  /// - Returns: What the plugin answered.
  public func ping() async -> PluginFailure.Status { await thread.run { [self] in deliver(.ping) } }

  /// Sends an event of any kind, as a newer host or a broken one might.
  ///
  /// - Returns: What the plugin answered.
  public func sendRaw(kind: UInt32, call: UInt64 = 0, subject: UInt64 = 0, value: UInt64 = 0) async -> PluginFailure.Status {
    await thread.run { [self] in deliver(HostEvent(kind: kind, call: call, subject: subject, value: value)) }
  }

  /// Sends an event that says it is shorter than any host's.
  func sendShortEvent() async -> PluginFailure.Status {
    await thread.run { [self] in deliver(HostEvent(kind: UInt32(JF_EVENT_PING), size: 8)) }
  }

  private func deliverWaiting(_ index: Int) { thread.post { [self] in while offerNext(index) {} } }

  /// Offers one event; `false` when there is none or the plugin holds the subscription back.
  private func offerNext(_ index: Int) -> Bool {
    let next: (event: PublishedEvent, lost: UInt64)? = state.change { state in
      guard !state.inlets[index].isHeld else { return nil }
      if state.inlets[index].offered == nil { state.inlets[index].offered = state.inlets[index].waiting.popFirst() }
      state.inlets[index].isDelivering = state.inlets[index].offered != nil
      state.inlets[index].resumedMeanwhile = false
      return state.inlets[index].offered
    }
    guard let next else { return false }
    let status = deliver(.topic(index, next.event, lost: next.lost))
    return state.change { state in
      state.inlets[index].isDelivering = false
      if status == .again {
        state.inlets[index].isHeld = !state.inlets[index].resumedMeanwhile
      } else {
        state.inlets[index].offered = nil
      }
      return !state.inlets[index].isHeld && status != .gone
    }
  }

  func resume(_ index: UInt64) -> PluginFailure.Status {
    let found: (isKnown: Bool, mustDeliver: Bool) = state.change { state in
      guard let index = Int(exactly: index), state.inlets.indices.contains(index) else { return (false, false) }
      if state.inlets[index].isDelivering { state.inlets[index].resumedMeanwhile = true }
      defer { state.inlets[index].isHeld = false }
      return (true, state.inlets[index].isHeld)
    }
    guard found.isKnown else { return .notFound }
    if found.mustDeliver { deliverWaiting(Int(index)) }
    return .ok
  }

  // MARK: Events of the plugin

  /// Waits for the next event on a topic that no call of this function has returned yet.
  public func published(_ topic: String, within timeout: Duration = .seconds(30)) async throws -> PublishedEvent {
    try await state.wait(for: "an event on '\(topic)'", within: timeout) { state in
      let index = state.taken[topic, default: 0]
      guard let events = state.published[topic], index < events.count else { return nil }
      state.taken[topic] = index + 1
      return events[index]
    }
  }

  /// Waits for an event that fits, among all that were and will be published on a topic.
  public func published(
    _ topic: String, within timeout: Duration = .seconds(30), where fits: @escaping @Sendable (PublishedEvent) -> Bool
  ) async throws -> PublishedEvent {
    try await state.wait(for: "a fitting event on '\(topic)'", within: timeout) { $0.published[topic]?.first(where: fits) }
  }

  /// Every event the plugin has published on a topic.
  public func allPublished(_ topic: String) -> [PublishedEvent] { state.read { $0.published[topic] ?? [] } }

  /// Waits until the plugin has found no room in a topic.
  public func refused(_ topic: String, within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "'\(topic)' to be refused", within: timeout) { $0.refused.contains(topic) ? () : nil }
  }

  /// Says how many more events a topic takes before a subscriber that must not lose any is full; `nil` is no limit.
  ///
  /// When there is room again for a publisher that was refused, it is told.
  public func setRoom(_ events: Int?, in topic: String) {
    let id: UInt64? = state.change { state in
      state.room[topic] = events
      guard events != 0, state.refused.remove(topic) != nil, let index = state.topics.firstIndex(of: topic) else { return nil }
      return UInt64(index + 1)
    }
    if let id { send(.topicReady(id)) }
  }

  func openTopic(_ name: String) -> (status: PluginFailure.Status, topic: UInt64) {
    if let manifest, !(manifest.publishes ?? []).contains(name) { return (.denied, 0) }
    guard !name.isEmpty else { return (.invalid, 0) }
    return state.change { state in
      if let index = state.topics.firstIndex(of: name) { return (.ok, UInt64(index + 1)) }
      state.topics.append(name)
      return (.ok, UInt64(state.topics.count))
    }
  }

  func take(_ topic: UInt64, _ payload: Payload) -> PluginFailure.Status {
    guard payload.isWhatItSays else { return .invalid }
    return state.change { state in
      guard let index = Int(exactly: topic), state.topics.indices.contains(index - 1) else { return .notFound }
      let name = state.topics[index - 1]
      if let room = state.room[name] {
        guard room > 0 else {
          state.refused.insert(name)
          return .again
        }
        state.room[name] = room - 1
      }
      state.published[name, default: []].append(PublishedEvent(topic: name, payload: payload))
      return .ok
    }
  }
}
