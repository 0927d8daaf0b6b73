import Core
import Glibc
import TestSupport
import Testing
import UnixTool

@Suite struct SecretTests {
  private let folder = Workdir()

  @Test func `a secret comes from a file that only its owner reads`() throws {
    let path = try folder.write("key", "s3cret\n")
    let open = #expect(throws: Fault.self) { try Secret.value(of: "key", in: folder.path) }
    #expect(open?.kind == .denied)
    chmod(path, 0o600)
    #expect(try Secret.value(of: "key", in: folder.path) == [UInt8]("s3cret".utf8))
    #expect(try Secret.resolve("secret:key", in: folder.path) == "s3cret")
    #expect(try Secret.resolve("plain", in: folder.path) == "plain")
  }

  @Test func `a secret that was made is whole, the owner's, and stays`() throws {
    let made = try Secret.made("key", in: folder.path)
    #expect(made.count == 64)
    #expect(try Secret.made("key", in: folder.path) == made)
    #expect(try LocalFileSystem().list(folder.path) == ["key"])
    var facts = stat()
    #expect(stat(folder.file("key"), &facts) == 0 && facts.st_mode & 0o777 == 0o600)
  }

  @Test func `a secret that lost its bytes is none to hash under`() throws {
    chmod(try folder.write("key", "\n"), 0o600)
    let fault = #expect(throws: Fault.self) { try Secret.value(of: "key", in: folder.path) }
    #expect(fault?.kind == .configuration)
  }

  @Test func `a missing secret is told with a remedy`() throws {
    #expect(try Secret.value(of: "none", in: folder.path) == nil)
    let fault = #expect(throws: Fault.self) { try Secret.resolve("secret:none", in: folder.path) }
    #expect(fault?.kind == .configuration)
  }
}
