import Columnar

/// Puts nested columns together from the levels of their leaves.
///
/// A node stands in *slots*: one a record at the root, one an element below a list. An entry of
/// a leaf opens a slot of a node below `repetition` lists when its repetition level is at most
/// that, and its definition level at least `slot`, from which on the innermost list has elements.
struct Assembly {
  /// The runs of all leaves below, by chunk position.
  let runs: [Int: LeafRun]

  /// The column of `shape`, whose slots are given by `repetition` and `slot`.
  func column(_ shape: ColumnShape, repetition: Int, slot: Int) throws(Damage) -> Column {
    switch shape {
    case .leaf(let leaf): return try leafColumn(leaf, slot: slot)
    case .structure(let type, let definition, let members):
      let columns = try members.map { (member) throws(Damage) in
        try column(member, repetition: repetition, slot: slot)
      }
      let count = columns[0].count
      guard columns.allSatisfy({ $0.count == count }) else {
        throw Damage("the members of a structure differ in their number of rows")
      }
      let validity =
        definition > slot
        ? self.validity(shape, repetition: repetition, slot: slot, definition: definition) : nil
      return Column(type, count: count, validity: validity, .structure(columns))
    case .list(let type, let definition, let elements):
      let inner = try column(elements, repetition: repetition + 1, slot: definition + 1)
      let offsets = offsets(shape, repetition: repetition, slot: slot, definition: definition)
      guard offsets[0] == 0, Int(offsets[offsets.count - 1]) == inner.count else {
        throw Damage("the leaves of a list differ in their number of elements")
      }
      let validity =
        definition > slot
        ? self.validity(shape, repetition: repetition, slot: slot, definition: definition) : nil
      return Column(
        type, count: offsets.count - 1, validity: validity,
        .list(offsets: offsets, elements: inner))
    }
  }

  private func leafColumn(_ leaf: LeafColumn, slot: Int) throws(Damage) -> Column {
    let run = runs[leaf.index]!
    guard leaf.definition > slot else {
      // There as soon as its slot is: the values are the slots.
      return run.values
    }
    let present = UInt8(leaf.definition)
    let opening = UInt8(slot)
    var words: [UInt64] = []
    words.reserveCapacity(run.count / 64 + 1)
    var word: UInt64 = 0
    var count = 0
    for level in run.definitions where level >= opening {
      if level == present { word |= 1 << UInt64(count & 63) }
      count += 1
      if count & 63 == 0 {
        words.append(word)
        word = 0
      }
    }
    if count & 63 != 0 { words.append(word) }
    let validity = Bitmap(words: words, count: count)
    guard validity.setCount == run.values.count else {
      throw Damage("a column chunk has other values than its levels say")
    }
    if validity.isAllSet { return run.values }
    return Column(
      leaf.type, count: count, validity: validity, spread(run.values.values, over: validity))
  }

  private func validity(
    _ shape: ColumnShape, repetition: Int, slot: Int, definition: Int
  ) -> Bitmap? {
    let run = runs[shape.leaves[0].index]!
    var bits: [Bool] = []
    bits.reserveCapacity(run.count)
    for entry in 0..<run.count
    where run.repetitions.isEmpty || Int(run.repetitions[entry]) <= repetition {
      let level = Int(run.definitions[entry])
      if level >= slot { bits.append(level >= definition) }
    }
    return bits.allSatisfy { $0 } ? nil : Bitmap(bits)
  }

  private func offsets(
    _ shape: ColumnShape, repetition: Int, slot: Int, definition: Int
  ) -> [Int32] {
    let run = runs[shape.leaves[0].index]!
    var offsets: [Int32] = []
    offsets.reserveCapacity(run.count + 1)
    var count: Int32 = 0
    for entry in 0..<run.count {
      let level = Int(run.repetitions[entry])
      let defined = Int(run.definitions[entry])
      if level <= repetition, defined >= slot { offsets.append(count) }
      if level <= repetition + 1, defined > definition { count += 1 }
    }
    offsets.append(count)
    return offsets
  }
}
