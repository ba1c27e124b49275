"""JavaScript of the practice tab: turns are coded in the page, by pointer or keyboard, and told to the server once, at the end.
A constant only: no user text is ever put into it."""

# What was given stands in the rows themselves, so that a session that is drawn anew starts empty.
CODING = """
let family = '', since = 0;
const desk = () => element.querySelector('.coding-desk');
const rows = () => [...desk().querySelectorAll('.turn')];
const here = () => desk().querySelector('.turn.here');
const whole = () => desk().dataset.whole === 'yes';
const given = (row) => (row.dataset.given || '').split(' ').filter(Boolean);
const draw = (row) => {
  const sure = row.dataset.sure === '1' ? ' ?' : '';
  row.querySelector('.given').textContent = given(row).map((code) => code + sure).join(', ');
};
const show = () => {
  const row = here(), number = Number(row.dataset.turn), role = row.dataset.role;
  desk().querySelectorAll('.codes').forEach((group) => { group.hidden = group.dataset.role !== role; });
  desk().querySelectorAll('.codes button').forEach((button) => {
    button.setAttribute('aria-pressed', String(given(row).includes(button.dataset.code)));
  });
  desk().querySelectorAll('[data-sure]:not(.turn)').forEach((button) => {
    button.setAttribute('aria-pressed', String((row.dataset.sure || '2') === button.dataset.sure));
  });
  desk().querySelector('.sureness').hidden = !given(row).length;
  const reply = desk().querySelector('.reply');
  reply.hidden = row.dataset.reply === undefined;
  if (!reply.hidden) reply.querySelector('textarea').value = row.dataset.said || '';
  const all = rows(), place = all.indexOf(row);
  const last = !all.slice(place + 1).some((later) => later.dataset.role);
  desk().querySelector('[data-go="1"]').textContent = last ? 'Compare' : given(row).length ? 'Go on' : 'Nothing here, go on';
  desk().querySelector('[data-go="-1"]').disabled = !all.slice(0, place).some((earlier) => earlier.dataset.role);
  desk().querySelector('.at').textContent = `Turn ${number}, ${row.dataset.name}`;
};
const move = (row) => {
  here()?.classList.remove('here');
  row.hidden = false;
  row.classList.add('here');
  show();
  const list = desk().querySelector('.coding');
  list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
};
// Turns that nobody is asked to code come into sight on the way to the next.
const go = (step) => {
  const all = rows();
  let at = all.indexOf(here()) + step;
  while (all[at] && !all[at].dataset.role) {
    all[at].hidden = false;
    at += step;
  }
  if (at >= all.length) finish();
  else if (at >= 0) move(all[at]);
};
const toggle = (code) => {
  const row = here(), before = given(row);
  if (!desk().querySelector(`.codes[data-role="${row.dataset.role}"] [data-code="${code}"]`)) return;
  row.dataset.given = (before.includes(code) ? before.filter((c) => c !== code) : [...before, code]).join(' ');
  draw(row);
  show();
};
const sure = (level) => {
  here().dataset.sure = level;
  draw(here());
  show();
};
// Whoever stops has read what was passed or given something. What is in sight last was reached, and perhaps not passed.
const undecided = () => {
  const last = rows().filter((row) => !row.hidden).at(-1);
  return whole() || given(last).length || (last.dataset.said || '').trim() ? null : last;
};
const finish = (left = null) => {
  const said = { session: desk().dataset.session, read: 0, codes: {}, sure: {}, replies: {} };
  rows().forEach((row) => {
    if (row.hidden || row === left) return;
    said.read = Number(row.dataset.turn) + 1;
    if (given(row).length) {
      said.codes[row.dataset.turn] = given(row);
      said.sure[row.dataset.turn] = Number(row.dataset.sure || 2);
    }
    if ((row.dataset.said || '').trim()) said.replies[row.dataset.turn] = row.dataset.said;
  });
  trigger('apply', said);
};
element.addEventListener('click', (event) => {
  if (!desk()) return;
  const button = event.target.closest('button'), row = event.target.closest('.turn');
  if (row && row.dataset.role && whole()) move(row);
  if (!button) return;
  if (button.dataset.code) toggle(button.dataset.code);
  else if (button.dataset.sure) sure(button.dataset.sure);
  else if (button.dataset.go) go(Number(button.dataset.go));
  else if (button.dataset.finish) finish(undecided());
});
element.addEventListener('begin', () => show());
element.addEventListener('input', (event) => {
  if (event.target.closest('.reply')) here().dataset.said = event.target.value;
});
element.addEventListener('keydown', (event) => {
  if (!desk() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('textarea')) return;
  const key = event.key.toLowerCase(), soon = Date.now() - since < 2000;
  if (key === 'enter' && event.target.closest('button, summary')) return;
  if ('wcr'.includes(key)) {
    family = key.toUpperCase();
    since = Date.now();
  } else if (/^[0-9]$/.test(key) && family && soon) {
    toggle(family + (key === '0' ? '10' : key));
  } else if (key === '?') sure((here().dataset.sure || '2') === '2' ? '1' : '2');
  else if (key === 'enter' || key === 'n' || key === 'arrowdown') go(1);
  else if (key === 'p' || key === 'arrowup') go(-1);
  else return;
  event.preventDefault();
});
"""

# A new session is ready for the keyboard at once, and is seen from its beginning.
BEGIN = """
() => setTimeout(() => {
  const list = document.querySelector('.coding-desk .coding');
  if (!list) return;
  list.focus({ preventScroll: true });
  list.querySelector('.turn')?.dispatchEvent(new Event('begin', { bubbles: true }));
  document.querySelector('#coding').scrollIntoView({ block: 'start' });
}, 120)
"""

# What was coded and not compared yet is given up only when the trainee says so; the answer goes along.
LEAVE = """
(...given) => {
  const rows = [...document.querySelectorAll('#coding .coding .turn')];
  const coded = rows.some((row) => row.dataset.given || (row.dataset.said || '').trim());
  const sure = !coded || window.confirm('Leave this session? What you coded in it so far is lost.');
  return [...given.slice(0, -1), String(sure)];
}
"""

# Feedback is read from its beginning.
TO_FEEDBACK = """
() => setTimeout(() => {
  const heading = document.querySelector('#practice-feedback h2');
  if (!heading) return;
  heading.scrollIntoView({ block: 'start' });
  heading.focus({ preventScroll: true });
}, 120)
"""
