// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct PluginJudgeTests {
  private let directory = PluginDirectory()

  @Test func soundLibraryIsLetIn() throws {
    #expect(verdict(on: try directory.library()) == nil)
  }

  @Test func missingFile() {
    let path = "\(directory.path)/libNone.so"
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': there is no such file; build the plugin, or correct 'library' in its plugin.json")
  }

  @Test func directoryInPlaceOfTheFile() throws {
    try directory.write("libDir.so/x", "")
    let path = "\(directory.path)/libDir.so"
    #expect(verdict(on: path) == "cannot load '\(path)': it is not a regular file; put the file itself there")
  }

  @Test func pipeInPlaceOfTheFileDoesNotBlock() {
    let path = "\(directory.path)/libPipe.so"
    mkfifo(path, 0o600)
    #expect(verdict(on: path) == "cannot load '\(path)': it is not a regular file; put the file itself there")
  }

  @Test func linkWithinTheDirectoryIsFollowed() throws {
    try directory.library("libProbe.so.1")
    symlink("libProbe.so.1", "\(directory.path)/libProbe.so")
    #expect(verdict(on: "\(directory.path)/libProbe.so") == nil)
  }

  @Test func linkOutOfTheDirectory() throws {
    let library = try directory.library("elsewhere/libProbe.so")
    try directory.write("own/plugin.json", "")
    let link = "\(directory.path)/own/libProbe.so"
    symlink(library, link)
    #expect(
      verdict(on: link)
        == "cannot load '\(link)': it is a link to '\(library)', outside of the plugin's directory; put the file itself into '\(directory.path)/own'"
    )
  }

  @Test func circleOfLinks() {
    let path = "\(directory.path)/libLoop.so"
    symlink(path, path)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it cannot be read (too many levels of symbolic links); let the host's user read it: chmod u+r '\(path)'")
  }

  @Test func fileThatOthersMayWrite() throws {
    let path = try directory.library()
    chmod(path, 0o666)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it can be changed by group or others (mode 0666); take that away: chmod go-w '\(path)'")
  }

  @Test func fileThatTheGroupMayWrite() throws {
    let path = try directory.library()
    chmod(path, 0o664)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it can be changed by group or others (mode 0664); take that away: chmod go-w '\(path)'")
  }

  @Test(arguments: [(mode_t(0o777), "0777"), (0o770, "0770"), (0o1777, "1777")])
  func directoryThatOthersMayWrite(mode: mode_t, text: String) throws {
    let path = try directory.library("own/libProbe.so")
    chmod("\(directory.path)/own", mode)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': '\(directory.path)/own' can be changed by group or others (mode \(text)); take that away: chmod go-w '\(directory.path)/own'"
    )
  }

  @Test func parentThatOthersMayWrite() throws {
    let path = try directory.library("top/own/libProbe.so")
    chmod("\(directory.path)/top", 0o777)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': '\(directory.path)/top' can be changed by group or others (mode 0777); take that away: chmod go-w '\(directory.path)/top'"
    )
  }

  @Test func stickyParentWillDoWhenTheNextDirectoryIsOurs() throws {
    let path = try directory.library("top/own/libProbe.so")
    chmod("\(directory.path)/top", 0o1777)
    #expect(verdict(on: path) == nil)
  }

  @Test func parentsBehindALinkCountToo() throws {
    let library = try directory.library("open/own/libProbe.so")
    chmod("\(directory.path)/open", 0o777)
    symlink("\(directory.path)/open/own", "\(directory.path)/link")
    let path = "\(directory.path)/link/\(library.fileName)"
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': '\(directory.path)/open' can be changed by group or others (mode 0777); take that away: chmod go-w '\(directory.path)/open'"
    )
  }

  @Test(.enabled(if: geteuid() == 0, "only root may give files away"), arguments: ["own/libProbe.so", "own"])
  func foreignOwner(name: String) throws {
    let path = try directory.library("own/libProbe.so")
    let place = "\(directory.path)/\(name)"
    chown(place, 1_234, 1_234)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': \(place == path ? "it" : "'\(place)'") belongs to user 1234, who could change it; give it to the host's user: chown 0 '\(place)'"
    )
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func unreadableFile() throws {
    let path = try directory.library()
    chmod(path, 0)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it cannot be read (permission denied); let the host's user read it: chmod u+r '\(path)'")
  }

  @Test func manifestThatOthersMayWrite() throws {
    try directory.plugin("probe", withLibrary: true)
    let plugin = try #require(PluginDiscovery(searchPath: [directory.path]).plugins.first)
    let manifest = "\(directory.path)/probe/plugin.json"
    try PluginJudge().judge(plugin)
    chmod(manifest, 0o666)
    #expect(throws: Refusal.self) { try PluginJudge().judge(plugin) }
  }
}
