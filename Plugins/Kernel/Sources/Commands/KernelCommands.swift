// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// The commands about kernels themselves.
struct KernelCommands: Sendable {
  let kernels: Kernels

  private struct Target: Decodable, Sendable {
    var kernel: String?
    var document: String?
  }

  private struct Start: Decodable, Sendable {
    var spec: String?
    var interpreter: String?
    var document: String?
    var working_directory: String?
    var environment: [String: String]?
    var provider: String?
    var install: Bool?
    var overlay: Bool?
    var outlives_host: Bool?
    var autorestart: Int?
    var cull_idle: Double?
    var memory_ceiling: Int64?
  }

  private struct Attach: Decodable, Sendable {
    var connection_file: String?
    var server: String?
    var id: String?
    var document: String?
  }

  private struct Interrupt: Decodable, Sendable {
    var kernel: String?
    var document: String?
    var drop_waiting: Bool?
  }

  private struct Input: Decodable, Sendable {
    var run: String
    var text: String
  }

  var all: [Command] {
    [
      .bytes("kernel.start") { payload, _ in Payload(bytes: try await start(payload.decode()).bytes()) },
      .bytes("kernel.list") { _, _ in Payload(bytes: try await list().bytes()) },
      .bytes("kernel.show") { payload, _ in Payload(bytes: try await show(payload.decode()).bytes()) },
      Command("kernel.interrupt") { (input: Interrupt, _) in
        try await target(input.kernel, input.document).interrupt(dropsWaiting: input.drop_waiting ?? false)
      },
      .bytes("kernel.restart") { payload, _ in
        let input: Target = try payload.decode()
        let kernel = try await target(input.kernel, input.document)
        try await kernel.restart()
        await kernels.save()
        return Payload(bytes: try await value(of: kernel).bytes())
      },
      .bytes("kernel.shutdown") { payload, _ in
        let input: Target = try payload.decode()
        let kernel = try await target(input.kernel, input.document)
        try await kernels.shutDown(kernel)
        return Payload(bytes: JSONValue.object(["kernel": .string(kernel.id)]).bytes())
      },
      .bytes("kernel.detach") { payload, _ in
        let input: Target = try payload.decode()
        let kernel = try await target(input.kernel, input.document)
        try await kernels.detach(kernel)
        return Payload(bytes: JSONValue.object(["kernel": .string(kernel.id)]).bytes())
      },
      .bytes("kernel.attach") { payload, _ in Payload(bytes: try await attach(payload.decode()).bytes()) },
      .bytes("kernel.input") { payload, _ in
        let input: Input = try payload.decode()
        for kernel in await kernels.inOrder where await kernel.active?.run.description.id == input.run {
          try await kernel.answer(input.run, with: input.text)
          return .emptyObject
        }
        throw PluginFailure("cannot give input to run '\(input.run)': it does not run", code: "not_asking", status: .invalid)
      },
      .bytes("kernel.monitor") { _, call in try await monitor(call) },
    ]
  }

  /// The kernel that is meant: by its id, or as the one a document uses.
  func target(_ kernel: String?, _ document: String?) async throws -> Kernel {
    try await kernels.target(kernel, document)
  }

  // MARK: - Beginning

  private func start(_ input: Start) async throws -> JSONValue {
    let settings = kernels.services.settings
    let order = KernelOrder(
      spec: input.spec, interpreter: input.interpreter, workingDirectory: input.working_directory, document: input.document,
      environment: input.environment ?? [:], install: input.install ?? false, overlay: input.overlay ?? false,
      outlivesHost: input.outlives_host ?? settings.outliveHost ?? true)
    let policy = KernelPolicy(settings, autorestart: input.autorestart, cullIdle: input.cull_idle, memoryCeiling: input.memory_ceiling)
    let kernel = try await kernels.start(order, provider: input.provider, policy: policy)
    if let document = input.document { await kernels.bind(document, to: kernel) }
    return try await value(of: kernel)
  }

  private func attach(_ input: Attach) async throws -> JSONValue {
    let record: JSONValue
    let provider: String
    if let server = input.server {
      guard let id = input.id else {
        throw PluginFailure(
          "cannot attach to a kernel of server '\(server)': 'id' is missing; give the kernel's id there", status: .invalid)
      }
      (record, provider) = (["id": .string(id)], server)
    } else {
      var members: [String: JSONValue] = [:]
      if let file = input.connection_file { members["connection_file"] = .string(file) }
      (record, provider) = (.object(members), "attach")
    }
    let kernel = try await kernels.attach(record, provider: provider)
    if let document = input.document { await kernels.bind(document, to: kernel) }
    return try await value(of: kernel)
  }

  // MARK: - Showing

  private func list() async throws -> JSONValue {
    await kernels.settled()
    var rows: [JSONValue] = []
    for kernel in await kernels.inOrder { rows.append(try await value(of: kernel)) }
    return .object(["kernels": .array(rows)])
  }

  private func show(_ input: Target) async throws -> JSONValue {
    let kernel = try await target(input.kernel, input.document)
    var value = try await value(of: kernel)
    value["information"] = await kernel.information
    value["policy"] = try JSONValue(encoding: kernel.policy)
    value["waiting"] = .array(await kernel.queue.order.map { $0.description.value })
    value["comms"] = .array(await kernel.comms.map { ["comm_id": .string($0.key), "target_name": .string($0.value.target)] })
    return value
  }

  /// A kernel as lists show it: its summary, what its handle tells, what it uses, its documents.
  private func value(of kernel: Kernel) async throws -> JSONValue {
    var value = await kernel.summary.value
    for (name, detail) in await kernel.details.objectValue ?? [:] where value[name] == nil { value[name] = detail }
    if let usage = await kernel.usage {
      value["memory"] = .integer(usage.memory)
      value["cpu_seconds"] = .number(usage.cpuSeconds)
      value["processes"] = .integer(Int64(usage.processes))
    }
    value["uptime"] = .number(Date.now.timeIntervalSince1970 - (await kernel.started))
    value["documents"] = .array(await kernels.documents(of: kernel.id).map { .string($0) })
    return value
  }

  /// One list a second, with the share of a processor each uses, until the caller has seen enough.
  private func monitor(_ call: Call) async throws -> Payload {
    var before: [String: (time: Double, cpu: Double)] = [:]
    while true {
      let now = Date.now.timeIntervalSince1970
      var rows: [JSONValue] = []
      for kernel in await kernels.inOrder {
        var row = try await value(of: kernel)
        if let cpu = row["cpu_seconds"]?.doubleValue {
          if let last = before[kernel.id], now > last.time { row["cpu"] = .number(max(0, (cpu - last.cpu) / (now - last.time))) }
          before[kernel.id] = (now, cpu)
        }
        rows.append(row)
      }
      try await call.emit(bytes: JSONValue.object(["time": .number(now), "kernels": .array(rows)]).bytes())
      try await Task.sleep(for: .seconds(1))
    }
  }
}
