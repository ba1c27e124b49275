"""The few lines of JavaScript on the page. Constants only: no user text is ever put into one."""

# A press or Enter on anything with a turn number picks that turn, unless the reader drags to select words. What counts is what
# lay under the pointer when it went down: the transcript may scroll or be drawn anew before it comes up.
PICK = """
let pressed = null;
const pick = (target) => {
  const row = target.closest('[data-turn]');
  if (row && element.contains(row)) trigger('select', { turn: Number(row.dataset.turn) });
};
element.addEventListener('mousedown', (event) => {
  const row = event.button === 0 ? event.target.closest('[data-turn]') : null;
  pressed = row && { turn: Number(row.dataset.turn), x: event.clientX, y: event.clientY };
});
element.addEventListener('mouseup', (event) => {
  if (pressed && Math.abs(event.clientX - pressed.x) + Math.abs(event.clientY - pressed.y) <= 6) {
    trigger('select', { turn: pressed.turn });
  }
  pressed = null;
});
element.addEventListener('click', (event) => {
  if (event.detail === 0) pick(event.target);
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('div[data-turn]')) pick(event.target);
});
"""

# The roles as they stand on the page when the session is to be analysed.
CHOSEN = """
(desk, roles) => [desk, JSON.stringify([...document.querySelectorAll('#speakers input[data-speaker]:checked')].map(
  (choice) => [Number(choice.dataset.speaker), choice.value]))]
"""

# Marks the turn that the evidence panel is about and, when it is another than before, brings it into view inside the transcript,
# without moving the page. A click on the timeline becomes a click on the turn.
SHOW_SELECTED = """
() => {
  const show = () => {
    const panel = document.querySelector('#evidence [data-selected]');
    const turn = panel ? panel.dataset.selected : '';
    document.querySelectorAll('#transcript .turn.selected').forEach((row) => row.classList.remove('selected'));
    document.querySelectorAll('#moments .chip').forEach((chip) => {
      chip.setAttribute('aria-pressed', String(chip.dataset.turn === turn));
    });
    const row = turn === '' ? null : document.querySelector(`#transcript .turn[data-turn="${Number(turn)}"]`);
    const list = document.querySelector('#transcript .conversation');
    if (row && list) {
      row.classList.add('selected');
      if (list.dataset.at !== turn) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 3;
      list.dataset.at = turn;
    }
  };
  const listen = (tries) => {
    const plot = document.querySelector('#timeline .js-plotly-plot');
    if (plot && plot.on && !plot.dataset.listening) {
      plot.dataset.listening = 'yes';
      plot.on('plotly_click', (click) => {
        const row = document.querySelector(`#transcript .turn[data-turn="${Number(click.points[0].x)}"]`);
        if (row) row.click();
      });
    } else if (tries > 0 && !(plot && plot.dataset.listening)) setTimeout(() => listen(tries - 1), 250);
  };
  // An answer is read from its beginning.
  const toQuestion = () => {
    const questions = document.querySelectorAll('#chat .user-row');
    const last = questions[questions.length - 1];
    const wrap = document.querySelector('#chat .bubble-wrap');
    if (last && wrap) wrap.scrollTop = last.getBoundingClientRect().top - wrap.getBoundingClientRect().top + wrap.scrollTop - 8;
  };
  setTimeout(show, 60);
  setTimeout(toQuestion, 120);
  listen(20);
}
"""

# On a phone the panel is above the transcript: a turn that was picked brings it into view.
TO_EVIDENCE = """
() => {
  const panel = document.querySelector('#evidence');
  if (panel && window.matchMedia('(max-width: 820px)').matches) panel.scrollIntoView({ block: 'start' });
}
"""

# The report is made into a file by the browser, so that nothing of the session is written to this computer's disk on the way.
DOWNLOAD = """
(packed) => {
  if (packed) {
    const { name, type, text } = JSON.parse(packed);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  return '';
}
"""
