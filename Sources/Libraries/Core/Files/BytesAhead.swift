/// The pieces of a source, read ahead of their use by a thread of its own: for files, whose reading
/// ends in good time. Once the end was given, the thread is done with the source.
package final class BytesAhead: ByteSource {
  private let pieces: Prefetch<[UInt8]>

  /// Reads `source`, of which at most `capacity` pieces wait.
  package init(_ source: any ByteSource, capacity: Int) {
    let work = Disconnected(source)
    pieces = Prefetch(capacity: capacity) { try work.value.next() }
  }

  package func next() throws(Fault) -> [UInt8]? {
    do {
      return try pieces.next()
    } catch let fault as Fault {
      throw fault
    } catch {
      throw Fault(.internal, "\(error)", remedy: "report this as a defect")
    }
  }
}
