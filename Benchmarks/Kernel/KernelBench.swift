// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

@testable import Kernel

/// Runs what the C client runs, through the link.
struct KernelBench {
  private let arguments: [String]

  init(arguments: [String]) { self.arguments = arguments }

  func run() async {
    guard arguments.count >= 4, let file = try? bytes(of: arguments[1]),
      let terms = try? LinkTerms(connection: ConnectionInfo(parsing: file), session: "bench-\(getpid())")
    else { return fail("usage: kernel-bench CONNECTION_FILE trip COUNT | flood COUNT SIZE | big BYTES") }
    do {
      let links = try KernelLinks()
      let ending = EndingWatch()
      let link = try await links.open(terms, to: { ending.take($0) })
      _ = try await link.ready(within: .seconds(60))
      switch arguments[2] {
      case "trip": try await trip(Int(arguments[3]) ?? 1, link, ending)
      case "flood": try await drain("flood \(arguments[3]) \(arguments[4])", link, ending)
      default: try await drain("big \(arguments[3])", link, ending)
      }
      await link.close()
      await links.stop()
    } catch {
      fail("\(error)")
    }
  }

  private func request(_ code: String, _ number: Int) -> KernelMessage {
    let header = MessageHeader(
      id: "bench-\(getpid())-\(number)", type: "execute_request", session: "bench", username: "u", date: MessageDate.now)
    let content =
      #"{"code": "\#(code)", "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": false, "stop_on_error": true}"#
    return KernelMessage(header, on: .shell, content: Array(content.utf8))
  }

  private func run(_ code: String, _ number: Int, _ link: ZeroMQLink, _ ending: EndingWatch) async throws {
    try await ending.end(of: { try link.send(request(code, number)) })
  }

  private func trip(_ count: Int, _ link: ZeroMQLink, _ ending: EndingWatch) async throws {
    for number in 0..<(count / 10) { try await run("1", number, link, ending) }
    var times: [Double] = []
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
    for number in 0..<count {
      let begun = seconds(CLOCK_MONOTONIC)
      try await run("1", count + number, link, ending)
      times.append(seconds(CLOCK_MONOTONIC) - begun)
    }
    let spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    times.sort()
    let (median, p99) = (Int(times[count / 2] * 1e9), Int(times[count * 99 / 100] * 1e9))
    print(
      #"{"nanoseconds": \#(median), "p99_nanoseconds": \#(p99), "cpu_nanoseconds": \#(Int(spent / Double(count) * 1e9)), "count": \#(count)}"#
    )
  }

  private func drain(_ code: String, _ link: ZeroMQLink, _ ending: EndingWatch) async throws {
    let (begun, cpu) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    try await run(code, 0, link, ending)
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print(
      #"{"seconds": \#(seconds(CLOCK_MONOTONIC) - begun), "cpu_seconds": \#(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu), "peak_kilobytes": \#(usage.ru_maxrss), "messages": \#(ending.messages)}"#
    )
  }

  private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func bytes(of path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  private func fail(_ text: String) {
    print(text)
    exit(1)
  }
}

/// Sees the end of one request at a time: reply and idle.
final class EndingWatch: Sendable {
  private struct State {
    var isIdle = false
    var isAnswered = false
    var messages = 0
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())
  private let idle = Array("\"idle\"".utf8)

  var messages: Int { state.withLock { $0.messages } }

  func take(_ event: LinkEvent) {
    guard case .message(let message) = event else { return }
    state.withLock { state in
      state.messages += 1
      if message.channel == .shell { state.isAnswered = true }
      if message.channel == .iopub, message.content.count < 60, message.content.holds(idle) { state.isIdle = true }
      guard state.isIdle, state.isAnswered else { return }
      state.waiter?.resume()
      state.waiter = nil
    }
  }

  func end(of begin: () throws -> Void) async throws {
    state.withLock { ($0.isIdle, $0.isAnswered) = (false, false) }
    try begin()
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if state.isIdle, state.isAnswered { continuation.resume() } else { state.waiter = continuation }
      }
    }
  }
}
