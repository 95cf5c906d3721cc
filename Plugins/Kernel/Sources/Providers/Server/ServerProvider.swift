// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import WebSockets

/// Kernels of a Jupyter server or a gateway, wherever it lets them run.
struct ServerProvider: KernelProvider {
  let name: String
  let rest: ServerREST

  /// - Parameters:
  ///   - name: What people call the server.
  ///   - discovery: Where the token of a server of this machine is looked up when the settings have none.
  /// - Throws: `PluginFailure` when the address is none.
  init(_ settings: ServerSettings, client: ServerClient, discovery: ServerDiscovery? = nil, name: String = "server") throws {
    self.name = name
    rest = try ServerREST(settings, client: client, discovery: discovery)
  }

  func specs() async throws -> [KernelSpecEntry] { try await offer().entries.map { entry($0.key, $0.value) }.sorted { $0.name < $1.name } }

  func prepare(_ order: KernelOrder) async throws -> KernelPlan {
    if let interpreter = order.interpreter {
      throw PluginFailure(
        "\(rest.settings) cannot run the interpreter '\(interpreter)': it begins only kernels it has specs of; name one by 'spec'",
        code: "unsupported", status: .unsupported)
    }
    let offer = try await offer()
    guard let name = order.spec ?? offer.standard, let spec = offer.entries[name] else {
      let names = offer.entries.keys.sorted().joined(separator: ", ")
      throw PluginFailure(
        "\(rest.settings) has no kernel '\(order.spec ?? "")'; it has: \(names.isEmpty ? "none" : names)", code: "spec_not_found",
        status: .notFound)
    }
    try await checkEnvironment(order)
    return KernelPlan(
      order: order, spec: name, displayName: spec["display_name"]?.stringValue ?? name, language: spec["language"]?.stringValue ?? "",
      workingDirectory: order.workingDirectory ?? order.document.map(Self.directory) ?? "", environment: order.environment,
      interruptMode: spec["interrupt_mode"]?.stringValue ?? "signal")
  }

  func launch(_ plan: KernelPlan) async throws -> any KernelHandle {
    let kind = try await rest.kind()
    var body: [String: JSONValue] = ["name": .string(plan.spec)]
    if let path = Self.relative(plan.workingDirectory, to: await rest.rootDirectory()) { body["path"] = .string(path) }
    if kind.takesEnvironment { body["env"] = .object(environment(of: plan).mapValues { .string($0) }) }
    let model: JSONValue
    do {
      model = try await rest.ask("POST", "api/kernels", .object(body), within: rest.settings.launchLimit + .seconds(10)).body
    } catch let failure as PluginFailure {
      throw PluginFailure("cannot begin the kernel '\(plan.spec)': \(failure.message)", code: failure.code, status: failure.status)
    }
    guard let id = model["id"]?.stringValue, !id.isEmpty else {
      throw PluginFailure("cannot begin the kernel '\(plan.spec)': \(rest.settings) answered without the kernel's id")
    }
    return ServerHandle(id, of: rest, kind: kind, spec: plan.spec)
  }

  func restore(_ record: JSONValue) async throws -> (any KernelHandle)? {
    // Who attaches to a kernel of this server has only its id.
    guard (record["server"]?.stringValue ?? rest.base.description) == rest.base.description, let id = record["id"]?.stringValue else {
      return nil
    }
    guard let model = try await rest.kernel(id) else { return nil }
    let spec = record["spec"]?.stringValue ?? model["name"]?.stringValue ?? ""
    return ServerHandle(id, of: rest, kind: try await rest.kind(), spec: spec)
  }

  // MARK: - Specs

  private struct Offer {
    var standard: String?
    /// kernel.json by name.
    var entries: [String: JSONValue] = [:]
  }

  private func offer() async throws -> Offer {
    let body = try await rest.ask("GET", "api/kernelspecs").body
    guard let specs = body["kernelspecs"]?.objectValue else {
      throw PluginFailure(
        "\(rest.settings) sent a list of kernels that holds no 'kernelspecs'; check the address, with the server's base path")
    }
    var offer = Offer(standard: body["default"]?.stringValue)
    for (name, model) in specs { offer.entries[name] = model["spec"] ?? .null }
    if offer.standard.map({ offer.entries[$0] == nil }) ?? true { offer.standard = offer.entries.keys.min() }
    return offer
  }

  private func entry(_ name: String, _ spec: JSONValue) -> KernelSpecEntry {
    KernelSpecEntry(
      name: name, displayName: spec["display_name"]?.stringValue ?? name, language: spec["language"]?.stringValue ?? "",
      provider: self.name,
      source: rest.base.description)
  }

  // MARK: - What a launch says

  /// A Jupyter server drops variables without a word; somebody who wants them should know.
  private func checkEnvironment(_ order: KernelOrder) async throws {
    guard !order.environment.isEmpty, try await !rest.kind().takesEnvironment else { return }
    throw PluginFailure(
      "\(rest.settings) gives its kernels no variables ('\(order.environment.keys.sorted().joined(separator: "', '"))'): only gateways do; set them in the server's kernelspec, or by code in the kernel",
      code: "unsupported", status: .unsupported)
  }

  private func environment(of plan: KernelPlan) -> [String: String] {
    var environment = plan.environment
    let user = rest.settings.username ?? Surroundings.current["USER"] ?? ProcessInfo.processInfo.userName
    let given: [String: String?] = [
      "KERNEL_USERNAME": user, "KERNEL_LAUNCH_TIMEOUT": String(rest.settings.launchLimit.components.seconds),
      "KERNEL_WORKING_DIR": plan.workingDirectory.isEmpty ? nil : plan.workingDirectory,
    ]
    for (name, value) in given where environment[name] == nil { environment[name] = value }
    return environment
  }

  /// A folder as the server's paths go; nil when it is not known to be below the server's own.
  private static func relative(_ directory: String, to root: String?) -> String? {
    guard let root, !directory.isEmpty else { return nil }
    if directory == root { return "" }
    return directory.hasPrefix(root + "/") ? String(directory.dropFirst(root.count + 1)) : nil
  }

  private static func directory(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
}
