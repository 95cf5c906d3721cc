// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The door's parts, put together from the settings and the files of the page.
struct DoorParts: Sendable {
  let settings: DashboardSettings
  let files: WebFiles
  let sessions: SessionBook
  let codes: SignInCodes
  let links: SignInLinks
  let log: PluginLog?

  /// - Parameters:
  ///   - place: What no two hosts of one machine share.
  ///   - changed: Called when who is signed in is to be kept; must not wait.
  ///   - left: Called with the ids of those who were signed out; must not wait.
  init(
    _ settings: DashboardSettings, files: WebFiles, place: String, codes: SignInCodes? = nil, log: PluginLog? = nil,
    changed: @escaping @Sendable () -> Void = {}, left: @escaping @Sendable ([String]) -> Void = { _ in }
  ) throws {
    self.settings = settings
    self.files = files
    self.log = log
    let cookie = try SessionCookie(place: place, base: settings.basePath, days: settings.sessionDays)
    sessions = SessionBook(settings, cookie: cookie, changed: changed, left: left)
    let codes = codes ?? SignInCodes(lifetime: .seconds(settings.codeMinutes * 60))
    self.codes = codes
    links = SignInLinks(base: settings.basePath, codes: codes, address: settings.address)
  }

  /// Where the files of this page are, from the root on.
  private var assets: String { "\(settings.basePath.text)assets/\(files.hash)/" }

  /// - Parameters:
  ///   - session: Answers `api/session`.
  ///   - others: The routes of other rooms.
  func router(session: SessionRoute, others: [PageMount]) -> PageRouter {
    let base = settings.basePath
    let words = WordsPage(base: base, assets: assets)
    let own = [
      PageMount("open", .get, .everybody, OpenRoute(base: base, codes: codes, sessions: sessions, words: words, log: log)),
      PageMount("assets", .get, .everybody, AssetRoute(files: files)),
      PageMount("frames", .get, .frames, FrameRoute(files, base: base, assets: assets)),
      PageMount("api", .get, .session, NothingRoute()),
      PageMount("api/session", .get, .session, session),
      PageMount("api/session/end", .post, .session, SignOutRoute(sessions: sessions, log: log)),
      PageMount("api/session/link", .post, .session, LinkRoute(links: links)),
    ]
    return PageRouter(
      base: base, hosts: settings.socket.isEmpty ? nil : HostNames(settings.hosts), sessions: sessions, mounts: others + own,
      page: IndexPage(files, base: base, assets: assets, words: words, cookie: sessions.cookie))
  }
}
