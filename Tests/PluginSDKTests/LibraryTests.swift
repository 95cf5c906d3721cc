// SPDX-License-Identifier: Apache-2.0
// A stranger's plugin: C, compiled here, loaded from a file.

import Foundation
import PluginTestKit
import Testing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc"), "no C compiler")) struct LibraryTests {
  @Test func pluginInCIsLoadedAndKeepsEveryRule() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let library = try compile(in: directory)
    let manifest = directory.appending(path: "plugin.json")
    try Data(#"{"id":"c","version":"1.0.0","commands":[{"name":"c.echo"}]}"#.utf8).write(to: manifest)

    let host = try await TestHost(library: library, manifest: manifest.path())
    #expect(try await host.call("c.echo", "[1]").text == "[1]")
    await host.close()
    #expect(await Conformance.check(library: library, manifest: manifest.path()) == [])
  }

  private func compile(in directory: URL) throws -> String {
    let source = directory.appending(path: "plugin.c")
    try Data(Self.plugin.utf8).write(to: source)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let library = directory.appending(path: "libc-plugin.so").path()
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/cc")
    compiler.arguments = [
      "-std=c99", "-shared", "-fPIC", "-fvisibility=hidden", "-I", root.appending(path: "Sources/PluginAPI/include").path(), "-o", library,
      source.path(),
    ]
    try compiler.run()
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0)
    return library
  }

  private static let plugin = #"""
    #include <stdlib.h>
    #include <string.h>
    #include "jackfield.h"
    struct plugin { const jf_host *host; jf_instance *instance; };
    static jf_status create(const jf_host *host, jf_instance *instance, jf_bytes config, void **self) {
      const jf_register_1 *registry = host->extension(instance, JF_REGISTER_1);
      const jf_log_1 *log = host->extension(instance, JF_LOG_1);
      jf_text name = JF_TEXT("c.echo"), refusal = JF_TEXT("configuration is not an object");
      jf_bytes none = {0, 0};
      if (config.length == 0 || config.data[0] != '{') {
        log->write(instance, JF_LOG_ERROR, refusal, none);
        return JF_E_INVALID;
      }
      struct plugin *plugin = malloc(sizeof *plugin);
      plugin->host = host;
      plugin->instance = instance;
      *self = plugin;
      return registry->command(instance, name);
    }
    static jf_status start(void *self) { (void)self; return JF_OK; }
    static jf_status invoke(void *self, const jf_request *request) {
      struct plugin *plugin = self;
      jf_text echo = JF_TEXT("c.echo");
      if (request->size < sizeof *request) return JF_E_INVALID;
      if (request->command.length != echo.length || memcmp(request->command.data, echo.data, echo.length) != 0) return JF_E_NOT_FOUND;
      plugin->host->call_finish(plugin->instance, request->call, JF_OK, JF_CONTENT_BYTES, request->payload);
      return JF_OK;
    }
    static jf_status event(void *self, const jf_event *event) {
      (void)self;
      return event->size < sizeof *event ? JF_E_INVALID : JF_OK;
    }
    static jf_status stop(void *self, uint64_t deadline_ns) { (void)self; (void)deadline_ns; return JF_OK; }
    static void destroy(void *self) { free(self); }
    static const jf_plugin table = {
      sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("c"), JF_TEXT("1.0.0"),
      create, start, invoke, event, stop, destroy, 0
    };
    const jf_plugin *jf_plugin_entry_1(void) { return &table; }
    """#
}
