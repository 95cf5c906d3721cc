// SPDX-License-Identifier: Apache-2.0

/// Lets plugins in, one after the other, and writes down what is new when all were seen.
final class TrustPass {
  struct Admission {
    /// In the store: what is to be loaded.
    var library: String
    var sha256: String
  }

  /// What is to be written down of a plugin that was let in.
  private struct News {
    var path: String
    var entry: PluginLock.Entry
    /// For the log; nil when the bytes are known and only their place is new.
    var message: String?
  }

  private let trust: PluginTrust
  /// nil: what was allowed before does not count, and nothing is written down.
  private let lock: Result<PluginLock, PluginLock.Unusable>?
  private let allowing: String?
  private var news: [String: News] = [:]
  /// Those that were let in, by id.
  private(set) var admitted: [String: Admission] = [:]

  /// - Parameters:
  ///   - pins: Whether a plugin with other bytes than before is refused.
  ///   - allowing: The plugin whose present bytes are to be accepted.
  init(_ trust: PluginTrust, pins: Bool, allowing: String? = nil) {
    self.trust = trust
    self.allowing = allowing
    let path = trust.lockPath
    lock = pins ? Result { () throws(PluginLock.Unusable) in try PluginLock.read(path) } : nil
  }

  /// Puts the files into the store, if these bytes of the plugin may be loaded.
  ///
  /// - Parameter libraries: What was judged, the plugin's own library first.
  func admit(_ plugin: DiscoveredPlugin, version: String, _ libraries: [SharedLibrary]) throws(Refusal) -> Admission {
    let manifest = plugin.manifestPath.flatMap { path in plugin.manifestText.map { (path: path, text: $0) } }
    let files = PluginFiles(manifest: manifest, libraries: libraries.map(\.image.file))
    let digest = try Self.translating(plugin) { () throws(TrustFault) in try PluginDigest(files) }
    let news = try news(of: plugin, version, digest)
    let entry = try Self.translating(plugin) { () throws(TrustFault) in try trust.store.place(files, digest) }
    self.news[plugin.id] = news
    let library = files.libraryName.map { "\(entry)/\($0)" } ?? plugin.libraryPath ?? ""
    let admission = Admission(library: library, sha256: digest.sha256)
    admitted[plugin.id] = admission
    return admission
  }

  /// Writes down what is new.
  ///
  /// - Returns: Why plugins that were let in must stay outside after all, by id.
  func finish() -> [String: Refusal] {
    guard let lock else {
      trust.tidy(keeping: Set(admitted.values.map(\.sha256)))
      return [:]
    }
    // Nobody was let in, and what the store holds may be needed when the file is mended.
    guard case .success(var written) = lock else { return [:] }
    for (id, news) in news { written.plugins[id] = news.entry }
    do throws(FileError) { if !news.isEmpty { try written.write(to: trust.lockPath) } } catch { return unwritten(error) }
    for (id, news) in news.sorted(by: { $0.key < $1.key }) {
      if let message = news.message { trust.logger.info(message, ["plugin": id, "sha256": news.entry.sha256, "path": news.path]) }
    }
    trust.tidy(keeping: Set(written.plugins.values.map(\.sha256)))
    return [:]
  }

  // MARK: Judging

  /// What is to be written down of these bytes; nil when all of it stands there.
  private func news(of plugin: DiscoveredPlugin, _ version: String, _ digest: PluginDigest) throws(Refusal) -> News? {
    guard let known = try known(plugin) else { return nil }
    var entry = PluginLock.Entry(
      version: version, sha256: digest.sha256, files: digest.files, path: plugin.path, firstSeen: LogTime.stamp(LogTime.now))
    guard let old = known.plugins[plugin.id] else {
      return News(path: plugin.path, entry: entry, message: "plugin pinned at its first use")
    }
    if old.sha256 == digest.sha256 {
      entry.firstSeen = old.firstSeen
      return entry == old ? nil : News(path: plugin.path, entry: entry)
    }
    if allowing == plugin.id { return News(path: plugin.path, entry: entry, message: "changed plugin allowed") }
    guard trust.own.holds(plugin.path) else { throw Self.changed(plugin, digest, old) }
    return News(path: plugin.path, entry: entry, message: "plugin of this installation changed, pinned anew")
  }

  /// nil when that does not count.
  private func known(_ plugin: DiscoveredPlugin) throws(Refusal) -> PluginLock? {
    do throws(PluginLock.Unusable) { return try lock?.get() } catch {
      throw Refusal(
        .unusableLock, path: plugin.path,
        """
        '\(trust.lockPath)', where it stands which plugins were allowed, cannot be used: \(error.reason); mend it, or remove it to allow \
        every plugin as it is now, then say 'jackfield reload'
        """)
    }
  }

  private static func changed(_ plugin: DiscoveredPlugin, _ digest: PluginDigest, _ old: PluginLock.Entry) -> Refusal {
    let differences = digest.differences(from: old.files)
    let names = differences.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    let more = differences.count > 3 ? " and \(differences.count - 3) more" : ""
    return Refusal(
      .changed, path: plugin.path,
      """
      \(names)\(more) changed since it was allowed: its SHA-256 was \(old.sha256), now it is \(digest.sha256); if that is your doing, say \
      'jackfield plugins allow \(plugin.id)', else put the old files back
      """)
  }

  private func unwritten(_ error: FileError) -> [String: Refusal] {
    news.mapValues { news in
      Refusal(
        .notStored, path: news.path,
        "what is allowed cannot be written down: \(error); see that the host's user may write there and that there is room, "
          + "then say 'jackfield reload'")
    }
  }

  private static func translating<Value>(
    _ plugin: DiscoveredPlugin, _ body: () throws(TrustFault) -> Value
  ) throws(Refusal) -> Value {
    do throws(TrustFault) { return try body() } catch { throw error.refusal(plugin.path) }
  }
}
