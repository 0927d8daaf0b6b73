import CPostgreSQL
import Core

extension PostgreSQLConnection {
  /// The fault for a connection that could not be made.
  static func connectionFault(_ handle: OpaquePointer, _ place: Place) -> Fault {
    let message = oneLine(PQerrorMessage(handle).map { String(cString: $0) } ?? "")
    if message.contains("out of memory") { return .outOfMemory("a connection", at: place) }
    // Before there is a session libpq tells no SQLSTATE, only words.
    if message.contains("authentication failed") || message.contains("no password supplied")
      || message.contains("no pg_hba.conf entry")
      || message.contains("role") && message.contains("does not exist")
    {
      return Fault(
        .denied, at: place, "the server refuses the user", remedy: "check user and password")
    }
    if message.contains("database") && message.contains("does not exist") {
      return Fault(.missing, at: place, "no such database", remedy: "create it first")
    }
    if message.contains("root certificate") || message.contains("certificate verify failed")
      || message.contains("does not match host name")
      || message.contains("server does not support SSL")
    {
      return Fault(
        .configuration, at: place, "the server does not show who it is: \(message)",
        remedy: "give its authority's certificate as sslrootcert=FILE in the address")
    }
    return Fault(
      .temporary, at: place, "the server cannot be reached: \(message)",
      remedy: "try again when it is up")
  }

  /// The fault for a SQLSTATE.
  static func fault(
    _ state: String, _ message: String, _ sql: String, _ place: Place
  ) -> Fault {
    switch (state, state.prefix(2)) {
    case ("53100", _):
      Fault(.io, at: place, "the server's disk is full", remedy: "free space and run again")
    case ("42501", _), (_, "28"):
      Fault(.denied, at: place, message, remedy: "ask for the right to do this")
    case ("55P03", _), ("55006", _), (_, "40"), (_, "08"), (_, "53"), (_, "57"):
      Fault(.temporary, at: place, message, remedy: "try again later")
    case (_, "22"), (_, "23"):
      Fault(
        .verdict, at: place, "the rows break a constraint: \(message)",
        remedy: "correct the rows and run again")
    case ("25006", _):
      Fault(.denied, at: place, message, remedy: "name a server that takes writes")
    case ("55000", _):
      Fault(.configuration, at: place, message, remedy: "see to it at the server")
    case (_, "58"): Fault(.io, at: place, message, remedy: "check the server's disk")
    case (_, "XX"):
      Fault(.data, at: place, message, remedy: "restore the database from a backup")
    default:
      Fault(
        .internal, at: place, "\(message) in: \(sql.prefix(200))", remedy: "report it")
    }
  }
}

/// The first line of a server's message.
func oneLine(_ message: String) -> String {
  String(message.split(separator: "\n").first ?? "no word from the server")
}
