"""Settings that text fields of the page share."""

import gradio as gr

QUIET = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False)
"""The browser neither remembers nor checks what is typed: some send it elsewhere for that."""
