/// Something that goes into an epoch, and where it comes back.
struct EpochItem {
  /// How its bytes are come by.
  enum Source {
    /// A file that never changes once it is there.
    case fixed(String)
    /// A file that may grow or be replaced, as it is when it is read, but no more than so many
    /// bytes of it.
    case growing(String, byteCount: Int)
    /// A copy that was made for the epoch.
    case copy(String)
    /// Bytes that were read when it was decided where the epoch stands.
    case bytes([UInt8])
  }

  /// Its path below the root of what is restored.
  let path: String
  let source: Source
  /// Whether the epoch is not whole without it; what is not may have gone meanwhile.
  var isNeeded = true
  /// Where else it may lie by now.
  var otherPlaces: [String] = []

  init(_ path: String, _ source: Source, isNeeded: Bool = true) {
    self.path = path
    self.source = source
    self.isNeeded = isNeeded
  }
}

/// What goes into an epoch and belongs together.
struct EpochDraft {
  var items: [(part: String, items: [EpochItem])] = []
  var cut = EpochCut()

  mutating func add(_ part: String, _ items: [EpochItem]) {
    if !items.isEmpty { self.items.append((part, items)) }
  }
}
