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
