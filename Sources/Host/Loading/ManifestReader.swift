// SPDX-License-Identifier: Apache-2.0
import JSON

extension Manifest {
  /// Reads a manifest from a file.
  package init(file path: String) throws(ManifestError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try SmallFile.read(path, limit: Self.sizeLimit)
    } catch {
      throw ManifestError(["cannot read the manifest '\(path)': \(error.reason); make it a readable file of at most 256 KiB"])
    }
    try self.init(parsing: bytes, from: path)
  }

  /// Reads a manifest from its text.
  ///
  /// - Parameters:
  ///   - path: What the text came from, for the sentences.
  ///   - insideLibrary: The text was found in the library itself, so it need not name one.
  /// - Throws: `ManifestError` with everything that is wrong.
  package init(parsing text: [UInt8], from path: String, insideLibrary: Bool = false) throws(ManifestError) {
    guard text.count <= Self.sizeLimit else {
      throw ManifestError(["cannot read the manifest '\(path)': it is larger than \(Self.sizeLimit) bytes; make it smaller"])
    }
    let (value, map) = try Self.parse(text, path)
    var reader = ManifestReader(value: value, insideLibrary: insideLibrary)
    let problems = ManifestSchema.schema.problems(in: value)
    let manifest = problems.isEmpty ? reader.manifest() : nil
    let sentences = (problems + reader.problems).map { problem in
      problem.sentence(at: SourceLocation(file: path, position: map.position(of: problem)))
    }
    guard let manifest, sentences.isEmpty else { throw ManifestError(sentences) }
    self = manifest
  }

  private static func parse(_ text: [UInt8], _ path: String) throws(ManifestError) -> (JSONValue, JSONSourceMap) {
    do {
      let value = try JSONValue(parsing: text)
      let map = try JSONSourceMap(text, dialect: .json)
      guard map.repeated.isEmpty else {
        throw ManifestError(
          map.repeated.map {
            "the key '\($0.path)' stands twice, again at \(SourceLocation(file: path, position: $0.position)); delete one"
          })
      }
      return (value, map)
    } catch let error as ManifestError {
      throw error
    } catch {
      throw ManifestError([sentence(for: error, in: text, path)])
    }
  }

  /// The parser knows what is wrong and the scanner where; the scanner's words go with its place.
  private static func sentence(for error: any Error, in text: [UInt8], _ path: String) -> String {
    do throws(JSONSourceMap.Fault) {
      _ = try JSONSourceMap(text, dialect: .json)
      return "cannot read the manifest at \(path): \(error); correct the text"
    } catch let fault {
      let cure = fault.message.contains(";") ? "" : "; correct the text"
      return "cannot read the manifest at \(path):\(fault.position): \(fault.message)\(cure)"
    }
  }
}

/// Makes a manifest of a value that has the right form, and notes what the form cannot say.
private struct ManifestReader {
  let value: JSONValue
  let insideLibrary: Bool
  var problems: [JSONProblem] = []

  mutating func manifest() -> Manifest? {
    let id = value["id"]?.stringValue ?? ""
    let abi = value["abi"] ?? [:]
    let namespaces = namespaces()
    let commands = commands(of: id, in: namespaces)
    let subscribes = subscribes()
    let publishes = publishes(in: namespaces)
    let activation = activation(commands.map(\.name), subscribes.map(\.topic))
    let inputSchemas = inputSchemas()
    checkIdentifier(id, JSONPath(keys: "id"))
    let version = version()
    let requires = requires(id)
    let manifest = version.map { version in
      Manifest(
        id: id, name: value["name"]?.stringValue ?? id, version: version, license: value["license"]?.stringValue,
        summary: value["summary"]?.stringValue ?? "",
        abi: Manifest.ABI(
          major: abi["major"]?.intValue ?? 0, minor: abi["minor"]?.intValue ?? 0, needs: services("needs"), uses: services("uses")),
        library: library(), activation: activation, concurrent: value["concurrent"]?.boolValue ?? false, namespaces: namespaces,
        commands: commands, inputSchemas: inputSchemas, subscribes: subscribes, publishes: publishes, configSchema: configSchema(),
        permissions: value["permissions"] ?? [:], requires: requires, after: after(id))
    }
    return problems.isEmpty ? manifest : nil
  }

  private mutating func report(_ path: JSONPath, _ finding: String, _ cure: String) {
    problems.append(JSONProblem(path: path, finding: finding, cure: cure))
  }

  /// The texts of a list, each with its path.
  private func texts(_ key: String) -> [(JSONPath, String)] {
    (value[key]?.arrayValue ?? []).enumerated().compactMap { index, text in
      text.stringValue.map { (JSONPath(keys: key).appending(index), $0) }
    }
  }

