// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// The pages for authors of plugins, typed as they stand by somebody who has what `make install` leaves and an empty directory.
@Suite(.serialized) struct GuideTests {
  private let guide = LiveHost.packageDirectory + "/Docs/writing-a-plugin.md"
  private let reference = LiveHost.packageDirectory + "/Docs/plugin-abi.md"

  /// An empty directory, which is also the home of a user without anything, and the host of the guide.
  private func beginning() throws -> (host: LiveHost, shell: Shell) {
    let directory = LiveHost.temporary("jackfield-author")
    try FileManager.default.createDirectory(atPath: directory + "/trial", withIntermediateDirectories: false)
    let host = try LiveHost(home: directory + "/trial", plugins: [])
    var shell = try InstalledPrefix.shell(in: directory, home: "")
    shell.environment["HOME"] = directory
    // A rustc of rustup looks for itself in the home of who installed it.
    let own = ProcessInfo.processInfo.environment
    shell.environment["RUSTUP_HOME"] = own["RUSTUP_HOME"] ?? "\(own["HOME"] ?? "")/.rustup"
    shell.environment["JACKFIELD_INCLUDE"] = try InstalledPrefix.path.get() + "/include"
    return (host, shell)
  }

  @Test func guideIsTypedFromAnEmptyDirectory() async throws {
    try await onOwnThread {
      let (host, shell) = try beginning()
      let missing = ExamplePlugin.Language.allCases.filter { !ExamplePlugin.languages.contains($0) }.map { "In \($0.name)" }
      let blocks = try Markdown(file: guide).blocks.filter { $0.info == "console" && !missing.contains($0.heading) }
      #expect(blocks.count == 1 + ExamplePlugin.languages.count)
      try Session(blocks.map(\.text).joined()).expectAsTyped(into: shell)
      #expect(host.stop().status == 0)
    }
  }

  @Test func excerptsOfTheGuideAreLinesOfTheExamples() throws {
    let sources = try ExamplePlugin.sources()
    let blocks = try Markdown(file: guide).blocks.filter { ["c", "rust", "swift", "json"].contains($0.info) }
    #expect(blocks.count > 15)
    for block in blocks where !block.text.hasPrefix("{ \"plugins\"") {
      for part in block.text.split(separator: #/(?m)^ *…\n/#) {
        #expect(sources.contains { $0.contains(part) }, "the guide says, and no example does: \(part)")
      }
    }
  }

  @Test func wholePluginOfTheReferenceIsBuiltAndAnswers() async throws {
    try await onOwnThread {
      let (host, shell) = try beginning()
      let blocks = try Markdown(file: reference).blocks
      for block in blocks where block.info == "c" || block.info == "json" {
        let name = block.lead.filter { $0 != "`" }
        try Data(block.text.utf8).write(to: URL(filePath: "\(shell.directory)/\(name)"))
      }
      #expect(Set(try FileManager.default.contentsOfDirectory(atPath: shell.directory)) == ["echo.c", "plugin.json", "trial"])
      var author = shell
      author.environment["JACKFIELD_HOME"] = host.home
      try Session(blocks.first { $0.info == "console" }?.text ?? "").expectAsTyped(into: author)
      #expect(host.stop().status == 0)
    }
  }
}
