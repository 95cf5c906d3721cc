// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct HostDaemonTests {
  @Test func ordersThatTheStopOvertakesAreAnswered() throws {
    let folder = try TemporaryFolder()
    var options = HostDaemon.Options(console: MemoryLog())
    options.home = folder.path
    let daemon = try HostDaemon(options)
    let answers = BlockingQueue<CallStatus?>()
    let reply: HostDaemon.Reply = { result in
      if case .failure(let fault) = result { answers.put(fault.status) } else { answers.put(nil) }
    }
    try daemon.run {
      daemon.requestReload(reply)
      daemon.requestStop()
    }
    daemon.requestReload(reply)
    for _ in 0..<2 {
      let answer = answers.take(until: MonotonicClock.after(milliseconds: 1_000))
      #expect(answer == .some(.some(.stopping)))
    }
  }
}
