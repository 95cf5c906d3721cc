// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

@Suite struct InterruptMemoryTests {
  private let memory = InterruptMemory()

  @Test func specsOwnWayComesFirst() {
    #expect(memory.order(for: "ipython", of: [.signal, .message]) == [.signal, .message])
    #expect(memory.order(for: nil, of: [.message]) == [.message])
  }

  @Test(arguments: ["Deno kernel", "xeus-python", "ILua"]) func whatEndsAKernelIsNeverTried(implementation: String) {
    #expect(memory.order(for: implementation, of: [.signal, .message]) == [.message])
  }

  @Test func deafWayComesLast() { #expect(memory.order(for: "IRkernel", of: [.message, .signal]) == [.signal, .message]) }

  @Test func experienceCounts() {
    memory.failed(.signal, for: "odd")
    memory.worked(.message, for: "odd")
    #expect(memory.order(for: "odd", of: [.signal, .message]) == [.message, .signal])
    memory.killed(.message, for: "odd")
    #expect(memory.order(for: "odd", of: [.signal, .message]) == [.signal])
  }
}
