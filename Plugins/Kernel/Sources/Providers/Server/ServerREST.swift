// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// Asks a Jupyter server by its REST interface.
struct ServerREST: Sendable {
  let client: ServerClient
  let settings: ServerSettings
  let base: WebAddress
  private let discovery: ServerDiscovery?

  /// - Parameter discovery: Where the token and the folder of a server of this machine are looked up that are not in the settings.
  init(_ settings: ServerSettings, client: ServerClient, discovery: ServerDiscovery? = nil) throws {
    self.settings = settings
    self.client = client
    self.discovery = discovery
    do throws(WebError) {
      base = try WebAddress(settings.url)
    } catch {
      throw PluginFailure("cannot use \(settings): \(error.message)", code: "server_invalid", status: .invalid)
    }
  }

  /// The server's own word of itself, when it runs on this machine under this user. Looked up anew each time: a server that is begun again has
  /// another token.
  func found() async -> RunningServer? { await discovery?.server(at: base) }

  /// The header that lets us in: the token of the settings, or else the server's own.
  func authorization() async -> [WebHeader] {
    var token = settings.token
    if token == nil { token = await found()?.token }
    return token.map { [WebHeader("Authorization", "token \($0)")] } ?? []
  }

  /// The folder the server's paths begin at, where it is known.
  func rootDirectory() async -> String? {
    if let root = settings.rootDirectory { return root }
    return await found()?.rootDirectory
  }

  /// Asks.
  ///
  /// - Parameters:
  ///   - path: Below the base, as "api/kernels".
  ///   - accepted: What counts as an answer beside the statuses from 200 to 299.
  /// - Returns: The status, and the body as JSON; null when it is none.
  func ask(
    _ method: String, _ path: String, query: String? = nil, _ body: JSONValue? = nil, within limit: Duration? = nil,
    accepting accepted: Set<Int> = []
  ) async throws -> (status: Int, body: JSONValue) {
    var headers = await authorization()
    if body != nil { headers.append(WebHeader("Content-Type", "application/json")) }
    let request = WebRequest(
      method, base.appending(path, query: query), headers: headers, body: body?.bytes(), timeLimit: limit ?? settings.requestLimit,
      sizeLimit: 64 << 20, trust: settings.trust)
    let client = try client.begun()
    let response: WebResponse
    do throws(WebError) {
      response = try await client.send(request)
    } catch {
      throw PluginFailure("\(settings) cannot be asked: \(error.message)", code: "server_unreachable", retryable: true)
    }
    let json = (try? JSONValue(parsing: response.body)) ?? .null
    guard (200..<300).contains(response.status) || accepted.contains(response.status) else {
      throw refusal(of: response, json, "\(method) \(path)")
    }
    return (response.status, json)
  }

  /// What the server is.
  func kind() async throws -> ServerKind {
    let body = try await ask("GET", "api").body
    if let version = body["gateway_version"]?.stringValue { return .gateway(version) }
    guard let version = body["version"]?.stringValue else {
      throw PluginFailure(
        "\(settings) is no Jupyter server: its answer to 'GET api' holds no version; check the address, with the server's base path",
        code: "server_invalid", status: .invalid)
    }
    // Kernel Gateway gives the version of what it is built on, and no more; but it has no status.
    let hasStatus = try await ask("GET", "api/status", accepting: [401, 403, 404]).status != 404
    return hasStatus ? .jupyterServer(version) : .gateway(version)
  }

  /// The model of a kernel; nil when the server does not know it.
  func kernel(_ id: String) async throws -> JSONValue? {
    let (status, model) = try await ask("GET", Self.path(of: id), accepting: [404])
    if status == 404 { return nil }
    return model
  }

  static func path(of kernel: String) -> String { "api/kernels/\(WebAddress.escaped(kernel))" }

  private func refusal(of response: WebResponse, _ body: JSONValue, _ what: String) -> PluginFailure {
    let words = (body["message"]?.stringValue ?? body["reason"]?.stringValue).map { ": \($0.prefix(2_000))" } ?? ""
    switch response.status {
    case 401, 403:
      let cure = "check the token; 'jupyter server list' shows it, and the server prints it when it starts"
      return PluginFailure(
        "\(settings) refused '\(what)' with status \(response.status)\(words); \(cure)", code: "server_denied", status: .denied)
    case 301, 302, 303, 307, 308:
      let place = response["location"].map { " to '\($0.prefix { $0 != "?" })'" } ?? ""
      let cure = "it wants a login or stands elsewhere; check the token and the address, with the server's base path"
      return PluginFailure("\(settings) sends '\(what)' on\(place); \(cure)", code: "server_denied", status: .denied)
    case 404: return PluginFailure("\(settings) does not know '\(what)'\(words)", code: "server_not_found", status: .notFound)
    default: return PluginFailure("\(settings) answered '\(what)' with status \(response.status)\(words)", code: "server_failed")
    }
  }
}
