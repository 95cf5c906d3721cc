// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import Testing
import WebSockets

@testable import Dashboard

@Suite final class PanelTests {
  private let root = PulseHost.temporary("jackfield-panel")

  init() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: root + "/panel/deep", withIntermediateDirectories: true)
    for (name, text) in [
      ("panel/index.html", "<p>hello"), ("panel/deep/a.js", "1"), ("panel/.hidden.js", "2"), ("plugin.json", "{}"), ("panel/big.js", ""),
    ] { try Data(text.utf8).write(to: URL(filePath: "\(root)/\(name)")) }
    try Data(count: PanelFile.limit + 1).write(to: URL(filePath: root + "/panel/big.js"))
    try files.createSymbolicLink(atPath: root + "/panel/out.json", withDestinationPath: root + "/plugin.json")
    try files.createSymbolicLink(atPath: root + "/panel/away", withDestinationPath: "/etc")
    try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: "/etc")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func found(_ path: [String]) -> String {
    switch PanelFile.read(path, below: root) {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .nothing: "nothing"
    case .tooLarge: "too large"
    }
  }

  @Test func filesAreThoseBelowTheFolder() {
    #expect(found(["panel", "index.html"]) == "<p>hello")
    #expect(found(["panel", "deep", "a.js"]) == "1")
    #expect(found(["panel", "big.js"]) == "too large")
  }

  @Test(arguments: [
    [], ["panel"], ["panel", ""], ["panel", ".."], ["panel", "..", "plugin.json"], ["..", "etc"], ["panel", ".hidden.js"],
    ["panel", "none.js"],
    ["panel/index.html"], ["panel", "out.json"], ["panel", "away", "passwd"], ["link", "passwd"], ["panel", "index.html\u{0}.js"],
    ["panel", "index.html", "x"],
  ])
  func nothingLeadsOutOfIt(_ path: [String]) { #expect(found(path) == "nothing") }

  @Test func aPanelOutsideOfItsPluginIsNone() throws {
    let row: JSONValue = ["id": "p", "title": "P", "folder": "/plugins/a/panel/x"]
    #expect(Panel(row, plugin: "a", root: "/plugins/a")?.steps == ["panel", "x"])
    #expect(Panel(row, plugin: "a", root: "/plugins/b") == nil)
    #expect(Panel(row, plugin: "a", root: "") == nil)
    #expect(Panel(row, plugin: "a", root: "/plugins/a/pan") == nil)
  }

  @Test func aPolicyCannotBeBrokenOutOf() {
    for folder in ["/p/t/a/b/", "/p/t;script-src */", "/p/t'unsafe-inline'/", "/p/t x/"] {
      let policy = PanelRoute.headers(host: "h:1", below: folder).first { $0.name == "Content-Security-Policy" }?.value ?? ""
      #expect(policy.hasPrefix("sandbox allow-scripts allow-forms; default-src 'none'; script-src http://h:1/"))
      #expect(policy.split(separator: ";").count == 11)
      #expect(policy.contains("connect-src 'none'"))
    }
  }

  @Test func aTokenIsOneSessionsUntilItEnds() throws {
    let tokens = PanelTokens()
    let (first, second) = (PageSession(id: "a", isReadOnly: false), PageSession(id: "b", isReadOnly: true))
    let token = try #require(tokens.token(of: first))
    #expect(tokens.token(of: first) == token)
    #expect(tokens.token(of: second) != token)
    #expect(tokens.isKnown(token) && !tokens.isKnown("") && token.utf8.count == 32)
    tokens.forget(session: "a")
    #expect(!tokens.isKnown(token))
    #expect(tokens.token(of: first) != token)
  }
}
