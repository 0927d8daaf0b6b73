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

  @Test func `a name that leads elsewhere is none`() {
    for name in ["../key", "", ".hidden", "a/b", "a b"] {
      let fault = #expect(throws: Fault.self) { try Secret.value(of: name, in: folder.path) }
      #expect(fault?.kind == .configuration)
    }
  }

  @Test func `a secret of another user is refused`() throws {
    let path = try folder.write("key", "s3cret-of-another\n")
    chmod(path, 0o600)
    // Only the administrator can give files away.
    guard chown(path, 4_711, 4_711) == 0, seteuid(0) == 0 else { return }
    let fault = #expect(throws: Fault.self) { try Secret.value(of: "key", in: folder.path) }
    #expect(fault?.kind == .denied)
  }

  @Test func `secrets stand in addresses by their names`() throws {
    chmod(try folder.write("key", "p@ss/w:rd 1"), 0o600)
    func resolved(_ text: String) throws -> String { try Secret.resolve(text, in: folder.path) }
    #expect(try resolved("https://h/secret:key") == "https://h/p@ss/w:rd 1")
    #expect(try resolved("https://u:secret:key@h/x") == "https://u:p%40ss%2Fw%3Ard%201@h/x")
    #expect(try resolved("https://h/?token=secret:key&x=1") == "https://h/?token=p@ss/w:rd 1&x=1")
    #expect(try resolved("my secret:key") == "my secret:key")
    #expect(throws: Fault.self) { try resolved("https://h/secret:none") }
    #expect(Secret.isNamed(in: "https://h/secret:key") && !Secret.isNamed(in: "https://h/key"))
  }

  @Test func `a server's password is taken out of its address`() {
    let cases = [
      "postgresql://u:secret:key@h:5/d": "postgresql://u@h:5/d",
      "postgresql://u@h/d?password=secret:key&sslmode=require":
        "postgresql://u@h/d?sslmode=require",
      "postgresql://u@h/d?sslmode=require&password=secret:key":
        "postgresql://u@h/d?sslmode=require",
      "host=h password=secret:key dbname=d": "host=h  dbname=d",
      "host=h password='secret:key'": "host=h", "password='secret:key' host=h": "host=h",
    ]
    for (text, address) in cases {
      let parted = SecretAddress.parted(text)
      #expect(parted.address == address)
      #expect(parted.password == "secret:key", "\(text)")
    }
    for text in ["postgresql://u@h/d", "lake/warehouse.db", "postgresql://secret:h/d"] {
      #expect(SecretAddress.parted(text).address == text)
    }
  }

  @Test func `a command of secrets.yml gives what is kept nowhere else`() throws {
    try folder.write(
      "jobs/secrets.yml",
      """
      timeout: 500ms
      secrets:
        told: [echo, "the {name} one"]
        "slow-*": [sleep, "20"]
        empty: ["true"]
        failing: [sh, -c, "echo no such entry >&2; exit 3"]
        absent: [no-such-program-at-all]
        ours: [sh, -c, "echo x$MEDALLION_SECRET_OTHER"]
      """)
    setenv("MEDALLION_SECRET_OTHER", "of the environment", 1)
    defer { unsetenv("MEDALLION_SECRET_OTHER") }
    SecretCommands.look(in: folder.file("jobs"))
    func value(_ name: String) throws -> [UInt8]? { try Secret.value(of: name, in: folder.path) }
    #expect(try value("told") == Array("the told one".utf8))
    #expect(try value("ours") == Array("x".utf8))
    #expect(try value("unknown") == nil)
    for (name, kind) in [
      ("slow-one", Fault.Kind.temporary), ("empty", .configuration), ("failing", .configuration),
      ("absent", .configuration),
    ] {
      let fault = #expect(throws: Fault.self) { try value(name) }
      #expect(fault?.kind == kind, "\(name): \(fault?.problem ?? "")")
    }
  }
}
