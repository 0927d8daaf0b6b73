package import Core

/// A way to tell people, or programs, of a problem.
package struct Channel: Sendable {
  /// What it is and what it needs; addresses and keys may be `secret:NAME`.
  package enum Kind: Sendable, Equatable {
    case mail(to: [String], from: String, program: [String])
    case slack(address: String)
    case teams(address: String)
    case pagerDuty(address: String, key: String)
    case webhook(address: String, secret: String?)
    case file(path: String)
    case command(program: [String])
  }

  package var name: String
  package var kind: Kind
  package var place: Place
  /// Of one that is told over the web: what else is said of the way there.
  package var route = Route()

  /// How a server of the web is reached.
  package struct Route: Sendable, Equatable {
    /// The file with the certificate of the authority that vouches for it; nil for the machine's.
    package var authority: String?
    /// Whether it may be spoken to by http:// over a network.
    package var isUnencrypted = false

    package init() {}
  }

  package init(_ name: String, _ kind: Kind, at place: Place) {
    self.name = name
    self.kind = kind
    self.place = place
  }

  /// What may be a secret, or hold some, by name: addresses and keys.
  package var confidential: [String] {
    switch kind {
    case .slack(let address), .teams(let address): [address]
    case .pagerDuty(let address, let key): [address, key]
    case .webhook(let address, let secret): [address] + (secret.map { [$0] } ?? [])
    case .mail, .file, .command: []
    }
  }

  /// The address that is told, if it is one of the web; it may be `secret:NAME`.
  package var address: String? {
    switch kind {
    case .slack(let address), .teams(let address), .pagerDuty(let address, _),
      .webhook(let address, _):
      address
    case .mail, .file, .command: nil
    }
  }

  /// The program that tells by it.
  package var startedProgram: String? {
    switch kind {
    case .mail(_, _, let program), .command(let program): program[0]
    case .file: nil
    case .slack, .teams, .pagerDuty, .webhook: "curl"
    }
  }

  /// The word for its kind in `alerts.yml`.
  package var word: String {
    switch kind {
    case .mail: "mail"
    case .slack: "slack"
    case .teams: "teams"
    case .pagerDuty: "pagerduty"
    case .webhook: "webhook"
    case .file: "file"
    case .command: "command"
    }
  }
}

/// What became of one attempt to tell.
package enum Delivery: Equatable, Sendable {
  case delivered
  /// It may go later; the other side may have said how many seconds later.
  case later(String, seconds: Int64?)
  /// It will not go, however often it is tried.
  case refused(String)
}
