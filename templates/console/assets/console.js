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
