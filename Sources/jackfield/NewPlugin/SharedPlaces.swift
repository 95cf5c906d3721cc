// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Host

/// Where the things lie that the author of a plugin needs: beside an installed command, or in the tree it was built in.
struct SharedPlaces: Equatable {
  var executable: String
  var templates: String
  /// Holds jackfield.h.
  var include: String
  /// A Swift package with the products PluginSDK and PluginTestKit.
  var sdk: String

  /// Looks upwards from the running command.
  static func find(executable: String? = Folder.resolved("/proc/self/exe")) throws(CommandFailure) -> SharedPlaces {
    guard let executable else { throw CommandFailure("cannot tell where this command lies, because /proc is not mounted; mount it") }
    var directory = Folder.parent(of: executable)
    while let place = directory {
      if let found = installed(below: place, executable) ?? checkout(at: place, executable) { return found }
      directory = Folder.parent(of: place)
    }
    throw CommandFailure(
      "cannot find the templates of plugins: they are neither in '../share/jackfield' beside '\(executable)' nor in a source tree above it; "
        + "install Jackfield with 'make install'")
  }

  private static func installed(below prefix: String, _ executable: String) -> SharedPlaces? {
    let share = (prefix == "/" ? "" : prefix) + "/share/jackfield"
    guard Folder.holds("templates", in: share) else { return nil }
    return SharedPlaces(executable: executable, templates: share + "/templates", include: prefix + "/include", sdk: share + "/sdk")
  }

  private static func checkout(at root: String, _ executable: String) -> SharedPlaces? {
    guard Folder.holds("Plugins", in: root + "/Templates"), Folder.holds("include", in: root + "/Sources/PluginAPI") else { return nil }
    return SharedPlaces(
      executable: executable, templates: root + "/Templates/Plugins", include: root + "/Sources/PluginAPI/include", sdk: root)
  }
}
