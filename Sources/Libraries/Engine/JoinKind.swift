/// How unmatched rows of a join fare.
package enum JoinKind: String, Sendable {
  case inner, left, right, full, semi, anti, cross
  /// Anti join of `NOT IN`: a NULL on either side leaves nothing open.
  case nullAwareAnti
}
