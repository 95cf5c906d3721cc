// SPDX-License-Identifier: Apache-2.0
import Foundation
import Host
import Testing

@Suite struct DirectoriesTests {
  @Test func withoutXDGVariablesEverythingIsBelowTheUsersHome() {
    let directories = Directories(environment: ["HOME": "/home/ada/"])
    #expect(directories.configFile == "/home/ada/.config/jackfield/config.json")
    #expect(directories.configFolder == "/home/ada/.config/jackfield/config.d")
    #expect(directories.data == "/home/ada/.local/share/jackfield")
    #expect(directories.state == "/home/ada/.local/state/jackfield")
    #expect(directories.logs == "/home/ada/.local/state/jackfield/log")
    #expect(directories.runtime == "/home/ada/.local/state/jackfield/run")
    #expect(directories.socket == "/home/ada/.local/state/jackfield/run/host.sock")
    #expect(
      directories.pluginPath() == [
        "/home/ada/.local/share/jackfield/plugins", "/usr/local/lib/jackfield/plugins", "/usr/lib/jackfield/plugins",
      ])
  }

  @Test func xdgVariablesCountWhenTheyAreAbsolute() {
    let directories = Directories(environment: [
      "HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "relative", "XDG_STATE_HOME": "/s/", "XDG_RUNTIME_DIR": "/run/user/7",
      "XDG_DATA_DIRS": "/a:b:/usr/share", "JACKFIELD_PLUGIN_PATH": "/p::/q:/p",
    ])
    #expect(directories.config == "/c/jackfield" && directories.data == "/h/.local/share/jackfield" && directories.state == "/s/jackfield")
    #expect(directories.runtime == "/run/user/7/jackfield" && directories.processFile == "/run/user/7/jackfield/host.pid")
    #expect(
      directories.pluginPath(configured: ["/x", "/q"]) == [
        "/p", "/q", "/x", "/h/.local/share/jackfield/plugins", "/a/jackfield/plugins", "/usr/share/jackfield/plugins",
        "/usr/local/lib/jackfield/plugins", "/usr/lib/jackfield/plugins",
      ])
  }

  @Test func aHomeHoldsEverything() {
    let directories = Directories(environment: ["HOME": "/h", "JACKFIELD_PLUGIN_PATH": "/p"], home: "/d/./e//", plugins: ["/x"])
    #expect(directories.configFile == "/d/e/config.json" && directories.data == "/d/e/data" && directories.runtime == "/d/e/run")
    #expect(directories.pluginPath(configured: ["/c"]) == ["/x", "/c", "/d/e/plugins"])
    #expect(Directories(environment: [:], home: "d").config == FileManager.default.currentDirectoryPath + "/d")
  }

  @Test func createdDirectoriesBelongToTheirOwnerAlone() throws {
    let folder = try TemporaryFolder()
    let directories = Directories(environment: [:], home: folder.path + "/new/home")
    try directories.create()
    try directories.create()
    for path in [directories.config, directories.data, directories.logs, directories.runtime] {
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }
  }

  @Test func anOpenRuntimeDirectoryIsClosedToOthers() throws {
    let folder = try TemporaryFolder()
    try folder.write("run/file", "")
    try Directories(environment: [:], home: folder.path).create()
    #expect(try FileManager.default.attributesOfItem(atPath: folder.path + "/run")[.posixPermissions] as? Int == 0o700)
  }

  @Test func aRuntimeDirectoryBehindALinkIsRefused() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    try folder.link("run", to: other.path)
    #expect { try Directories(environment: [:], home: folder.path).create() } throws: {
      "\($0)" == "cannot use directory '\(folder.path)/run': not a directory"
    }
  }

  @Test func aFileInTheWayIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("data", "")
    #expect { try Directories(environment: [:], home: folder.path).create() } throws: {
      "\($0)" == "cannot make directory '\(folder.path)/data': not a directory"
    }
  }
}
