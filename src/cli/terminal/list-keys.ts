// The keys that move through any list: arrows, pages, ends.

import type { FoldingList } from './folding-list.ts';
import type { Key } from './key.ts';

/** Whether the key was one of them. */
export function moveIn(list: FoldingList, key: Key): boolean {
  switch (key.name) {
    case 'up':
      list.move(-1);
      return true;
    case 'down':
      list.move(1);
      return true;
    case 'pageup':
      list.movePages(-1);
      return true;
    case 'pagedown':
      list.movePages(1);
      return true;
    case 'home':
      list.home();
      return true;
    case 'end':
      list.end();
      return true;
    case 'text':
      if (key.text !== ' ') return false;
      list.movePages(1);
      return true;
    default:
      return false;
  }
}
