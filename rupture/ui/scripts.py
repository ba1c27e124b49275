"""The few lines of JavaScript on the page. Constants only: no user text is ever put into one."""

# A press or Enter on anything with a turn number picks that turn, unless the reader drags to select words. What counts is what
# lay under the pointer when it went down: the transcript may scroll or be drawn anew before it comes up.
PICK = """
let pressed = null;
const choose = (turn) => {
  document.querySelectorAll('#transcript .turn.selected').forEach((row) => row.classList.remove('selected'));
  const row = document.querySelector(`#transcript .turn[data-turn="${turn}"]`);
  if (row) {
    row.classList.add('selected');
    row.closest('.conversation').dataset.chosen = turn;
  }
  trigger('select', { turn });
};
const pick = (target) => {
  const row = target.closest('[data-turn]');
  if (row && element.contains(row)) choose(Number(row.dataset.turn));
};
element.addEventListener('mousedown', (event) => {
  const row = event.button === 0 ? event.target.closest('[data-turn]') : null;
  pressed = row && { turn: Number(row.dataset.turn), x: event.clientX, y: event.clientY };
});
element.addEventListener('mouseup', (event) => {
  if (pressed && Math.abs(event.clientX - pressed.x) + Math.abs(event.clientY - pressed.y) <= 6) {
    choose(pressed.turn);
  }
  pressed = null;
});
element.addEventListener('click', (event) => {
  if (event.detail === 0) pick(event.target);
});
element.addEventListener('keydown', (event) => {
  const steps = { n: 1, p: -1, j: 1, k: -1 };
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest('.conversation')) return;
  const rows = [...element.querySelectorAll('np'.includes(event.key) ? '.turn.coded:not(.apart)' : '.turn')];
  const at = Number(element.querySelector('.turn.selected')?.dataset.turn ?? -1);
  const ahead = rows.filter((row) => (Number(row.dataset.turn) - at) * steps[event.key] > 0);
  const next = ahead[steps[event.key] > 0 ? 0 : ahead.length - 1];
  if (next) choose(Number(next.dataset.turn));
});
"""

# What counts as a moment: turns of another kind, or less sure, step back; with "only these" all others are out of sight.
FILTERS = """
const chosen = (name) => element.querySelector(`[data-filter="${name}"]`);
const apply = () => {
  const kind = chosen('kind').value, sure = Number(chosen('sure').value), only = chosen('only').checked;
  document.querySelectorAll('#transcript .turn').forEach((row) => {
    const fits = row.matches('.coded') && Number(row.dataset.sure) >= sure &&
      (!kind || row.classList.contains(kind) || row.dataset.codes.split(' ').includes(kind));
    row.classList.toggle('apart', row.matches('.coded') && !fits);
    row.classList.toggle('away', only && !fits && !row.matches('.selected'));
  });
  document.querySelectorAll('#transcript .episode').forEach((row) => row.classList.toggle('away', only));
};
element.addEventListener('change', apply);
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-step]');
  if (!button) return;
  const key = Number(button.dataset.step) > 0 ? 'n' : 'p';
  document.querySelector('#transcript .conversation')?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
});
"""

# What the reader says to the turn that the panel shows.
VERDICT = """
const say = (control, codes) => {
  const turn = Number(element.querySelector('[data-selected]').dataset.selected);
  trigger('apply', { turn, verdict: control.dataset.verdict, codes });
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-verdict]');
  if (button) say(button, (button.dataset.codes || '').split(' ').filter(Boolean));
});
element.addEventListener('change', (event) => {
  if (event.target.matches('select[data-verdict]') && event.target.value) say(event.target, [event.target.value]);
});
"""

SHELF = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-session]');
  if (button) trigger('select', { session: Number(button.dataset.session) });
});
"""

SAVE = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-save]');
  if (button) trigger('download', { save: button.dataset.save, mask: element.querySelector('[data-mask]').checked });
});
"""


# The roles as they stand on the page when the session is to be analysed.
CHOSEN = """
(desk, roles, names) => {
  const chosen = [...document.querySelectorAll('#speakers input[data-speaker]:checked')];
  return [desk, JSON.stringify(chosen.map((choice) => [Number(choice.dataset.speaker), choice.value])), names];
}
"""

