// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Synchronization

/// What /proc says about this process.
enum ProcessFiles {
  /// "name: value" of a file such as /proc/self/status.
  static func field(_ name: String, of path: String) -> String? {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("\(name):") {
      return line.dropFirst(name.count + 1).filter { $0 != "\t" && $0 != " " }
    }
    return nil
  }

  /// The threads there are, by id, each with its name. A thread has the name of the one that started it until it gives itself another; those
  /// of this program's own name were started by no plugin, which is entered on a thread named for it.
  static func threads() -> [Int32: String] {
    let own = text("/proc/self/comm")
    var threads: [Int32: String] = [:]
    for id in numbers(in: "/proc/self/task") where !isOfThePool(id) { threads[id] = text("/proc/self/task/\(id)/comm") }
    return threads.filter { $0.value != own }
  }

  /// The descriptors there are, each with what it leads to.
  static func descriptors() -> [Int32: String] {
    var all: [Int32: String] = [:]
    for number in numbers(in: "/proc/self/fd") {
      // The one the directory itself was read with is gone again.
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)") else { continue }
      all[number] = target
    }
    return all
  }

  /// What of a look is still there after a while: also threads of the host and of the pool need a moment to end, or to be known as such.
  static func remaining(_ look: () -> [Int32: String]) -> [Int32: String] {
    for _ in 0..<100 {
      if look().isEmpty { break }
      CurrentThread.rest(milliseconds: 5)
    }
    return look()
  }

  /// Processes that this one, or a child that is gone, started.
  static func children() -> [Int32: String] {
    var children: [Int32: String] = [:]
    for thread in numbers(in: "/proc/self/task") {
      for word in text("/proc/self/task/\(thread)/children").split(separator: " ") {
        if let id = Int32(word) { children[id] = text("/proc/\(id)/comm") }
      }
    }
    return children
  }

  /// Swift's pool makes and ends threads as it likes, on behalf of anybody. They block nearly every signal, as no others do.
  private static func isOfThePool(_ thread: Int32) -> Bool {
    field("SigBlk", of: "/proc/self/task/\(thread)/status").flatMap { UInt64($0, radix: 16) } == poolMask.load(ordering: .relaxed)
  }

  private static let poolMask = Atomic<UInt64>(.max)

  /// Looks at a thread of the pool, to know them again.
  static func learnThePool() async {
    let mask = await Task.detached { SignalAction.blocked() }.value
    poolMask.store(mask, ordering: .relaxed)
  }

  private static func numbers(in directory: String) -> [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).compactMap { Int32($0) }
  }

  private static func text(_ path: String) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return "" }
    return String(decoding: data, as: UTF8.self).filter { $0 != "\n" }
  }
}
