// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import WebSockets

@testable import Kernel

/// Measures; fails only when nothing comes. Prints one line a way, for the benchmarks: `round-trip on|off MEDIAN P90` in milliseconds.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["JACKFIELD_MEASURE"] != nil), .timeLimit(.minutes(3)))
struct ServerRoundTripTests {
  @Test(arguments: [true, false]) func roundTrip(acknowledgesAtOnce: Bool) async throws {
    let server = try TestServer()
    var settings = server.settings
    settings.acknowledgesAtOnce = acknowledgesAtOnce
    let provider = try ServerProvider(settings, client: ServerClient())
    let handle = try await provider.launch(provider.prepare(KernelOrder(spec: "python3")))
    let kernel = try await Conformed(handle, limit: .seconds(60))
    var times: [Double] = []
    for number in 0..<220 {
      let started = ContinuousClock.now
      await kernel.heard.done(try kernel.begin("1"))
      if number >= 20 { times.append((ContinuousClock.now - started) / .milliseconds(1)) }
    }
    times.sort()
    print("round-trip \(acknowledgesAtOnce ? "on" : "off") \(times[times.count / 2]) \(times[times.count * 9 / 10])")
    await kernel.link.close()
    await handle.kill()
    #expect(times.count == 200)
    withExtendedLifetime(server) {}
  }
}
