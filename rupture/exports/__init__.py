"""What leaves the screen as files: an analysis as a document, in the formats people keep and print."""
