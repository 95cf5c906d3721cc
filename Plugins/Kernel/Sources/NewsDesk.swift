// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// Makes events of what kernels tell.
struct NewsDesk: Sendable {
  private let status: Outlet
  private let output: Outlet
  private let input: Outlet
  private let died: Outlet
  private let comm: Outlet
  private let results: Outlet
  private let watches: Outlet
  private let ran: AsyncStream<String>.Continuation
  /// Whether anybody wants to know on which kernels code ran.
  let isWatched = Flag()
  /// The kernels on which code ran, one after the other.
  let changes: AsyncStream<String>

  init(_ context: PluginContext) throws {
    status = Outlet(try context.topic("kernel.status"), mostBytes: 8 << 20)
    output = Outlet(try context.topic("kernel.output"), mostBytes: 8 << 20)
    input = Outlet(try context.topic("kernel.input_request"))
    died = Outlet(try context.topic("kernel.died"))
    comm = Outlet(try context.topic("kernel.comm"), mostBytes: 8 << 20)
    results = Outlet(try context.topic("results.changed"), mostBytes: 8 << 20)
    watches = Outlet(try context.topic("watch.changed"), mostBytes: 8 << 20)
    (changes, ran) = AsyncStream<String>.makeStream()
  }

  func tell(_ news: KernelNews) {
    switch news {
    case .changed(let summary): status.put(Self.text(of: summary))
    case .output(let kernel, let chunk): output.put(Self.text(#"{"kernel":"\#(kernel)","event":"#, chunk))
    case .input(let kernel, let run, let prompt, let isPassword):
      var event = run.value
      event["kernel"] = .string(kernel)
      event["prompt"] = .string(prompt)
      event["password"] = .bool(isPassword)
      input.put(event.bytes())
    case .died(let summary, let end): died.put(Self.event(of: summary, end).bytes())
    case .comm(let kernel, let type, let content, let buffers):
      comm.put(Self.text(#"{"kernel":"\#(kernel)","type":"\#(type)",\#(Self.member(of: buffers))"content":"#, content))
    case .ran(let kernel): if isWatched.isRaised { ran.yield(kernel) }
    }
  }

  func resultChanged(_ notice: JSONValue) { results.put(notice.bytes()) }

  func watchChanged(_ notice: JSONValue) { watches.put(notice.bytes()) }

  private var all: [Outlet] { [status, output, input, died, comm, results, watches] }

  /// Publishes until `finish`.
  func run() async {
    await withTaskGroup { group in
      for outlet in all { group.addTask { await outlet.run() } }
    }
  }

  func finish() {
    ran.finish()
    for outlet in all { outlet.finish() }
  }

  private static func member(of buffers: [[UInt8]]) -> String {
    guard !buffers.isEmpty else { return "" }
    return #""buffers":[\#(buffers.map { #""\#(Data($0).base64EncodedString())""# }.joined(separator: ","))],"#
  }

  private static func text(_ head: String, _ member: [UInt8]) -> [UInt8] { Array(head.utf8) + member + Array("}".utf8) }

  private static func text(of summary: KernelSummary) -> [UInt8] { summary.value.bytes() }

  private static func event(of summary: KernelSummary, _ end: KernelEnd) -> JSONValue {
    var event = summary.value
    event["sentence"] = .string(summary.reason ?? end.sentence)
    event["last_errors"] = .string(end.lastErrors)
    event["out_of_memory"] = .bool(end.outOfMemory)
    if let code = end.exitCode { event["exit_code"] = .integer(Int64(code)) }
    if let signal = end.signal { event["signal"] = .integer(Int64(signal)) }
    return event
  }
}
