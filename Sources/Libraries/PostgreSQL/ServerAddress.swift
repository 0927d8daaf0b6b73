import CPostgreSQL
package import Core
import Glibc

/// Where a server is, as libpq's texts say it: a URI, or keywords and values.
package struct ServerAddress {
  /// Whether the text holds a password, which others may read then.
  package let hasPassword: Bool
  /// Whether the way to the server leads over a network, and nothing says how far to trust it.
  let needsVerification: Bool
  /// The servers that are tried in turn, each as `HOST:PORT` or the path of its socket.
  package let hosts: [String]

  /// `.configuration` when `text` is no address; what is wrong in it is not shown, since it may be
  /// the password.
  package init(_ text: String) throws(Fault) {
    guard let options = PQconninfoParse(text, nil) else {
      throw Fault(
        .configuration, "this is no address of a PostgreSQL server",
        remedy: "write 'host=… dbname=… user=…', or postgresql://user@host/database")
    }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    hasPassword = values["password"] != nil
    let isTold = values["sslmode"] != nil || values["service"] != nil
    let hosts = (values["hostaddr"] ?? values["host"] ?? "").split(separator: ",")
    needsVerification = !isTold && hosts.contains { !ServerAddress.isLocal($0) }
    self.hosts = ServerAddress.servers(
      values["host"] ?? values["hostaddr"] ?? ServerAddress.variable("PGHOST") ?? "",
      ports: values["port"] ?? ServerAddress.variable("PGPORT") ?? "")
  }

  /// libpq's own choices where a text or a port is missing.
  private static func servers(_ hosts: String, ports: String) -> [String] {
    let names = hosts.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = ports.split(separator: ",", omittingEmptySubsequences: false)
    return names.enumerated().map { index, name in
      let given = numbers.count > 1 && index < numbers.count ? numbers[index] : numbers.first ?? ""
      let port = given.isEmpty ? "5432" : given
      let host = name.isEmpty ? "/var/run/postgresql" : name
      return host.hasPrefix("/") ? "\(host)/.s.PGSQL.\(port)" : "\(host):\(port)"
    }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether a host is this machine: a folder of sockets, or its own address.
  private static func isLocal(_ host: Substring) -> Bool {
    host.hasPrefix("/") || host.hasPrefix("@") || host.hasPrefix("127.")
      || ["localhost", "::1"].contains(host)
  }
}
