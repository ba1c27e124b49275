"""rupture: reads a psychotherapy transcript, shows where the working alliance may be under strain, and quotes cited guidance.

Start with `rupture.build.build_assistant` and `rupture.assistant.assistant`. Importing the package loads nothing heavy.
"""
