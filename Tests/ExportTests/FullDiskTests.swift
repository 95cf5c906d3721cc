// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import SmallDisk
import Testing

@testable import Archive
@testable import Export

/// With a small file system in memory, which only root can make.
@Suite(.enabled(if: getuid() == 0 && SmallDisk.isPossible), .serialized) struct FullDiskTests {
  @Test func aBundleThatDoesNotFitIsRefusedAndLeavesNothing() async throws {
    let bench = try await ExportHarness()
    let disk = try SmallDisk(megabytes: 17)
    bench.store(checkpoints: [bench.checkpoint(1, step: 1, try bench.file("w.pt", String(repeating: "w", count: 3_000_000)))])
    let error = await #expect(throws: PluginFailure.self) { try await bench.ask("export.bundle", ["path": .string(disk.path + "/b.zip")]) }
    #expect(error?.code == "disk_full")
    #expect(
      error?.message.hasPrefix("cannot write the bundle '\(disk.path)/b.zip': it needs about 20 MB and '") == true,
      "\(error?.message ?? "")")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
    await bench.close()
  }

  @Test(arguments: ["b", "b.zip", "b.tar.zst"])
  func aDiskThatFillsMeanwhile(_ name: String) async throws {
    let bench = try await ExportHarness()
    let disk = try SmallDisk(megabytes: 40)
    let weights = try randomBytes(12 << 20)
    try Data(weights).write(to: URL(filePath: bench.directory + "/w.pt"))
    let (copies, latch) = AsyncStream<Void>.makeStream()
    bench.store(checkpoints: (1...2).map { bench.checkpoint($0, step: $0, bench.directory + "/w\($0 == 1 ? "" : "2").pt") }) {
      latch.yield()
    }
    try Data(weights).write(to: URL(filePath: bench.directory + "/w2.pt"))
    let call = bench.host.begin("export.bundle", json: #"{"path":"\#(disk.path)/\#(name)"}"#)
    var copied = copies.makeAsyncIterator()
    await copied.next()
    // Either the look at the beginning or a write in the middle meets it; the outcome is the same.
    try disk.fill()
    let failure = try #require(try await call.answer().failure)
    #expect(failure.code == "disk_full", "\(failure)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["filler"])
    await bench.close()
  }

  @Test func aFullDiskIsASentence() throws {
    let disk = try SmallDisk(megabytes: 1)
    let path = disk.path + "/f"
    let file = try OutputFile(path)
    let error = #expect(throws: PluginFailure.self) { for _ in 0..<3 { try file.write([UInt8](repeating: 1, count: 1 << 20)) } }
    #expect(
      error?.message
        == "cannot write '\(path)': No space left on device; the disk is full: free space or name another disk; nothing was left behind")
  }

  @Test func theNumberOfTheSystemComesThroughAnArchive() throws {
    let disk = try SmallDisk(megabytes: 1)
    let archive = try ArchiveWriter(path: disk.path + "/a.zip", format: .zip)
    try archive.beginFile("noise", size: 4 << 20, modified: 0)
    let noise = try randomBytes(4 << 20)
    let error = #expect(throws: ArchiveError.self) {
      try archive.write(noise, count: noise.count)
      try archive.close()
    }
    #expect(error?.number == ENOSPC)
  }
}
