// SPDX-License-Identifier: Apache-2.0
// jackfield-holder SECONDS PATH: keeps the open connections of a host that goes away until the next one takes them.

import CLinux
import Glibc
import Processes

/// Given connections over descriptor 3 and a socket that listens at PATH as descriptor 4, both by the host that starts it.
@main
struct Main {
  private static let channel: Int32 = 3
  private static let listener: Int32 = 4
  private static let giving = Duration.seconds(10)

  static func main() {
    let words = CommandLine.arguments
    guard words.count == 3, let seconds = UInt32(words[1]), (1...86_400).contains(seconds), isSocket(channel), isSocket(listener) else {
      print("jackfield-holder is started by a host that stops while scripts are connected to it; 'jackfield serve' starts a host")
      exit(2)
    }
    // The host that began it may live on without this plugin, and waits for nobody.
    _ = linux_leave_parent()
    // Whatever happens, it ends; all connections it has then end with a reset.
    alarm(seconds + 30)
    let listener = DescriptorListener(adopting: listener, path: words[2])
    guard let parcel = try? DescriptorChannel(adopting: channel).receiveParcel(within: giving) else { exit(1) }
    let wasTaken = Keeper(parcel, listener, until: ContinuousClock.now + .seconds(Int64(seconds))).run()
    listener.removeFile()
    exit(wasTaken ? 0 : 1)
  }

  private static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}
