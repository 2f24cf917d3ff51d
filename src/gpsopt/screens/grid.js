// No key is lost in a grid that is typed into fast, or on a machine that does much else. The grid does some things a
// moment after a key, and what is typed in that moment goes astray; it waits here until the moment is over:
// - a cell's editor opens after the first key, and closes after Enter, Tab or Escape;
// - such a key that comes on the heels of another one makes the editor forget all that stands in it;
// - a click below the last row adds a row.
(function () {
  const PATIENCE = 1000, FRAMES = 20;  // milliseconds, and pictures of a busy browser: then a key is let go anyway
  const CLICK = 250;  // milliseconds after a click, which may add a row
  const GRID = ".st-key-edited canvas";
  const editor = () => document.querySelector(".gdg-clip-region");
  const inside = (event) => Boolean(editor()?.contains(event.target));
  const prints = (event) => event.key.length === 1 && !event.altKey;
  const closes = (event) => inside(event) && (["Tab", "Escape"].includes(event.key) || (event.key === "Enter" && !event.shiftKey));
  const opens = (event) => !inside(event) && (prints(event) || event.key === "Enter") && event.target.closest?.(GRID);
  const ready = () => {
    const [open, focus] = [editor(), document.activeElement];
    return open ? open.contains(focus) : Boolean(focus?.closest(GRID));
  };
  let held = [], until = null, since = 0, frames = 0, fresh = 0, sent = null;

  const wait = (over) => {
    if (!until) requestAnimationFrame(look);
    [until, since, frames] = [over, performance.now(), 0];
  };
  const look = () => {
    frames += 1;
    if (!until() && !(performance.now() - since > PATIENCE && frames > FRAMES)) return requestAnimationFrame(look);
    until = null;
    if (!ready()) held = [];  // the person is elsewhere by now
    if (!held.length || early(held[0], document.activeElement)) return;
    again(held.shift());
    if (held.length && !until) wait(() => true);  // one key a picture: the grid has moved on by then
  };
  const early = (event, target) => {
    if (!fresh || !closes({ key: event.key, shiftKey: event.shiftKey, target })) return false;
    wait(() => !fresh);
    return true;
  };
  const follow = (event) => {  // a key goes on to the grid: what has to be over before the next one may
    const open = editor();
    if (closes(event)) wait(() => editor() !== open && ready());
    else if (opens(event)) wait(() => Boolean(editor()) && ready());
    else if (inside(event)) {
      fresh += 1;
      setTimeout(() => setTimeout(() => { fresh -= 1; }));
    }
  };
  const again = (event) => {
    const target = document.activeElement;
    if (editor()?.contains(target)) {  // a browser writes nothing for a key that no person has pressed
      if (prints(event)) return document.execCommand("insertText", false, event.key);
      if (event.key === "Backspace") return document.execCommand("delete");
    }
    const { key, code, keyCode, shiftKey } = event;
    sent = new KeyboardEvent("keydown", { key, code, keyCode, shiftKey, bubbles: true, cancelable: true });
    target.dispatchEvent(sent);
  };
  const heard = (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    if (!inside(event) && !event.target.closest?.(GRID) && !(until && event.target === document.body)) return;
    if (event !== sent && (until || early(event, event.target))) {
      held.push(event);
      event.preventDefault();
      event.stopImmediatePropagation();
    } else follow(event);
  };
  const clicked = (event) => {
    if (event.target.closest?.(".st-key-edited")) wait(() => performance.now() - since > CLICK && ready());
  };
  const listen = (kind, listener) => {  // once, however often the page is drawn
    const known = (window.gpsoptListens ||= {});
    window.removeEventListener(kind, known[kind], true);
    window.addEventListener(kind, (known[kind] = listener), true);
  };
  listen("keydown", heard);
  listen("pointerup", clicked);
})();
