import Core

/// Reads checkpoints: the whole state of one version in a few files.
struct CheckpointReader {
  private let log: LogFolder

  init(_ log: LogFolder) { self.log = log }

  /// The state that `checkpoint` holds.
  func state(of checkpoint: CheckpointFiles) throws(Fault) -> TableState {
    throw Fault(.internal, "checkpoints are not read yet", remedy: "wait")
  }
}