# Marks the turn that the evidence panel is about and, when it is another than before, brings it into view inside the transcript,
# without moving the page; a line on the timeline stands where it is. A click on the timeline becomes a click on the turn.
SHOW_SELECTED = """
() => {
  const show = () => {
    const panel = document.querySelector('#evidence [data-selected]');
    const turn = panel ? panel.dataset.selected : '';
    const list = document.querySelector('#transcript .conversation');
    // The panel about the turn that was chosen last is still on its way.
    if (list && list.dataset.chosen && list.dataset.chosen !== turn) return;
    if (list) delete list.dataset.chosen;
    // A transcript that was drawn anew is filtered as the controls say.
    if (list && !list.dataset.filtered) {
      list.dataset.filtered = 'yes';
      document.querySelector('#filters .filters')?.dispatchEvent(new Event('change', { bubbles: true }));
    }
    document.querySelectorAll('#transcript .turn.selected').forEach((row) => row.classList.remove('selected'));
    document.querySelectorAll('#moments .chip').forEach((chip) => {
      chip.setAttribute('aria-pressed', String(chip.dataset.turn === turn));
    });
    const row = turn === '' ? null : document.querySelector(`#transcript .turn[data-turn="${Number(turn)}"]`);
    if (row && list) {
      row.classList.add('selected');
      row.classList.remove('away');
      // Rows of a long session get their height when they are seen: look again once they have it.
      const settle = (times) => {
        list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
        if (times) requestAnimationFrame(() => settle(times - 1));
      };
      if (list.dataset.at !== turn) settle(list.classList.contains('long') ? 4 : 0);
      list.dataset.at = turn;
    }
  };
  const mark = () => {
    const plot = document.querySelector('#timeline .js-plotly-plot');
    const panel = document.querySelector('#evidence [data-selected]');
    const axis = plot && plot._fullLayout && plot._fullLayout.xaxis;
    if (!axis || !panel) return;
    let line = plot.querySelector('.here');
    if (!line) {
      line = document.createElement('div');
      line.className = 'here';
      plot.appendChild(line);
    }
    line.hidden = panel.dataset.selected === '';
    line.style.left = `${axis._offset + axis.l2p(Number(panel.dataset.selected))}px`;
  };
  const listen = (tries) => {
    const plot = document.querySelector('#timeline .js-plotly-plot');
    if (plot && plot.on && !plot.dataset.listening) {
      plot.dataset.listening = 'yes';
      plot.on('plotly_afterplot', mark);
      mark();
      plot.on('plotly_click', (click) => {
        const row = document.querySelector(`#transcript .turn[data-turn="${Number(click.points[0].x)}"]`);
        if (row) row.click();
      });
    } else if (tries > 0 && !(plot && plot.dataset.listening)) setTimeout(() => listen(tries - 1), 250);
  };
  // Gradio would have a screen reader say each answer twice, once with all its marks.
  document.querySelectorAll('#chat [data-testid="bot"]').forEach((row) => row.setAttribute('aria-label', 'Answer'));
  // An answer is read from its beginning.
  const toQuestion = () => {
    const questions = document.querySelectorAll('#chat .user-row');
    const last = questions[questions.length - 1];
    const wrap = document.querySelector('#chat .bubble-wrap');
    if (last && wrap) wrap.scrollTop = last.getBoundingClientRect().top - wrap.getBoundingClientRect().top + wrap.scrollTop - 8;
  };
  setTimeout(show, 60);
  setTimeout(mark, 60);
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

# Files are made by the browser, so that nothing of the session is written to this computer's disk on the way.
DOWNLOAD = """
(packed) => {
  if (packed) {
    const { name, type, data } = JSON.parse(packed);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  return '';
}
"""

# Asked once more before anything kept is deleted; the answer goes along.
_SURE = "String(window.confirm('Delete this for good? It cannot be brought back.'))"
REALLY = f"(client) => [client, {_SURE}]"
REALLY_SESSION = f"(client, session) => [client, session, {_SURE}]"
