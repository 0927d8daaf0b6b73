import CPostgreSQL
package import Core
import Glibc

/// Where a server is, as libpq's texts say it: a URI, or keywords and values.
package struct ServerAddress {
  /// Whether the text holds a password, which others may read then.
  package let hasPassword: Bool
  /// Whether the way to the server leads over a network, and the address does not say how far to
  /// trust it: it has to show who it is then.
  let needsVerification: Bool
  /// The mode that the address names, with which somebody else may answer in the server's place.
  let weakMode: String?
  /// The role that asks, and the database, as far as they are told.
  package let user: String?
  package let database: String?
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
    user = values["user"] ?? ServerAddress.variable("PGUSER")
    database = values["dbname"] ?? ServerAddress.variable("PGDATABASE")
    if let service = values["service"] ?? ServerAddress.variable("PGSERVICE") {
      values.merge(ServerAddress.settings(ofService: service)) { own, _ in own }
    }
    let host = values["host"] ?? ServerAddress.variable("PGHOST")
    let address = values["hostaddr"] ?? ServerAddress.variable("PGHOSTADDR")
    let hosts = (address ?? host ?? "").split(separator: ",")
    let isRemote = hosts.contains { !WeakTransport.isLocal($0) }
    // PGSSLMODE alone may make this stricter, and not laxer: it is set where nobody looks.
    needsVerification = isRemote && values["sslmode"] == nil
    weakMode = isRemote ? values["sslmode"].flatMap { $0 == "verify-full" ? nil : $0 } : nil
    self.hosts = ServerAddress.servers(
      host ?? address ?? "",
      ports: values["port"] ?? ServerAddress.variable("PGPORT") ?? "")
  }

  /// What the service file says of a service; nothing where it has none.
  private static func settings(ofService name: String) -> [String: String] {
    let before = variable("PGSERVICE")
    setenv("PGSERVICE", name, 1)
    defer {
      if let before { setenv("PGSERVICE", before, 1) } else { unsetenv("PGSERVICE") }
    }
    guard let options = PQconndefaults() else { return [:] }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword.map({ String(cString: $0) }) {
      // What libpq would take without the file is not said by it.
      if let value = option.pointee.val.map({ String(cString: $0) }),
        ["host", "hostaddr", "port", "sslmode"].contains(keyword),
        value != option.pointee.envvar.flatMap({ variable(String(cString: $0)) }),
        value != option.pointee.compiled.map({ String(cString: $0) })
      {
        values[keyword] = value
      }
      option += 1
    }
    return values
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
}
