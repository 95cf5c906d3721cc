// SPDX-License-Identifier: Apache-2.0
// jackfield-runner: loads one plugin and does what its host says, over the socket it was started with as descriptor 3.
import CLinux
import Glibc
import PluginBridge

@main
enum Main {
  static func main() {
    guard let line = Line.take() else {
      print("jackfield-runner is started by the host, for plugins with mode 'process'; 'jackfield serve' starts a host")
      exit(2)
    }
    signal(SIGPIPE, SIG_IGN)
    // Two nets: the line's end, and this signal when the host's process ends. Whatever the plugin has forked goes with it.
    linux_kill_group_when(SIGHUP)
    linux_signal_when_parent_ends(SIGHUP)
    linux_shut_down_when_crashing(line)
    var reader = FrameReader(descriptor: line)
    guard let first = try? reader.next(), first.kind == .load, let (terms, subscriptions) = InstanceTerms.decoded(first.payload) else {
      Line.end()
    }
    run(terms, subscriptions: subscriptions, line, reader)
  }

  private static func run(_ terms: InstanceTerms, subscriptions: Int, _ line: Int32, _ reader: FrameReader) {
    let inbox = InstanceInbox()
    let writer = FrameWriter(descriptor: line, patience: .always)
    let port = RunnerPort(inbox: inbox, writer: writer, reader: reader, subscriptions: subscriptions, readsAlone: terms.threads > 1)
    let instance = PluginInstance(terms: terms, port: port, inbox: inbox)
    port.attach(instance)
    instance.launch(subscriptions: port.subscriptions) { outcome in
      switch outcome {
      case .success: writer.send(Frame(.started))
      case .failure(let fault):
        var frame = Frame(.failed)
        frame.payload = Array(fault.description.utf8)
        writer.send(frame)
      }
    }
    port.watch()
  }
}
