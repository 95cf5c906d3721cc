// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Kernel

@Suite struct KernelSummaryTests {
  @Test(arguments: [true, false]) func isToldAsItIsEncoded(isFull: Bool) throws {
    let summary = KernelSummary(
      id: "k", name: "Python 3", spec: "python3", language: "python", provider: "local", status: .busy, reason: isFull ? "why" : nil,
      executionCount: 3, queued: 2, running: isFull ? "r" : nil, generation: 1, started: 1.5, lastActivity: 2.25, isQueuePaused: true,
      implementation: isFull ? "ipython" : nil, subshells: isFull ? true : nil)
    #expect(try JSONValue(parsing: summary.value.bytes()) == JSONValue(parsing: JSONValue(encoding: summary).bytes()))
  }
}
