// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Processes

@Suite struct ProcessTreeTests {
  /// A child, a grandchild whose parent has ended, and one in a session of its own whose parent has ended.
  private static let family =
    "sleep 1000 & a=$!; b=$(sleep 1000 >/dev/null & echo $!); c=$(setsid sh -c 'sleep 1000 >/dev/null & echo $!'); echo $a $b $c; wait"

  @Test func findsAllWhereverTheyWent() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let (pid, heard) = try place.beginAndHear(Self.family, ["TREE_TEST": "\(getpid())-a"])
    let root = try #require(ProcessIdentity(pid))
    let tree = ProcessTree(root, marker: "TREE_TEST=\(getpid())-a")
    let expected = Set([pid] + heard.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) })
    #expect(expected.count == 4)
    #expect(Set(tree.members().map(\.id.pid)) == expected)
    let usage = try #require(tree.usage())
    #expect(usage.processes == 4 && usage.memory > 100_000 && usage.cpuSeconds >= 0)
    #expect(ProcessTree(root).members().count == 3, "without the marker the one in another session is lost")
    while tree.signal(SIGKILL) > 0 {}
    #expect(try await watcher.ended(root) == .signalled(SIGKILL))
    #expect(tree.members().isEmpty && tree.usage() == nil)
  }

  @Test func numberOfAnotherProcessIsNoTree() {
    #expect(ProcessTree(ProcessIdentity(pid: getpid(), began: 1)).members().isEmpty)
  }
}
