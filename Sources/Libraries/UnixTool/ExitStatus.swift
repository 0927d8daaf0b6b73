package import Core

/// How a tool ends: 0 and 1 as grep and diff do, the rest from `sysexits.h`.
package enum ExitStatus: Int32, Sendable {
  case success = 0
  case verdict = 1
  case usage = 64
  case data = 65
  case missing = 66
  case `internal` = 70
  case cannotCreate = 73
  case io = 74
  case temporary = 75
  case denied = 77
  case configuration = 78

  /// The status of a run that ended with a fault of `kind`.
  package init(_ kind: Fault.Kind) {
    self =
      switch kind {
      case .verdict: .verdict
      case .usage: .usage
      case .data: .data
      case .missing: .missing
      case .internal: .internal
      case .cannotCreate: .cannotCreate
      case .io: .io
      case .temporary: .temporary
      case .denied: .denied
      case .configuration: .configuration
      }
  }

  /// The status of a run in which both ended something: the first that trying again does not mend.
  package func joined(with later: ExitStatus) -> ExitStatus {
    switch (self, later) {
    case (.success, _), (.temporary, .verdict), (.temporary, .usage): later
    case (.temporary, _) where later != .success: later
    default: self
    }
  }
}
