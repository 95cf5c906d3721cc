// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// What a script asks, as it comes from the host.
struct AttachQuestion {
  let number: Int
  let kind: String
  /// The run's name, as a terminal may show it.
  let run: String
  let body: JSONValue
  /// When the script stops waiting, on the monotonic clock; nil: it waits as long as it takes.
  private let deadline: UInt64?

  /// - Returns: nil when the chunk is no question.
  init?(_ chunk: JSONValue) {
    guard let number = chunk["question"]?.intValue, let kind = chunk["kind"]?.stringValue else { return nil }
    self.number = number
    self.kind = kind
    run = Self.name(of: chunk)
    body = chunk["body"] ?? [:]
    deadline = chunk["deadline_ms"]?.intValue.map { MonotonicClock.now() + UInt64(max(0, min($0, 1 << 40))) * 1_000_000 }
  }

  /// How many seconds are left; nil without an end.
  var secondsLeft: Int? {
    deadline.map { deadline in Int((deadline - min(deadline, MonotonicClock.now())) / 1_000_000_000) }
  }

  /// The name of the run a chunk is about.
  static func name(of chunk: JSONValue) -> String {
    let name = chunk["run"]?["name"]?.stringValue ?? ""
    return Terminal.plain(name.isEmpty ? "a script" : String(name.prefix(100)))
  }

  /// How it is asked; nil when a terminal cannot.
  var dialog: (any AttachDialog)? {
    switch kind {
    case "choose": ChoiceDialog(self)
    case "input": InputDialog(self)
    case "form": FormDialog(self)
    case "consent": ConsentDialog(self)
    default: nil
    }
  }
}
