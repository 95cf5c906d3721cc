// SPDX-License-Identifier: Apache-2.0
// The rules of plugin.json. Every fault is found, not only the first: `jackfield plugins check` shows them all.
import JSON
import PluginAPI
import PluginBridge

/// Turns the text of a manifest into values.
struct ManifestParser {
  /// Where the text stands.
  enum Origin {
    case file
    /// A note inside the library itself.
    case note
  }

  let faults: ManifestFaults
  private let text: [UInt8]
  private let origin: Origin

  private let map: Result<JSONSourceMap, JSONSourceMap.Fault>

  init(_ text: [UInt8], path: String, origin: Origin = .file) {
    self.text = text
    self.origin = origin
    map = Result { () throws(JSONSourceMap.Fault) in try JSONSourceMap(text.count > ManifestFile.maximumSize ? [] : text, dialect: .json) }
    faults = ManifestFaults(path: path, map: try? map.get())
  }

  /// The manifest; nil when there is a fault.
  func parse() -> Manifest? {
    guard text.count <= ManifestFile.maximumSize else {
      faults.report(.tooLarge, "its manifest has more than 256 KiB; shorten it")
      return nil
    }
    do {
      let document = try JSONValue(parsing: text)
      // Of two members with one name, readers take different ones.
      for (place, position) in (try? map.get())?.repeated ?? [] {
        faults.report("'\(place)' (line \(position.line)) stands there twice; remove one")
      }
      return read(document)
    } catch {
      faults.report("it is not JSON: \(fault(error)); correct it")
      return nil
    }
  }

  /// What is wrong with a text that is not JSON, with its line where that is known.
  private func fault(_ error: JSONError) -> String {
    if case .failure(let fault) = map { "\(fault.message) (line \(fault.position.line))" } else { error.message }
  }

  /// The library's name in a manifest that may have faults elsewhere.
  var declaredLibrary: String? {
    member("library").flatMap { $0.isEmpty || $0.contains("/") ? nil : $0 }
  }

  /// The plugin's id in a manifest that may have faults elsewhere.
  var declaredID: String? { member("id").flatMap { Self.isID($0) && $0.utf8.count <= 100 ? $0 : nil } }

  private func member(_ key: String) -> String? {
    text.count <= ManifestFile.maximumSize ? (try? JSONValue(parsing: text))?[key]?.stringValue : nil
  }

  /// The fault to name when there is room for one: a plugin for another host has others only because of that.
  var foremost: Refusal? { faults.refusals.first { $0.code == .otherABI } ?? faults.refusals.first }

  /// The members of every manifest. Some of them a C library, which has nobody to act for it, cannot have.
  private static let keys = [
    "kind",
    "schema", "id", "name", "version", "license", "summary", "abi", "library", "activation", "concurrent", "reload", "namespaces",
    "commands",
    "subscribes", "publishes", "config", "permissions", "requires", "after", "panels",
  ]

  private func read(_ document: JSONValue) -> Manifest? {
    guard document.objectValue != nil else {
      faults.report("it is not a JSON object; write { \"schema\": 1, \"id\": … }")
      return nil
    }
    let kind = ManifestCLibrary.kind(of: document, origin, faults)
    let keys = kind == .cLibrary ? ManifestCLibrary.keys(among: Self.keys) : Self.keys
    guard let top = ManifestPart(document, at: JSONPath(), keys: keys, faults: faults) else { return nil }
    if let schema = top.number("schema", in: 1...1_000, isRequired: true), schema != 1 {
      faults.report(.otherABI, "\(faults.name(top.place.appending("schema"))) is \(schema), this host reads 1; write 1, or update the host")
    }
    let id = id(top)
    let abi = abi(top, isRequired: kind == .plugin)
    let version = version(top)
    let cInterface = kind == .cLibrary ? ManifestCLibrary.interface(of: document, faults) : nil
    let library = kind == .plugin ? library(top) : nil
    let isConcurrent = top.flag("concurrent")
    let namespaces = namespaces(top)
    var commands = ManifestCommands(top, plugin: id ?? "", kind: kind, namespaces: namespaces, isConcurrent: isConcurrent).read()
    cInterface.map { ManifestCLibrary.addSchemas(to: &commands, $0) }
    let topics = ManifestTopics(top, namespaces: namespaces)
    let subscribes = topics.subscribes()
    let schema = top.part("config", keys: ["schema"])?.schema("schema")
    let manifest = Manifest(
      kind: kind, id: id ?? "", name: top.text("name") ?? id ?? "", version: version, license: top.text("license"),
      summary: top.text("summary", limit: 2_000) ?? "", abi: abi, library: library,
      activation: ManifestActivation(top, commands: commands, subscribes: subscribes, schema: schema).read(), isConcurrent: isConcurrent,
      reload: reload(top), namespaces: namespaces, commands: commands, subscribes: subscribes, publishes: topics.publishes(),
      configurationSchema: schema,
      permissions: top.object("permissions") ?? .object([:]), requires: requires(top, id), after: after(top, id), cInterface: cInterface,
      panels: ManifestPanels(top).read(), document: document)
    return faults.refusals.isEmpty ? manifest : nil
  }

