// The pages do without this file; with it, what is wrong is focused and an opened menu closes by Escape.
const wrong = document.querySelector('[data-focus]');
if (wrong) wrong.focus();
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = event.target instanceof Element && event.target.closest('details.drop[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});
document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('details.drop[open]')) if (!open.contains(event.target)) open.open = false;
});
// A form is sent once, however often its button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method === 'post' && !form.hasAttribute('hx-post')) {
    form.dataset.sent = 'true';
    setTimeout(() => delete form.dataset.sent, 5000);
  }
});
// What was typed before signing in again is shown without another press.
const atOnce = document.querySelector('form[data-at-once]');
if (atOnce) atOnce.requestSubmit();
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});
// Passkeys: without them in the browser, or at another address than theirs, password and code remain.
for (const part of document.querySelectorAll('[data-passkeys]')) {
  const { passkeys: origin, options } = part.dataset;
  part.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON || origin !== location.origin;
  const button = part.querySelector('[data-failed]');
  const status = part.querySelector('[role=status]');
  button?.addEventListener('click', async () => {
    status.textContent = '';
    try {
      const publicKey = options
        ? PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options))
        : PublicKeyCredential.parseRequestOptionsFromJSON(await (await fetch('/console/sign-in/passkey')).json());
      const given = await navigator.credentials[options ? 'create' : 'get']({ publicKey });
      part.elements.passkey.value = JSON.stringify(given);
      part.requestSubmit();
    } catch {
      status.textContent = button.dataset.failed;
    }
  });
}
// A session that is about to end: the warning is read out, takes no focus from whoever types, and leaves the page as it is.
const session = document.getElementById('session');
if (session) {
  const warnedMs = 5 * 60_000;
  const others = new BroadcastChannel('chorong-session');
  let seen, end, before;
  const count = (secondsLeft) => {
    seen = Date.now();
    end = seen + secondsLeft * 1000;
  };
  const say = (name) => {
    if (session.dataset.says === name) return;
    session.dataset.says = name;
    session.replaceChildren(document.getElementById(name).content.cloneNode(true));
  };
  const ask = async () => {
    try {
      const answer = await fetch('/console/account/session', { redirect: 'error' });
      const { account, csrf, secondsLeft } = await answer.json();
      // Whoever else signed in here has other rights, and has not seen this form.
      if (account !== session.dataset.account) return say('session-over');
      for (const field of document.getElementsByName('_csrf')) field.value = csrf;
      count(secondsLeft);
      if (session.dataset.says) say('session-back');
    } catch {
      say('session-over');
    }
  };
  count(Number(session.dataset.left));
  others.postMessage('seen');
  others.addEventListener('message', ask);
  document.addEventListener('focusin', ({ target }) => {
    if (!session.contains(target)) before = target;
  });
  session.addEventListener('click', async ({ target }) => {
    if (!target.closest('[data-stay]')) return;
    await ask();
    before?.focus();
  });
  setInterval(() => {
    const idleLeft = seen + Number(session.dataset.idle) * 1000 - Date.now();
    if (idleLeft <= 0 || end - Date.now() < warnedMs) say('session-over');
    else if (idleLeft < warnedMs) say('session-ending');
  }, 5000);
}
// A list shows what has the words that are typed above it.
for (const field of document.querySelectorAll('[data-narrows]')) {
  field.hidden = false;
  field.addEventListener('input', ({ target }) => {
    const words = target.value.toLowerCase().split(/\s+/);
    const rows = [...document.querySelectorAll(field.dataset.narrows)];
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const found = rows.filter((row) => !row.hidden).length;
    field.querySelector('[role=status]').textContent = target.value && field.dataset.found.replace('#', found);
  });
}
// A part of a page looks for what is new while the page is seen, and changes only while nobody is at it: not while it has the
// focus, a selection or something typed, nor right after a pointer or a scroll moved on it.
const live = () => document.getElementById('live');
if (live()) {
  const controls = document.querySelector('.live');
  const [status, box] = [controls.querySelector('[role=status]'), controls.querySelector('input')];
  const everyMs = Number(live().dataset.every) * 1000;
  let isTyped = false;
  let touched = 0;
  let before;
  const isAtIt = () => {
    const selection = getSelection();
    const selects = !selection.isCollapsed && selection.containsNode(live(), true);
    return isTyped || selects || live().contains(document.activeElement) || Date.now() - touched < 3000;
  };
  const look = () => {
    const isOver = session?.dataset.says === 'session-over';
    if (box.checked && !document.hidden && !isOver && !isAtIt()) htmx.trigger(live(), 'look');
  };
  controls.hidden = false;
  box.checked = localStorage.getItem('chorong-still') === null;
  box.addEventListener('change', () => {
    if (box.checked) localStorage.removeItem('chorong-still');
    else localStorage.setItem('chorong-still', 'on');
    look();
  });
  document.addEventListener('input', ({ target }) => {
    isTyped ||= live().contains(target);
  });
  for (const moved of ['pointermove', 'pointerdown', 'wheel', 'touchmove'])
    document.addEventListener(moved, ({ target }) => live().contains(target) && (touched = Date.now()), { passive: true });
  document.addEventListener('htmx:before:swap', (event) => {
    if (event.target !== live()) return;
    // Somebody may have come to it while it was fetched.
    if (isAtIt()) event.preventDefault();
    before = live().textContent;
  });
  document.addEventListener('htmx:after:swap', () => {
    if (before === undefined || live().textContent === before) return;
    before = live().textContent;
    const now = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    status.textContent = status.dataset.news.replace('#', now);
  });
  document.addEventListener('visibilitychange', look);
  setInterval(look, everyMs);
}
