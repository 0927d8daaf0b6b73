import Bronze
import Compression
package import Core
import JSON
import LakeJobs

extension EventIngest {
  /// What a pipe called `name` holds, be it plain, gzip or zstd; its whole lines where `isCutOff`
  /// tells that it was not read to its end.
  package static func lines(
    of source: any ByteSource, name: String, isCutOff: @escaping () -> Bool
  ) -> WholeLines {
    WholeLines(DecompressingReader(source, at: Place(name)), isCutOff: isCutOff)
  }

  /// Takes a segment of the stream called `name` in a commit of its own. Whatever the share of
  /// lines that are no events, the others are taken: a stream does not stop for them.
  ///
  /// With `consumer` the lines are records as `kcat -J` prints them: those that this consumer has
  /// read are passed over, and how far it has come stands in the same commit.
  package func take(
    _ segment: EventSegments.Segment, of name: String, consumer: String? = nil
  ) throws -> Outcome {
    let step = lake.steps.begin()
    if segment.bytesBefore == 0, consumer == nil {
      let first = FirstBytes(
        bytes: Array(segment.bytes.prefix(FirstBytes.count)),
        isWhole: segment.bytes.count <= FirstBytes.count)
      if let mismatch = first.mismatchWithLines { throw mismatch.fault(at: Place(name)) }
    }
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let origin = LineOrigin(
      name, linesBefore: segment.linesBefore, bytesBefore: segment.bytesBefore)
    let outcome: Outcome
    if let consumer {
      let envelope = try KafkaEnvelope(
        segment.bytes, from: origin,
        after: KafkaOffsets(append.previous?.state, consumer: consumer))
      outcome = try takeEvents(in: envelope, of: segment, origin, append, consumer: consumer)
    } else {
      outcome = try takeLines(of: segment, from: origin, append)
    }
    step.end(
      "\(name) from line \(segment.linesBefore + 1), byte \(segment.bytesBefore): "
        + outcome.words(since: Outcome().tally))
    return outcome
  }

  private func takeEvents(
    in envelope: KafkaEnvelope, of segment: EventSegments.Segment, _ origin: LineOrigin,
    _ append: BronzeAppend, consumer: String
  ) throws -> Outcome {
    var outcome = Outcome()
    outcome.repeatedCount = envelope.repeatedCount
    outcome.holes = envelope.holes
    var rejected = envelope.rejected
    if let strays = try newStrays(of: envelope, origin) {
      rejected += envelope.strays
      append.add(strays)
    } else {
      outcome.repeatedCount += envelope.strays.count
    }
    if envelope.taken.isEmpty, rejected.isEmpty { return outcome }
    let classifier = try classify(
      envelope.events, from: LineOrigin(origin.name, places: envelope.places), append,
      tills(append), rejected: rejected)
    let digest = hexText(SHA256.digest(of: segment.bytes))
    for (partition, offsets) in envelope.taken.sorted(by: { $0.key < $1.key }) {
      lake.steps.note(
        "\(partition): offsets \(offsets.lowerBound) to \(offsets.upperBound), for \(consumer)")
      append.add(
        BronzeInput(
          name: "kafka:\(partition) \(offsets.lowerBound)-\(offsets.upperBound)",
          byteCount: segment.bytes.count, digest: digest))
    }
    outcome.acceptedCount = classifier.acceptedCount
    outcome.rejectedCount = classifier.rejectedCount + rejected.count
    outcome.firstReason = rejected.first?.reason.words ?? classifier.firstReason
    outcome.news = classifier.tills.news
    let state = envelope.offsets.state(in: append.previous?.state, consumer: consumer)
    outcome.commit = try append.commit(state: classifier.tills.state(in: state))
    return outcome
  }

  /// Lines that no offset tells from others, as one input; nil when there are none, or when just
  /// these were set aside before.
  private func newStrays(
    of envelope: KafkaEnvelope, _ origin: LineOrigin
  ) throws -> BronzeInput? {
    guard !envelope.strays.isEmpty else { return nil }
    let bytes = Array(envelope.strays.map(\.bytes).joined(separator: [0x0A]))
    let input = BronzeInput(
      name: origin.name, byteCount: bytes.count, digest: hexText(SHA256.digest(of: bytes)))
    return try log.inputs().contains(digest: input.digest) ? nil : input
  }

  private func takeLines(
    of segment: EventSegments.Segment, from origin: LineOrigin, _ append: BronzeAppend
  ) throws -> Outcome {
    var outcome = Outcome()
    let taken = BronzeInput(
      name: origin.name, byteCount: segment.bytes.count,
      digest: hexText(SHA256.digest(of: segment.bytes)))
    guard try !log.inputs().contains(digest: taken.digest) else {
      outcome.repeated = ["\(origin.name), lines from \(segment.linesBefore + 1)"]
      return outcome
    }
    let classifier = try classify(segment.bytes, from: origin, append, tills(append))
    if classifier.lineCount == 0 { return outcome }
    append.add(taken)
    outcome.acceptedCount = classifier.acceptedCount
    outcome.rejectedCount = classifier.rejectedCount
    outcome.firstReason = classifier.firstReason
    outcome.news = classifier.tills.news
    outcome.commit = try append.commit(
      state: classifier.tills.state(in: append.previous?.state))
    return outcome
  }
}