  private func id(_ top: ManifestPart) -> String? {
    guard let id = top.text("id", isRequired: true, limit: 100) else { return nil }
    guard Self.isID(id) else {
      top.report("id", "is '\(id)'; write lower-case letters and digits, a letter first, with '.' or '-' between, such as 'run-notes'")
      return nil
    }
    return id
  }

  /// Whether the text is ^[a-z][a-z0-9]*([.-][a-z0-9]+)*$.
  static func isID(_ text: String) -> Bool {
    guard let first = text.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else { return false }
    let separators = Array(".-".utf8)
    return text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { separators.contains($0) }).allSatisfy { part in
      !part.isEmpty && part.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
  }

  /// A version that nothing meets stands for a missing one, which was reported.
  private func version(_ top: ManifestPart) -> SemanticVersion {
    let none = SemanticVersion("0.0.0")!  // the text is a version
    guard let text = top.text("version", isRequired: true) else { return none }
    if let version = SemanticVersion(text) { return version }
    top.report("version", "is '\(text)'; write three numbers, such as '1.4.2' or '2.0.0-beta.1'")
    return none
  }

  private func library(_ top: ManifestPart) -> String? {
    guard let name = top.text("library", isRequired: origin == .file, limit: 255) else { return nil }
    guard !name.contains("/"), !name.hasPrefix("."), name.hasSuffix(".so") || name.contains(".so.") else {
      top.report("library", "is '\(name)'; write the name of a file beside plugin.json that ends in '.so'")
      return nil
    }
    return name
  }

  private func reload(_ top: ManifestPart) -> PluginBlueprint.Reload? {
    guard let name = top.text("reload") else { return nil }
    if let reload = PluginBlueprint.Reload(rawValue: name) { return reload }
    top.report("reload", "is '\(name)'; write 'overlap' (the new process begins beside the old one) or 'restart' (after it)")
    return nil
  }

  private func abi(_ top: ManifestPart, isRequired: Bool) -> Manifest.ABI {
    let part = top.part("abi", keys: ["major", "minor", "needs", "uses"], isRequired: isRequired)
    let major = part?.number("major", in: 1...65_535, isRequired: true) ?? 1
    let minor = part?.number("minor", in: 0...65_535) ?? 0
    if major != Int(JF_ABI_MAJOR) {
      faults.report(.otherABI, Refusal.otherABI(major))
    } else if minor > Int(JF_ABI_MINOR) {
      faults.report(.otherABI, "needs plugin ABI \(major).\(minor), this host speaks \(JF_ABI_MAJOR).\(JF_ABI_MINOR); update the host")
    }
    let needs = part.map { services($0, "needs") } ?? []
    for need in needs where !HostServices.ids.contains(need) {
      let cure = NearMiss.closest(to: need, in: HostServices.ids).map { "did you mean '\($0)'?" } ?? "update the host"
      faults.report(.missingService, "needs the service '\(need)', which this host does not have; \(cure)")
    }
    return Manifest.ABI(major: major, minor: minor, needs: needs, uses: part.map { services($0, "uses") } ?? [])
  }

  private func services(_ part: ManifestPart, _ key: String) -> [String] {
    part.texts(key).compactMap { text, place in
      let halves = text.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count == 2, TopicPattern.isTopic(String(halves[0])), UInt16(halves[1]) != nil else {
        faults.report("\(faults.name(place)) is '\(text)'; write a service and its revision, such as 'jf.log/1'")
        return nil
      }
      return text
    }
  }

  static let reservedNamespaces: Set<String> = ["host", "plugin", "config", "call", "event", "command"]

  private func namespaces(_ top: ManifestPart) -> [String] {
    top.texts("namespaces").compactMap { text, place in
      guard TopicPattern.isTopic(text) else {
        faults.report("\(faults.name(place)) is '\(text)'; write lower-case letters, digits and '_', a letter first, such as 'runs'")
        return nil
      }
      guard let first = text.split(separator: ".").first, !Self.reservedNamespaces.contains(String(first)) else {
        faults.report("\(faults.name(place)) is '\(text)', which belongs to the host; choose another")
        return nil
      }
      return text
    }
  }

  private func requires(_ top: ManifestPart, _ id: String?) -> [Manifest.Requirement] {
    top.textMembers("requires").compactMap { name, text, place in
      guard isOther(name, than: id, place) else { return nil }
      guard let versions = VersionRange(text) else {
        faults.report("\(faults.name(place)) is '\(text)'; write a range of versions, such as '>=0.1 <2', or '*'")
        return nil
      }
      return Manifest.Requirement(id: name, versions: versions)
    }
  }

  private func after(_ top: ManifestPart, _ id: String?) -> [String] {
    top.texts("after").filter { isOther($0.text, than: id, $0.place) }.map(\.text)
  }

  private func isOther(_ name: String, than id: String?, _ place: JSONPath) -> Bool {
    if !Self.isID(name) {
      faults.report("\(faults.name(place)) names '\(name)', which is no plugin's id; write the 'id' of its plugin.json")
    }
    if name == id { faults.report("\(faults.name(place)) names the plugin itself; remove it") }
    return Self.isID(name) && name != id
  }
}

extension Refusal {
  /// The cause and cure for a plugin of another major.
  static func otherABI(_ major: Int) -> String {
    "built for plugin ABI \(major), this host speaks \(JF_ABI_MAJOR); rebuild it against this host's PluginSDK, or update the host"
  }
}
