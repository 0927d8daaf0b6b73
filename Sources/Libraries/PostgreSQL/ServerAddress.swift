import CPostgreSQL
package import Core

/// Where a server is, as libpq's texts say it: a URI, or keywords and values.
package struct ServerAddress {
  /// Whether the text holds a password, which others may read then.
  package let hasPassword: Bool
  /// Whether the way to the server leads over a network, and nothing says how far to trust it.
  let needsVerification: Bool

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
  }

  /// Whether a host is this machine: a folder of sockets, or its own address.
  private static func isLocal(_ host: Substring) -> Bool {
    host.hasPrefix("/") || host.hasPrefix("@") || host.hasPrefix("127.")
      || ["localhost", "::1"].contains(host)
  }
}
