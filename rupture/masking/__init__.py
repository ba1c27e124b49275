"""What stands behind `rupture.privacy.masking`: one layer a module, from what a clinician typed to what a model of names finds.

Every layer takes the texts of a session and gives stretches of them; none keeps a text after it has answered, writes one down or
puts one into an error. Only `recogniser` and `lexicon` need the optional packages, and import them when they are asked.
"""