  private mutating func checkIdentifier(_ id: String, _ path: JSONPath) {
    guard !Manifest.isIdentifier(id) else { return }
    report(path, " is '\(id)'", "write lower-case letters and digits, joined by '.' or '-', beginning with a letter")
  }

  private mutating func checkUnique(_ names: [(JSONPath, String)], _ noun: String) {
    var seen: Set<String> = []
    for (path, name) in names where !seen.insert(name).inserted { report(path, " names the \(noun) '\(name)' a second time", "delete one") }
  }

  private mutating func version() -> SemanticVersion? {
    let text = value["version"]?.stringValue ?? ""
    let version = SemanticVersion(text)
    if version == nil { report(JSONPath(keys: "version"), " is '\(text)'", "write a version such as '1.4.2' or '2.0.0-beta.1'") }
    return version
  }

  private mutating func library() -> String? {
    let path = JSONPath(keys: "library")
    guard let name = value["library"]?.stringValue else {
      if !insideLibrary { report(JSONPath(), " lacks the key 'library'", "add the file name of the plugin's library") }
      return nil
    }
    if name.contains("/") || name.contains("\0") || name == "." || name == ".." {
      report(path, " is '\(name)'", "write the name of a file in the manifest's own directory")
    }
    return name
  }

  private mutating func services(_ key: String) -> [String] {
    let list = value["abi"]?[key]?.arrayValue?.compactMap(\.stringValue) ?? []
    for (index, service) in list.enumerated() {
      let parts = service.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, TopicPattern.isTopic(String(parts[0])), let revision = Int(parts[1]), revision > 0 else {
        report(JSONPath(keys: "abi", key).appending(index), " is '\(service)'", "write a service and its revision, such as 'jf.log/1'")
        continue
      }
    }
    return list
  }

  private mutating func namespaces() -> [String] {
    let names = texts("namespaces")
    for (path, name) in names {
      if !TopicPattern.isTopic(name) {
        report(path, " is '\(name)'", "write lower-case letters, digits and '_', in parts joined by '.', each beginning with a letter")
      } else if let top = name.split(separator: ".").first, Manifest.reservedNamespaces.contains(String(top)) {
        report(path, " is '\(name)', which belongs to the host", "choose another")
      }
    }
    checkUnique(names, "namespace")
    return names.map(\.1)
  }

  private mutating func commands(of id: String, in namespaces: [String]) -> [CommandDescription] {
    let list = value["commands"]?.arrayValue ?? []
    var names: [(JSONPath, String)] = []
    for (index, command) in list.enumerated() {
      let path = JSONPath(keys: "commands").appending(index)
      let name = command["name"]?.stringValue ?? ""
      names.append((path.appending("name"), name))
      checkOwned(name, path.appending("name"), "command", in: namespaces)
      if command["inline"] == true, command["stream"] == true {
        report(path, " is both 'inline' and 'stream'", "choose one: an inline command answers at once")
      }
    }
    checkUnique(names, "command")
    return list.map { Self.description($0, id) }
  }

  private static func description(_ command: JSONValue, _ id: String) -> CommandDescription {
    CommandDescription(
      name: command["name"]?.stringValue ?? "", plugin: id, summary: command["summary"]?.stringValue ?? "", input: command["input"],
      output: command["output"], stream: command["stream"]?.boolValue ?? false, idempotent: command["idempotent"]?.boolValue ?? false,
      deadlineMilliseconds: command["deadlineMs"]?.intValue, inline: command["inline"]?.boolValue ?? false)
  }

  /// A command or topic must be well formed and lie below one of the plugin's namespaces.
  private mutating func checkOwned(_ name: String, _ path: JSONPath, _ noun: String, in namespaces: [String]) {
    guard TopicPattern.isTopic(name), name.contains(".") else {
      report(path, " is '\(name)'", "write 'namespace.name' in lower-case letters, digits and '_'")
      return
    }
    guard !namespaces.contains(where: { name.hasPrefix($0 + ".") }) else { return }
    let own = namespaces.isEmpty ? "it has none" : "they are \(namespaces.map { "'\($0)'" }.joined(separator: ", "))"
    report(path, " is '\(name)', which lies in none of the plugin's namespaces (\(own))", "rename the \(noun), or add its namespace")
  }

  private mutating func inputSchemas() -> [String: JSONSchema] {
    var schemas: [String: JSONSchema] = [:]
    for (index, command) in (value["commands"]?.arrayValue ?? []).enumerated() {
      for key in ["input", "output"] {
        guard let text = command[key], let schema = schema(text, JSONPath(keys: "commands").appending(index).appending(key)) else {
          continue
        }
        if key == "input", let name = command["name"]?.stringValue { schemas[name] = schema }
      }
    }
    return schemas
  }

