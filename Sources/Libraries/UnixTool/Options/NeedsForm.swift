import Core

/// The form in which a tool says what it would touch. Every tool knows both, whatever forms its
/// own product has.
enum NeedsForm: String, CaseIterable {
  case text
  case json
  /// A drop-in for the systemd unit that makes the call.
  case unit
  /// Rules for nft.
  case filter
  /// Statements for the administrators of databases.
  case grants

  func text(of needs: Needs) -> String {
    switch self {
    case .text: needs.text
    case .json: needs.jsonLines
    case .unit: UnitSettings(needs).text
    case .filter: PacketFilter(needs).text
    case .grants: needs.grants.map { "\($0);\n" }.joined()
    }
  }

  /// The form that a call with `--needs` asks for, and the call without that; of any other call the
  /// arguments as they are.
  static func asked(
    by arguments: [String]
  ) throws(Fault) -> (form: NeedsForm, arguments: [String]) {
    let options = arguments.prefix { $0 != "--" }
    guard options.contains("--needs") else { return (.text, arguments) }
    var form = NeedsForm.text
    var kept: [String] = []
    var index = options.startIndex
    while index < options.endIndex {
      let word = options[index]
      index += 1
      var value: String?
      if word == "--format", index < options.endIndex {
        value = options[index]
        index += 1
      } else if word.hasPrefix("--format=") {
        value = String(word.dropFirst("--format=".count))
      }
      guard let value else {
        kept.append(word)
        continue
      }
      guard let named = NeedsForm(rawValue: value) else {
        throw Fault(
          .usage, "'\(value)' is no form of '--needs'",
          remedy: "give --format text, json, unit, filter or grants")
      }
      form = named
    }
    return (form, kept + arguments[options.endIndex...])
  }
}
