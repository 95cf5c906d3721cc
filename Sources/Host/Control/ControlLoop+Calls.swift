// SPDX-License-Identifier: Apache-2.0
// Calls of commands: started for a client, their chunks metered, their answers passed on.
import JSON
import PluginBridge

extension ControlLoop {
  private static let maximumMilliseconds = Int(Int32.max)

  // MARK: From the client

  func startCall(_ request: ControlRequest, of peer: ControlPeer) throws(ControlError) {
    let params = request.params
    try params.allow(["name", "input", "timeoutMs", "stream", "credit", "callId"])
    let command = try params.string("name")
    let timeout = try params.number("timeoutMs", in: 1...Self.maximumMilliseconds)
    let credit = try params.number("credit", in: 0...65_536)
    let key = try params.callKey("callId") ?? (request.id == .null ? nil : request.id)
    let streams = try params.flag("stream") && key != nil
    try admitCall(key, of: peer)

    var flow = streams ? StreamFlow(credit: credit ?? 64, expected: peer.largestChunks[command] ?? 0) : nil
    // Who takes no chunks must not stop a command that sends some: they come and are dropped.
    let firstCredit = flow == nil ? UInt64.max : flow?.nextGrant(room: limits.lowMark / (peer.streams + 1)) ?? 0
    let call = ControlPeer.Call(
      key: key, request: request.id, command: command, plugin: switchboard.command(command)?.plugin, flow: flow)
    let terms = CallRequest(
      command: command, payload: params.input ?? Array("{}".utf8),
      deadline: timeout.map { MonotonicClock.after(milliseconds: $0) } ?? 0, credit: firstCredit)
    switchboard.call(terms, receiver: streams ? peer.streaming : peer.quiet) { id in remember(call, id, of: peer) }
  }

  private func admitCall(_ key: JSONValue?, of peer: ControlPeer) throws(ControlError) {
    if let key, peer.callIDs[key] != nil {
      throw .wrongParameters("the call \(key.serialized()) is still open on this connection; choose another 'callId'")
    }
    try admitRequest(of: peer)
  }

  private func remember(_ call: ControlPeer.Call, _ id: CallID, of peer: ControlPeer) {
    peer.calls[id] = call
    if let key = call.key { peer.callIDs[key] = id }
    if call.flow != nil { peer.streams += 1 }
    counters.openRequests += 1
  }

  func cancelCall(_ params: ControlParameters, of peer: ControlPeer) throws(ControlError) -> [UInt8] {
    try params.allow(["callId"])
    switchboard.cancel(try openCall(params, of: peer))
    return JSONText.object([])
  }

  func grantCall(_ params: ControlParameters, of peer: ControlPeer) throws(ControlError) -> [UInt8] {
    try params.allow(["callId", "chunks"])
    let chunks = try params.required("chunks", in: 1...Self.maximumMilliseconds)
    let id = try openCall(params, of: peer)
    peer.calls[id]?.flow?.allow(UInt64(chunks))
    peer.starved.insert(id)
    return JSONText.object([])
  }

  private func openCall(_ params: ControlParameters, of peer: ControlPeer) throws(ControlError) -> CallID {
    guard let key = try params.callKey("callId") else { throw .wrongParameters("'callId' must be given, as a string or a number") }
    guard let id = peer.callIDs[key] else {
      throw ControlError(.notFound, "there is no open call \(key.serialized()) on this connection; it may have ended")
    }
    return id
  }

  // MARK: From the command

  func chunk(_ peer: ControlPeer, _ id: CallID, _ content: Content, _ payload: [UInt8]) {
    guard let key = peer.calls[id]?.key else { return }
    let line = notificationLine("call/chunk", [("call", key.bytes()), ("chunk", value(payload, content))])
    peer.calls[id]?.flow?.queued(bytes: line.count)
    send(peer, line, mark: id)
  }

  /// Progress is worth nothing later: a client that does not read misses it.
  func progress(_ peer: ControlPeer, _ id: CallID, _ fraction: Double, _ note: String) {
    guard let key = peer.calls[id]?.key, peer.outgoing.count < limits.lowMark else { return }
    let members: [(name: StaticString, text: [UInt8])] = [
      ("call", key.bytes()), ("fraction", JSONValue.number(fraction).bytes()), ("note", JSONText.string(note)),
    ]
    send(peer, notificationLine("call/progress", members))
  }

  func finished(_ peer: ControlPeer, _ id: CallID, _ status: CallStatus, _ content: Content, _ payload: [UInt8]) {
    guard let call = peer.removeCall(id) else { return }
    (call.flow == nil ? peer.quiet : peer.streaming).arrived(bytes: payload.count)
    if let flow = call.flow, flow.largest > 0 { peer.largestChunks[call.command] = flow.largest }
    counters.openRequests -= 1
    guard let request = call.request else { return }
    guard !status.isFailure else { return send(peer, errorLine(request, failure(call, status, payload))) }
    guard content != .json || parser.json(payload) != nil else {
      let message = "'\(call.command)' answered with something that is not JSON; its plugin must be mended"
      return send(peer, errorLine(request, ControlError(.failed, message, command: call.command, plugin: call.plugin)))
    }
    let result = JSONText.object([("call", (call.key ?? .null).bytes()), ("result", value(payload, content))])
    send(peer, resultLine(request, result))
  }

  /// A payload in a place where any JSON may stand.
  private func value(_ payload: [UInt8], _ content: Content) -> [UInt8] {
    let (text, kind) = parser.embed(payload, content)
    switch kind {
    case nil: return text
    case "bytes": return JSONText.object([("base64", text)])
    case let kind?: return JSONText.object([("base64", text), ("content", JSONText.string(kind))])
    }
  }

  private func failure(_ call: ControlPeer.Call, _ status: CallStatus, _ payload: [UInt8]) -> ControlError {
    let told = try? parser.parse(payload).value()
    var error = ControlError(
      status, told?["message"]?.stringValue ?? "'\(call.command)' failed (\(status.name)) and gave no reason", command: call.command,
      plugin: call.plugin, retryable: told?["retryable"]?.boolValue, details: told?["data"])
    if let code = told?["code"]?.stringValue, code != status.name { error.data?["code"] = .string(code) }
    return error
  }

  // MARK: Credit

  func chunkWritten(_ peer: ControlPeer, _ id: CallID) {
    guard peer.calls[id] != nil else { return }
    peer.calls[id]?.flow?.written()
    peer.starved.insert(id)
  }

  /// Lets streams go on while the client reads.
  func grantChunks(_ peer: ControlPeer) {
    guard !peer.starved.isEmpty, peer.outgoing.count < limits.lowMark else { return }
    let due = peer.starved
    peer.starved = []
    let room = limits.lowMark / max(1, peer.streams)
    for id in due {
      guard let chunks = peer.calls[id]?.flow?.nextGrant(room: room), chunks > 0 else { continue }
      switchboard.grant(id, chunks: chunks)
    }
  }
}
