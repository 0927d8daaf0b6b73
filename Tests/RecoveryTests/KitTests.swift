import Core
import Glibc
import TestSupport
import Testing

@testable import Recovery

/// A kit is whole, says so itself, and is written over nothing.
@Suite struct KitTests {
  private let folder = Workdir()
  private let files = LocalFileSystem()

  init() throws {
    for tool in ColdStartKit.tools {
      try files.replace(folder.file("tools/\(tool)"), try files.read("/bin/true"))
    }
    try folder.write("jobs/setup.sql", "CREATE SCHEMA bronze;\n")
    try folder.write("jobs/gold/sales.sql", "-- sales\n")
  }

  private func write(_ name: String = "kit") throws -> ColdStartKit.Outcome {
    try ColdStartKit(tools: folder.file("tools"), jobs: folder.file("jobs"), files)
      .write(to: folder.file(name))
  }

  @Test func `a kit holds the tools, the jobs and a page, and its sums are right`() throws {
    let outcome = try write()
    let found = try FolderTree(files).list(folder.file("kit")).map(\.path)
    #expect(found.count == outcome.fileCount)
    for path in ["start", "README.txt", "SHA256SUMS", "jobs/gold/sales.sql", "bin/restore"] {
      #expect(found.contains(path), "\(path)")
    }
    #expect(fileMode(of: folder.file("kit/start")) == 0o755)
    #expect(fileMode(of: folder.file("kit/bin/lake-sql")) == 0o755)
    let sums = try ToolRun(
      program: "/usr/bin/sha256sum", ["--quiet", "-c", "SHA256SUMS"], in: folder.file("kit"))
    #expect(sums.status == 0, "\(sums.text)\(sums.talk)")
    let script = try ToolRun(program: "/bin/sh", ["-n", folder.file("kit/start")])
    #expect(script.status == 0, "\(script.talk)")
  }

  @Test func `a kit is written over nothing, and one that was not ended is made anew`() throws {
    _ = try folder.write("taken/notes", "mine")
    let fault = #expect(throws: Fault.self) { try write("taken") }
    #expect(fault?.kind == .cannotCreate)
    #expect(try folder.read("taken/notes") == "mine")
    _ = try folder.write("kit.unfinished/bin/left", "half")
    _ = try write()
    #expect(try !files.exists(folder.file("kit/bin/left")))
    #expect(try !files.exists(folder.file("kit.unfinished")))
  }

  @Test func `a tool that is not beside is named, and no kit is begun`() throws {
    try files.remove(folder.file("tools/lake-verify"))
    let fault = #expect(throws: Fault.self) { try write() }
    #expect(fault?.kind == .missing)
    #expect(fault?.place?.file == folder.file("tools/lake-verify"))
    #expect(try files.list(folder.path).sorted() == ["jobs", "tools"])
  }

  @Test func `the C library stays with the machine, all else goes with the program`() throws {
    let names = try SharedLibraries(of: try ToolRun.path(of: "lake-sql")).found.keys
    #expect(names.contains { $0.hasPrefix("libzstd.so") })
    #expect(!names.contains { $0.hasPrefix("libc.so") || $0.hasPrefix("ld-linux") })
  }
}
