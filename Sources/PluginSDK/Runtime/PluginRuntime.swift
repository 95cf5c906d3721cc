// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What one instance has open towards the host; shared by the instance and its contexts.
final class PluginRuntime: Sendable {
  private struct State {
    var configuration: [UInt8]
    var topics: [String: TopicChannel] = [:]
    var topicsByID: [UInt64: TopicChannel] = [:]
    var calls: [CallID: IncomingCall] = [:]
    var subscribed: [String] = []
    var isStopping = false
  }

  let connection: HostConnection
  let executor: PluginExecutor
  let tasks: OwnedTasks
  let outgoing: OutgoingCalls
  private let state: Mutex<State>

  init(id: String, connection: HostConnection, configuration: [UInt8]) {
    self.connection = connection
    executor = PluginExecutor(name: id)
    tasks = OwnedTasks(executor: executor)
    outgoing = OutgoingCalls(connection: connection)
    state = Mutex(State(configuration: configuration))
  }

  var configuration: PluginContext.Configuration {
    get { PluginContext.Configuration(bytes: state.withLock { $0.configuration }) }
    set { state.withLock { $0.configuration = newValue.bytes } }
  }

  // MARK: Topics

  func topic(_ name: String) throws(PluginFailure) -> TopicChannel {
    if let channel = state.withLock({ $0.topics[name] }) { return channel }
    let (status, id) = connection.openTopic(name)
    switch status {
    case .ok: return keep(TopicChannel(name: name, id: id, connection: connection), id)
    case .denied:
      throw PluginFailure("cannot open topic '\(name)': 'publishes' in plugin.json does not name it; add it there", status: status)
    case .invalid:
      throw PluginFailure("cannot open topic '\(name)': not a topic's name; write parts of a-z, 0-9 and _ joined by dots", status: status)
    default: throw PluginFailure("cannot open topic '\(name)': the host answered '\(status)'", status: status)
    }
  }

  /// Stores an opened topic; one that came first stays.
  private func keep(_ channel: TopicChannel, _ id: UInt64) -> TopicChannel {
    let (kept, isStopping) = state.withLock { state in
      let kept = state.topics[channel.name] ?? channel
      state.topics[channel.name] = kept
      state.topicsByID[id] = kept
      return (kept, state.isStopping)
    }
    if isStopping { kept.close() }
    return kept
  }

  func topicReady(_ id: UInt64) { state.withLock { $0.topicsByID[id] }?.ready() }

  // MARK: Subscriptions

  func setSubscribed(_ topics: [String]) { state.withLock { $0.subscribed = topics } }

  var subscribedTopics: [String] { state.withLock { $0.subscribed } }

  func resume(_ topic: String) {
    for (index, name) in subscribedTopics.enumerated() where name == topic {
      connection.resumeSubscription(index)
    }
  }

  // MARK: Calls

  /// Takes a call in; `false` when the plugin is stopping.
  func add(_ call: IncomingCall) -> Bool {
    state.withLock { state in
      guard !state.isStopping else { return false }
      state.calls[call.id] = call
      return true
    }
  }

  func remove(_ call: IncomingCall) { state.withLock { $0.calls[call.id] = nil } }

  func call(_ id: CallID) -> IncomingCall? { state.withLock { $0.calls[id] } }

  var calls: [IncomingCall] { state.withLock { Array($0.calls.values) } }

  /// Takes no calls any more and ends every wait for the host, who delivers nothing during a stop.
  ///
  /// - Returns: `false` when that was done before.
  func beginStopping() -> Bool {
    let stopped: (topics: [TopicChannel], calls: [IncomingCall])? = state.withLock { state in
      guard !state.isStopping else { return nil }
      state.isStopping = true
      return (Array(state.topics.values), Array(state.calls.values))
    }
    guard let stopped else { return false }
    outgoing.close()
    for topic in stopped.topics { topic.close() }
    for call in stopped.calls { call.stopWaiting() }
    return true
  }
}
