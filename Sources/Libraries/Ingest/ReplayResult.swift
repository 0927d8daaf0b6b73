package import Bronze

/// What became of rows that were replayed.
package struct ReplayResult {
  /// How many are; those that were replayed before are passed over.
  package var count = 0
  /// The commit that was made in bronze.
  package var commit: BronzeCommit?
  /// What its events tell of their tills.
  package var news = TillNews()

  package init(
    count: Int = 0, commit: BronzeCommit? = nil, news: TillNews = TillNews()
  ) {
    self.count = count
    self.commit = commit
    self.news = news
  }
}
