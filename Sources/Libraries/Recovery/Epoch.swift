package import Core

// Recovery: the whole suite's state taken as one, kept apart, and brought back.
//
// A backup takes an epoch: lake, positions, warehouse, ledger and job files as they stood together.
// It is proven by being restored, not by having been written.
//
// Begin with `Epoch`. It changes no table of a lake that is at work: it reads one, and makes
// another in an empty place.

/// One state of the suite that a backup holds.
package struct Epoch: Sendable, Equatable {
  /// Its name, which sorts by time: `20260301T020000Z-<digest>`.
  package let name: String
  /// When it was taken.
  package let time: Timestamp

  package init(name: String, time: Timestamp) {
    self.name = name
    self.time = time
  }
}
