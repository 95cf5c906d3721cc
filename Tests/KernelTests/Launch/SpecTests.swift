// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct SpecTests {
  private static let values = ["connection_file": "/r/kernel-1.json", "resource_dir": "/p/share/jupyter/kernels/k", "prefix": "/p"]

  /// The commands of real kernelspecs.
  @Test(arguments: [
    // ipykernel 7.4, xeus-python 0.19
    ("{connection_file}", "/r/kernel-1.json"),
    // async-kernel 0.23
    ("--connection_file={connection_file}", "--connection_file=/r/kernel-1.json"),
    // JJava 1.0a8
    ("{resource_dir}/jjava.jar", "/p/share/jupyter/kernels/k/jjava.jar"),
    // ggsql 0.5.2
    ("{resource_dir}/ggsql-jupyter", "/p/share/jupyter/kernels/k/ggsql-jupyter"),
    ("-Dx={prefix}/lib:{prefix}/lib64", "-Dx=/p/lib:/p/lib64"),
    // Names without a value, and braces that are none of ours: as in jupyter_client.
    ("{unknown} {connection-file} {} {", "{unknown} {connection-file} {} {"),
    ("{{connection_file}}", "{/r/kernel-1.json}"),
    ("{a{prefix}", "{a/p"),
    ("IRkernel::main()", "IRkernel::main()"),
    ("ä{prefix}ö", "ä/pö"),
  ])
  func argumentsAreFilledIn(argument: String, filled: String) {
    #expect(SpecTemplate.fill(argument, Self.values) == filled)
  }

  /// As `string.Template(text).safe_substitute` of Python 3.11 has it.
  @Test(arguments: [
    ("${HOME}/x", "/h/x"), ("$HOME/x", "/h/x"), ("$$HOME", "$HOME"), ("${NONE}", "${NONE}"), ("$NONE$", "$NONE$"), ("${HOME", "${HOME"),
    ("$1 ${1}", "$1 ${1}"), ("a${EMPTY}b", "ab"), ("$HOMEx", "$HOMEx"), ("", ""),
  ])
  func variablesAreExpanded(text: String, expanded: String) {
    #expect(SpecTemplate.expand(text, ["HOME": "/h", "EMPTY": ""]) == expanded)
  }

  @Test(arguments: [
    (["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], true, false),
    (["/env/bin/python3.11", "-m", "xpython_launcher", "-f", "{connection_file}"], false, true),
    (["/env/bin/xpython", "-f", "{connection_file}"], false, true),
    (["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"], true, false),
    (["python", "-m", "bash_kernel", "-f", "{connection_file}"], true, false),
    (["deno", "jupyter", "--kernel", "--conn", "{connection_file}"], false, false),
    (["java", "-jar", "{resource_dir}/jjava.jar", "{connection_file}"], false, false),
    (["ilua", "-c", "{connection_file}"], false, false),
    (["{resource_dir}/ggsql-jupyter", "-f", "{connection_file}"], false, false),
    (["/home/bash_kernel/bin/deno", "--conn", "{connection_file}"], false, false),
  ])
  func traitsAreThoseOfTheTrials(command: [String], usesSockets: Bool, registers: Bool) {
    #expect(KernelTraits.of(command) == KernelTraits(usesSockets: usesSockets, registers: registers))
  }

  @Test(arguments: [
    ("", "it is no JSON: "), ("[]", "it is no JSON object"), ("{", "it is no JSON: "),
    ("{}", "'argv' is no array that begins with a program"), (#"{"argv": []}"#, "'argv' is no array that begins with a program"),
    (#"{"argv": "python"}"#, "'argv' is no array that begins with a program"),
    (#"{"argv": [""]}"#, "'argv' is no array that begins with a program"),
    (#"{"argv": ["a", 1]}"#, "'argv' holds something that is no argument"),
    (#"{"argv": ["a\u0000b"]}"#, "'argv' holds something that is no argument"),
    (#"{"argv": ["a"], "display_name": 1}"#, "'display_name' is no text"),
    (#"{"argv": ["a"], "language": []}"#, "'language' is no text"),
    (#"{"argv": ["a"], "interrupt_mode": "shout"}"#, "'interrupt_mode' is 'shout', neither 'signal' nor 'message'"),
    (#"{"argv": ["a"], "env": []}"#, "'env' is no object"), (#"{"argv": ["a"], "env": {"A": 1}}"#, "'env.A' is no variable with a text"),
    (#"{"argv": ["a"], "env": {"A=B": "c"}}"#, "'env.A=B' is no variable with a text"),
    (#"{"argv": ["a"], "metadata": 3}"#, "'metadata' is no object"),
  ])
  func hostileSpecsAreRefusedWithTheReason(json: String, reason: String) {
    let fault = #expect(throws: KernelSpec.Fault.self) { try KernelSpec(name: "k", folder: "/k", json: Array(json.utf8)) }
    #expect(fault?.reason.hasPrefix(reason) == true)
  }

  @Test func unknownKeysAndMissingOnesAreFine() throws {
    let spec = try KernelSpec(
      name: "k", folder: "/p/share/jupyter/kernels/k",
      json: Array(#"{"argv": ["a"], "x": {"y": [1]}, "codemirror_mode": 3, "interrupt_mode": "MESSAGE", "env": null}"#.utf8))
    #expect(spec.displayName == "k" && spec.language == "" && spec.interruptMode == "message" && spec.prefix == "/p" && !spec.supportsCurve)
  }

  @Test func unusableOnesAreListedAndTold() async throws {
    let bench = try LaunchBench()
    let folder = "home/.local/share/jupyter/kernels"
    try bench.write("\(folder)/huge/kernel.json", String(repeating: " ", count: KernelSpec.mostBytes + 1))
    try bench.write("\(folder)/junk/kernel.json", "\u{0}\u{1}")
    try bench.write("\(folder)/bad name/kernel.json", #"{"argv": ["a"]}"#)
    try bench.write("\(folder)/Good/kernel.json", #"{"argv": ["/bin/true"]}"#)
    try bench.write("\(folder)/none/readme", "")
    let found = SpecCatalog(bench.surroundings).found(near: nil)
    let reasons = Dictionary(uniqueKeysWithValues: found.map { ($0.name, (try? $0.spec.get()) == nil) })
    #expect(
      reasons.filter { ["huge", "junk", "bad name", "good"].contains($0.key) } == [
        "huge": true, "junk": true, "bad name": true, "good": false,
      ])
    let error = await #expect(throws: PluginFailure.self) { try await bench.provider.prepare(KernelOrder(spec: "HUGE")) }
    #expect(
      error?.message == "cannot use kernel 'HUGE': its '\(bench.folder)/\(folder)/huge/kernel.json' is of no use, it is longer than "
        + "1048576 bytes; correct it, or install the kernel anew")
    await bench.finish()
  }

  // MARK: - Against jupyter

  /// Names and folders as `jupyter kernelspec list --json` of the same environment has them.
  @Test(arguments: [
    [:], ["JUPYTER_PREFER_ENV_PATH": "0"], ["JUPYTER_PREFER_ENV_PATH": "yes"], ["JUPYTER_PATH": "FOLDER/one:FOLDER/two/"],
    ["JUPYTER_DATA_DIR": "FOLDER/data-dir"], ["XDG_DATA_HOME": "FOLDER/xdg"], ["JUPYTER_PATH": ""],
    ["JUPYTER_PATH": "FOLDER/two", "JUPYTER_DATA_DIR": "FOLDER/data-dir", "JUPYTER_PREFER_ENV_PATH": "off"],
  ])
  func agreesWithJupyter(variables: [String: String]) async throws {
    let plain = try LaunchBench()
    // In a virtual environment Jupyter has no user base; with an empty one it makes no difference.
    let own = ["PYTHONUSERBASE": plain.folder + "/base"]
    let bench = try LaunchBench(own.merging(variables.mapValues { $0.replacing("FOLDER", with: plain.folder) }) { $1 })
    let places = ["one", "two", "data-dir", "xdg/jupyter"].map { plain.folder + "/" + $0 } + [bench.home + "/.local/share/jupyter"]
    for (number, place) in places.enumerated() {
      for name in ["python3", "Shared", "own\(number)"] {
        try bench.write("\(place)/kernels/\(name)/kernel.json", #"{"argv": ["a"], "display_name": "\#(number)", "language": "x"}"#)
      }
    }
    try bench.write("\(bench.folder)/ipython/kernels/last/kernel.json", #"{"argv": ["a"], "display_name": "l", "language": "x"}"#)
    let lines = try await bench.run([LaunchBench.venv + "/bin/jupyter", "kernelspec", "list", "--json"])
    let theirs = try JSONValue(parsing: lines.joined(separator: "\n"))["kernelspecs"]?.objectValue ?? [:]
    let paths = JupyterPaths(bench.surroundings, prefixes: [LaunchBench.venv])
    let ours = SpecFinder(paths).all()
    #expect(
      Dictionary(uniqueKeysWithValues: ours.map { ($0.name, $0.folder) }) == theirs.compactMapValues { $0["resource_dir"]?.stringValue })
    #expect(ours.count >= 4)
    let runtime = try await bench.run([LaunchBench.venv + "/bin/jupyter", "--runtime-dir"])
    #expect(runtime == [paths.runtimeDirectory])
    await bench.finish()
    await plain.finish()
  }

  @Test func otherPlaces() {
    func places(_ variables: [String: String]) -> [String] {
      JupyterPaths(Surroundings(environment: variables.merging(["HOME": "/h"]) { $1 })).kernelDirectories
    }
    let system = ["/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels"]
    #expect(places([:]) == ["/h/.local/share/jupyter/kernels"] + system + ["/h/.ipython/kernels"])
    #expect(
      places(["PYTHONUSERBASE": "/b/", "IPYTHONDIR": "/i"])
        == ["/h/.local/share/jupyter/kernels", "/b/share/jupyter/kernels"] + system + ["/i/kernels"])
    #expect(places(["PYTHONUSERBASE": "/b", "PYTHONNOUSERSITE": "1"]).contains("/b/share/jupyter/kernels") == false)
    #expect(
      places(["JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_DIRS": "/x:/y"])
        == [
          "/h/.local/share/Jupyter/kernels", "/h/.local/share/jupyter/kernels", "/x/Jupyter/kernels", "/y/Jupyter/kernels",
          "/h/.ipython/kernels",
        ])
    #expect(places(["JUPYTER_PATH": "relative:/a/"]).first == "/a/kernels")
  }
}
