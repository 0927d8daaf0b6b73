import Core
import TestSupport

/// A folder of inputs to begin with.
struct CorpusSource: Sendable {
  let path: String
  var suffix = ""
  /// What parts the inputs of one file.
  var separator: String?
  /// Whether it holds inputs that were made to do harm.
  var isAttack = false

  /// Inputs that are checked in with the harness.
  static func own(_ name: String, separator: String? = nil) -> CorpusSource {
    CorpusSource(path: "\(ownRoot)/\(name)", separator: separator)
  }

  /// Inputs beside the checkout, which may not be there.
  static func shared(_ relative: String, suffix: String = "") -> CorpusSource {
    CorpusSource(path: Shared.path(relative), suffix: suffix)
  }

  /// Inputs beside the checkout that were made to do harm: read with `--attacks` only.
  static func attacks(_ relative: String, suffix: String) -> CorpusSource {
    CorpusSource(path: Shared.path(relative), suffix: suffix, isAttack: true)
  }

  fileprivate static let ownRoot = "Tests/Fuzz/Corpus"
}

/// The inputs that a target begins with, and all that come of them.
struct Corpus {
  /// Larger files are left out.
  private static let greatestByteCount = 1 << 20
  /// Larger inputs are read as they are and not damaged: one of them would take the time of many.
  private static let greatestDamagedByteCount = 1 << 15

  let target: Target
  /// In the order of their paths, each once.
  let inputs: [[UInt8]]
  private let damageable: [[UInt8]]

  init(_ target: Target, withAttacks: Bool) throws(Fault) {
    self.target = target
    var inputs: [[UInt8]] = []
    var seen: Set<[UInt8]> = []
    for input in target.given where seen.insert(Array(input.utf8)).inserted {
      inputs.append(Array(input.utf8))
    }
    guard try LocalFileSystem().exists(CorpusSource.ownRoot) else {
      throw Fault(
        .missing, at: Place(CorpusSource.ownRoot), "the inputs to begin with are not here",
        remedy: "run it in the checkout")
    }
    for source in target.corpus where withAttacks || !source.isAttack {
      for path in try Corpus.paths(source.path) where path.hasSuffix(source.suffix) {
        let bytes = try LocalFileSystem().read(path)
        guard bytes.count <= Corpus.greatestByteCount else { continue }
        for input in Corpus.parts(of: bytes, source.separator) where seen.insert(input).inserted {
          inputs.append(input)
        }
      }
    }
    self.inputs = inputs
    damageable = inputs.filter { $0.count <= Corpus.greatestDamagedByteCount }
  }

  /// Input `index` of a run with `seed`: first those of the corpus as they are, then what comes of
  /// them. It hangs on nothing else, so that any one can be made again.
  func input(_ index: Int, seed: UInt64) -> [UInt8] {
    if index < inputs.count { return inputs[index] }
    var random = SeededRandom(seed ^ Corpus.hash(target.name) ^ UInt64(index) << 20)
    if !target.given.isEmpty, let grammar = target.grammar { return Array(grammar(&random).utf8) }
    var input = damageable.randomElement(using: &random) ?? []
    if let grammar = target.grammar, Bool.random(using: &random) || input.isEmpty {
      input = Array(grammar(&random).utf8)
      if Int.random(in: 0..<4, using: &random) > 0 { return input }
    }
    var mutator = Mutator(seed: random.next(), words: target.words)
    return mutator.mutated(input, others: damageable)
  }

  /// A file of the checked-in corpus that a target cannot do without.
  static func file(_ name: String) -> [UInt8] {
    let path = "\(CorpusSource.ownRoot)/\(name)"
    guard let bytes = try? LocalFileSystem().read(path) else {
      preconditionFailure("\(path) is not here; run from the checkout")
    }
    return bytes
  }

  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static func parts(of bytes: [UInt8], _ separator: String?) -> [[UInt8]] {
    guard let separator else { return [bytes] }
    return bytes.split(separator: Array(separator.utf8)).map { Array($0) }
  }

  private static func paths(_ path: String) throws(Fault) -> [String] {
    let files = LocalFileSystem()
    guard let status = try files.status(of: path) else { return [] }
    guard status.isDirectory else { return [path] }
    var paths: [String] = []
    for name in try files.list(path) where !name.hasPrefix(".") {
      paths += try Corpus.paths("\(path)/\(name)")
    }
    return paths
  }
}
