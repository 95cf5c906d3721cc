// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host

@Suite struct OwnInstallationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["bin/jackfield", "plugins/a/plugin.json", "lib/jackfield/plugins/b/plugin.json", "plugins-of-others/c/plugin.json"] {
      try folder.write(name, "")
    }
  }

  @Test(arguments: [
    ("plugins/a", true), ("lib/jackfield/plugins/b", true), ("bin/../plugins/a", true), ("plugins-of-others/c", false), ("plugins", false),
    ("nowhere", false), ("bin", false),
  ])
  func pluginsBesideTheExecutableAreItsOwn(_ place: String, _ isOwn: Bool) {
    #expect(OwnInstallation(executable: folder.path + "/bin/jackfield").holds("\(folder.path)/\(place)") == isOwn)
  }

  @Test func linkOutOfTheInstallationLeadsToAStranger() throws {
    try folder.link("plugins/c", to: "../plugins-of-others/c")
    try folder.link("elsewhere", to: "plugins/a")
    let own = OwnInstallation(executable: folder.path + "/bin/jackfield")
    #expect(!own.holds(folder.path + "/plugins/c"))
    #expect(own.holds(folder.path + "/elsewhere"))
  }

  /// As with `--home` at the installation itself.
  @Test func directoryForPluginsOfOthersIsNotTheHostsOwn() {
    let own = OwnInstallation(executable: folder.path + "/bin/jackfield", dropIn: [folder.path + "/plugins"])
    #expect(!own.holds(folder.path + "/plugins/a"))
    #expect(own.holds(folder.path + "/lib/jackfield/plugins/b"))
  }

  @Test func hostWhoseFileIsUnknownOwnsNothing() {
    #expect(!OwnInstallation(executable: nil).holds(folder.path + "/plugins/a"))
  }
}
