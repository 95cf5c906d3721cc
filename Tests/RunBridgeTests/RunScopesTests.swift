// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunBridge

@Suite struct RunScopesTests {
  @Test(arguments: [
    ("vscode/chat", "*", true), ("vscode/chat", "vscode/*", true), ("vscode/chat", "*chat", true), ("vscode/chat", "v*/c*t", true),
    ("vscode/chat", "vscode", false), ("vscode/chat", "vscode/chat*x", false), ("", "*", true), ("", "", true), ("a", "", false),
    ("kernel.list", "kernel.l?st", false), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "a*a*a*a*a*a*c", false),
  ])
  func aStarStandsForAnyText(text: String, pattern: String, fits: Bool) {
    #expect(RunScopes.matches(text, pattern) == fits)
  }
}
