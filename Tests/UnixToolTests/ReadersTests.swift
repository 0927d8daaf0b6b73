import Core
import Glibc
import TestSupport
import Testing
import UnixTool

@Suite(.serialized) struct ReadersTests {
  @Test func `who may read is said in a word, a group by its name too`() {
    #expect(Readers(argument: "owner") == .owner)
    #expect(Readers(argument: "group") == .group(nil))
    #expect(Readers(argument: "group:retail") == .group("retail"))
    #expect(Readers(argument: "all") == .all)
    for wrong in ["", "group:", "everybody", "Owner"] {
      #expect(Readers(argument: wrong) == nil, "\(wrong)")
    }
  }

  @Test func `new files have the rights that were said, and a folder hands its group on`() throws {
    let before = umask(0o022)
    defer { _ = umask(before) }
    let work = Workdir()
    func mode(_ readers: Readers, _ name: String) throws -> mode_t {
      try readers.apply(to: work.path)
      _ = try LocalFileSystem().create(work.file(name), [1])
      var facts = stat()
      #expect(stat(work.file(name), &facts) == 0)
      return facts.st_mode & 0o777
    }
    #expect(try mode(.owner, "a") == 0o600)
    #expect(try mode(.group(nil), "b") == 0o640)
    #expect(try mode(.all, "c") == 0o644)
    let own = try #require(getgrgid(getgid()).map { String(cString: $0.pointee.gr_name) })
    #expect(try mode(.group(own), "d") == 0o640)
    var facts = stat()
    #expect(stat(work.path, &facts) == 0 && facts.st_mode & S_ISGID != 0)
    let fault = #expect(throws: Fault.self) { try Readers.group("no such group").apply(to: "/") }
    #expect(fault?.kind == .usage)
  }
}
