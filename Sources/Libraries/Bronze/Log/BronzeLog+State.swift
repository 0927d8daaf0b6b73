import Compression
import Core
import JSON

// What a commit remembers for the next run stands in the commit while it is small. When it is great
// it has a file of its own, which is written before the commit and named by it; the files of the
// last two commits are kept, so that the log does not grow with each.
//
//     _states/<20 digits>-<run>.json.zst    the state of that commit

extension BronzeLog {
  /// States of more bytes of JSON have files of their own.
  static let inlineStateByteCount = 16 << 10

  var statesFolder: String { "\(folder)/_states" }

  /// Writes the state of `commit` to a file if it is great; the commit that is to be logged.
  func storingState(of commit: BronzeCommit) throws(Fault) -> BronzeCommit {
    let text = JSONWriter.bytes(commit.state)
    guard text.count > Self.inlineStateByteCount else { return commit }
    let block = ByteBlock(capacity: text.count)
    block.append(text[...])
    let frame = try FrameCompressor().compress(block.bytes)
    let name = "\(padded(Int(commit.version), 20))-\(commit.runID.suffix(12)).json.zst"
    try fileSystem.replace("\(statesFolder)/\(name)", frame)
    var stored = commit
    stored.state = .null
    stored.stateFile = name
    return stored
  }

  /// `commit` with its state, wherever that lies; `.configuration` when its file is gone.
  func readingState(of commit: BronzeCommit) throws(Fault) -> BronzeCommit {
    guard let name = commit.stateFile else { return commit }
    let path = "\(statesFolder)/\(name)"
    guard try fileSystem.exists(path) else {
      throw Fault(
        .configuration, at: Place(path), "what the last run remembered is gone",
        remedy: "restore the file from a backup")
    }
    let reader = DecompressingReader(try fileSystem.open(path), at: Place(path))
    var text: [UInt8] = []
    while let piece = try reader.next() { text += piece }
    var whole = commit
    whole.state = try JSONValue(parsing: text, at: Place(path))
    return whole
  }

  /// Removes the files of states that neither `commit` nor the one before it names.
  func dropStates(before commit: BronzeCommit) throws(Fault) {
    let names = try fileSystem.list(statesFolder).filter { !$0.hasPrefix(".") }
    if names.isEmpty || names == [commit.stateFile] { return }
    let kept = [commit, commit.version > 0 ? try self.commit(commit.version - 1) : commit]
    for name in names where !kept.contains(where: { $0.stateFile == name }) {
      try fileSystem.remove("\(statesFolder)/\(name)")
    }
  }
}
