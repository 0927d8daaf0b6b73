import Core
import Glibc

extension Needs {
  /// The statements that give rights at databases.
  var grants: [String] { needs.filter { $0.kind == "grant" }.map(\.name) }

  /// The paths with such an access, from the root.
  func paths(_ accesses: Set<Access>) -> [String] {
    let paths = needs.filter { $0.kind == "path" && accesses.contains($0.access) }.map { need in
      need.name.hasPrefix("/") ? need.name : "\(Needs.workingFolder)/\(need.name)"
    }
    return paths.withoutRepeats
  }

  private static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }

  /// The servers on a network, as host and port.
  var servers: [(host: String, port: String)] {
    needs.filter { $0.kind == "host" && !$0.name.hasPrefix("/") }.compactMap { need in
      guard let colon = need.name.lastIndex(of: ":") else { return nil }
      let host = need.name[..<colon]
      return (
        host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host),
        String(need.name[need.name.index(after: colon)...])
      )
    }
  }
}

/// What a call needs, as a drop-in for its systemd unit: it has that, and nothing else.
struct UnitSettings {
  private let needs: Needs

  init(_ needs: Needs) { self.needs = needs }

  var text: String {
    let changed = needs.paths([.write, .lock])
    let servers = needs.servers
    var lines = [
      "# What this call needs of the machine. All else is out of its reach.", "[Service]",
      "ProtectSystem=strict", "ProtectHome=read-only", "PrivateTmp=yes", "PrivateDevices=yes",
      "NoNewPrivileges=yes", "CapabilityBoundingSet=", "SocketBindDeny=any", "LimitCORE=0",
    ]
    lines += changed.map { "ReadWritePaths=-\(Self.quoted($0))" }
    lines.append("IPAddressDeny=any")
    if servers.isEmpty {
      lines += ["PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX"]
    } else {
      lines.append("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK")
      for host in servers.map(\.host).withoutRepeats {
        lines.append(
          WeakTransport.isLocal(host)
            ? "IPAddressAllow=localhost"
            : Self.isAddress(host)
              ? "IPAddressAllow=\(host)"
              : "# IPAddressAllow= the addresses of \(host), and of the server that resolves names")
      }
    }
    return lines.withoutRepeats.map { shown($0) + "\n" }.joined()
  }

  /// A path as a unit has it.
  private static func quoted(_ path: String) -> String {
    let text = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("%", with: "%%")
    return text.contains { $0 == " " || $0 == "\t" } ? "\"\(text)\"" : text
  }

  static func isAddress(_ host: String) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16)
    return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
  }
}

/// What a call reaches, as rules of nft for the user that makes it: that, and nothing else.
struct PacketFilter {
  private let needs: Needs

  init(_ needs: Needs) { self.needs = needs }

  var text: String {
    var rules = ["meta skuid != $user accept"]
    var hasName = false
    for (host, port) in needs.servers {
      let family = host.contains(":") ? "ip6" : "ip"
      if WeakTransport.isLocal(host) {
        rules.append("oifname lo tcp dport \(port) accept")
      } else if UnitSettings.isAddress(host) {
        rules.append("\(family) daddr \(host) tcp dport \(port) accept")
      } else {
        hasName = true
        // The address that the name has when the rules are loaded.
        rules.append("ip daddr \(host) tcp dport \(port) accept")
      }
    }
    if hasName { rules.append("meta l4proto { tcp, udp } th dport 53 accept") }
    rules.append("reject")
    let lines =
      [
        "# What this call reaches. Load it with: nft -D user=NAME -f FILE",
        "table inet medallion {", "  chain output {",
        "    type filter hook output priority filter; policy accept;",
      ] + rules.withoutRepeats.map { "    \($0)" } + ["  }", "}"]
    return lines.map { shown($0) + "\n" }.joined()
  }
}
