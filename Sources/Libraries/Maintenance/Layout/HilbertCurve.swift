/// A curve that goes through every cell of a cube and always to a neighbour, so that cells that
/// follow each other are near in each direction (Skilling's way of numbering them, 2004).
struct HilbertCurve {
  /// How many directions the cube has.
  let dimensionCount: Int
  /// How many bits tell a cell's place in each of them.
  let bitCount: Int

  /// A cube of so many directions, as fine as 60 bits can number its cells.
  init(dimensionCount: Int) {
    self.dimensionCount = dimensionCount
    bitCount = min(10, 60 / dimensionCount)
  }

  /// The greatest place in a direction.
  var greatestPlace: UInt32 { 1 << UInt32(bitCount) - 1 }

  /// The number of the cell at `places`, one a direction, none of them past the greatest.
  func number(of places: [UInt32]) -> Int64 {
    var axes = places
    var bit = UInt32(1) << UInt32(bitCount - 1)
    // From the whole cube to the smallest: each is turned and mirrored as the curve enters it.
    while bit > 1 {
      let below = bit - 1
      for axis in axes.indices {
        if axes[axis] & bit != 0 {
          axes[0] ^= below
        } else {
          let swapped = (axes[0] ^ axes[axis]) & below
          axes[0] ^= swapped
          axes[axis] ^= swapped
        }
      }
      bit >>= 1
    }
    for axis in axes.indices.dropFirst() { axes[axis] ^= axes[axis - 1] }
    var turn: UInt32 = 0
    bit = UInt32(1) << UInt32(bitCount - 1)
    while bit > 1 {
      if axes[axes.count - 1] & bit != 0 { turn ^= bit - 1 }
      bit >>= 1
    }
    for axis in axes.indices { axes[axis] ^= turn }
    var number: Int64 = 0
    for level in stride(from: bitCount - 1, through: 0, by: -1) {
      for axis in axes { number = number << 1 | Int64(axis >> UInt32(level) & 1) }
    }
    return number
  }
}
