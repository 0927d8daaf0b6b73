import Glibc

// A name on disk is any bytes but a slash and zero; a path here is a text. Bytes that are no UTF-8
// stand in it as `\xE9`, as a shell writes them in `$'…'`: so that no two names are one, every name
// that was listed can be opened, and what is shown of it harms no terminal and no JSON.

/// The text of a name as the system has it. A backslash that would look like such a byte is written
/// as `\x5C`.
package func pathText(_ bytes: some RandomAccessCollection<UInt8>) -> String {
  let bytes = Array(bytes)
  if !bytes.contains(backslash), let text = String(validating: bytes, as: UTF8.self) {
    return text
  }
  var text = ""
  var index = 0
  while index < bytes.count {
    let count = sequenceLength(bytes[index])
    let end = min(bytes.count, index + count)
    let isMark = bytes[index] == backslash && escapedByte(bytes, at: index) != nil
    if !isMark, let letter = String(validating: bytes[index..<end], as: UTF8.self) {
      text += letter
      index = end
    } else {
      text += "\\x" + hexText([bytes[index]]).uppercased()
      index += 1
    }
  }
  return text
}

/// Calls `body` with the bytes that `path` stands for, as the system takes them.
package func withSystemPath<Result>(
  _ path: String, _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
  guard path.utf8.contains(backslash) else { return path.withCString(body) }
  let text = Array(path.utf8)
  var bytes: [CChar] = []
  var index = 0
  while index < text.count {
    if text[index] == backslash, let byte = escapedByte(text, at: index) {
      bytes.append(CChar(bitPattern: byte))
      index += 4
    } else {
      bytes.append(CChar(bitPattern: text[index]))
      index += 1
    }
  }
  bytes.append(0)
  return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
}

private let backslash = UInt8(ascii: "\\")

/// The byte that `\xHH` at `index` stands for: one that is no ASCII, or a backslash; else nil.
private func escapedByte(_ text: [UInt8], at index: Int) -> UInt8? {
  guard index + 3 < text.count, text[index + 1] == UInt8(ascii: "x"),
    let high = digit(text[index + 2]), let low = digit(text[index + 3])
  else { return nil }
  let byte = high << 4 | low
  return byte >= 0x80 || byte == backslash ? byte : nil
}

/// The value of a hexadecimal digit in upper case.
private func digit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// How many bytes a letter has that begins with `byte`.
private func sequenceLength(_ byte: UInt8) -> Int {
  switch byte {
  case 0xC2...0xDF: 2
  case 0xE0...0xEF: 3
  case 0xF0...0xF4: 4
  default: 1
  }
}
