package import Core
import Glibc

/// Who acts, and with what: as the system knows it, whatever the environment says.
package struct AuditActor: Sendable, Equatable {
  package let userID: Int
  package let user: String
  /// Who logged in, where that is somebody else, as with sudo.
  package let login: String?
  package let host: String
  package let tool: String
  package let version: String
  /// Which program file it is: what the linker gave it as its identity.
  package let build: String?
  package let runID: String

  package init(
    userID: Int, user: String, login: String? = nil, host: String, tool: String,
    version: String = Medallion.version, build: String? = nil, runID: String
  ) {
    self.userID = userID
    self.user = user
    self.login = login
    self.host = host
    self.tool = tool
    self.version = version
    self.build = build
    self.runID = runID
  }

  /// This process, which runs `tool`.
  package static func present(tool: String, runID: RunID) -> AuditActor {
    let user = getuid()
    let login = loginUser()
    return AuditActor(
      userID: Int(user), user: accountName(user),
      login: login == user ? nil : login.map(accountName), host: hostName(), tool: tool,
      build: ProgramIdentity.own, runID: runID.description)
  }

  /// The account's name; its number where it has none.
  private static func accountName(_ number: uid_t) -> String {
    guard let name = getpwuid(number)?.pointee.pw_name else { return "\(number)" }
    return String(cString: name)
  }

  /// Who logged in to begin the session, which no program can change later; nil where nobody did,
  /// as in a service.
  private static func loginUser() -> uid_t? {
    guard let bytes = try? LocalFileSystem().open("/proc/self/loginuid").read(at: 0, count: 32),
      let number = uid_t(String(decoding: bytes, as: UTF8.self).trimmed), number != uid_t.max
    else { return nil }
    return number
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