  private mutating func configSchema() -> JSONSchema? {
    value["config"]?["schema"].flatMap { schema($0, JSONPath(keys: "config", "schema")) }
  }

  private mutating func schema(_ text: JSONValue, _ path: JSONPath) -> JSONSchema? {
    do throws(JSONSchemaError) {
      return try JSONSchema(text)
    } catch {
      report(path.appending(error.path), " is not understood", "write \(error.expected)")
      return nil
    }
  }

  private mutating func subscribes() -> [Manifest.Subscription] {
    var subscriptions: [Manifest.Subscription] = []
    var topics: [(JSONPath, String)] = []
    for (index, subscription) in (value["subscribes"]?.arrayValue ?? []).enumerated() {
      let path = JSONPath(keys: "subscribes").appending(index)
      let overflow = subscription["overflow"]?.stringValue.flatMap(Overflow.init) ?? .dropOldest
      let key = subscription["key"]?.stringValue
      if (overflow == .latestPerKey) != (key != nil) {
        report(
          path, overflow == .latestPerKey ? " lacks the key 'key'" : " has a 'key'",
          "use 'key' with the overflow 'latest_per_key', and only there")
      }
      let text = subscription["topic"]?.stringValue ?? ""
      topics.append((path.appending("topic"), text))
      guard let topic = pattern(text, path.appending("topic")) else { continue }
      subscriptions.append(
        Manifest.Subscription(topic: topic, queue: subscription["queue"]?.intValue ?? 1024, overflow: overflow, key: key))
    }
    checkUnique(topics, "topic")
    return subscriptions
  }

  private mutating func pattern(_ text: String, _ path: JSONPath) -> TopicPattern? {
    do throws(TopicPatternError) {
      return try TopicPattern(text)
    } catch {
      report(path, " is '\(text)'", "write an exact topic such as 'trainer.step', 'trainer.*' for all below it, or '*' for all")
      return nil
    }
  }

  private mutating func publishes(in namespaces: [String]) -> [TopicPattern] {
    let topics = texts("publishes")
    checkUnique(topics, "topic")
    return topics.compactMap { path, text in
      guard let pattern = pattern(text, path) else { return nil }
      let below = text.hasSuffix(".*") ? String(text.dropLast(2)) : text
      if below == text || !namespaces.contains(below) { checkOwned(below, path, "topic", in: namespaces) }
      return pattern
    }
  }

  private mutating func activation(_ commands: [String], _ topics: [TopicPattern]) -> [Manifest.Activation] {
    guard value["activation"] != nil else {
      return commands.map(Manifest.Activation.onCommand) + topics.map(Manifest.Activation.onEvent)
    }
    return texts("activation").compactMap { path, text in
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("onStart", 1): return .onStart
      case ("onCommand", 2):
        if commands.contains(parts[1]) { return .onCommand(parts[1]) }
        reportMissing(path, "command", parts[1], commands)
      case ("onEvent", 2):
        if let topic = topics.first(where: { $0.description == parts[1] }) { return .onEvent(topic) }
        reportMissing(path, "subscription", parts[1], topics.map(\.description))
      default: report(path, " is '\(text)'", "write 'onStart', 'onCommand:NAME' or 'onEvent:TOPIC'")
      }
      return nil
    }
  }

  private mutating func reportMissing(_ path: JSONPath, _ noun: String, _ name: String, _ known: [String]) {
    let cure = NearMiss.closest(to: name, in: known).map { "did you mean '\($0)'?" } ?? "add it, or delete this"
    report(path, " names the \(noun) '\(name)', which the manifest does not have", cure)
  }

  private mutating func requires(_ id: String) -> [String: VersionRange] {
    var ranges: [String: VersionRange] = [:]
    for (other, text) in (value["requires"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
      let path = JSONPath(keys: "requires", other)
      checkOther(other, id, path)
      guard let range = VersionRange(text.stringValue ?? "") else {
        report(path, " is \(text.serialized())", "write a range such as '>=0.1 <2', or '*' for any version")
        continue
      }
      ranges[other] = range
    }
    return ranges
  }

  private mutating func after(_ id: String) -> [String] {
    let others = texts("after")
    for (path, other) in others { checkOther(other, id, path) }
    checkUnique(others, "plugin")
    return others.map(\.1)
  }

  private mutating func checkOther(_ other: String, _ id: String, _ path: JSONPath) {
    checkIdentifier(other, path)
    if other == id { report(path, " names the plugin itself", "delete it") }
  }
}
