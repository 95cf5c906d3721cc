// SPDX-License-Identifier: Apache-2.0
import Host

/// One step of a check, taken in a process of its own.
struct CheckStep: Equatable {
  /// What `jackfield-check` is told.
  var words: String
  /// What a person reads: "hello.greet: junk".
  var title: String
  /// The command that is asked, if it is one.
  var command: String?
  /// Whether nothing else makes sense when the plugin fails it.
  var isVital = false

  /// Every step for a plugin, in order.
  static func all(for manifest: Manifest) -> [CheckStep] {
    let life = [
      CheckStep(words: "load", title: "load", isVital: true), CheckStep(words: "create", title: "create", isVital: true),
      CheckStep(words: "life", title: "life", isVital: true),
      CheckStep(words: "configuration", title: "broken configuration"), CheckStep(words: "events", title: "events"),
      CheckStep(words: "misuse", title: "misuse by the host"),
    ]
    let subscriptions = manifest.subscribes.enumerated().map {
      CheckStep(words: "subscription \($0.offset)", title: "events of '\($0.element.topic)'")
    }
    // Last, for what is wrong with one command has been said of that command by then.
    return life + subscriptions + manifest.commands.flatMap(all) + [CheckStep(words: "open-calls", title: "stop with open calls")]
  }

  private static func all(for command: CommandDescription) -> [CheckStep] {
    let manners = ["example", "cancel", "deadline"] + (command.stream ? ["credit"] : []) + ["junk"]
    return manners.map { CheckStep(words: "command \(command.name) \($0)", title: "\(command.name): \($0)", command: command.name) }
  }
}
