// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Processes

/// What is known of a kernel's process, and is enough to find it again.
struct LocalRecord: Sendable, Hashable {
  var process: ProcessIdentity
  var place: KernelPlace
  var spec: String
  var displayName: String
  var language: String
  var interruptMode: String
  /// As it was run.
  var command: [String]
  var workingDirectory: String
  /// The program, where the language is Python.
  var interpreter: String?
  /// Whether an earlier life of the host began it.
  var isAdopted = false

  init(process: ProcessIdentity, place: KernelPlace, plan: KernelPlan, command: [String]) {
    self.process = process
    self.place = place
    spec = plan.spec
    displayName = plan.displayName
    language = plan.language
    interruptMode = plan.interruptMode
    self.command = command
    workingDirectory = plan.workingDirectory
    interpreter = plan.language.lowercased() == "python" ? command.first : nil
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "pid": .integer(Int64(process.pid)), "began": .integer(Int64(process.began)), "id": .string(place.id),
      "runtime_directory": .string(place.runtimeDirectory), "output_directory": .string(place.outputDirectory), "spec": .string(spec),
      "display_name": .string(displayName), "language": .string(language), "interrupt_mode": .string(interruptMode),
      "command": .array(command.map { .string($0) }), "working_directory": .string(workingDirectory),
    ]
    if let interpreter { members["interpreter"] = .string(interpreter) }
    return .object(members)
  }

  /// - Returns: Nil when the JSON is not one of `json`.
  init?(_ json: JSONValue) {
    guard let pid = json["pid"]?.intValue.flatMap({ Int32(exactly: $0) }), pid > 1,
      let began = json["began"]?.intValue.flatMap({ UInt64(exactly: $0) }), let id = json["id"]?.stringValue, !id.isEmpty,
      !id.contains("/"), let runtime = json["runtime_directory"]?.stringValue, runtime.hasPrefix("/"),
      let output = json["output_directory"]?.stringValue, output.hasPrefix("/"), Path.name(of: output) == id,
      let spec = json["spec"]?.stringValue, let displayName = json["display_name"]?.stringValue,
      let language = json["language"]?.stringValue, let mode = json["interrupt_mode"]?.stringValue,
      let directory = json["working_directory"]?.stringValue
    else { return nil }
    process = ProcessIdentity(pid: pid, began: began)
    place = KernelPlace(id: id, runtimeDirectory: runtime, outputDirectory: output)
    self.spec = spec
    self.displayName = displayName
    self.language = language
    interruptMode = mode
    command = json["command"]?.arrayValue?.compactMap(\.stringValue) ?? []
    workingDirectory = directory
    interpreter = json["interpreter"]?.stringValue
    isAdopted = true
  }
}
