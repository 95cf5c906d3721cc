// SPDX-License-Identifier: Apache-2.0
// What a client asks, and the lines that answer it.
import JSON
import PluginBridge

extension ControlLoop {
  func take(_ line: [UInt8], from peer: ControlPeer) {
    let blank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    guard !blank else { return }
    counters.requests += 1
    do {
      let request = try ControlRequest(line: line, parser: parser)
      perform(request, of: peer)
    } catch {
      send(peer, errorLine(error.id, error.error))
    }
  }

  private func perform(_ request: ControlRequest, of peer: ControlPeer) {
    do {
      let method = try ControlMethod(named: request.method)
      guard let result = try perform(method, request, of: peer) else { return }
      if let id = request.id { send(peer, resultLine(id, result)) }
    } catch {
      if let id = request.id { send(peer, errorLine(id, error)) }
    }
  }

  /// Returns the result as JSON text; nil when it comes later.
  private func perform(_ method: ControlMethod, _ request: ControlRequest, of peer: ControlPeer) throws(ControlError) -> [UInt8]? {
    let params = request.params
    switch method {
    case .commandList:
      try params.allow(["prefix"])
      return commandList(prefix: try params.optionalString("prefix") ?? "").bytes()
    case .commandCall: try startCall(request, of: peer)
    case .callCancel: return try cancelCall(params, of: peer)
    case .callGrant: return try grantCall(params, of: peer)
    case .eventSubscribe: return try subscribe(params, of: peer)
    case .eventUnsubscribe: return try unsubscribe(params, of: peer)
    case .pluginList:
      try params.allow([])
      return backend.pluginList().bytes()
    case .pluginInfo: return try backend.pluginInfo(pluginID(params)).get().bytes()
    case .pluginEnable, .pluginDisable, .pluginReload, .pluginAllow: try askPlugin(method, pluginID(params), request, of: peer)
    case .hostStatus, .hostReload, .hostStop:
      try params.allow([])
      try askHost(method, request, of: peer)
    case .configShow:
      try params.allow(["origin"])
      let origin = try params.flag("origin")
      try later(method, request, of: peer) { backend.configuration(origin: origin, reply: $0) }
    }
    return nil
  }

  private func pluginID(_ params: ControlParameters) throws(ControlError) -> String {
    try params.allow(["id"])
    return try params.string("id")
  }

  private func askPlugin(
    _ method: ControlMethod, _ plugin: String, _ request: ControlRequest, of peer: ControlPeer
  ) throws(ControlError) {
    try later(method, request, of: peer) { reply in
      if method == .pluginEnable { return backend.enablePlugin(plugin, reply: reply) }
      if method == .pluginDisable { return backend.disablePlugin(plugin, reply: reply) }
      if method == .pluginAllow { return backend.allowPlugin(plugin, reply: reply) }
      backend.reloadPlugin(plugin, reply: reply)
    }
  }

  private func askHost(_ method: ControlMethod, _ request: ControlRequest, of peer: ControlPeer) throws(ControlError) {
    try later(method, request, of: peer) { reply in
      if method == .hostStatus { return backend.status(reply: reply) }
      if method == .hostReload { return backend.reload(reply: reply) }
      backend.stop(reply: reply)
    }
  }

  private func later(
    _ method: ControlMethod, _ request: ControlRequest, of peer: ControlPeer, _ ask: (@escaping ControlBackend.Reply) -> Void
  ) throws(ControlError) {
    try admitRequest(of: peer)
    lastRequest += 1
    peer.pending[lastRequest] = .some(request.id)
    counters.openRequests += 1
    let reply = ControlReply(peer: peer.id, request: lastRequest, method: method, mailbox: mailbox)
    ask { reply.send($0) }
  }

  func admitRequest(of peer: ControlPeer) throws(ControlError) {
    guard peer.openRequests < limits.callsPerConnection else {
      throw ControlError(.busy, "\(limits.callsPerConnection) requests of this connection are open already; wait until some are answered")
    }
  }

  func answered(_ peer: ControlPeer, _ request: UInt64, _ result: Result<JSONValue, ControlError>) {
    guard let id = peer.pending.removeValue(forKey: request) else { return }
    counters.openRequests -= 1
    guard let id else { return }
    switch result {
    case .success(let value): send(peer, resultLine(id, value.bytes()))
    case .failure(let error): send(peer, errorLine(id, error))
    }
  }

  private func commandList(prefix: String) -> JSONValue {
    .object(["commands": .array(switchboard.commands(prefix: prefix).map(describe))])
  }

  private func describe(_ command: CommandDescription) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(command.name), "plugin": .string(command.plugin), "summary": .string(command.summary),
      "stream": .bool(command.stream), "idempotent": .bool(command.idempotent),
    ]
    members["input"] = command.input
    members["output"] = command.output
    members["deadlineMs"] = command.deadlineMilliseconds.map { .integer(Int64($0)) }
    return .object(members)
  }

  /// Answers what is open because the host ends, and lets the client go once it has read that.
  func endRequests(of peer: ControlPeer) {
    pumpEvents(peer)
    for (id, call) in peer.calls {
      _ = peer.removeCall(id)
      counters.openRequests -= 1
      let error = ControlError(
        .stopping, "cannot finish '\(call.command)': the host is stopping; call again when it runs", command: call.command,
        plugin: call.plugin)
      if let request = call.request { send(peer, errorLine(request, error)) }
      switchboard.cancel(id, status: .stopping)
    }
    for case let id? in peer.pending.values {
      send(peer, errorLine(id, ControlError(.stopping, "the host is stopping; ask again when it runs")))
    }
    counters.openRequests -= peer.pending.count
    peer.pending = [:]
    peer.inputEnded = true
    peer.closing = true
  }

  // MARK: Lines

  private static let version = JSONText.string("2.0")

  func resultLine(_ id: JSONValue, _ result: [UInt8]) -> [UInt8] {
    JSONText.object([("jsonrpc", Self.version), ("id", id.bytes()), ("result", result)]) + [UInt8(ascii: "\n")]
  }

  func errorLine(_ id: JSONValue, _ error: ControlError) -> [UInt8] {
    JSONText.object([("jsonrpc", Self.version), ("id", id.bytes()), ("error", error.json.bytes())]) + [UInt8(ascii: "\n")]
  }

  func notificationLine(_ method: StaticString, _ params: [(name: StaticString, text: [UInt8])]) -> [UInt8] {
    let name = JSONText.string("\(method)")
    return JSONText.object([("jsonrpc", Self.version), ("method", name), ("params", JSONText.object(params))]) + [UInt8(ascii: "\n")]
  }
}
