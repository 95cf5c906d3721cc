// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON

/// A real `jackfield serve` in a home of its own, with the plugins as they are shipped, on a free port.
final class LiveHost {
  let home: String
  /// Where the output of the programs goes that this class runs.
  private let scratch: String
  let port: Int
  private(set) var process: Program

  /// The directory of this package, found from this file.
  static let packageDirectory = String(#filePath.dropLast("/Tests/EndToEndTests/Support/LiveHost.swift".count))

  /// Where the products lie: beside the bundle of the tests.
  static let products: String = {
    var parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    while let last = parts.last,
      last.hasSuffix(".xctest") || !FileManager.default.fileExists(atPath: parts.joined(separator: "/") + "/jackfield")
    {
      _ = last
      parts.removeLast()
    }
    return parts.joined(separator: "/")
  }()

  static var jackfield: String { products + "/jackfield" }

  /// Shipped plugins laid out as `make build` does, once for all tests.
  static let shipped: String = {
    let directory = temporary("jackfield-plugins")
    for (id, product) in [("store", "Store"), ("trainer", "Trainer"), ("health", "Health"), ("export", "Export"), ("kernel", "Kernel")] {
      try! stage(id, product, in: directory)  // without the products no end-to-end test means anything
    }
    return directory
  }()

  /// The same with the page, in a directory of their own.
  static func shippedWithPage() throws -> String {
    let directory = temporary("jackfield-plugins-page")
    for id in try FileManager.default.contentsOfDirectory(atPath: shipped) {
      try FileManager.default.copyItem(atPath: "\(shipped)/\(id)", toPath: "\(directory)/\(id)")
    }
    try stage("dashboard", "Dashboard", in: directory)
    try FileManager.default.copyItem(atPath: "\(packageDirectory)/Plugins/Dashboard/Web", toPath: "\(directory)/dashboard/web")
    return directory
  }

  private static func stage(_ id: String, _ product: String, in directory: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: "\(directory)/\(id)", withIntermediateDirectories: true)
    try files.copyItem(atPath: "\(products)/lib\(product).so", toPath: "\(directory)/\(id)/lib\(product).so")
    try files.copyItem(atPath: "\(packageDirectory)/Plugins/\(product)/plugin.json", toPath: "\(directory)/\(id)/plugin.json")
  }

  static func temporary(_ name: String) -> String {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/\(name)-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  /// - Parameters:
  ///   - scratch: For the output of programs; by default the home.
  ///   - ready: Whether to wait until it answers.
  ///   - errorsUnread: Connects its standard error with a pipe that nobody empties.
  ///   - mode: Of the shipped plugins.
  ///   - executable: The host's file.
  ///   - prelude: What a shell does in the process before it becomes the host.
  init(
    home: String? = nil, scratch: String? = nil, port: Int? = nil, plugins: [String]? = nil, mode: String = "inprocess", ready: Bool = true,
    errorsUnread: Bool = false, executable: String = jackfield, prelude: String? = nil
  ) throws {
    self.home = home ?? Self.temporary("jackfield-home")
    self.scratch = scratch ?? self.home
    self.port = port ?? Self.freePort()
    if plugins == nil { try Self.configure(self.home, mode: mode) }
    let shell = prelude.map { ["bash", "-c", $0 + #"; exec "$@""#, "bash"] } ?? []
    process = try Self.start(
      shell + [executable], self.home, self.scratch, self.port, plugins ?? [Self.shipped], errorsUnread: errorsUnread)
    if ready { try waitUntilReady() }
  }

  /// They come from another directory than this host's own installation, so they have to be told.
  static func configure(_ home: String, mode: String) throws {
    let directory = home + "/config.d"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let port = #""environment": {"ONTHEFLY_DASHBOARD_PORT": {"$env": "ONTHEFLY_DASHBOARD_PORT"}}"#
    let text =
      #"{"plugins": {"store": {"mode": "\#(mode)"}, "health": {"mode": "\#(mode)"}, "trainer": {"mode": "\#(mode)", \#(port)}, "export": {"mode": "\#(mode)"}, "kernel": {"mode": "\#(mode)", "config": {"outliveHost": false}}}}"#
    try Data(text.utf8).write(to: URL(filePath: directory + "/00-shipped.json"))
  }

  private static func start(
    _ program: [String], _ home: String, _ scratch: String, _ port: Int, _ plugins: [String], errorsUnread: Bool = false
  ) throws -> Program {
    try Program(
      program + ["serve", "--home", home] + plugins.flatMap { ["--plugins", $0] },
      environment: [
        "ONTHEFLY_DASHBOARD_PORT": "\(port)", "SWIFT_BACKTRACE": "enable=no", "JUPYTER_RUNTIME_DIR": "\(home)/jupyter",
        "JUPYTER_PATH": "\(home)/jupyter-data",
      ],
      in: scratch,
      errorsUnread: errorsUnread)
  }

  func restart() throws {
    process = try Self.start([Self.jackfield], home, scratch, port, [Self.shipped])
    try waitUntilReady()
  }

  struct NotReady: Error, CustomStringConvertible {
    let description: String
  }

  func waitUntilReady() throws {
    // The line that `serve` prints when it listens; the file is looked at again and again, there is nothing to wait on.
    for _ in 0..<2_000 {
      let status = try run("status", "--json")
      if status.status == 0, try JSONValue(parsing: status.output)["state"] == "ready" { return }
      if kill(process.pid, 0) != 0 { break }
      usleep(5_000)
    }
    throw NotReady(description: "the host did not come up: \(process.output)\(process.error)")
  }

  /// Runs the command line against this host.
  @discardableResult
  func run(_ arguments: String..., input: String? = nil) throws -> Program.Outcome {
    try Program.run([Self.jackfield] + arguments + ["--home", home], in: scratch, input: input)
  }

  func json(_ arguments: String...) throws -> JSONValue {
    let outcome = try Program.run([Self.jackfield] + arguments + ["--home", home], in: scratch)
    guard outcome.status == 0 else { throw NotReady(description: "\(arguments): \(outcome.status) \(outcome.error)") }
    return try JSONValue(parsing: outcome.output)
  }

  /// Asks again until the answer fits, at most a minute.
  func until(_ arguments: String..., fits: (JSONValue) -> Bool) throws -> JSONValue {
    var last = JSONValue.null
    let limit = time(nil) + 60
    while time(nil) < limit {
      let outcome = try Program.run([Self.jackfield] + arguments + ["--home", home], in: scratch)
      if outcome.status == 0, let answer = try? JSONValue(parsing: outcome.output) {
        last = answer
        if fits(answer) { return answer }
      }
      usleep(20_000)
    }
    throw NotReady(description: "\(arguments) never gave what was waited for; last: \(last.serialized()); host: \(process.error)")
  }

  /// Asks for an orderly stop and waits for the end.
  @discardableResult
  func stop() -> Program.Outcome {
    process.send(SIGTERM)
    return process.wait()
  }

  func killNow() {
    process.send(SIGKILL)
    _ = process.wait()
  }

  static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(descriptor, address, length)
        _ = getsockname(descriptor, address, &length)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
