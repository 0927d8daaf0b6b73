import Core
import PostgreSQL
import Testing

@Suite struct LogMessageTests {
  @Test func `a position reads back as it is written, and what is none is refused`() {
    for text in ["0/0", "0/16B3748", "1A/FFFFFFFF", "FFFFFFFF/1"] {
      #expect(LogPosition(parsing: text)?.description == text)
    }
    for text in ["", "0", "0/", "/1", "0/1/2", "0/+1", "0/100000000", "x/1"] {
      #expect(LogPosition(parsing: text) == nil, "\(text)")
    }
  }

  @Test func `an update tells what it has not as something else than NULL`() throws {
    let message = try #require(
      bytes(ofHex: "55000040004b00027400000001316e4e0002740000000132" + "75"))
    guard case .update(16_384, let old?, let new) = try LogMessageReader.message(message) else {
      Issue.record("another message")
      return
    }
    #expect(old.isIdentityOnly)
    #expect(old.values == [.text(13..<14), .null])
    #expect(new.values == [.text(23..<24), .unchanged])
  }

  @Test func `a message that ends too early, or goes on too long, is refused`() throws {
    let texts = [
      "4200000000016b37480002d79883d20000000002e9",
      "430000000000016b374800000000016b37900002d79883d20000",
      "52000040007075626c6963006974656d730064000101696400000000" + "17ffffffff",
      "49000040004e00027400000001316e", "4400004000" + "4f00017400000001" + "31",
      "5400000002000000400000004001",
    ]
    for text in texts {
      let message = try #require(bytes(ofHex: text))
      _ = try LogMessageReader.message(message)
      for count in 0..<message.count {
        let fault = #expect(throws: Fault.self) {
          try LogMessageReader.message(Array(message.prefix(count)))
        }
        #expect(fault?.kind == .data)
      }
      #expect(throws: Fault.self) { try LogMessageReader.message(message + [0]) }
    }
  }
}
