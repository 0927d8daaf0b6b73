import Columnar
import Core
import Database

/// A dimension's members in memory: from natural key to member, from member and moment to
/// surrogate key.
///
/// Natural keys lie end to end in `keyBytes`; an open-addressing table leads from their hash to the
/// member's number, the member to its versions, which lie in time order. A member without versions
/// is a key that the dimension does not have.
final class LookupIndex {
  /// How members come into memory.
  enum Reading {
    /// All at once, for deliveries that may look up any of them; no statement is run afterwards.
    case whole
    /// One by one as they are asked for, until so many were that all are read.
    case asNeeded
  }

  private let dimension: LookupTable
  private var keyBytes: [UInt8] = []
  private var keyEnds: [Int] = [0]
  /// The first version of each member, and one more.
  private var firstVersions: [Int] = [0]
  private var starts: [Int64] = []
  private var surrogates: [Int64] = []
  /// Member numbers plus one; 0 is an empty slot.
  private var slots = [Int32](repeating: 0, count: 64)
  private var isWhole = false
  private let seed = HashSeed.ofProcess

  /// So many members are asked for one by one before the rest is read in one go.
  private static let singleLimit = 4_096

  /// So many are asked for in batches before the rest is read in one go.
  private static let learntLimit = 65_536

  /// `.configuration` when `dimension` is not in the warehouse.
  init(
    _ dimension: String, _ load: LoadContext, for place: Place, _ reading: Reading = .whole
  ) throws(Fault) {
    self.dimension = try LookupTable(dimension, load, for: place)
    if reading == .whole { try readAll() }
  }

  /// The number of the member with natural key `key`; nil when there is none. `values` are the
  /// columns of the key.
  func member(_ key: TextBytes, _ values: @autoclosure () -> [Scalar]) throws(Fault) -> Int? {
    var found = find(key)
    if found == nil, !isWhole {
      if memberCount >= LookupIndex.singleLimit {
        try readAll()
        found = find(key)
      } else {
        found = add(key, try dimension.versions(of: values()))
      }
    }
    guard let found, firstVersions[found] < firstVersions[found + 1] else { return nil }
    return found
  }

  /// Whether keys are to be told to `learn` before they are asked for.
  var isToLearn: Bool { !isWhole && dimension.asksMany }

  /// Whether a member with this key is known, or known not to be there.
  func knows(_ key: TextBytes) -> Bool { isWhole || find(key) != nil }

  /// Reads the members with these natural keys, none of which is known yet, in one go.
  func learn(_ keys: [(text: [UInt8], values: [Scalar])]) throws(Fault) {
    if keys.isEmpty { return }
    if memberCount + keys.count > LookupIndex.learntLimit { return try readAll() }
    var versions: [[UInt8]: [LookupTable.Version]] = [:]
    let rows = try dimension.versions(ofAll: keys.map(\.values))
    while try rows.advance() {
      versions[Array(rows.bytes(0)), default: []].append(LookupTable.version(rows))
    }
    for key in keys { addIfMissing(key.text, versions[key.text] ?? []) }
  }

  /// The surrogate key of the version that holds at `moment` (nil: the last one), the first version
  /// if all begin later.
  func surrogate(ofMember member: Int, at moment: Int64?) -> Int64 {
    var low = firstVersions[member]
    var high = firstVersions[member + 1]
    guard let moment, high - low > 1 else { return surrogates[high - 1] }
    // The last version that starts no later than the moment.
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= moment { low = middle } else { high = middle }
    }
    return surrogates[low]
  }

  /// The same for a natural key; `ReservedKey.unknown` when there is no such member.
  func surrogate(
    of key: TextBytes, at moment: Int64?, _ values: @autoclosure () -> [Scalar]
  ) throws(Fault) -> Int64 {
    guard let member = try member(key, values()) else { return ReservedKey.unknown }
    return surrogate(ofMember: member, at: moment)
  }

  private var memberCount: Int { keyEnds.count - 1 }

  private func readAll() throws(Fault) {
    isWhole = true
    let rows = try dimension.allVersions()
    var key: [UInt8] = []
    var versions: [LookupTable.Version] = []
    while try rows.advance() {
      let next = rows.bytes(0)
      if !versions.isEmpty, !next.elementsEqual(key) {
        addIfMissing(key, versions)
        versions.removeAll(keepingCapacity: true)
      }
      if versions.isEmpty { key = Array(next) }
      versions.append(LookupTable.version(rows))
    }
    if !versions.isEmpty { addIfMissing(key, versions) }
  }

  private func addIfMissing(_ key: [UInt8], _ versions: [LookupTable.Version]) {
    key.withUnsafeBufferPointer { if find($0) == nil { add($0, versions) } }
  }

  @discardableResult
  private func add(_ key: TextBytes, _ versions: [LookupTable.Version]) -> Int {
    let member = memberCount
    keyBytes.append(contentsOf: key)
    keyEnds.append(keyBytes.count)
    for version in versions.count > 1 ? versions.sorted(by: { $0.start < $1.start }) : versions {
      starts.append(version.start)
      surrogates.append(version.surrogate)
    }
    firstVersions.append(starts.count)
    if memberCount * 2 > slots.count { growSlots() } else { takeSlot(hash(key), member) }
    return member
  }

  private func find(_ key: TextBytes) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash(key)) & mask
    while slots[slot] != 0 {
      let member = Int(slots[slot]) - 1
      let start = keyEnds[member]
      if keyEnds[member + 1] - start == key.count, isEqual(key, at: start) { return member }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func hash(_ key: TextBytes) -> UInt64 { seed.hash(of: UnsafeRawBufferPointer(key)) }

  private func isEqual(_ key: TextBytes, at start: Int) -> Bool {
    for index in 0..<key.count where keyBytes[start + index] != key[index] { return false }
    return true
  }

  private func growSlots() {
    slots = [Int32](repeating: 0, count: slots.count * 4)
    keyBytes.withUnsafeBufferPointer { bytes in
      for member in 0..<memberCount {
        let key = TextBytes(rebasing: bytes[keyEnds[member]..<keyEnds[member + 1]])
        takeSlot(hash(key), member)
      }
    }
  }

  private func takeSlot(_ hash: UInt64, _ member: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(member + 1)
  }
}
