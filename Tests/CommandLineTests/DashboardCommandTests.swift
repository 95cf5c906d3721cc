// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite(.timeLimit(.minutes(5))) struct DashboardCommandTests {
  private static let link: JSONValue = [
    "url": "http://127.0.0.1:47622/open?code=c0de", "address": "http://127.0.0.1:47622/", "read_only": false, "minutes": 5,
  ]

  private static func host(_ link: JSONValue = link) throws -> FakeHost {
    try FakeHost { request in
      FakeKernels.command(request) == "dashboard.url"
        ? [FakeKernels.answer(request, link)] : [FakeHost.error(request, "there is no command")]
    }
  }

  private static func run(_ words: [String], _ host: FakeHost, _ environment: [String: String] = [:]) throws -> Tool.Outcome {
    let nothing = ["DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": ""]
    return try Tool.run([Tool.jackfield, "--home", host.home, "dashboard"] + words, environment: nothing.merging(environment) { $1 })
  }

  @Test func withoutAScreenTheLinkIsPrinted() throws {
    let host = try Self.host()
    let outcome = try Self.run(["/runs"], host)
    #expect(outcome.status == 0 && outcome.output == "http://127.0.0.1:47622/open?code=c0de\n")
    #expect(outcome.error == "Open it in a browser on this machine: it signs in once, within 5 minutes.\n")
    #expect(host.inputs(of: "dashboard.url") == [["read_only": false, "next": "runs"]])
  }

  @Test func fromElsewhereTheWayIsTold() throws {
    let outcome = try Self.run([], try Self.host(), ["SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"])
    #expect(
      outcome.error == """
        Open it in a browser on this machine: it signs in once, within 5 minutes.
        Your browser is elsewhere? There: ssh -L 47622:127.0.0.1:47622 THIS-MACHINE, then open the link.

        """)
  }

  @Test func theLinkAlone() throws {
    let host = try Self.host()
    let outcome = try Self.run(["--url", "--read-only"], host, ["DISPLAY": ":0"])
    #expect(outcome == Tool.Outcome(status: 0, output: "http://127.0.0.1:47622/open?code=c0de\n", error: ""))
    #expect(host.inputs(of: "dashboard.url") == [["read_only": true]])
    let json = try Self.run(["--json"], host).output
    #expect(try JSONValue(parsing: json) == Self.link)
  }

  @Test func withAScreenTheBrowserIsAsked() throws {
    let host = try Self.host()
    let folder = temporaryDirectory()
    #expect(mkfifo("\(folder)/asked", 0o600) == 0)
    try Data("#!/bin/sh\necho \"$1\" > '\(folder)/asked'\n".utf8).write(to: URL(filePath: folder + "/xdg-open"))
    chmod(folder + "/xdg-open", 0o755)
    let reader = try Tool(["timeout", "60", "cat", "\(folder)/asked"])
    let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    let outcome = try Self.run([], host, ["DISPLAY": ":0", "PATH": path])
    #expect(outcome == Tool.Outcome(status: 0, output: "opened in your browser: http://127.0.0.1:47622/\n", error: ""))
    #expect(reader.wait().output == "http://127.0.0.1:47622/open?code=c0de\n")
  }

  @Test func aSocketIsForTheProxy() throws {
    let link: JSONValue = ["url": "https://box/open?code=c", "address": "https://box/", "minutes": 1, "socket": "/run/page.sock"]
    let outcome = try Self.run([], try Self.host(link), ["DISPLAY": ":0"])
    #expect(outcome.output == "https://box/open?code=c\n")
    #expect(
      outcome.error
        == "The page is served at the Unix socket '/run/page.sock'; the link is for the proxy in front of it, once, within 1 minute.\n")
  }

  @Test func theHostsRefusalIsTold() throws {
    let host = try FakeHost { [FakeHost.error($0, "cannot make a link: the page is switched off")] }
    let outcome = try Self.run([], host)
    #expect(outcome.status == 1 && outcome.error == "jackfield: cannot make a link: the page is switched off\n")
  }
}
