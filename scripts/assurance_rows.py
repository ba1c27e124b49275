"""What is proven again and by which tests: the rows of evals/results/reliability.md, for `scripts/assurance.py`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the report: its number in the table of faults, what is done, and the tests that do it, below `tests/`."""

    id: str
    what: str
    tests: Sequence[str]


KILLS, FAULTS, LEAKS = (f"assurance/test_{name}.py::test_" for name in ("kills", "faults", "leaks"))
INDEX = "guidance/test_guidance_index.py::test_"
KILLED = f"{KILLS}a_writer_killed_at_any_moment_loses_nothing_that_was_kept"
FORMATS = ("fixtures", "format_properties", "reading_properties", "fuzz_corpus", "hostile_files")
WEB = ("routes", "visitors", "uploads", "files", "patterns")
KEPT = ("workspace", "practice", "batch", "users")
ITEMS = (
    Item("F1", "killed while the index is built, anew or over a damaged one", [f"{KILLED}[index]"]),
    Item(
        "F2",
        "killed while sessions, practice, batches, users and runs are written",
        [*(f"{KILLED}[{what}]" for what in KEPT), "evaluation/test_killed_runs.py"],
    ),
    Item(
        "F3",
        "the n-th call on the disk fails (EIO), or the disk is full from it on (ENOSPC)",
        [f"{FAULTS}whatever_call_on_the_disk_fails_nothing_kept_is_lost"],
    ),
    Item(
        "F4",
        "full disk, then room again",
        [
            f"{FAULTS}a_full_disk_is_said_and_heals_when_there_is_room",
            f"{INDEX}a_full_disk_ends_in_memory_and_heals_when_there_is_room",
        ],
    ),
    Item("F5", "disk that may not be written", [f"{FAULTS}a_disk_that_may_not_be_written_is_said"]),
    Item(
        "F6, F7",
        "damaged index; index of another version, model or corpus",
        [
            f"{FAULTS}an_index_damaged_anywhere_is_built_again",
            f"{INDEX}a_damaged_index_is_built_again",
            f"{INDEX}another_encoder_or_corpus_gets_an_index_of_its_own",
        ],
    ),
    Item(
        "F8",
        "model missing, truncated, another's, a pickle instead",
        [f"{FAULTS}a_model_that_is_not_whole_is_refused_in_words", "detection/test_shipped_model.py"],
    ),
    Item("F9–F11", "language model away, slow, or answering badly", ["assistant"]),
    Item(
        "F12",
        "several processes on one folder",
        [
            f"{KILLS}processes_that_start_together_on_an_empty_folder_lose_nothing",
            "test_workspace.py::test_two_processes_at_once_lose_nothing",
            f"{INDEX}processes_that_mend_one_damaged_index_together_do_not_get_into_each_others_way",
            f"{INDEX}folders_put_in_one_place_at_once_leave_one_sound_one",
        ],
    ),
    Item(
        "F13",
        "no home, no temp folder, umask 077 (F5); other clock, time zone and language",
        [f"{FAULTS}scores_are_the_same_under_other_clocks_languages_and_homes"],
    ),
    Item(
        "F14",
        "stopped by SIGTERM or Ctrl-C at work",
        [
            f"{KILLS}a_batch_that_is_stopped_ends_soon_and_goes_on_where_it_was",
            f"{LEAKS}a_screen_that_is_stopped_or_killed_at_work_leaves_no_word",
        ],
    ),
    Item("F15", "little memory", [f"{FAULTS}with_little_memory_a_session_is_read_or_refused_in_words"]),
    Item("F16", "reload, double clicks, lost connection (browser)", ["ui/test_journeys.py", "ui/test_more_journeys.py"]),
    Item("L1, L4, L5", "long sessions, a burst of people, texts over the limit", ["assurance/test_load.py"]),
    Item("L3, L6", "a queue at a slow model, tabs closed at work", ["assurance/test_tabs.py"]),
    Item("L7", "the first answer after a start: index empty, warm, damaged", ["assurance/test_starts.py"]),
    Item("I3", "nothing goes out", ["assurance/test_egress.py"]),
    Item("I4", "no word of a session where it does not belong", ["assurance/test_leaks.py"]),
    Item("4.5", "the ninety bad and odd transcripts", ["test_bad_inputs.py"]),
    Item("4.5", "fixtures of every format, and properties of their readers", [f"formats/test_{name}.py" for name in FORMATS]),
    Item("3.4", "masking: properties, offsets, propagation", ["privacy/test_masking.py", "privacy/test_masking_model.py"]),
    Item(
        "B3–B6, C1–C6",
        "hostile requests, uploads, files, paths and patterns; text that would run in the page",
        [*(f"assurance/test_web_{name}.py" for name in WEB), "assurance/test_hostile_files.py", "ui/test_escape.py"],
    ),
    Item("C1, D2", "index folders made by somebody else", ["assurance/test_hostile_index.py"]),
)
NOT_HERE = "L2 is measured by bench/people.py. A soak of eight hours is not run."
