"""Practice for trainees: sessions to code, what the raters saw beside it and why, a reply to try, and what comes back for another
look. Pure values and functions; the command line and the screen both stand on them."""
