"""What `rupture` promises about words and files, tried on the programs a user starts.

Most of it runs with the other tests. What takes long runs when `RUPTURE_ASSURANCE=1` is set (`make assurance`), and says so where
it is skipped. Every search for something that must not be there has a control: the same search finds it where it was planted.

- `test_egress.py`: nothing leaves this machine, in four environments that want the opposite; `watched.py` watches, `guard/` is
  the hook that Python calls in every process, `visitor.py` uses the screen as a browser does.
- `test_leaks.py`: words of a session stay out of outputs, logs and folders; `failing_screen.py` breaks, `searching.py` searches.
"""
