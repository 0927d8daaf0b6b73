import Core
import Glibc
import PostgreSQL
import Synchronization
import TestSupport
import Testing

/// An address of this machine that is not its own name for itself.
private let network: String? = {
  let run = try? ToolRun(program: "/bin/sh", ["-c", "hostname -I"])
  return run?.text.split { $0 == " " || $0 == "\n" }.map(String.init).first { $0.contains(".") }
}()

/// A server on a network shows who it is, or is not spoken to.
@Suite(
  .serialized,
  .enabled(
    if: PostgreSQLServer.programs != nil && network != nil,
    "no PostgreSQL server to start here, or no network but the machine's own"))
struct ServerTrustTests {
  private let folder = Workdir()
  private let port = Int.random(in: 20_000..<60_000)

  /// A server at that address, with a certificate that vouches for `db.test` by itself; without
  /// one where `isOpen`.
  private func server(isOpen: Bool = false) throws -> PostgreSQLServer {
    try folder.write("hba", "local all all trust\nhost all all all trust\n")
    let made = try ToolRun(
      program: "/bin/sh",
      [
        "-c",
        """
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db.test \
          -addext subjectAltName=DNS:db.test -keyout key -out certificate 2>/dev/null
        chmod 755 . && chmod 600 key
        if [ "$(id -u)" = 0 ]; then chown postgres key; fi
        """,
      ], in: folder.path)
    try #require(made.status == 0, "\(made.talk)")
    let address = try #require(network)
    let secure = [
      "ssl=on", "ssl_cert_file=\(folder.file("certificate"))", "ssl_key_file=\(folder.file("key"))",
    ]
    return try #require(
      PostgreSQLServer(
        settings: [
          "listen_addresses=\(address)", "port=\(port)", "hba_file=\(folder.file("hba"))",
        ] + (isOpen ? [] : secure)))
  }

  private func address(_ more: String = "", host: String = "db.test") -> String {
    "host=\(host) hostaddr=\(network ?? "") port=\(port) user=tester "
      + "dbname=postgres \(more)"
  }

  /// How connecting fails; nil when it does not.
  private func failure(_ address: String) -> Fault? {
    do {
      _ = try PostgreSQLConnection(address)
      return nil
    } catch {
      return error
    }
  }

  private func expectRefused(_ address: String) {
    let fault = failure(address)
    #expect(fault?.kind == .configuration, "\(address): \(fault?.description ?? "it connects")")
    #expect(fault?.problem.hasPrefix("the server does not show who it is") == true)
    #expect(fault?.remedy.contains("sslrootcert=FILE") == true)
  }

  @Test func `a certificate is checked, and the name in it`() throws {
    let server = try server()
    defer { withExtendedLifetime(server) {} }
    let trusted = "sslrootcert=\(folder.file("certificate"))"
    expectRefused(address())
    #expect(failure(address(trusted)) == nil)
    expectRefused(address(trusted, host: "other.test"))
    // The environment may not switch it off: nobody looks there.
    setenv("PGSSLMODE", "disable", 1)
    defer { unsetenv("PGSSLMODE") }
    expectRefused(address())
  }

  @Test func `who writes that it need not be checked is told`() throws {
    let server = try server()
    defer { withExtendedLifetime(server) {} }
    let told = Told()
    WeakTransport.telling("test") { server, how in
      told.words.withLock { $0.append("\(server) \(how)") }
    }
    #expect(failure(address("sslmode=require")) == nil)
    #expect(failure(address("sslmode=require")) == nil)
    #expect(
      told.words.withLock { $0 }.filter { $0.contains(":\(port)") } == [
        "db.test:\(port) sslmode=require"
      ])
    // Where that cannot be told, nobody is spoken to.
    WeakTransport.telling("test") { _, _ throws(Fault) in
      throw Fault(.io, "no space left", remedy: "make room")
    }
    defer { WeakTransport.telling("test") { _, _ in } }
    #expect(failure(address("sslmode=verify-ca"))?.kind == .io)
  }

  @Test func `a service file is read like an address`() throws {
    let server = try server()
    defer { withExtendedLifetime(server) {} }
    let address = try #require(network)
    try folder.write(
      "services",
      """
      [plain]
      host=db.test
      hostaddr=\(address)
      port=\(port)
      user=tester
      dbname=postgres
      [known]
      host=db.test
      hostaddr=\(address)
      port=\(port)
      user=tester
      dbname=postgres
      sslrootcert=\(folder.file("certificate"))
      """)
    setenv("PGSERVICEFILE", folder.file("services"), 1)
    defer { unsetenv("PGSERVICEFILE") }
    expectRefused("service=plain")
    #expect(failure("service=known") == nil)
    #expect(try ServerAddress("service=plain").hosts == ["db.test:\(port)"])
  }

  @Test func `a server that offers no encryption is refused`() throws {
    let server = try server(isOpen: true)
    defer { withExtendedLifetime(server) {} }
    expectRefused(address("sslrootcert=\(folder.file("certificate"))"))
    #expect(failure(address("sslmode=disable")) == nil)
  }

  @Test func `what is local is spoken to as before`() throws {
    for host in ["/tmp", "localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
      #expect(WeakTransport.isLocal(host), "\(host)")
    }
    for host in ["db.test", "127.evil.test", "127.0.0.1.evil.test", "10.0.0.1", "fd00::1"] {
      #expect(!WeakTransport.isLocal(host), "\(host)")
    }
  }

  private final class Told: Sendable {
    let words = Mutex<[String]>([])
  }
}
