// What a flame graph does in a browser: zoom, search, keyboard. It stands in the SVG as it is here: plain script without imports, which
// reads all that it needs from the drawing. Names are set as text and never as markup. Without a browser the drawing is whole as it is.

export const VIEWER_SCRIPT: string = String.raw`(function () {
  'use strict';
  var SVG = 'http://www.w3.org/2000/svg', HTML = 'http://www.w3.org/1999/xhtml';
  var here = document.currentScript;
  var svg = (here && here.ownerSVGElement) || document.documentElement;
  var LEFT = 10, WIDTH = 1180, LETTER = 7.25, NEAR = 0.0015;
  var upwards = svg.getAttribute('data-root') === 'bottom';
  var frames = [], levels = [], zoomed = null, focused = null, found = [];

  svg.querySelectorAll('g.f').forEach(function (g) {
    var rect = g.querySelector('rect'), text = g.querySelector('text'), title = g.querySelector('title');
    var lines = title.textContent.split('\n');
    var frame = { g: g, rect: rect, text: text, about: lines.slice(1), label: lines[0], x: +rect.getAttribute('x'), w: +rect.getAttribute('width'), level: +g.getAttribute('data-l') };
    frames.push(frame);
    (levels[frame.level] = levels[frame.level] || []).push(frame);
    g.setAttribute('role', 'treeitem');
    g.setAttribute('aria-level', String(frame.level + 1));
    g.setAttribute('aria-label', lines.join(', '));
    g.setAttribute('tabindex', '-1');
    g.addEventListener('click', function () { focus(frame); zoom(frame); });
    g.addEventListener('mouseenter', function () { say(frame); });
    g.addEventListener('mouseleave', function () { say(focused); });
    g.addEventListener('focus', function () { focused = frame; say(frame); });
  });
  if (frames.length === 0) return;
  var byPlace = frames.slice().sort(function (a, b) { return a.x - b.x || a.level - b.level; });
  svg.setAttribute('role', 'tree');
  var root = levels[0][0];
  root.g.setAttribute('tabindex', '0');
  zoomed = root;

  var details = svg.querySelector('#details');
  details.setAttribute('role', 'status');
  details.setAttribute('aria-live', 'polite');
  function say(frame) {
    details.textContent = frame ? fitted([frame.label].concat(frame.about).join(' \u00b7 '), Math.floor(WIDTH / LETTER)) : '';
  }

  function fitted(text, columns) {
    if (columns < 3) return '';
    var used = 0, at = 0, fits = 0;
    for (var letter of text) {
      var wide = letter.codePointAt(0) >= 0x1100 ? 2 : 1;
      if (used + wide > columns) return columns < 4 ? '' : text.slice(0, fits) + '..';
      used += wide;
      at += letter.length;
      if (used + 2 <= columns) fits = at;
    }
    return text;
  }

  function holds(outer, inner) {
    return outer.level <= inner.level && outer.x <= inner.x + NEAR && outer.x + outer.w >= inner.x + inner.w - NEAR;
  }

  function place(frame, x, width, isOuter) {
    frame.shown = true;
    frame.g.style.display = '';
    frame.g.classList.toggle('o', isOuter);
    frame.rect.setAttribute('x', String(x));
    frame.rect.setAttribute('width', String(Math.max(width, 0.05)));
    frame.text.setAttribute('x', String(x + 3));
    frame.text.textContent = fitted(frame.label, Math.floor((width - 6) / LETTER));
  }

  function zoom(to) {
    zoomed = to;
    var scale = WIDTH / to.w;
    frames.forEach(function (frame) {
      if (frame.level < to.level && holds(frame, to)) return place(frame, LEFT, WIDTH, true);
      if (frame.level >= to.level && holds(to, frame)) return place(frame, LEFT + (frame.x - to.x) * scale, frame.w * scale, false);
      frame.shown = false;
      frame.g.style.display = 'none';
    });
    reset.style.visibility = to === root ? 'hidden' : 'visible';
    count();
  }

  function focus(frame) {
    if (!frame) return;
    if (focused) focused.g.setAttribute('tabindex', '-1');
    root.g.setAttribute('tabindex', '-1');
    frame.g.setAttribute('tabindex', '0');
    frame.g.focus({ preventScroll: false });
    focused = frame;
  }

  function search(text) {
    found = [];
    var pattern = null, plain = text.toLowerCase();
    if (text !== '') {
      try { pattern = new RegExp(text, text === plain ? 'i' : ''); } catch (error) { pattern = null; }
    }
    byPlace.forEach(function (frame) {
      var all = [frame.label, frame.about[0] || ''].join('\n');
      var fits = text !== '' && frame !== root && (pattern ? pattern.test(frame.label) : all.toLowerCase().indexOf(plain) >= 0);
      frame.g.classList.toggle('m', fits);
      if (fits) found.push(frame);
    });
    count();
  }

  function count() {
    if (input.value === '') { matched.textContent = ''; return; }
    var sum = 0, end = -1, number = 0;
    found.forEach(function (frame) {
      if (!frame.shown) return;
      number++;
      var x = Math.max(frame.x, zoomed.x), to = Math.min(frame.x + frame.w, zoomed.x + zoomed.w);
      if (x < end - NEAR) return;
      sum += to - x;
      end = to;
    });
    matched.textContent = number + (number === 1 ? ' frame, ' : ' frames, ') + (100 * sum / zoomed.w).toFixed(1) + ' %';
  }

  function next(step) {
    var list = found.filter(function (frame) { return frame.shown; });
    if (list.length === 0) return;
    var at = list.indexOf(focused);
    focus(list[at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length]);
  }

  function child(of) {
    var best = null;
    (levels[of.level + 1] || []).forEach(function (frame) { if (frame.shown && holds(of, frame) && (!best || frame.w > best.w)) best = frame; });
    return best;
  }

  function parentOf(of) {
    return (levels[of.level - 1] || []).find(function (frame) { return holds(frame, of); });
  }

  function beside(of, step) {
    var list = levels[of.level].filter(function (frame) { return frame.shown; }).sort(function (a, b) { return a.x - b.x; });
    return list[list.indexOf(of) + step];
  }

  var bar = document.createElementNS(SVG, 'foreignObject');
  bar.setAttribute('x', '700');
  bar.setAttribute('y', '6');
  bar.setAttribute('width', '490');
  bar.setAttribute('height', '30');
  var box = document.createElementNS(HTML, 'div');
  box.setAttribute('class', 'bar');
  var matched = document.createElementNS(HTML, 'span');
  matched.setAttribute('role', 'status');
  matched.setAttribute('id', 'matched');
  var reset = document.createElementNS(HTML, 'button');
  reset.setAttribute('type', 'button');
  reset.setAttribute('id', 'reset');
  reset.textContent = 'Reset zoom';
  reset.style.visibility = 'hidden';
  reset.addEventListener('click', function () { zoom(root); focus(root); });
  var input = document.createElementNS(HTML, 'input');
  input.setAttribute('type', 'search');
  input.setAttribute('id', 'search');
  input.setAttribute('placeholder', 'Search (regular expression)');
  input.setAttribute('aria-label', 'Search frames by regular expression');
  input.setAttribute('spellcheck', 'false');
  input.addEventListener('input', function () { search(input.value); });
  box.appendChild(matched);
  box.appendChild(reset);
  box.appendChild(input);
  bar.appendChild(box);
  var head = svg.querySelector('#head');
  head.appendChild(bar);
  if (svg === document.documentElement) {
    // A high picture: what it is and the search stay in sight, and the root of flames is where one looks first.
    var follow = function () { head.setAttribute('transform', 'translate(0,' + Math.max(0, window.pageYOffset || 0) + ')'); };
    window.addEventListener('scroll', follow);
    if (upwards) window.scrollTo(0, svg.getBoundingClientRect().height);
    follow();
  }
  frames.forEach(function (frame) { frame.shown = true; });

  svg.addEventListener('keydown', function (event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key !== 'f')) return;
    if (event.key === 'f' && event.ctrlKey) { input.focus(); input.select(); event.preventDefault(); return; }
    if (event.target === input) {
      if (event.key === 'Enter') next(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') { input.value = ''; search(''); focus(focused || zoomed); }
      else return;
      event.preventDefault();
      return;
    }
    var at = focused || zoomed;
    switch (event.key) {
      case 'ArrowUp': focus(upwards ? child(at) : parentOf(at)); break;
      case 'ArrowDown': focus(upwards ? parentOf(at) : child(at)); break;
      case 'ArrowLeft': focus(beside(at, -1)); break;
      case 'ArrowRight': focus(beside(at, 1)); break;
      case 'Home': focus(root); break;
      case 'Enter': case ' ': if (event.target === reset) return; zoom(at); break;
      case 'Escape': if (zoomed !== root) zoom(root); else { input.value = ''; search(''); } break;
      case '/': input.focus(); input.select(); break;
      case 'n': next(1); break;
      case 'N': next(-1); break;
      default: return;
    }
    event.preventDefault();
  });
})();
`;
