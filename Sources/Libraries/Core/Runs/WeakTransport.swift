import Synchronization

/// Who is told that this process speaks to a server over a network without making sure who answers,
/// since somebody has written that it may. A tool says so to people, and to the audit record.
package enum WeakTransport {
  private static let tellers = Mutex<[String: @Sendable (String, String) throws(Fault) -> Void]>(
    [:])
  private static let told = Mutex<Set<String>>([])

  /// Has each such server told to `tell`, with what lets it be so, once; `listener` names who is
  /// told, and is told once however often this is called.
  package static func telling(
    _ listener: String, _ tell: @escaping @Sendable (String, String) throws(Fault) -> Void
  ) {
    tellers.withLock { $0[listener] = tell }
  }

  /// Tells that `server` is spoken to as `how` says; where that cannot be told, it is not to be.
  package static func tell(_ server: String, _ how: String) throws(Fault) {
    guard told.withLock({ $0.insert("\(server) \(how)").inserted }) else { return }
    for (_, tell) in tellers.withLock({ $0.sorted { $0.key < $1.key } }) { try tell(server, how) }
  }

  /// Whether a host is this machine, by a name or an address of its own: what goes there is on no
  /// network.
  package static func isLocal(_ host: some StringProtocol) -> Bool {
    let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    return host.hasPrefix("/") || host.hasPrefix("@") || isLoopback(host)
      || ["localhost", "::1", "0:0:0:0:0:0:0:1"].contains(host.lowercased())
  }

  /// Whether it is an address of 127.0.0.0/8, and not a name that begins like one.
  private static func isLoopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { UInt8($0) != nil && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
  }
}
