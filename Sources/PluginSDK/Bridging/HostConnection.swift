// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI

/// The host's functions in Swift values. Safe from any thread; after `close` nothing reaches the host any more.
/// Sendable, because: the pointers never change and the contract allows any thread.
@safe final class HostConnection: @unchecked Sendable {
  private let host: UnsafePointer<jf_host>
  private let instance: OpaquePointer
  private let gate = Gate()
  private let log: UnsafePointer<jf_log_1>?
  private let health: UnsafePointer<jf_health_1>?
  private let paths: UnsafePointer<jf_paths_1>?

  init(host: UnsafePointer<jf_host>, instance: OpaquePointer) {
    unsafe self.host = host
    unsafe self.instance = instance
    unsafe log = service(JF_LOG_1, jf_log_1.self, of: host, instance)
    unsafe health = service(JF_HEALTH_1, jf_health_1.self, of: host, instance)
    unsafe paths = service(JF_PATHS_1, jf_paths_1.self, of: host, instance)
  }

  /// Lets nothing through any more and waits for those inside. The host is told nothing.
  func close() { gate.close() }

  private func pass(_ body: () -> jf_status) -> PluginFailure.Status {
    guard gate.enter() else { return .gone }
    defer { gate.leave() }
    return PluginFailure.Status(rawValue: body())
  }
}

// MARK: - Calls to answer

extension HostConnection {
  func emit(_ call: CallID, _ chunk: Payload) -> PluginFailure.Status {
    pass { unsafe chunk.bytes.withCBytes { unsafe host.pointee.call_emit(instance, call, chunk.content.rawValue, $0) } }
  }

  func progress(_ call: CallID, _ partsPerMillion: UInt32, _ note: String) -> PluginFailure.Status {
    pass { unsafe note.withCText { unsafe host.pointee.call_progress(instance, call, partsPerMillion, $0) } }
  }

  @discardableResult
  func finish(_ call: CallID, _ status: PluginFailure.Status, _ result: Payload) -> PluginFailure.Status {
    pass {
      unsafe result.bytes.withCBytes {
        unsafe host.pointee.call_finish(instance, call, status.rawValue, result.content.rawValue, $0)
      }
    }
  }

  func state(of call: CallID) -> PluginFailure.Status {
    pass { unsafe host.pointee.call_state(instance, call) }
  }
}

// MARK: - Calls of our own

extension HostConnection {
  func grant(_ call: CallID, _ chunks: UInt64) { _ = pass { unsafe host.pointee.call_grant(instance, call, chunks) } }

  func cancel(_ call: CallID) { _ = pass { unsafe host.pointee.call_cancel(instance, call) } }

  func startCall(
    _ command: String, _ input: Payload, parent: CallID, deadline: UInt64, credit: UInt64
  ) -> (status: PluginFailure.Status, call: CallID) {
    var call: CallID = 0
    let status = pass {
      unsafe command.withCText { command in
        unsafe input.bytes.withCBytes { bytes in
          var request = unsafe jf_request(
            size: UInt32(MemoryLayout<jf_request>.size), content: input.content.rawValue, call: 0, parent: parent,
            deadline_ns: deadline, credit: credit, command: command, payload: bytes)
          return unsafe host.pointee.call_start(instance, &request, &call)
        }
      }
    }
    return (status, call)
  }
}

// MARK: - Events

extension HostConnection {
  func openTopic(_ name: String) -> (status: PluginFailure.Status, topic: UInt64) {
    var topic: jf_topic = 0
    let status = pass { unsafe name.withCText { unsafe host.pointee.topic_open(instance, $0, &topic) } }
    return (status, topic)
  }

  func publish(_ topic: UInt64, _ content: Content, _ bytes: Span<UInt8>) -> PluginFailure.Status {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      pass { unsafe host.pointee.publish(instance, topic, content.rawValue, jf_bytes(buffer)) }
    }
  }

  func resumeSubscription(_ index: Int) {
    _ = pass { unsafe host.pointee.subscription_resume(instance, UInt64(index)) }
  }
}

// MARK: - Services

extension HostConnection {
  func log(_ level: UInt32, _ message: String, _ values: [UInt8]) {
    guard let log = unsafe log else { return }
    _ = pass {
      unsafe message.withCText { message in
        unsafe values.withCBytes { unsafe log.pointee.write(instance, level, message, $0) }
      }
    }
  }

  func report(_ value: Health, _ message: String) {
    guard let health = unsafe health else { return }
    _ = pass { unsafe message.withCText { unsafe health.pointee.report(instance, value.rawValue, $0) } }
  }

  func directory(_ kind: DirectoryKind) -> (status: PluginFailure.Status, path: String) {
    guard let paths = unsafe paths else { return (.unsupported, "") }
    var path = unsafe jf_text()
    let status = pass { unsafe paths.pointee.directory(instance, kind.rawValue, &path) }
    return (status, unsafe status.isFailure ? "" : String(path))
  }

  func register(command: String) -> PluginFailure.Status {
    guard let register = unsafe service(JF_REGISTER_1, jf_register_1.self, of: host, instance) else { return .unsupported }
    return pass { unsafe command.withCText { unsafe register.pointee.command(instance, $0) } }
  }
}

/// Asks for a service; `nil` when it is absent or its table is smaller than the revision says.
private func service<Table>(
  _ id: String, _ type: Table.Type, of host: UnsafePointer<jf_host>, _ instance: OpaquePointer
) -> UnsafePointer<Table>? {
  guard let table = unsafe host.pointee.extension(instance, id),
    unsafe table.load(as: UInt32.self) >= MemoryLayout<Table>.size
  else { return nil }
  return unsafe table.assumingMemoryBound(to: Table.self)
}
