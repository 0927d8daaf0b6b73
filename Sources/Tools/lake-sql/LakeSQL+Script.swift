import Core
import Engine
import LakeQuery
import UnixTool

extension LakeSQL {
  func script(_ console: Console) throws(Fault) -> QueryScript {
    if let file, file != "-" {
      // What is wrong with a file is told in its own words, whoever may read it.
      guard !eyes.isPinned else {
        throw Fault(
          .denied, "'--file' where MEDALLION_ROLE sets the role",
          remedy: "give the queries by standard input")
      }
      guard query == nil else {
        throw Fault(
          .usage, "a query and --file together", remedy: "give one of them")
      }
      let bytes = try PipeInput.bytes(
        of: try FileAddress.path(file), limit: SQLScript.byteLimit)
      return try QueryScript(
        String(decoding: bytes, as: UTF8.self), file: file == "-" ? "standard input" : file)
    }
    if let query, query != "-" { return try QueryScript(query, file: "query") }
    if PipeInput.isTerminal {
      console.say("type queries, a ; behind each, then Ctrl-D to have them answered")
    }
    let bytes = try PipeInput.bytes(of: "-", limit: SQLScript.byteLimit)
    return try QueryScript(String(decoding: bytes, as: UTF8.self), file: "standard input")
  }
}
