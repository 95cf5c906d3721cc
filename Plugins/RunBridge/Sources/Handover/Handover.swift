// SPDX-License-Identifier: Apache-2.0
// Scripts never connect anew. So while no host is there a small process keeps their connections, and the next host takes them from it.

internal import FoundationEssentials
internal import Glibc
internal import PluginSDK
internal import Processes

/// Gives what a door leaves to a process that outlives the host, and takes it from there.
struct Handover: Sendable {
  /// Called with what went wrong, and values for the log.
  typealias Warn = @Sendable (_ message: String, _ values: [String: String]) -> Void

  /// A stop of the host allows five seconds for everything.
  private static let giving = Duration.seconds(2)
  private static let taking = Duration.seconds(5)
  /// The process that is begun leaves a child and ends.
  private static let leaving = Duration.seconds(1)
  private static let socketName = "/bridge.sock"

  private let path: String
  private let seconds: Int
  private let program: String
  private let warn: Warn

  /// - Parameters:
  ///   - directory: Where the process that keeps the connections is found again: one of this host alone, in which only this user may write.
  ///   - seconds: How long it waits for the next host; 0: nothing is given.
  ///   - program: See `HolderProgram`.
  init(directory: String, seconds: Int, program: String = HolderProgram.path, warn: @escaping Warn) {
    path = directory + Self.socketName
    self.seconds = seconds
    self.program = program
    self.warn = warn
  }

  /// Whether anything is given away at all.
  var isWanted: Bool { seconds > 0 }

  /// Gives an estate away. Its descriptors are closed here when that succeeds, and stay the caller's else.
  func give(_ estate: DoorEstate) async -> Bool {
    guard seconds > 0 else { return false }
    return await OwnedThread.run(name: "jf-bridge-give") { giveNow(estate) } ?? false
  }

  /// Takes what the last host left; the caller closes it.
  ///
  /// - Returns: Nil when there is nothing, or not any more.
  func take() async -> DoorEstate? {
    await OwnedThread.run(name: "jf-bridge-take") { takeNow() } ?? nil
  }

  private func giveNow(_ estate: DoorEstate) -> Bool {
    do {
      let parcel = DescriptorParcel(Array(try JSONEncoder().encode(estate)), descriptors: estate.descriptors)
      let (channel, pid) = try beginHolder()
      defer { _ = Spawn.reap(pid, within: Self.leaving) }
      // From here on nobody's death is taken for an ordinary end by a script: for that they would wait on.
      parcel.setResetsAtEnd(true)
      try channel.send(parcel, within: Self.giving)
      parcel.close()
      return true
    } catch {
      warn(
        "connections of scripts not handed over",
        [
          "reason": "\(error)", "connections": "\(estate.connections.count)", "program": program,
          "consequence": "the scripts see that the connection broke",
        ])
      return false
    }
  }

  private func beginHolder() throws -> (DescriptorChannel, pid: Int32) {
    let listener = try DescriptorListener(path: path)
    let (ours, theirs) = try DescriptorChannel.pair()
    var order = SpawnOrder([program, "\(seconds)", path], in: "/", environment: [:], output: .nowhere, errors: .nowhere)
    order.passed = [theirs.descriptor, listener.descriptor]
    do {
      return (ours, try Spawn.begin(order))
    } catch {
      listener.removeFile()
      throw error
    }
  }

  private func takeNow() -> DoorEstate? {
    guard let parcel = receive() else { return nil }
    guard var estate = try? JSONDecoder().decode(DoorEstate.self, from: Data(parcel.bytes)), estate.take(parcel.descriptors) else {
      parcel.close()
      warn("connections of scripts not taken over", ["reason": "another version of this plugin left them", "path": path])
      return nil
    }
    parcel.setResetsAtEnd(false)
    return estate
  }

  private func receive() -> DescriptorParcel? {
    do throws(ProcessesError) {
      let channel = try DescriptorChannel(connectingTo: path)
      guard channel.peerUser == getuid() else { return nil }
      return try channel.receiveParcel(within: Self.taking)
    } catch {
      // Not connected: nobody keeps anything.
      if error.operation != "connect" { warn("connections of scripts not taken over", ["reason": "\(error)", "path": path]) }
      return nil
    }
  }
}
