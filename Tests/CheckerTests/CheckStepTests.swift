// SPDX-License-Identifier: Apache-2.0
import PluginTestKit
import Testing

@testable import jackfield_check

@Suite struct CheckStepTests {
  @Test func stepsAreReadFromTheirWords() throws {
    #expect(try CheckStep("load") == .load)
    #expect(try CheckStep("open-calls") == .conformance(.openCalls))
    #expect(try CheckStep("subscription 2") == .conformance(.subscription(2)))
    #expect(try CheckStep("command hello.greet junk") == .conformance(.command("hello.greet", .junk)))
  }

  @Test(arguments: ["", "loud", "load now", "subscription x", "command hello.greet", "command hello.greet loudly"])
  func otherWordsAreRefused(words: String) {
    #expect(throws: TestHostError.self) { try CheckStep(words) }
  }
}
