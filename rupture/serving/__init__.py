"""The analysis over HTTP, for programs: `rupture serve`. One front that takes requests, and workers that hold the models;
nothing is kept. The screen is elsewhere (`rupture.ui`)."""
