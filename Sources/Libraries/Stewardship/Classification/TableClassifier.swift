/// Says what the columns of a table hold, and lets what some hold speak for others: where there is
/// an e-mail address, there is likely a name.
package struct TableClassifier: Sendable {
  private let classifier: ColumnClassifier

  /// `year` is the year that it is, with its fraction.
  package init(year: Double) { classifier = ColumnClassifier(year: year) }

  /// The findings by column; columns that nothing speaks for are left out.
  package func findings(_ samples: [ColumnSample]) -> [(column: String, findings: [ColumnFinding])]
  {
    let first = samples.map { classifier.findings($0) }
    let personal: Set<String> = ["email", "phone", "birth_date", "national_id", "iban", "name"]
    let isOfPeople = first.joined().contains { personal.contains($0.label) }
    return zip(samples, first).compactMap { sample, found in
      let found =
        found.isEmpty && isOfPeople ? classifier.findings(sample, isOfPeople: true) : found
      return found.isEmpty ? nil : (sample.name, found)
    }
  }
}
