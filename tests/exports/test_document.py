from hypothesis import given
from hypothesis import strategies as st

from rupture.exports.document import Piece, Quote

SPANS = st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=6).map(tuple)


def test_a_quotation_is_cut_at_its_marks_and_at_line_ends():
    quote = Quote("one two\n\nthree four", ((4, 14), (17, 19)))
    assert quote.lines == (
        (Piece("one "), Piece("two", True)),
        (),
        (Piece("three", True), Piece(" fo"), Piece("ur", True)),
    )


def test_impossible_marks_are_left_out_and_touching_ones_are_one():
    text = "whatever you think"
    assert Quote(text, ((-1, 4), (5, 5), (9, 4), (13, 99))).lines == ((Piece(text),),)
    assert Quote(text, ((0, 8), (4, 12))).lines == ((Piece("whatever", True), Piece(" you think")),)
    assert Quote(text, ((8, 12), (0, 8))).lines == ((Piece("whatever you", True), Piece(" think")),)
    assert Quote("").lines == ()


@given(st.text(max_size=50), SPANS)
def test_the_pieces_of_each_line_are_the_line(text, marks):
    assert ["".join(piece.text for piece in line) for line in Quote(text, marks).lines] == text.splitlines()


@given(st.text("ab \n", min_size=1, max_size=40), st.data())
def test_one_mark_is_its_slice_without_line_ends(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    marked = "".join(piece.text for line in Quote(text, ((start, end),)).lines for piece in line if piece.marked)
    assert marked == text[start:end].replace("\n", "")
