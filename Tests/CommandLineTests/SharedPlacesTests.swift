// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@testable import jackfield

@Suite struct SharedPlacesTests {
  private func tree(_ directories: String...) throws -> String {
    let root = temporaryDirectory()
    for directory in directories {
      try FileManager.default.createDirectory(atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
    }
    return root
  }

  @Test func besideAnInstalledCommand() throws {
    let prefix = try tree("bin", "share/jackfield/templates")
    #expect(
      try SharedPlaces.find(executable: prefix + "/bin/jackfield")
        == SharedPlaces(
          executable: prefix + "/bin/jackfield", templates: prefix + "/share/jackfield/templates", include: prefix + "/include",
          sdk: prefix + "/share/jackfield/sdk"))
  }

  @Test func inTheTreeTheCommandWasBuiltIn() throws {
    let root = try tree(".build/debug", "Templates/Plugins", "Sources/PluginAPI/include")
    #expect(
      try SharedPlaces.find(executable: root + "/.build/debug/jackfield")
        == SharedPlaces(
          executable: root + "/.build/debug/jackfield", templates: root + "/Templates/Plugins",
          include: root + "/Sources/PluginAPI/include", sdk: root))
  }

  @Test func whatIsStagedComesBeforeItsTree() throws {
    let root = try tree("build/bin", "build/share/jackfield/templates", "Templates/Plugins", "Sources/PluginAPI/include")
    #expect(try SharedPlaces.find(executable: root + "/build/bin/jackfield").sdk == root + "/build/share/jackfield/sdk")
  }

  @Test func nowhereIsSaid() throws {
    let executable = try tree("bin") + "/bin/jackfield"
    let failure = #expect(throws: CommandFailure.self) { try SharedPlaces.find(executable: executable) }
    #expect(
      failure?.description
        == "cannot find the templates of plugins: they are neither in '../share/jackfield' beside '\(executable)' nor in a source tree above it; install Jackfield with 'make install'"
    )
  }

  @Test func theCommandOfTheseTestsFindsItsTree() throws {
    let root = String(#filePath.dropLast("/Tests/CommandLineTests/SharedPlacesTests.swift".count))
    #expect(try SharedPlaces.find(executable: Tool.jackfield).templates == root + "/Templates/Plugins")
  }
}
