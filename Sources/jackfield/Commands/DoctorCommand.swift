// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let doctor = Subcommand(
    name: "doctor", summary: "look for what is wrong, and say how to mend it", options: [.json],
    discussion:
      "Looks at the directories, the configuration, the host, its plugins, the trainers' port and the disk. Exit status 1 when a problem was found.",
    examples: ["jackfield doctor", "jackfield doctor --json"],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      let findings = Doctor(home: invocation.home).examine()
      if invocation.wantsJSON {
        Terminal.print(
          .array(findings.map { ["level": .string($0.level.rawValue), "subject": .string($0.subject), "message": .string($0.message)] }))
      } else {
        DoctorCommand.show(findings)
      }
      return findings.contains { $0.level == .problem } ? SystemExit.failed : SystemExit.ok
    })
}

enum DoctorCommand {
  static func show(_ findings: [Doctor.Finding]) {
    Terminal.print(TextTable(titles: ["", "WHAT", "FOUND"], rows: findings.map { [$0.level.rawValue, $0.subject, $0.message] }))
    Terminal.print("\n\(verdict(findings))")
  }

  /// The last line, for whoever does not read the table.
  static func verdict(_ findings: [Doctor.Finding]) -> String {
    let problems = findings.count { $0.level == .problem }
    let warnings = findings.count { $0.level == .warning }
    func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    return switch (problems, warnings) {
    case (0, 0): "all is well"
    case (0, _): counted(warnings, "warning")
    case (_, 0): counted(problems, "problem")
    default: "\(counted(problems, "problem")), \(counted(warnings, "warning"))"
    }
  }
}
