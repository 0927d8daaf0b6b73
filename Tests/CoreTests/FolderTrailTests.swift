import Core
import Glibc
import TestSupport
import Testing

@Suite struct FolderTrailTests {
  private let files = LocalFileSystem()
  private let folder = Workdir()

  private func status(_ name: String) throws -> FileStatus {
    try #require(try files.status(of: folder.file(name)))
  }

  @Test func `a link that leads back is refused, another is not`() throws {
    try files.createDirectory(folder.file("a/b"))
    try files.createDirectory(folder.file("c"))
    #expect(symlink("..", folder.file("a/b/up")) == 0)
    #expect(symlink("../../c", folder.file("a/b/on")) == 0)
    let trail = try FolderTrail(try status("a")).entering("a/b", try status("a/b"))
    let fault = #expect(throws: Fault.self) {
      try trail.entering("a/b/up", try status("a/b/up"))
    }
    #expect(fault?.problem == "this link leads back to a folder that it lies in")
    _ = try trail.entering("a/b/on", try status("a/b/on"))
  }

  @Test func `links behind links, which make ways without number, are refused`() throws {
    for name in ["a", "b", "c"] { try files.createDirectory(folder.file(name)) }
    #expect(symlink("../b", folder.file("a/b")) == 0)
    #expect(symlink("../c", folder.file("b/c")) == 0)
    let trail = try FolderTrail(try status("a")).entering("a/b", try status("a/b"))
    #expect(throws: Fault.self) { try trail.entering("a/b/c", try status("a/b/c")) }
    #expect(throws: Never.self) {
      try FolderTrail(try status("b")).entering("b/c", try status("b/c"))
    }
  }
}
