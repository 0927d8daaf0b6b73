import Core
import TestSupport

/// A parser of foreign bytes, and where inputs for it come from.
struct Target: Sendable {
  let name: String
  /// What it reads, for people.
  let meaning: String
  let corpus: [CorpusSource]
  /// Inputs to begin with that lie in no file.
  var given: [String] = []
  /// Words that mean something to the parser.
  var words: [String] = []
  /// Makes up an input where a grammar is known; otherwise inputs of the corpus are damaged.
  var grammar: (@Sendable (inout SeededRandom) -> String)?
  /// Whether it is run when no target is named.
  var isForAll = true
  /// Reads an input to its end. A fault is as good as a value; anything else is a finding.
  let read: @Sendable ([UInt8]) throws -> Void

  static let all =
    [bridgeDocuments, bridgeLines, bridgeCheck, jsonValues, jsonLines, jsonDoor]
    + [csv, yaml, streams, parquet, parquetNumbers]
    + [deltaCommits, deltaCheckpoints, deltaPointers, deltaVectors]
    + [kafkaRecords, debeziumEvents, bronzeCommits, runEvents, sources, sqliteFiles, logMessages]
    + [sqlTexts, sqlQueries, functionCalls, selfTest]
}

/// What a target says when values disagree that must not.
struct Disagreement: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
