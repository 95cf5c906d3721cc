// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Offers a kernel to a Jupyter front end, for as long as that front end wants it: started by Jupyter as if it were the kernel itself.
struct KernelProxy {
  private let home: String?
  private let input: JSONValue
  private let verbose: Bool
  /// Whoever began this, if it says that a kernel is to end with it; nil: nobody does.
  private let parent = Environment.all["JPY_PARENT_PID"].map { _ in getppid() }

  init(_ invocation: Invocation) throws {
    guard let file = invocation.value("-f") else {
      throw UsageError("'kernel proxy' wants '-f FILE': the connection file of the front end", subcommand: "kernel")
    }
    if let kernel = invocation.value("--kernel"), let spec = invocation.value("--spec") ?? invocation.value("--python") {
      throw UsageError("'kernel proxy' takes a kernel that is there ('\(kernel)') or a new one ('\(spec)'), not both", subcommand: "kernel")
    }
    home = invocation.home
    var input = KernelTarget.input(invocation)
    if let kernel = invocation.value("--kernel") {
      input["kernel"] = nil
      input.merge(KernelName.input(kernel)) { $1 }
    }
    if input["kernel"] == nil, input["document"] == nil {
      // As a kernel would: where the front end begins it, with what the front end adds to its command and to its environment.
      input["working_directory"] = .string(KernelTarget.absolute("."))
      input["environment"] = .object(Self.inherited)
      if !invocation.others.isEmpty { input["arguments"] = .array(invocation.others.map { .string($0) }) }
    }
    input["connection_file"] = .string(KernelTarget.absolute(file))
    self.input = .object(input)
    verbose = invocation.wantsJSON
  }

  /// The environment without what concerns the process itself: a kernel with another parent than JPY_PARENT_PID says ends.
  private static var inherited: [String: JSONValue] {
    Environment.all.filter { !$0.key.isEmpty && !$0.key.hasPrefix("JPY_") && !$0.key.hasPrefix("JACKFIELD_") }
      .mapValues { .string($0) }
  }

  /// In milliseconds: how often is looked whether the front end lives, as kernels do.
  private static let parentInterval: Int32 = 1_000

  /// Lasts as long as the front end; SIGINT is meant for the kernel, SIGTERM for this process.
  func run() throws -> Int32 {
    Interrupt.watch(always: true)
    let stream = try CallStream("kernel.proxy", input, home: home, timeout: Int(Int32.max))
    var kernel = input["kernel"].map { ["kernel": $0] } ?? input["document"].map { ["document": $0] } ?? [:]
    while true {
      switch try stream.next(milliseconds: parent.map { _ in Self.parentInterval }) {
      case .chunk(let chunk):
        if let id = chunk["kernel"] { kernel = ["kernel": id] }
        if verbose { Terminal.printLine(chunk) }
      case .interrupted:
        guard Interrupt.take() else { return try end(stream) }
        interrupt(kernel)
      case .answer: return SystemExit.ok
      case .failure(let failure): throw CommandFailure(failure.description)
      case .silent: if let parent, getppid() != parent { return try end(stream) }
      case .progress, .other: break
      }
    }
  }

  /// A front end interrupts a kernel by SIGINT to the process that it started.
  private func interrupt(_ kernel: [String: JSONValue]) {
    do {
      _ = try ControlClient(home: home).call("kernel.interrupt", .object(kernel))
    } catch {
      Terminal.printError("jackfield: \(error)")
    }
  }

  private func end(_ stream: CallStream) throws -> Int32 {
    try stream.cancel()
    while true {
      switch try stream.next(interruptible: false, milliseconds: 5_000) {
      case .answer, .failure, .silent: return SystemExit.ok
      default: break
      }
    }
  }
}
